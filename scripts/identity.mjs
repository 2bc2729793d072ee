// Computes the core's digest in four engines, with SIMD and without, and fails when any differs: Node (V8), Chromium (a later V8), Firefox
// (SpiderMonkey) and the jsc shell (JavaScriptCore, WebKit's). With CI set, a missing engine is a failure too.
// Binaries are found by their Debian names, or named by CHROMIUM, FIREFOX and JSC.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { rolldown } from "rolldown";
import { chromium, firefox, installed, runBrowser } from "./browsers.mjs";

const TIMEOUT = 120_000;
const BUNDLE = "build/identity.js";

const engines = [
  { name: "Node", command: process.execPath, shell: true, args: () => [BUNDLE] },
  chromium,
  firefox,
  {
    name: "JavaScriptCore",
    command: process.env.JSC ?? "jsc",
    debian: "libjavascriptcoregtk-4.0-bin",
    shell: true,
    args: () => [BUNDLE],
  },
];

mkdirSync("build", { recursive: true });
const bundle = await rolldown({ input: "scripts/identity-report.ts" });
await bundle.write({ file: BUNDLE, format: "iife" });
await bundle.close();

/** Runs a shell, which prints its report. */
function runShell(command, args) {
  const { stdout, stderr, status } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: TIMEOUT,
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`${command} failed: ${stderr || stdout}`);
  return stdout;
}

/** The page that runs the bundle. */
function serve(request, response) {
  const script = request.url === "/identity.js";
  response.setHeader("content-type", script ? "text/javascript" : "text/html");
  response.end(script ? readFileSync(BUNDLE) : '<!doctype html><script src="/identity.js"></script>');
}

function versionOf({ name, command, debian }, agent) {
  if (name === "Node") return process.versions.node;
  const inAgent = /(?:Chrome|Firefox)\/([\d.]+)/.exec(agent);
  if (inAgent) return inAgent[1];
  const package_ = spawnSync("dpkg-query", ["-W", "-f", "${Version}", debian], { encoding: "utf8" });
  return package_.status === 0 ? package_.stdout : command;
}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");
const row = (...cells) => console.log(cells.map((cell, i) => String(cell).padEnd([15, 20, 7, 65, 0][i])).join(" "));

let reference;
let failures = 0;
row("engine", "version", "build", "digest", "seconds");
for (const engine of engines) {
  if (!installed(engine.command)) {
    console.log(
      `${engine.name.padEnd(15)} missing: no "${engine.command}" (on Debian: apt-get install ${engine.debian})`,
    );
    if (process.env.CI) failures++;
    continue;
  }
  try {
    const text = engine.shell
      ? runShell(engine.command, engine.args())
      : await runBrowser(engine, serve, { seconds: TIMEOUT / 1000 });
    const { agent, builds, error } = JSON.parse(text);
    if (error !== undefined) throw new Error(error);
    for (const { build, seconds, outputs } of builds) {
      const bytes = new Map(Object.entries(outputs).map(([kernel, hex]) => [kernel, Buffer.from(hex, "hex")]));
      reference ??= bytes;
      row(engine.name, versionOf(engine, agent), build, sha256(...bytes.values()), seconds.toFixed(2));
      const differing = [...reference.keys()].filter((kernel) => !bytes.get(kernel)?.equals(reference.get(kernel)));
      if (differing.length > 0) {
        failures++;
        console.log(`  differs from the first row in: ${differing.join(", ")}`);
      }
    }
    if (builds.length < 2) {
      failures++;
      console.log(`  ${engine.name} has no WebAssembly SIMD, which every engine of this list is known to have`);
    }
  } catch (error) {
    failures++;
    console.log(`${engine.name.padEnd(15)} failed: ${error.message}`);
  }
}
console.log(failures === 0 ? "all equal" : `${failures} failed`);
process.exit(failures === 0 ? 0 : 1);
