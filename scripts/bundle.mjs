// Puts the modules that tsc made (build/lib) together into the package: dist/index.js, dist/node.js, dist/deep.js and dist/cli/main.js over
// shared chunks, so that an import reads a few files instead of two hundred; the types lie beside them, one file a module.
import { rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { rolldown } from "rolldown";

rmSync("dist", { recursive: true, force: true });
const types = spawnSync(
  process.execPath,
  ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--emitDeclarationOnly", "--outDir", "dist"],
  { stdio: "inherit" },
);
if (types.status !== 0) process.exit(types.status ?? 1);

const bundle = await rolldown({
  input: {
    index: "build/lib/index.js",
    node: "build/lib/node.js",
    deep: "build/lib/deep/index.js",
    "cli/main": "build/lib/cli/main.js",
    "cli/task-worker": "build/lib/cli/task-worker.js",
  },
  external: (id) => !id.startsWith(".") && !id.startsWith("/") && !id.includes("build/lib"),
  platform: "neutral",
});
await bundle.write({ dir: "dist", format: "esm", chunkFileNames: "chunks/[name].js" });
await bundle.close();
