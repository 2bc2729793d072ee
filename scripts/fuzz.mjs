// Calls every wrapper of the core with random arguments, on two builds at once: with SIMD and without, both with the guarding allocator of
// assembly/guard/runtime.ts, whose memory holds other bytes in the one than in the other. A call fails when it traps, throws anything but the
// errors meant for users, writes outside a block, leaves a block allocated, or when the two builds do not give the same bits.
//   node scripts/fuzz.mjs [--calls 10000000] [--seed 1] [--kernel NAME]
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import v8 from "node:v8";
import { runInNewContext } from "node:vm";

const { values: options } = parseArgs({
  options: {
    calls: { type: "string", default: "10000000" },
    seed: { type: "string", default: "1" },
    kernel: { type: "string" },
  },
});
const MOST_FAILURES = 5;
/** The latest 16 extractors are kept, and with them their plans, of about 60 blocks each; a leak would pass this within a few thousand calls. */
const MOST_BLOCKS = 1200;

if (!existsSync("build/lib/core/module.js")) {
  console.error('build/lib/ is missing: "npm run build" makes it');
  process.exit(2);
}
const { InputError } = await import("../build/lib/errors.js");
const { withCore } = await import("../build/lib/core/module.js");
const { withLearn } = await import("../build/lib/core/learn.js");
const { Draw } = await import("./fuzz/draw.mjs");
const { kernels } = await import("./fuzz/kernels.mjs");

v8.setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");

function build(entry, target) {
  const file = `build/guarded-${entry}-${target}.wasm`;
  const asc = spawnSync(
    process.execPath,
    [
      "node_modules/assemblyscript/bin/asc.js",
      `assembly/${entry}.ts`,
      "--target",
      target,
      "--runtime",
      "assembly/guard/runtime",
      "-o",
      file,
    ],
    { stdio: "inherit" },
  );
  if (asc.status !== 0) process.exit(asc.status ?? 1);
  return new WebAssembly.Module(readFileSync(file));
}
const builds = ["release", "scalar"].map((target) => [build("index", target), build("learn", target)]);
const fills = [0xff, 0x3e]; // as float32 NaN and 0.19, as integers -1 and 1,044,266,558

/** Of each build the core and the module of trees and linear models. */
function newCores() {
  return builds.map((modules, i) =>
    modules.map((module) => {
      const exports = new WebAssembly.Instance(module).exports;
      exports.__guardFill(fills[i]);
      return exports;
    }),
  );
}

const sameValue = (a, b) =>
  typeof a === "number"
    ? Object.is(a, b)
    : a.byteLength === b.byteLength &&
      Buffer.compare(
        Buffer.from(a.buffer, a.byteOffset, a.byteLength),
        Buffer.from(b.buffer, b.byteOffset, b.byteLength),
      ) === 0;

/** What `body` gives, or the message of the user's error that it throws. */
function outcome([core, learn], body) {
  try {
    return { outputs: withCore(core, () => withLearn(learn, body)) };
  } catch (error) {
    if (error instanceof InputError) return { refused: error.message };
    throw error;
  }
}

/** Fuzzes one kernel; returns its calls, how many of them were refused, and what failed. */
async function fuzz(name, { plan, call, calls: callsPerPlan = 1000 }, wanted, seed) {
  const draw = new Draw(seed);
  const failures = [];
  let cores = newCores();
  let done = 0;
  let refused = 0;
  for (let plans = 1; done < wanted && failures.length < MOST_FAILURES; plans++) {
    try {
      const create = plan?.(draw) ?? (() => ({}));
      const owners = cores.map((modules) => outcome(modules, create));
      if (owners[0].refused !== owners[1].refused) throw new Error("one build refuses what the other accepts");
      if (owners[0].refused !== undefined) {
        done++;
        refused++;
        continue;
      }
      for (let i = 0; i < callsPerPlan && done < wanted; i++) {
        done++;
        const body = call(draw, owners[0].outputs);
        const [a, b] = cores.map((modules, k) => outcome(modules, () => body(owners[k].outputs)));
        if (a.refused !== b.refused) throw new Error(`refused by one build only: ${a.refused ?? b.refused}`);
        if (a.refused !== undefined) refused++;
        else if (!a.outputs.every((output, k) => sameValue(output, b.outputs[k]))) throw new Error("the builds differ");
      }
      if (cores.flat().some((module) => module.__guardDamaged() > 0)) throw new Error("a write outside a block");
    } catch (error) {
      failures.push(`${name}, call ${done} of seed ${seed}: ${error.stack}`);
      cores = newCores(); // a trap may have left anything behind
    }
    if (plans % 200 === 0 || done >= wanted) {
      // Plans are freed when their owners are collected.
      for (let i = 0; i < 3; i++) {
        gc();
        await setImmediate();
      }
      const blocks = Math.max(...cores.flat().map((module) => module.__guardLive()));
      if (blocks > MOST_BLOCKS) failures.push(`${name}: ${blocks} blocks are still allocated after call ${done}`);
    }
  }
  return { done, refused, failures };
}

const seed = Number(options.seed);
const wanted = Number(options.calls);
const chosen = Object.entries(kernels).filter(([name]) => options.kernel === undefined || name === options.kernel);
const shares = chosen.reduce((sum, [, { share }]) => sum + share, 0);
const total = { done: 0, refused: 0, seconds: 0 };
const failed = [];
const row = (...cells) =>
  console.log(cells.map((cell, i) => (i ? String(cell).padStart(12) : cell.padEnd(16))).join(""));
console.log(`seed ${seed}`);
row("kernel", "calls", "refused", "failed", "seconds");
for (const [name, kernel] of chosen) {
  const start = performance.now();
  const { done, refused, failures } = await fuzz(name, kernel, Math.ceil((wanted * kernel.share) / shares), seed);
  const seconds = (performance.now() - start) / 1000;
  row(name, done, refused, failures.length, seconds.toFixed(1));
  failed.push(...failures);
  total.done += done;
  total.refused += refused;
  total.seconds += seconds;
}
row("all", total.done, total.refused, failed.length, total.seconds.toFixed(1));
for (const failure of failed) console.error(failure);
process.exit(failed.length === 0 ? 0 : 1);
