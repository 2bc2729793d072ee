// How large what a page needs is, after tree-shaking by esbuild (minified) and Rollup through Vite, gzipped.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const cases = [
  {
    name: "features only",
    bound: 80,
    source: 'import { createExtractor } from "emovox";\nglobalThis.use = createExtractor;\n',
  },
  {
    name: "features and streams",
    bound: 80,
    source:
      'import { createExtractor, createStream } from "emovox";\nglobalThis.use = [createExtractor, createStream];\n',
  },
  {
    name: "features, forest, the model that comes along",
    bound: 400,
    source:
      'import { createExtractor, RandomForestClassifier, Recognizer } from "emovox";\nglobalThis.use = [createExtractor, RandomForestClassifier, Recognizer];\n',
  },
  {
    name: "live, in the page's own thread",
    bound: 10,
    source: 'import { connectLiveRecognizer } from "emovox/live";\nglobalThis.use = connectLiveRecognizer;\n',
  },
  { name: "live, the worker", bound: 400, source: 'import "emovox/worker";\n' },
];

/** A word that tells that TensorFlow.js was bundled, or what needs it. Not its short name: four letters occur in a model's base64 by chance. */
const DEEP = /tensorflow/i;

export async function printSizes(work, failures) {
  const { build: esbuild } = await import("esbuild");
  const { build: vite } = await import("vite");
  const folder = join(work, "source/sizes");
  mkdirSync(folder, { recursive: true });
  console.log("\nkB, minified and gzipped".padEnd(50), "esbuild".padStart(9), "Vite".padStart(9), "bound".padStart(7));
  for (const [i, { name, bound, source }] of cases.entries()) {
    const entry = join(folder, `${i}.js`);
    writeFileSync(entry, source);
    const { outputFiles } = await esbuild({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      format: "esm",
      write: false,
      logLevel: "error",
    });
    const { output } = await vite({
      root: folder,
      configFile: false,
      logLevel: "error",
      build: { write: false, rollupOptions: { input: entry } },
    });
    const texts = [outputFiles[0].text, output.map(({ code = "" }) => code).join("")];
    const sizes = texts.map((text) => gzipSync(text, { level: 9 }).length / 1000);
    const over = sizes.some((size) => size > bound);
    const deep = texts.some((text) => DEEP.test(text));
    if (over) failures.push(`${name}: larger than ${bound} kB`);
    if (deep) failures.push(`${name}: TensorFlow.js is in it`);
    const cells = sizes.map((size) => size.toFixed(1).padStart(9)).join(" ");
    console.log(name.padEnd(49), cells, String(bound).padStart(7), over ? "over" : "", deep ? "holds tfjs" : "");
  }
}
