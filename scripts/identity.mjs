// Computes the core's digest in four engines, with SIMD and without, and fails when any differs: Node (V8), Chromium (a later V8), Firefox
// (SpiderMonkey) and the jsc shell (JavaScriptCore, WebKit's). With CI set, a missing engine is a failure too.
// Binaries are found by their Debian names, or named by CHROMIUM, FIREFOX and JSC.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rolldown } from "rolldown";

const TIMEOUT = 120_000;
const BUNDLE = "build/identity.js";

/** No first-run pages, updates or telemetry: Firefox is to load one page from this machine. */
const firefoxPreferences = {
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.telemetry.enabled": false,
};

const engines = [
  { name: "Node", command: process.execPath, shell: true, args: () => [BUNDLE] },
  {
    name: "Chromium",
    command: process.env.CHROMIUM ?? "/usr/bin/chromium",
    debian: "chromium",
    args: (url, profile) => [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--user-data-dir=${profile}`,
      url,
    ],
  },
  {
    name: "Firefox",
    command: process.env.FIREFOX ?? "firefox-esr",
    debian: "firefox-esr",
    args: (url, profile) => {
      const lines = Object.entries(firefoxPreferences).map(([key, value]) => `user_pref("${key}", ${value});\n`);
      writeFileSync(join(profile, "user.js"), lines.join(""));
      return ["--headless", "--no-remote", "--profile", profile, url];
    },
  },
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

/** Runs a browser on a page that posts its report to this process. */
async function runBrowser(command, argsOf) {
  const profile = mkdtempSync(join(tmpdir(), "emovox-identity-"));
  let browser;
  let timer;
  const server = createServer();
  try {
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no report within ${TIMEOUT / 1000} seconds`)), TIMEOUT);
      server.on("request", async (request, response) => {
        if (request.url !== "/report") {
          const script = request.url === "/identity.js";
          response.setHeader("content-type", script ? "text/javascript" : "text/html");
          response.end(script ? readFileSync(BUNDLE) : '<!doctype html><script src="/identity.js"></script>');
          return;
        }
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        response.end();
        resolve(Buffer.concat(chunks).toString());
      });
      server.listen(0, "127.0.0.1", () => {
        const args = argsOf(`http://127.0.0.1:${server.address().port}/`, profile);
        browser = spawn(command, args, { stdio: "ignore", detached: true, env: { ...process.env, HOME: profile } });
        browser.on("error", reject);
        browser.on("exit", () => setTimeout(() => reject(new Error("it ended without a report")), 1000));
      });
    });
  } finally {
    clearTimeout(timer);
    browser?.removeAllListeners("exit");
    stopGroup(browser);
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** A browser is many processes; it was started as the head of a group of its own. */
function stopGroup(browser) {
  if (browser?.pid === undefined) return;
  try {
    process.kill(-browser.pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

function versionOf({ name, command, debian }, agent) {
  if (name === "Node") return process.versions.node;
  const inAgent = /(?:Chrome|Firefox)\/([\d.]+)/.exec(agent);
  if (inAgent) return inAgent[1];
  const package_ = spawnSync("dpkg-query", ["-W", "-f", "${Version}", debian], { encoding: "utf8" });
  return package_.status === 0 ? package_.stdout : command;
}

const installed = (command) => {
  const { error } = spawnSync(command, ["--version"], { stdio: "ignore", timeout: 20_000, input: "" });
  return error?.code !== "ENOENT";
};

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
    const text = engine.shell ? runShell(engine.command, engine.args()) : await runBrowser(engine.command, engine.args);
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
