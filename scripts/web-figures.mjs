// npm run figures:web: what live recognition costs in Chromium and Firefox on this machine, in the built page's own worker and in a page that does nothing else.
// Prints a table; measures, and judges nothing. Sound is fed faster than real time; the clock of a window is that of the browser.
import { readdirSync, readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import sirv from "sirv";
import { chromium, firefox, installed, runBrowser } from "./browsers.mjs";

const MINUTES = Number(process.argv[2] ?? 10);
const speech = readdirSync("data/mini", { recursive: true })
  .filter((name) => name.endsWith(".wav"))
  .sort()
  .slice(0, 40)
  .map((name) => join("data/mini", name));

/** Runs in the page: the library as it lies in the package. */
const script = `
import { createLiveRecognizer } from "/dist/live.js";
import { decodeWav, LiveSession, liveSampleRate, Recognizer, Resampler } from "/dist/index.js";
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
const parts = [];
for (let i = 0; i < ${speech.length}; i++) {
  const { channels } = decodeWav(new Uint8Array(await (await fetch("/speech/" + i)).arrayBuffer()));
  parts.push(channels[0], new Float32Array(16000));
}
const sound = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
parts.reduce((at, part) => (sound.set(part, at), at + part.length), 0);
const at48 = new Resampler(16000, 48000).process(sound);

async function firstProbability() {
  // A stream that speaks at once, in the place of the microphone: permission takes as long as the person does.
  const context = new AudioContext();
  // Without a sound card some browsers' audio never starts; that is told, and the rest is measured.
  const started = await Promise.race([context.resume().then(() => true), new Promise((done) => setTimeout(done, 5000, false))]);
  if (!started) return { loaded: NaN, first: NaN, heard: NaN };
  const source = context.createBufferSource();
  const buffer = context.createBuffer(1, sound.length, 16000);
  // Before it is given: a source takes a copy.
  buffer.copyToChannel(sound, 0);
  source.buffer = buffer;
  source.loop = true;
  const out = context.createMediaStreamDestination();
  source.connect(out);
  source.start();
  const began = performance.now();
  let loaded = 0;
  return new Promise(async (done) => {
    setTimeout(() => done({ loaded, first: NaN, heard: NaN }), 15000);
    const live = await createLiveRecognizer({
      onUpdate: ({ prediction, seconds }) => {
        if (!prediction) return;
        done({ loaded, first: performance.now() - began, heard: 1000 * seconds });
        live.close();
        context.close();
      },
    });
    loaded = performance.now() - began;
    await live.start(out.stream);
  });
}

const memory = async () => {
  globalThis.gc?.();
  return performance.memory ? performance.memory.usedJSHeapSize / 1e6 : Number.NaN;
};

async function feed() {
  const recognizer = new Recognizer();
  const session = new LiveSession(48000);
  const features = [];
  const models = [];
  const wholes = [];
  const memories = [];
  const { extractor, scaler, classifier } = recognizer.audio;
  const pieces = Math.floor(at48.length / 2048);
  const begin = performance.now();
  let asides = 0;
  const total = ${MINUTES} * 60 * 48000;
  let fed = 0;
  for (let piece = 0; fed < total; piece++) {
    const from = (piece % pieces) * 2048;
    for (const { window, whole } of session.push(at48.subarray(from, from + 2048))) {
      if (!window) continue;
      const start = performance.now();
      const row = extractor.extract(window, liveSampleRate);
      const middle = performance.now();
      await classifier.predictProba(scaler.transform(row));
      const end = performance.now();
      if (whole) wholes.push(end - start);
      else {
        features.push(middle - start);
        models.push(end - middle);
      }
    }
    fed += 2048;
    if (piece % Math.round(60 * 48000 / 2048) === 0) {
      const aside = performance.now();
      memories.push(await memory());
      // Lets the browser breathe, as it can between messages.
      await new Promise((resolve) => setTimeout(resolve, 20));
      asides += performance.now() - aside;
    }
  }
  const busy = performance.now() - begin - asides;
  const all = features.reduce((a, b) => a + b, 0) / features.length + models.reduce((a, b) => a + b, 0) / models.length;
  return { features: median(features), models: median(models), mean: all, wholes: median(wholes), windows: features.length, utterances: wholes.length, share: busy / (1000 * ${MINUTES} * 60), memories };
}

try {
  const runs = [];
  for (let i = 0; i < 5; i++) {
    runs.push(await firstProbability());
    if (Number.isNaN(runs.at(-1).first)) break;
  }
  const first = (key) => median(runs.map((run) => run[key]));
  const result = { loaded: first("loaded"), first: first("first"), heard: first("heard"), ...(await feed()) };
  await fetch("/report", { method: "POST", body: JSON.stringify(result) });
} catch (error) {
  await fetch("/report", { method: "POST", body: JSON.stringify({ error: String(error.stack ?? error) }) });
}`;

const dist = sirv("dist", { dev: true });
function serve(request, response) {
  if (request.url === "/") {
    response.setHeader("content-type", "text/html");
    return response.end(`<!doctype html><meta charset="utf-8"><script type="module">${script}</script>`);
  }
  const part = /^\/speech\/(\d+)$/.exec(request.url);
  if (part && speech[part[1]]) return response.end(readFileSync(speech[part[1]]));
  request.url = request.url.replace(/^\/dist/, "");
  dist(request, response, () => {
    response.statusCode = 404;
    response.end();
  });
}

/** Of all processes of a browser, in MB: what is theirs alone, and their part of what they share. */
function processMemory(group) {
  let kilobytes = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
      if (Number(fields[2]) !== group) continue;
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch (error) {
      if (error.code !== "ENOENT" && error.code !== "ESRCH") throw error;
    }
  }
  return kilobytes / 1000;
}

const [{ model }] = cpus();
console.log(
  `${model}, load ${loadavg()[0].toFixed(1)} at the start; ${MINUTES} minutes of synthetic speech, fed as fast as it goes`,
);
const columns = {};
for (const engine of [chromium, firefox]) {
  if (!installed(engine.command)) {
    console.log(`${engine.name}: missing (on Debian: apt-get install ${engine.debian})`);
    continue;
  }
  const seen = [];
  let timer;
  const started = ({ pid }) => {
    timer = setInterval(() => seen.push(processMemory(pid)), 3000);
  };
  try {
    const found = JSON.parse(await runBrowser(engine, serve, { seconds: 590, started }));
    if (found.error !== undefined) throw new Error(`${engine.name}: ${found.error}`);
    columns[engine.name] = { ...found, seen };
  } finally {
    clearInterval(timer);
  }
}
const names = Object.keys(columns);
const row = (title, cell) => console.log(`| ${[title, ...names.map((name) => cell(columns[name]))].join(" | ")} |`);
const ms = (value) => `${value.toFixed(1)} ms`;
const of = (list, q) => list[Math.floor(q * (list.length - 1))] ?? Number.NaN;
console.log(`| | ${names.join(" | ")} |\n|---|${names.map(() => "---:|").join("")}`);
// NaN travels as null.
const whole = (value) => (value === null ? "no sound here" : `${value.toFixed(0)} ms`);
row("from click to a recogniser that is loaded", ({ loaded }) => whole(loaded));
row("from click to the first probability", ({ first }) => whole(first));
row("of that, sound that was heard", ({ heard }) => whole(heard));
row("features of a window (median)", ({ features }) => ms(features));
row("model of a window (median)", ({ models }) => ms(models));
row("a whole utterance (median)", ({ wholes }) => ms(wholes));
row("windows, utterances", ({ windows, utterances }) => `${windows}, ${utterances}`);
row("share of one core, of real time", ({ share }) => `${(100 * share).toFixed(1)} %`);
row("heap after 1 minute, at the end", ({ memories }) =>
  Number.isNaN(memories[0] ?? Number.NaN) || memories[0] === null
    ? "not told"
    : `${of(memories, 0.1).toFixed(1)}, ${memories.at(-1).toFixed(1)} MB`,
);
row(
  "all processes, a third through, at the end",
  ({ seen }) => `${of(seen, 0.33).toFixed(0)}, ${of(seen, 1).toFixed(0)} MB`,
);
