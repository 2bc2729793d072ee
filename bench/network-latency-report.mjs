// What bench/network-latency.mjs runs in Node and in Chromium: how long networks take for one utterance of 3 s with 15 words, features
// included, after warm-up; how large their files are; whether predictions and epochs leave tensors behind. The networks have the sizes that
// they are trained with (5,000 words), but have learnt from noise.
import { createExtractor, loadClassifier, loadModel, Random, saveModel } from "../dist/index.js";
import { DeepClassifier, deepBackend, frameCnn, fusion, recurrentNetwork, transformer } from "../dist/deep.js";

const WORDS = 5000;
const PREDICTIONS = 1000;
const EPOCHS = 20;
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
  ["recurrent, frames", recurrentNetwork, "frames", { units: 64 }],
  ["transformer, frames", transformer, "frames", { units: 64 }],
  ["recurrent, text", recurrentNetwork, "text", {}],
  ["transformer, text", transformer, "text", {}],
  ["fusion, early", fusion, "both", { fusion: "early" }],
  ["fusion, late", fusion, "both", { fusion: "late" }],
  ["fusion, cross-modal", fusion, "both", { fusion: "cross-modal" }],
];

const only = ({ frames, text }, part) =>
  part === "frames" ? { frames } : part === "text" ? { text } : { frames, text };
const text = Array.from({ length: 15 }, (_, i) => `w${i * 77}`).join(" ");

/**
 * @param rounds how often each network answers
 * @param wasmPaths where a browser finds tfjs's .wasm files
 * @returns of each network its name, the median of the milliseconds, its file's bytes, and the tensors that predictions and epochs left
 */
export async function measure(rounds, wasmPaths) {
  const tf = await deepBackend({ wasmPaths });
  const { x, y } = noise();
  const rows = [];
  for (const [name, architecture, part, options] of networks) {
    const trained = new DeepClassifier(architecture, { ...options, epochs: 1, validationShare: 0, seed: 1 });
    await trained.fit(
      x.map((input) => only(input, part)),
      y,
    );
    const bytes = saveModel(trained.save());
    const classifier = loadClassifier(loadModel(bytes));
    const times = [];
    for (let round = -20; round < rounds; round++) {
      const start = performance.now();
      const frames = part === "text" ? undefined : extractor.extract(samples);
      await classifier.predictProba([only({ frames, text }, part)]);
      if (round >= 0) times.push(performance.now() - start);
    }
    rows.push({ name, median: times.sort((a, b) => a - b)[rounds >> 1], bytes });
  }
  return { rows, tensors: await tensorsLeft(tf) };
}

/** On a small network: how many tensors 1,000 predictions and 20 epochs leave. */
async function tensorsLeft(tf) {
  const { x, y } = noise();
  const some = x.slice(0, 16);
  const classifier = new DeepClassifier(fusion, { units: 4, heads: 2, embedding: 4, denseUnits: 4, epochs: EPOCHS });
  const before = tf.memory().numTensors;
  await classifier.fit(
    some,
    some.map((_, i) => y[i % 2]),
  );
  const epochs = tf.memory().numTensors - before;
  for (let i = 0; i < PREDICTIONS; i++) await classifier.predictProba([some[i % some.length]]);
  return { epochs, predictions: tf.memory().numTensors - before - epochs };
}
