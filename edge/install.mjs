import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Runs the npm that runs this script, in the project's folder; node_modules/.bin holds an old one that a dependency brings along. */
export function npm(...args) {
  const program = process.env.npm_execpath;
  if (program === undefined) throw new Error("start this with npm run");
  execFileSync(process.execPath, [program, ...args], { cwd: here(".."), stdio: ["ignore", 2, 2] });
}

/** Installs what edge/package.json names, once. */
export function install() {
  if (!existsSync(here("node_modules/.package-lock.json"))) npm("ci", "--prefix", here("."));
}
