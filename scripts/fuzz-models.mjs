// Mutates valid model files of every format that is read, and reads them. A mutated file must be read and give probabilities, or be refused
// with one of the errors meant for users; anything else that is thrown, a hang, and memory beyond the bound is a failure, whose file is kept
// in build/fuzz-models.
//   node scripts/fuzz-models.mjs [--count 100000] [--seed 1] [--format NAME] [--first 0] [--keep]     # the count is of each format
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** Seconds for one file, far more than any should take. */
const LIMIT = 10;
/** MB by which one file may raise the most memory that the process ever had. */
const MOST_GROWTH = 600;
/** MB of JavaScript's objects; a file that needs more ends its worker. */
const MOST_HEAP = 512;
const MOST_FAILURES = 5;
/** Files between two looks of the main thread for failures, and turns of the event loop. */
const STRIDE = 256;

// Where the worker is: the number of the file, since when (milliseconds, low bits), and what became of those before.
const [FILE, SINCE, READ, REFUSED] = [0, 1, 2, 3];

if (isMainThread) await main();
else await work();

async function main() {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
      format: { type: "string" },
      first: { type: "string", default: "0" },
      keep: { type: "boolean", default: false },
    },
  });
  const { FORMATS } = await import("./fuzz/model-files.mjs");
  const formats = values.format === undefined ? Object.keys(FORMATS) : [values.format];
  const [count, seed, first] = [values.count, values.seed, values.first].map(Number);
  if (![count, seed, first].every(Number.isInteger) || formats.some((name) => !Object.hasOwn(FORMATS, name))) {
    console.error(`--count, --seed and --first are whole numbers, --format one of ${Object.keys(FORMATS).join(", ")}`);
    process.exit(2);
  }
  console.log(`${cpus()[0]?.model}, Node ${process.version}; seed ${seed}\n`);
  console.log("format         files     read  refused   failed  seconds  slowest, ms  memory, MB");
  let failed = 0;
  for (const format of formats) failed += await fuzz({ format, seed, first, keep: values.keep }, count);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** Tries the files of one format, in a worker that is started anew behind a file that it did not survive; returns the failures. */
async function fuzz({ format, seed, first, keep }, count) {
  const started = performance.now();
  const total = { read: 0, refused: 0, failed: 0, slowest: 0, memory: 0 };
  for (let from = first; from < first + count && total.failed < MOST_FAILURES; ) {
    const { at, reason } = await runWorker({ format, seed, keep, from, to: first + count }, total);
    if (at < from) throw new Error(`${format}: the sound files are not read: ${reason}`);
    if (reason !== null) {
      total.failed++;
      console.error(`${reason}: --format ${format} --seed ${seed} --first ${at} --count 1 --keep`);
    }
    from = at + 1;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const { read, refused, failed, slowest, memory } = total;
  const cells = [read + refused + failed, read, refused, failed, seconds, slowest.toFixed(0), memory.toFixed(0)];
  const widths = [9, 9, 9, 9, 9, 13, 12];
  console.log(format.padEnd(11) + cells.map((cell, i) => String(cell).padStart(widths[i])).join(""));
  return failed;
}

/** Runs a worker until it is done or lost; tells the last file and, of a lost one, why. */
function runWorker(data, total) {
  return new Promise((resolve) => {
    const place = new Int32Array(new SharedArrayBuffer(16));
    place[FILE] = -1;
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { ...data, place },
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP },
    });
    let reason = null;
    const watch = setInterval(() => {
      const since = Atomics.load(place, SINCE);
      if (since === 0 || ((Date.now() | 0) - since) / 1000 < LIMIT) return;
      reason = `it takes more than ${LIMIT} s`;
      worker.terminate();
    }, 500);
    worker.on("message", ({ failures, slowest, memory }) => {
      total.failed += failures.length;
      total.slowest = Math.max(total.slowest, slowest);
      total.memory = Math.max(total.memory, memory);
      for (const failure of failures) console.error(failure);
    });
    worker.on("error", (error) => {
      reason = `the thread is lost: ${error.message}`;
    });
    worker.on("exit", () => {
      clearInterval(watch);
      total.read += Atomics.load(place, READ);
      total.refused += Atomics.load(place, REFUSED);
      resolve({ at: Atomics.load(place, FILE), reason });
    });
  });
}

async function work() {
  const { format, seed, keep, from, to, place } = workerData;
  const { FORMATS } = await import("./fuzz/model-files.mjs");
  const { InputError, Random } = await import("../build/lib/index.js");
  const { files, mutate, run } = await FORMATS[format]();
  for (const bytes of files) await run(bytes, new Random(1)); // all are sound as they are
  let highest = process.resourceUsage().maxRSS;
  let tally = { failures: [], slowest: 0, memory: 0 };
  for (let file = from; file < to; file++) {
    const random = new Random(seed + Math.imul(file + 1, 0x9e3779b1) + Object.keys(FORMATS).indexOf(format) * 7919);
    const i = random.integer(files.length);
    const bytes = mutate(i, files[i], files[random.integer(files.length)], random);
    const keepFile = () => {
      const path = `build/fuzz-models/${format}-${seed}-${file}`;
      mkdirSync("build/fuzz-models", { recursive: true });
      writeFileSync(path, bytes);
      return path;
    };
    if (keep) keepFile();
    Atomics.store(place, FILE, file);
    Atomics.store(place, SINCE, Date.now() | 0 || 1);
    const start = performance.now();
    let failure = null;
    let outcome = READ;
    try {
      await run(bytes, random);
    } catch (error) {
      if (error instanceof InputError) outcome = REFUSED;
      else failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    tally.slowest = Math.max(tally.slowest, performance.now() - start);
    const memory = process.resourceUsage().maxRSS;
    if (failure === null && memory - highest > MOST_GROWTH * 1024) {
      failure = `it takes ${((memory - highest) / 1024).toFixed(0)} MB`;
    }
    if (failure === null) Atomics.add(place, outcome, 1);
    highest = Math.max(highest, memory);
    tally.memory = highest / 1024;
    if (failure !== null) {
      tally.failures.push(`${keepFile()}: ${failure}`);
    }
    if (file % STRIDE !== 0 && tally.failures.length < MOST_FAILURES) continue;
    parentPort.postMessage(tally);
    if (tally.failures.length >= MOST_FAILURES) return;
    tally = { failures: [], slowest: 0, memory: 0 };
    await new Promise((resolve) => setImmediate(resolve));
  }
  parentPort.postMessage(tally);
}
