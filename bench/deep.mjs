// Seconds that an epoch of 1,000 examples takes, by emovox's kernels, by tfjs's WASM backend as it comes, and by its cpu backend: each in a
// process of its own, since kernels are registered for a whole process. Run `npm run build` before. `--json` prints JSON.
import { execFileSync } from "node:child_process";
import os from "node:os";
import { fileURLToPath } from "node:url";

const BATCH = 32;
const EXAMPLES = 1000;
/** Timed batches, their size, and how many go before: the backends without our kernels get an excerpt, which is extrapolated. */
const EXCERPTS = {
  emovox: { batch: BATCH, before: 3, timed: 9 },
  "tfjs wasm": { batch: BATCH, before: 1, timed: 3 },
  "tfjs cpu": { batch: 4, before: 0, timed: 1 },
};
const [STEPS, WIDTH, UNITS, WORDS, CLASSES] = [50, 128, 128, 2000, 6];

/** What is trained: `parameters` by shape, `forward(weights, input, layers)` to logits. */
const architectures = {
  "biLSTM, 50 words, embedding 128, 128 units each way": {
    input: "words",
    weights: {
      embedding: [WORDS, WIDTH],
      ...recurrent("f", 4, false),
      ...recurrent("b", 4, false),
      ...dense(2 * UNITS),
    },
    forward: (tf, w, x, { lookUp, lstm }) => {
      const e = lookUp(w.embedding, x);
      return head(tf, w, tf.concat([lstm(e, w, "f", false), lstm(e, w, "b", true)], 1));
    },
  },
  "biGRU, 50 words, embedding 128, 128 units each way": {
    input: "words",
    weights: { embedding: [WORDS, WIDTH], ...recurrent("f", 3, true), ...recurrent("b", 3, true), ...dense(2 * UNITS) },
    forward: (tf, w, x, { lookUp, gru }) => {
      const e = lookUp(w.embedding, x);
      return head(tf, w, tf.concat([gru(e, w, "f", false), gru(e, w, "b", true)], 1));
    },
  },
  "CNN, 300 frames of 40, conv 64 x 5, conv 128 x 5": {
    input: "frames",
    weights: { c1: [5, 40, 64], c2: [5, 64, 128], ...dense(128) },
    forward: (tf, w, x) => {
      const first = tf.relu(tf.conv1d(x, w.c1, 1, "same"));
      return head(tf, w, tf.mean(tf.relu(tf.conv1d(first, w.c2, 2, "same")), 1));
    },
  },
  "Transformer, 50 words, width 128, 4 heads, one block": {
    input: "words",
    weights: {
      embedding: [WORDS, WIDTH],
      ...Object.fromEntries(["q", "k", "v", "o"].map((name) => [name, [WIDTH, WIDTH]])),
      up: [WIDTH, 4 * WIDTH],
      down: [4 * WIDTH, WIDTH],
      ...Object.fromEntries(["g1", "b1", "g2", "b2"].map((name) => [name, [WIDTH]])),
      ...dense(WIDTH),
    },
    forward: (tf, w, x, { lookUp, layerNorm }) => {
      const e = lookUp(w.embedding, x);
      const [batch] = e.shape;
      const by = (t, weights, width) =>
        tf.reshape(tf.matMul(tf.reshape(t, [-1, t.shape[2]]), weights), [batch, STEPS, width]);
      const heads = (t) => tf.transpose(tf.reshape(t, [batch, STEPS, 4, WIDTH / 4]), [0, 2, 1, 3]);
      const normal = layerNorm(e, w.g1, w.b1);
      const [q, k, v] = [w.q, w.k, w.v].map((weights) => heads(by(normal, weights, WIDTH)));
      const mixed = tf.matMul(tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(WIDTH / 4))), v);
      const seen = tf.add(e, by(tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, STEPS, WIDTH]), w.o, WIDTH));
      const second = by(tf.relu(by(layerNorm(seen, w.g2, w.b2), w.up, 4 * WIDTH)), w.down, WIDTH);
      return head(tf, w, tf.mean(tf.add(seen, second), 1));
    },
  },
};

function recurrent(name, gates, two) {
  const biases = two ? { [`${name}R`]: [gates * UNITS] } : {};
  return {
    [`${name}W`]: [WIDTH, gates * UNITS],
    [`${name}U`]: [UNITS, gates * UNITS],
    [`${name}B`]: [gates * UNITS],
    ...biases,
  };
}

function dense(width) {
  return { out: [width, CLASSES] };
}

function head(tf, w, x) {
  return tf.matMul(x, w.out);
}

/** The same layers in tfjs's own operations, step by step; a reversed pass is over the reversed sequence. */
function plainLayers(tf) {
  const unroll = (x, reverse, state, step) => {
    const inputs = tf.unstack(reverse ? tf.reverse(x, 1) : x, 1);
    return inputs.reduce(step, state)[0];
  };
  return {
    lstm: (x, w, name, reverse) => {
      const zero = tf.zeros([x.shape[0], UNITS]);
      return unroll(x, reverse, [zero, zero], ([h, c], input) => {
        const z = tf.add(tf.add(tf.matMul(input, w[`${name}W`]), tf.matMul(h, w[`${name}U`])), w[`${name}B`]);
        const [i, f, g, o] = tf.split(z, 4, 1);
        const state = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
        return [tf.mul(tf.sigmoid(o), tf.tanh(state)), state];
      });
    },
    gru: (x, w, name, reverse) =>
      unroll(x, reverse, [tf.zeros([x.shape[0], UNITS])], ([h], input) => {
        const [xz, xr, xn] = tf.split(tf.add(tf.matMul(input, w[`${name}W`]), w[`${name}B`]), 3, 1);
        const [hz, hr, hn] = tf.split(tf.add(tf.matMul(h, w[`${name}U`]), w[`${name}R`]), 3, 1);
        const z = tf.sigmoid(tf.add(xz, hz));
        const n = tf.tanh(tf.add(xn, tf.mul(tf.sigmoid(tf.add(xr, hr)), hn)));
        return [tf.add(tf.mul(z, h), tf.mul(tf.sub(1, z), n))];
      }),
    layerNorm: (x, gamma, beta) => {
      const { mean, variance } = tf.moments(x, -1, true);
      return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5))), gamma), beta);
    },
  };
}

async function start(side) {
  if (side === "emovox") {
    const { deepBackend, lstm, gru, layerNorm } = await import("../dist/deep.js");
    const tf = await deepBackend();
    const lengths = (x) =>
      tf.tensor1d(
        new Int32Array(x.shape[0]).map(() => STEPS),
        "int32",
      );
    const weights = (w, name) => ({ kernel: w[`${name}W`], recurrentKernel: w[`${name}U`], bias: w[`${name}B`] });
    const layers = {
      lstm: (x, w, name, reverse) => lstm(x, lengths(x), weights(w, name), reverse).last,
      gru: (x, w, name, reverse) =>
        gru(x, lengths(x), { ...weights(w, name), recurrentBias: w[`${name}R`] }, reverse).last,
      layerNorm,
      lookUp: (table, ids) => tf.gather(table, ids),
    };
    return { tf, layers };
  }
  const tf = await import("@tensorflow/tfjs");
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  wasm.setThreadsCount(1);
  tf.env().set("IS_TEST", true); // no advertisement from the cpu backend
  await tf.setBackend(side === "tfjs cpu" ? "cpu" : "wasm");
  // The WASM backend cannot train an embedding: there it is a constant, in favour of that side.
  const lookUp = (table, ids) => tf.gather(side === "tfjs cpu" ? table : constant(tf, table), ids);
  return { tf, layers: { ...plainLayers(tf), lookUp } };
}

const constants = new Map();

function constant(tf, table) {
  if (!constants.has(table)) constants.set(table, tf.keep(tf.tensor(table.dataSync(), table.shape)));
  return constants.get(table);
}

/** Seconds an epoch, from the median batch; or why it cannot be trained. */
async function run(side, name) {
  const { tf, layers } = await start(side);
  const { input, weights: shapes, forward } = architectures[name];
  const { batch, before, timed } = EXCERPTS[side];
  const weights = Object.fromEntries(
    Object.entries(shapes).map(([key, shape], i) => [
      key,
      tf.variable(tf.randomNormal(shape, 0, 0.1, "float32", i + 1)),
    ]),
  );
  const optimizer = tf.train.adam(1e-3);
  const x =
    input === "words"
      ? tf.randomUniform([batch, STEPS], 0, WORDS, "int32", 1)
      : tf.randomNormal([batch, 300, 40], 0, 1, "float32", 1);
  const labels = tf.oneHot(tf.randomUniform([batch], 0, CLASSES, "int32", 2), CLASSES);
  const seconds = [];
  try {
    for (let i = 0; i < before + timed; i++) {
      const begin = performance.now();
      const loss = optimizer.minimize(
        () => tf.losses.softmaxCrossEntropy(labels, forward(tf, weights, x, layers)),
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
  return { seconds: (seconds[seconds.length >> 1] * EXAMPLES) / batch };
}

if (process.argv[2] === "--run") {
  console.log(JSON.stringify(await run(process.argv[3], process.argv[4])));
} else {
  const sides = Object.keys(EXCERPTS);
  const results = Object.keys(architectures).map((architecture) => {
    const by = sides.map((side) => {
      const out = execFileSync(process.execPath, [fileURLToPath(import.meta.url), "--run", side, architecture], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      return [side, JSON.parse(out.trim().split("\n").at(-1))];
    });
    return { architecture, ...Object.fromEntries(by) };
  });
  const { version } = (await import("@tensorflow/tfjs/package.json", { with: { type: "json" } })).default;
  const machine = `${os.cpus()[0]?.model ?? "unknown processor"}, Node ${process.versions.node}, tfjs ${version}, one thread`;
  if (process.argv.includes("--json"))
    console.log(JSON.stringify({ machine, batch: BATCH, examples: EXAMPLES, results }));
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
      console.log(`| ${result.architecture} | ${cells.join(" | ")} |`);
    }
  }
}
