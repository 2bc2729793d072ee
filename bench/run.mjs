// npm run bench [-- --write]: the features (core.mjs), then the forests (trees.mjs), each against its peers. What narrows one of them down is an option
// of npm run bench:core or npm run bench:trees.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const asked = process.argv.slice(2);
if (asked.some((option) => option !== "--write")) {
  process.stderr.write(
    "usage: npm run bench -- [--write]; npm run bench:core and npm run bench:trees have --only, --json, --rounds and more\n",
  );
  process.exit(2);
}
for (const part of ["core.mjs", "trees.mjs"]) {
  const file = fileURLToPath(new URL(part, import.meta.url));
  const { status } = spawnSync(process.execPath, [file, ...asked], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
