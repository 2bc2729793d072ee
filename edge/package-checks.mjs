// What publint and arethetypeswrong find in the packed package.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = (name) => fileURLToPath(new URL(`node_modules/.bin/${name}`, import.meta.url));

export function checkPackage(work, failures) {
  const tarball = join(
    work,
    readdirSync(work).find((name) => name.endsWith(".tgz")),
  );
  // emovox is ESM: who requires it needs Node 20.19, and dist/processor.js is a script for the audio thread, without types.
  const attw = [
    "--profile",
    "esm-only",
    "--exclude-entrypoints",
    "processor.js",
    "worker",
    "--format",
    "table-flipped",
  ];
  for (const [name, args] of [
    ["publint", [tarball, "--strict"]],
    ["attw", [tarball, ...attw]],
  ]) {
    const { status, stdout, stderr } = spawnSync(bin(name), args, { encoding: "utf8" });
    console.log(`\n${name}: ${status === 0 ? "clean" : "FAILED"}`);
    if (status !== 0) {
      console.log(stdout, stderr);
      failures.push(name);
    }
  }
}
