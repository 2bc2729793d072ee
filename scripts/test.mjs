// Runs every suite and prints the counts of each: the core's specs (as-pect), then vitest in Node and in Chromium, then
// the page in Chromium.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
const suites = [];

function run(name, args, options = {}) {
  console.log(`\n== ${name}`);
  return spawnSync(process.execPath, args, { stdio: "inherit", ...options });
}

console.log("== build");
const build = spawnSync("npm", ["run", "build"], { stdio: "inherit", shell: process.platform === "win32" });
if (build.status !== 0) process.exit(build.status ?? 1);

// as-pect exits 0 when its glob matches nothing, so the specs are counted first.
const specs = readdirSync("assembly/__tests__").filter((name) => name.endsWith(".spec.ts"));
const aspect = run("core (as-pect)", ["node_modules/@as-pect/cli/bin/asp.js", "--summary", "--no-logo"], {
  stdio: ["ignore", "pipe", "inherit"],
  encoding: "utf8",
});
process.stdout.write(aspect.stdout);
const plain = stripVTControlCharacters(aspect.stdout);
const [, passed = 0, total = 0] = /\[Tests\]: (\d+) \/ (\d+)/.exec(plain)?.map(Number) ?? [];
const broken = aspect.status !== 0 || specs.length === 0 || total === 0;
suites.push({ name: "core", passed, failed: Math.max(total - passed, broken ? 1 : 0), skipped: 0 });

const projects = ["node", "chromium", "page"];
if (!existsSync(chromium)) {
  projects.splice(1);
  console.log(
    `\nNo Chromium at ${chromium}: the suite is not run in a browser. Install it ("apt-get install chromium" on Debian)`,
  );
  console.log("or say where one is with CHROMIUM=/path/to/chromium.");
  if (process.env.CI) suites.push({ name: "chromium", passed: 0, failed: 1, skipped: 0 });
}
mkdirSync("build", { recursive: true });
for (const project of projects) {
  const file = `build/vitest-${project}.json`;
  rmSync(file, { force: true });
  const vitest = run(project, [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ]);
  const counts = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const failed = counts.numFailedTests ?? 0;
  const crashed = vitest.status !== 0 || !counts.numPassedTests;
  suites.push({
    name: project,
    passed: counts.numPassedTests ?? 0,
    failed: crashed ? Math.max(failed, 1) : failed,
    skipped: counts.numPendingTests ?? 0,
  });
}

console.log("");
for (const { name, passed, failed, skipped } of suites) {
  console.log(`${name.padEnd(9)} ${passed} passed, ${failed} failed, ${skipped} skipped`);
}
const sum = (key) => suites.reduce((all, suite) => all + suite[key], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exit(sum("failed") > 0 ? 1 : 0);
