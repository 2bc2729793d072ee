// What must be there before anything is measured: the built package, and the peers of bench/package.json.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}

/** Installs the peers where they are not, or are those of an older lock file; ends the process where that cannot be. */
export function preparePeers() {
  if (!existsSync(here("../dist/index.js"))) fail("emovox is not built: run npm run build first");
  const installed = here("node_modules/.package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(here("package-lock.json")).mtimeMs) return;
  process.stderr.write("installing the peers into bench/node_modules\n");
  // The npm that runs this script: node_modules/.bin, first in its path, holds an old one that a dependency brings along.
  const npm = process.env.npm_execpath;
  if (npm === undefined) fail("the peers are not installed: start this with npm run, or run npm ci --prefix bench");
  const { status } = spawnSync(process.execPath, [npm, "ci", "--prefix", here(".")], { stdio: ["ignore", 2, 2] });
  if (status !== 0) fail("npm ci --prefix bench failed; without network there are no peers to measure against");
}
