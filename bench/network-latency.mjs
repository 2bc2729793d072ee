// Latency, start-up, file size and memory of the networks, in Node and in Chromium (network-latency-report.mjs says of what).
// npm run build && npm run bench:latency [-- --rounds 20]; exits 1 when a network misses the goals, on a machine that is at rest.
import { spawnSync } from "node:child_process";
import { cpus, loadavg, tmpdir } from "node:os";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rolldown } from "rolldown";
import { chromium, installed, runBrowser } from "../scripts/browsers.mjs";
import { measure } from "./network-latency-report.mjs";

/** A network takes less for an utterance, and from nothing to its first answer. */
const [GOAL_MS, GOAL_START_MS] = [15, 1000];
const { rounds } = parseArgs({ options: { rounds: { type: "string", default: "100" } } }).values;
const ROUNDS = Number(rounds);
if (!Number.isInteger(ROUNDS) || ROUNDS < 1)
  throw new Error(`--rounds is ${rounds}; it must be a whole number above 0`);

const WASM = "node_modules/@tensorflow/tfjs-backend-wasm/wasm-out";
const folder = mkdtempSync(join(tmpdir(), "emovox-latency-"));
const dist = new URL("../dist/", import.meta.url).href;

/** From nothing to the first answer, in a fresh process. */
function startInNode(path) {
  const script = `
    import { readFileSync } from "node:fs";
    const start = performance.now();
    const { loadClassifier, loadModel, denseMatrix } = await import("${dist}index.js");
    await import("${dist}deep.js");
    const classifier = loadClassifier(loadModel(readFileSync(${JSON.stringify(path)})));
    await classifier.predictProba([{ text: "w1", frames: denseMatrix(50, 40) }]);
    console.log(performance.now() - start);`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  if (child.status !== 0) throw new Error(child.stderr);
  return Number(child.stdout);
}

const bundle = await rolldown({ input: "bench/network-latency-page.mjs", platform: "browser" });
await bundle.write({ dir: join(folder, "page"), format: "esm" });
await bundle.close();

/** Files of the page, of tfjs's backend, and the model. */
const serve = (model) => (request, response) => {
  const { pathname } = new URL(request.url, "http://page");
  const types = { js: "text/javascript", wasm: "application/wasm" };
  response.setHeader("content-type", types[pathname.split(".").at(-1)] ?? "text/html");
  try {
    if (pathname === "/") response.end('<!doctype html><script type="module" src="/network-latency-page.js"></script>');
    else if (pathname === "/model") response.end(model);
    else if (pathname.startsWith("/wasm/")) response.end(readFileSync(join(WASM, pathname.slice(6))));
    else response.end(readFileSync(join(folder, "page", pathname)));
  } catch {
    response.statusCode = 404;
    response.end();
  }
};

async function inChromium(model, page) {
  const text = await runBrowser(chromium, serve(model), { page: (origin) => `${origin}/${page}`, seconds: 600 });
  const report = JSON.parse(text);
  if (report.error !== undefined) throw new Error(report.error);
  return report;
}

const { rows, tensors } = await measure(ROUNDS);
const browser = installed(chromium.command) ? await inChromium(rows[0].bytes, `?rounds=${ROUNDS}`) : undefined;
const version = /Chrome\/([\d.]+)/.exec(browser?.agent ?? "")?.[1] ?? "missing";
console.log(`${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}; Node ${process.versions.node}, Chromium ${version}`);
console.log(
  `one thread; latency: median of ${ROUNDS}, in ms, goal ${GOAL_MS}; start: from nothing to the first answer, in ms, goal ${GOAL_START_MS}`,
);
let missed = 0;
const line = (...cells) => console.log(cells.map((cell, i) => (i ? cell.padStart(11) : cell.padEnd(20))).join(""));
line("", "Node", "Chromium", "file MB", "start Node", "Chromium");
for (const [i, { name, median, bytes }] of rows.entries()) {
  const path = join(folder, "model.safetensors");
  writeFileSync(path, bytes);
  const start = startInNode(path);
  const page = browser && (await inChromium(bytes, "?start"));
  const latencies = [median, browser?.rows[i].median ?? 0];
  const starts = [start, page?.start ?? 0];
  missed += latencies.filter((ms) => ms >= GOAL_MS).length + starts.filter((ms) => ms >= GOAL_START_MS).length;
  line(
    name,
    median.toFixed(1),
    browser?.rows[i].median.toFixed(1) ?? "-",
    (bytes.length / 1e6).toFixed(2),
    start.toFixed(0),
    page?.start.toFixed(0) ?? "-",
  );
}
const left = ({ epochs, predictions }) => `${epochs} after 20 epochs, ${predictions} after 1,000 predictions`;
console.log(`tensors left: ${left(tensors)}; in Chromium: ${browser ? left(browser.tensors) : "-"}`);
console.log(missed === 0 ? "all within the goals" : `${missed} figures miss the goals`);
process.exitCode = missed === 0 ? 0 : 1;
rmSync(folder, { recursive: true, force: true });
