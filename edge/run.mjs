// npm run edge: the packed package in every place that it is meant for, run there: each must give Node's digest and the same answer.
// Prints a table, the sizes of tree-shaken bundles against their bounds, and what publint and attw find.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import sirv from "sirv";
import { chromium, firefox, installed, runBrowser } from "../scripts/browsers.mjs";
import { install, npm } from "./install.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const work = here("../build/edge");
const failures = [];

function prepare() {
  install();
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, "node_modules/emovox"), { recursive: true });
  npm("pack", "--ignore-scripts", "--silent", "--pack-destination", work);
  const tarball = readdirSync(work).find((name) => name.endsWith(".tgz"));
  execFileSync("tar", ["-xzf", join(work, tarball), "--strip-components=1", "-C", join(work, "node_modules/emovox")]);
  writeFileSync(join(work, "package.json"), '{ "name": "user", "version": "1.0.0", "type": "module" }');
  return join(work, tarball);
}

const compute = (name) => `import { digest, Recognizer } from "${name}";
export const compute = async () => {
  const { emotion } = await new Recognizer().predict({ text: "Leave me alone!" });
  return \`\${await digest()} \${emotion}\`;
};
`;
const tell = "(result) => parent.postMessage(result, '*')";
const caught = `.then(${tell}, (error) => parent.postMessage("error: " + error, "*"));\n`;
const page = (script, type = ' type="module"') =>
  `<!doctype html><meta charset="utf-8"><title>emovox</title><script${type} src="${script}"></script>\n`;

/** A folder with sources, and the folder that is served. */
function folders(name, files) {
  const source = join(work, "source", name);
  const out = join(work, "out", name);
  mkdirSync(source, { recursive: true });
  mkdirSync(out, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(source, file), text);
  return { source, out };
}

const app = `import { compute } from "./compute.js";\ncompute()${caught}`;
const live = `import { createLiveRecognizer } from "emovox/live";
createLiveRecognizer().then((live) => "live " + live.classes.join(","))${caught}`;
const ownWorker = `import { connectLiveRecognizer } from "emovox/live";
connectLiveRecognizer(new Worker("worker.js")).then((live) => "live " + live.classes.join(","))${caught}`;

async function withVite(name, main) {
  const { build } = await import("vite");
  const { source, out } = folders(name, {
    "main.js": main,
    "compute.js": compute("emovox"),
    "index.html": page("./main.js"),
  });
  await build({ root: source, base: "./", configFile: false, logLevel: "error", build: { outDir: out } });
}

async function withEsbuild(name, entries, options = {}) {
  const { build } = await import("esbuild");
  const { source, out } = folders(name, { "compute.js": compute("emovox"), ...entries });
  const entryPoints = Object.keys(entries).map((file) => join(source, file));
  // A script that is no module has no address of its own, which only createLiveRecognizer asks for.
  const silent = { "empty-import-meta": "silent" };
  await build({ entryPoints, bundle: true, outdir: out, logLevel: "error", logOverride: silent, ...options });
  writeFileSync(join(out, "index.html"), page("./main.js", ""));
  return out;
}

async function withWebpack(name, main) {
  const { default: webpack } = await import("webpack");
  const { source, out } = folders(name, { "main.js": main, "compute.js": compute("emovox") });
  const compiler = webpack({ mode: "production", context: source, entry: "./main.js", output: { path: out } });
  const stats = await new Promise((done, fail) => {
    compiler.run((error, result) => (error ? fail(error) : done(result)));
  });
  if (stats.hasErrors()) throw new Error(stats.toString("errors-only"));
  writeFileSync(join(out, "index.html"), page("./main.js", " defer"));
}

async function withRollup(name, main, { plugins = [], write = true } = {}) {
  const { rollup } = await import("rollup");
  const { nodeResolve } = await import("@rollup/plugin-node-resolve");
  const { source, out } = folders(name, { "main.js": main, "compute.js": compute("emovox") });
  const bundle = await rollup({ input: join(source, "main.js"), plugins: [nodeResolve(), ...plugins] });
  const { output } = await (write ? bundle.write({ dir: out }) : bundle.generate({}));
  await bundle.close();
  if (write) writeFileSync(join(out, "index.html"), page("./main.js"));
  return output.map(({ code }) => code).join("");
}

/** No bundler: modules as they lie in the package. */
function plain(name, files) {
  const { out } = folders(name, {});
  for (const [file, text] of Object.entries(files)) writeFileSync(join(out, file), text);
}

const packageUrl = "../package/dist/index.js";
const waiting = (make) => `const worker = ${make};
worker.onmessage = ({ data }) => parent.postMessage(data, "*");
worker.onerror = ({ message }) => parent.postMessage("error: " + message, "*");\n`;

async function buildAll() {
  await withVite("vite", app);
  await withEsbuild("esbuild", { "main.js": app });
  await withWebpack("webpack", app);
  await withRollup("rollup", app);
  plain("no-bundler", { "index.html": page("./main.js"), "main.js": app, "compute.js": compute(packageUrl) });
  plain("strict-csp", { "index.html": page("./main.js"), "main.js": app, "compute.js": compute(packageUrl) });
  plain("worker", {
    "index.html": page("./main.js"),
    "main.js": waiting('new Worker("worker.js", { type: "module" })'),
    "worker.js": 'import { compute } from "./compute.js";\ncompute().then(postMessage);\n',
    "compute.js": compute(packageUrl),
  });
  await withEsbuild("service-worker", {
    "main.js": `navigator.serviceWorker.onmessage = ({ data }) => parent.postMessage(data, "*");
navigator.serviceWorker.register("service-worker.js").then(() => navigator.serviceWorker.ready)
  .then((registration) => registration.active.postMessage("compute"));\n`,
    "service-worker.js": `import { compute } from "./compute.js";
addEventListener("message", (event) => event.waitUntil(compute().then((result) => event.source.postMessage(result))));\n`,
  });
  await withVite("live-vite", live);
  await withWebpack("live-webpack", live);
  await withEsbuild("live-esbuild", { "main.js": ownWorker, "worker.js": 'import "emovox/worker";\n' });
  const bare = live.replace('"emovox/live"', '"../package/dist/live.js"');
  plain("live-no-bundler", { "index.html": page("./main.js"), "main.js": bare });
  cpSync(join(work, "node_modules/emovox"), join(work, "out/package"), { recursive: true });
  // file:// allows no modules: a bundle that is a plain script, which tells the server by a request that needs no answer.
  const file = await withEsbuild("file", {
    "main.js": `import { compute } from "./compute.js";
const { hash } = location;
compute().catch((error) => "error: " + error)
  .then((result) => fetch(hash.slice(1), { method: "POST", mode: "no-cors", body: JSON.stringify({ file: result }) }));\n`,
  });
  return pathToFileURL(join(file, "index.html")).href;
}

const names = {
  vite: "Vite",
  esbuild: "esbuild",
  webpack: "webpack",
  rollup: "Rollup, node-resolve",
  "no-bundler": "script type=module, no bundler",
  "strict-csp": "Content-Security-Policy, wasm-unsafe-eval",
  worker: "Web Worker",
  "service-worker": "service worker",
  "live-vite": "emovox/live by Vite",
  "live-webpack": "emovox/live by webpack",
  "live-esbuild": "emovox/live by esbuild, own worker",
  "live-no-bundler": "emovox/live, no bundler",
};

/** Opens every case in a frame, one after the other, and posts what they say. */
const runner = `<!doctype html><meta charset="utf-8"><title>edge</title><script type="module">
const results = {};
for (const name of ${JSON.stringify(Object.keys(names))}) {
  const frame = document.createElement("iframe");
  results[name] = await new Promise((done) => {
    const timer = setTimeout(() => done("error: nothing within 20 seconds"), 20000);
    onmessage = ({ source, data }) => {
      if (source !== frame.contentWindow || typeof data !== "string") return;
      clearTimeout(timer);
      done(data);
    };
    frame.src = "/" + name + "/index.html";
    document.body.append(frame);
  });
  frame.remove();
}
await fetch("/report", { method: "POST", body: JSON.stringify(results) });
</script>`;

const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";

function serve() {
  const files = sirv(join(work, "out"), {
    dev: true,
    setHeaders: (response, path) => {
      if (path.startsWith("/strict-csp/")) response.setHeader("Content-Security-Policy", STRICT);
    },
  });
  return (request, response) => {
    if (request.url === "/") {
      response.setHeader("content-type", "text/html");
      return response.end(runner);
    }
    files(request, response, () => {
      response.statusCode = 404;
      response.end();
    });
  };
}

const columns = [42, 12, 8, 0];
const row = (...cells) => console.log(cells.map((cell, i) => String(cell).padEnd(columns[i])).join(" "));

function judge(place, engine, result, expected) {
  const good = result === expected;
  if (!good) failures.push(`${place} in ${engine}: ${result}`);
  row(place, engine, good ? "equal" : "FAILED", good ? "" : result);
}

function node(place, file, text, expected, flags = []) {
  const path = join(work, file);
  writeFileSync(path, text);
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, path], { cwd: work, encoding: "utf8" });
  judge(place, `Node ${process.versions.node}`, stdout.trim() || stderr.trim().split("\n").at(-1), expected);
}

function runNode(expected) {
  const print = "compute().then((result) => console.log(result));";
  writeFileSync(join(work, "compute.js"), compute("emovox"));
  node("import", "import.mjs", `import { compute } from "./compute.js";\n${print}`, expected);
  const thread = `import { isMainThread, Worker, parentPort } from "node:worker_threads";
import { compute } from "./compute.js";
if (isMainThread) new Worker(new URL(import.meta.url)).on("message", (result) => console.log(result));
else compute().then((result) => parentPort.postMessage(result));\n`;
  node("worker thread", "thread.mjs", thread, expected);
  const body = compute("emovox")
    .replace(/^import.*\n/, "")
    .replace("export ", "");
  const dynamic = `import("emovox").then(async ({ digest, Recognizer }) => {\n${body}\n${print}\n});`;
  node("CommonJS, await import()", "dynamic.cjs", dynamic, expected);
  node(
    "CommonJS, require()",
    "require.cjs",
    `const { digest, Recognizer } = require("emovox");\n${body}\n${print}`,
    expected,
    ["--no-warnings"],
  );
}

async function runEdge(expected) {
  const { EdgeVM } = await import("@edge-runtime/vm");
  const { build } = await import("esbuild");
  const { source } = folders("edge-runtime", {
    "compute.js": compute("emovox"),
    "main.js": 'import { compute } from "./compute.js";\nglobalThis.result = compute();\n',
  });
  const { outputFiles } = await build({ entryPoints: [join(source, "main.js")], bundle: true, write: false });
  const vm = new EdgeVM();
  vm.evaluate(outputFiles[0].text);
  const result = await Promise.resolve(vm.context.result).catch((error) => `error: ${error}`);
  judge("@edge-runtime/vm, esbuild", "edge", result, expected);
}

async function runBrowsers(fileUrl, expected) {
  const classes = await import(pathToFileURL(join(work, "node_modules/emovox/dist/index.js")).href).then(
    ({ Recognizer }) => `live ${new Recognizer().classes.join(",")}`,
  );
  for (const engine of [chromium, firefox]) {
    if (!installed(engine.command)) {
      console.log(`${engine.name}: missing (on Debian: apt-get install ${engine.debian})`);
      if (process.env.CI) failures.push(`${engine.name} is missing`);
      continue;
    }
    const found = JSON.parse(await runBrowser(engine, serve(), { seconds: 300 }));
    for (const [name, place] of Object.entries(names)) {
      judge(place, engine.name, found[name], name.startsWith("live") ? classes : expected);
    }
    const { file } = JSON.parse(await runBrowser(engine, serve(), { page: (origin) => `${fileUrl}#${origin}/report` }));
    judge("file://, esbuild", engine.name, file, expected);
  }
}

prepare();
const fileUrl = await buildAll();
const { digest, Recognizer } = await import(pathToFileURL(join(work, "node_modules/emovox/dist/index.js")).href);
const { emotion } = await new Recognizer().predict({ text: "Leave me alone!" });
const expected = `${await digest()} ${emotion}`;
console.log(`digest ${expected.split(" ")[0]}\n`);
row("place", "engine", "digest and answer");
runNode(expected);
await runEdge(expected);
await runBrowsers(fileUrl, expected);
await import("./sizes.mjs").then(({ printSizes }) => printSizes(resolve(work), failures));
await import("./package-checks.mjs").then(({ checkPackage }) => checkPackage(resolve(work), failures));
for (const failure of failures) console.error(failure);
process.exit(failures.length === 0 ? 0 : 1);
