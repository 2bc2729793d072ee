// How long the networks take for one utterance of 3 s with 15 words, features included, after warm-up; how large their files are; and how long
// it takes from nothing to the first answer. The networks have the sizes that they are trained with (5,000 words), but have learnt from noise.
// npm run build && node bench/network-latency.mjs
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExtractor, Random, saveModel, loadClassifier, loadModel } from "../dist/index.js";
import { DeepClassifier, frameCnn, fusion, recurrentNetwork, transformer } from "../dist/deep.js";

const WORDS = 5000;
const ROUNDS = 100;
const random = new Random(1);
const samples = Float32Array.from({ length: 48000 }, () => random.uniform() - 0.5);
const extractor = createExtractor({
  preset: "kaldi",
  sampleRate: 16000,
  features: ["fbank"],
  options: { numMelBins: 40, hopLength: 256 },
});
const classes = ["anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness"];

/** Utterances that have all words twice between them. */
function noise() {
  const y = Array.from({ length: 100 }, (_, i) => classes[i % classes.length]);
  const frames = extractor.extract(samples.subarray(0, 8000));
  const words = (i) => Array.from({ length: WORDS / 100 }, (_, w) => `w${i * (WORDS / 100) + w}`).join(" ");
  return { y, x: y.map((_, i) => ({ frames, text: `${words(i)} ${words(i)}` })) };
}

const networks = [
  ["frame-cnn", frameCnn, "frames", {}],
  ["recurrent, frames", recurrentNetwork, "frames", { units: 48 }],
  ["transformer, frames", transformer, "frames", { units: 96 }],
  ["recurrent, text", recurrentNetwork, "text", {}],
  ["transformer, text", transformer, "text", {}],
  ["fusion, early", fusion, "both", { fusion: "early" }],
  ["fusion, late", fusion, "both", { fusion: "late" }],
  ["fusion, cross-modal", fusion, "both", { fusion: "cross-modal" }],
];

const only = ({ frames, text }, part) =>
  part === "frames" ? { frames } : part === "text" ? { text } : { frames, text };
const text = Array.from({ length: 15 }, (_, i) => `w${i * 77}`).join(" ");
const { x, y } = noise();
const folder = mkdtempSync(join(tmpdir(), "emovox-latency-"));
console.log(`${cpus()[0].model}, Node ${process.versions.node}, one thread; median of ${ROUNDS}`);
for (const [name, architecture, part, options] of networks) {
  const trained = new DeepClassifier(architecture, { ...options, epochs: 1, validationShare: 0, seed: 1 });
  await trained.fit(
    x.map((input) => only(input, part)),
    y,
  );
  const bytes = saveModel(trained.save());
  const path = join(folder, "model.safetensors");
  writeFileSync(path, bytes);
  const classifier = loadClassifier(loadModel(bytes));
  const times = [];
  for (let round = -20; round < ROUNDS; round++) {
    const start = performance.now();
    const frames = part === "text" ? undefined : extractor.extract(samples);
    await classifier.predictProba([only({ frames, text }, part)]);
    if (round >= 0) times.push(performance.now() - start);
  }
  const median = times.sort((a, b) => a - b)[ROUNDS / 2];
  const fresh = `
    import { readFileSync } from "node:fs";
    const start = performance.now();
    const { loadClassifier, loadModel, denseMatrix } = await import(${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)});
    await import(${JSON.stringify(new URL("../dist/deep.js", import.meta.url).href)});
    const classifier = loadClassifier(loadModel(readFileSync(${JSON.stringify(path)})));
    await classifier.predictProba([{ text: "w1", frames: denseMatrix(50, 40) }]);
    console.log(performance.now() - start);`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", fresh], { encoding: "utf8" });
  if (child.status !== 0) throw new Error(child.stderr);
  const megabytes = (bytes.length / 1e6).toFixed(2);
  console.log(
    `${name.padEnd(20)} ${median.toFixed(1).padStart(6)} ms  ${megabytes.padStart(5)} MB  start ${Number(child.stdout).toFixed(0)} ms`,
  );
}
