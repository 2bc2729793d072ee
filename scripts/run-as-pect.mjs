// Runs the AssemblyScript specs. as-pect exits 0 when its glob matches nothing, so the specs are counted first.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

const specs = readdirSync("assembly/__tests__").filter((name) => name.endsWith(".spec.ts"));
if (specs.length === 0) {
  console.error("no spec in assembly/__tests__");
  process.exit(1);
}
const run = spawnSync(process.execPath, ["node_modules/@as-pect/cli/bin/asp.js", "--summary", "--no-logo"], {
  encoding: "utf8",
});
process.stdout.write(run.stdout);
process.stderr.write(run.stderr);
if (run.status !== 0 || !/pass/.test(run.stdout)) process.exit(run.status || 1);
