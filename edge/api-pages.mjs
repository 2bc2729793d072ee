// npm run docs:api writes docs/api, a page for each entry of the package, from the types and their comments (TypeDoc; edge/typedoc.json).
// With --check it writes nothing there, and fails where a page is not what the sources say.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { install } from "./install.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const pages = here("../docs/api");
const out = values.check ? here("../build/api") : pages;

install();
execFileSync(
  process.execPath,
  [here("node_modules/typedoc/bin/typedoc"), "--options", here("typedoc.json"), "--out", out],
  {
    cwd: here("."),
    stdio: "inherit",
  },
);

if (values.check) {
  const names = [...new Set([...readdirSync(out), ...readdirSync(pages)])];
  const read = (folder, name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : null);
  const stale = names.filter((name) => read(out, name) !== read(pages, name));
  if (stale.length > 0) {
    console.error(
      `not what the sources say: ${stale.map((name) => `docs/api/${name}`).join(", ")}; npm run docs:api writes them`,
    );
    process.exit(1);
  }
  console.log(`docs/api: ${names.length} pages, all of them what the sources say`);
}
