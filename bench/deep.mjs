// Seconds that an epoch of 1,000 examples takes, for emovox's networks as they are: by its kernels, by tfjs's WASM backend as it comes, and
// by its cpu backend, these with the networks' layers in tfjs's own operations (deep-plain.mjs). Each is run in a process of its own, since
// kernels are registered for a whole process. npm run build && npm run bench:deep [-- --json] [--only NAME]
import { execFileSync } from "node:child_process";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  DeepClassifier,
  frameCnn,
  fusion,
  recurrentNetwork,
  SEED_CNN_AUDIO,
  SEED_CNN_BOTH,
  seedCnn,
  seedLstm,
  seedTransformer,
  transformer,
} from "../dist/deep.js";
import { Random } from "../dist/index.js";
import { startSide } from "./deep-plain.mjs";

const BATCH = 32;
const EXAMPLES = 1000;
/** Timed batches, their size, and how many go before: the backends without our kernels get an excerpt, which is extrapolated. */
const EXCERPTS = {
  emovox: { batch: BATCH, before: 2, timed: 7 },
  "tfjs wasm": { batch: BATCH, before: 1, timed: 3 },
  "tfjs cpu": { batch: 2, before: 0, timed: 1 },
};
const [WORDS, FRAMES, BANDS, VOCABULARY, CLASSES] = [50, 188, 40, 2000, 6];
const tokens = { tokens: WORDS };
const frames = { frames: FRAMES };

/** Architecture, options, and what an example has. */
const networks = {
  "biLSTM, 50 words, 128 units each way": [recurrentNetwork, { units: 128, embedding: 128 }, tokens],
  "biGRU, 50 words, 128 units each way": [recurrentNetwork, { units: 128, embedding: 128, cell: "gru" }, tokens],
  "Transformer, 50 words, width 128": [transformer, { units: 128, embedding: 128 }, tokens],
  "frame CNN, 3 s": [frameCnn, {}, frames],
  "biLSTM over frames, 3 s": [recurrentNetwork, { units: 64 }, frames],
  "Transformer over frames, 3 s": [transformer, { units: 64 }, frames],
  "fusion, cross-modal, 3 s and 50 words": [fusion, {}, { ...tokens, ...frames }],
  "published CNN, 8 features": [seedCnn, SEED_CNN_AUDIO, { features: 8 }],
  "published CNN, 700 features": [seedCnn, SEED_CNN_BOTH, { features: 700 }],
  "published LSTM, 50 words": [seedLstm, {}, tokens],
  "published Transformer, 700 features": [seedTransformer, {}, { features: 700 }],
};

/** What a network learns, drawn from a uniform distribution. */
function variablesOf(tf, layout, random, constant) {
  const entries = Object.entries(layout).map(([name, { shape, start }]) => {
    const size = shape.reduce((product, n) => product * n, 1);
    const draw = () => ("value" in start ? start.value : start.bound * (2 * random.uniform() - 1));
    const tensor = tf.tensor(Float32Array.from({ length: size }, draw), shape);
    return [name, constant(name) ? tensor : tf.variable(tensor)];
  });
  return Object.fromEntries(entries);
}

function batchOf(tf, rows, { tokens: words, frames: steps, features }, random) {
  const values = (size) => Float32Array.from({ length: size }, () => random.normal());
  const numbers = Int32Array.from({ length: rows * (words ?? 0) }, () => random.integer(VOCABULARY));
  return {
    rows,
    tokens: words && { values: tf.tensor2d(numbers, [rows, words], "int32"), mask: tf.ones([rows, words]) },
    frames: steps && {
      values: tf.tensor3d(values(rows * steps * BANDS), [rows, steps, BANDS]),
      mask: tf.ones([rows, steps]),
    },
    features: features && tf.tensor2d(values(rows * features), [rows, features]),
  };
}

/** Seconds an epoch, from the median batch; or why it cannot be trained. */
async function run(side, name) {
  const tf = await startSide(side);
  const [architecture, given, parts] = networks[name];
  const { options } = new DeepClassifier(architecture, given);
  const sizes = {
    parts: Object.keys(parts).map((part) => (part === "tokens" ? "text" : part)),
    features: parts.features ?? 0,
    coefficients: parts.frames ? BANDS : 0,
    vocabulary: VOCABULARY,
    classes: CLASSES,
  };
  const random = new Random(1);
  // tfjs's WASM backend cannot train an embedding: there it is a constant, in favour of that side.
  const constant = (weight) => side === "tfjs wasm" && weight.endsWith(".table");
  const weights = variablesOf(tf, architecture.layout(sizes, options), random, constant);
  const { batch: rows, before, timed } = EXCERPTS[side];
  const batch = batchOf(tf, rows, parts, random);
  const labels = tf.oneHot(
    tf.tensor1d(
      Int32Array.from({ length: rows }, () => random.integer(CLASSES)),
      "int32",
    ),
    CLASSES,
  );
  const optimizer = tf.train.adam(1e-3);
  const seconds = [];
  try {
    for (let i = 0; i < before + timed; i++) {
      const begin = performance.now();
      const loss = optimizer.minimize(
        () => tf.losses.softmaxCrossEntropy(labels, architecture.logits(weights, batch, options, random)),
        true,
      );
      loss.dataSync();
      loss.dispose();
      if (i >= before) seconds.push((performance.now() - begin) / 1000);
    }
  } catch (error) {
    return { error: String(error.message).split("\n")[0] };
  }
  seconds.sort((a, b) => a - b);
  return { seconds: (seconds[seconds.length >> 1] * EXAMPLES) / rows };
}

const { values: flags } = parseArgs({
  options: { run: { type: "string" }, only: { type: "string" }, json: { type: "boolean" } },
});

if (flags.run) {
  console.log(JSON.stringify(await run(flags.run, flags.only)));
} else {
  const sides = Object.keys(EXCERPTS);
  const names = Object.keys(networks).filter((name) => !flags.only || name === flags.only);
  if (names.length === 0) throw new Error(`no network is called "${flags.only}"; there are ${Object.keys(networks)}`);
  const results = names.map((network) => {
    const by = sides.map((side) => {
      const command = [fileURLToPath(import.meta.url), "--run", side, "--only", network];
      const out = execFileSync(process.execPath, command, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
      return [side, JSON.parse(out.trim().split("\n").at(-1))];
    });
    return { network, ...Object.fromEntries(by) };
  });
  const { version } = (await import("@tensorflow/tfjs/package.json", { with: { type: "json" } })).default;
  const machine = `${os.cpus()[0]?.model ?? "unknown processor"}, load ${os.loadavg()[0].toFixed(1)}, Node ${process.versions.node}, tfjs ${version}, one thread`;
  if (flags.json) console.log(JSON.stringify({ machine, batch: BATCH, examples: EXAMPLES, results }));
  else {
    console.log(
      `${machine}\nSeconds an epoch of 1,000 examples in batches of ${BATCH}, from the median batch (tfjs: of a short excerpt, extrapolated;`,
    );
    console.log("tfjs wasm with a constant embedding, which it cannot train). In brackets: how many times emovox's.\n");
    console.log(`| | ${sides.join(" | ")} |\n|---|${sides.map(() => "---:|").join("")}`);
    for (const result of results) {
      const own = result.emovox.seconds;
      const cells = sides.map((side) => {
        const { seconds, error } = result[side];
        if (error !== undefined) return `cannot train: ${error.slice(0, 60)}`;
        return side === "emovox" ? seconds.toFixed(2) : `${seconds.toFixed(1)} (${(seconds / own).toFixed(1)})`;
      });
      console.log(`| ${result.network} | ${cells.join(" | ")} |`);
    }
  }
}
