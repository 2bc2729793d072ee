// Puts the modules that tsc made (build/lib) together into the package: dist/index.js, dist/node.js, dist/deep.js, dist/cli/main.js and
// the entries of live recognition over shared chunks, so that an import reads a few files instead of two hundred; the types lie beside
// them, one file a module.
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
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
    interchange: "build/lib/interchange.js",
    parallel: "build/lib/parallel.js",
    "parallel-node": "build/lib/parallel-node.js",
    "forest-worker": "build/lib/forest-worker.js",
    "forest-worker-node": "build/lib/forest-worker-node.js",
    live: "build/lib/live.js",
    worker: "build/lib/worker.js",
    worklet: "build/lib/live/worklet.js",
  },
  external: (id) => id !== "fflate" && !id.startsWith(".") && !id.startsWith("/") && !id.includes("build/lib"),
  platform: "neutral",
  preserveEntrySignatures: "allow-extension",
});
// A bundler drops a chunk that nothing is used of, and the rest by statement: data, features, models and the rest lie apart, so that
// who needs features only gets no more.
const group = (name, folders) => ({ name, test: new RegExp(`build/lib/(?:${folders})`) });
const groups = [
  // Apart, so that a page that only catches them gets no core.
  group("errors", "errors"),
  // Before the core and the features, whose patterns they have, too.
  group("learn", "core/(?:binary-learn|boost|capacity|explain|forest|leaf-table|learn|logistic|resident|rows|svm)"),
  group("core", "core/binary"),
  group("pretrained", "models/pretrained"),
  {
    name: "features",
    test: /build\/lib\/(?:core|features|audio\/(?:wav|g711|mix)|base64|matrix)|node_modules\/fflate/,
  },
  group("text", "text"),
  group("models", "models|random|recognizer"),
  // What index.js needs of these lies apart from what imports decoders, charts and deep models: Rollup reads even what it then drops.
  group("calibration", "evaluation/calibration"),
  group("audio", "audio"),
  group("evaluation", "evaluation"),
];
await bundle.write({
  dir: "dist",
  format: "esm",
  chunkFileNames: "chunks/[name].js",
  codeSplitting: { groups, includeDependenciesRecursively: false },
});
await bundle.close();

// Runs in an audio thread, which not every browser lets import: one file by itself.
const processor = await rolldown({ input: "build/lib/live/processor.js" });
await processor.write({ file: "dist/processor.js", format: "iife" });
await processor.close();
writeFileSync("dist/worklet.d.ts", 'export * from "./live/worklet.js";\n');
// The one package whose code is in the bundle asks for its licence to come along.
copyFileSync("node_modules/fflate/LICENSE", "dist/fflate-LICENSE.txt");
