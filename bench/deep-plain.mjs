// The layers that emovox computes by kernels of its own, in tfjs's own operations, step by step: what its networks would be without them. All
// sequences of the benchmark are as long as the batch, so that nothing is masked.

const reluWhere = (tf, relu, y) => (relu ? tf.relu(y) : y);

/** The states after every step, and the last; a reversed pass is over the reversed sequence. */
function unrolled(tf, x, reverse, units, cell) {
  const zero = tf.zeros([x.shape[0], units]);
  const inputs = tf.unstack(reverse ? tf.reverse(x, 1) : x, 1);
  const states = [];
  let state = [zero, zero];
  for (const input of inputs) {
    state = cell(input, state);
    states.push(state[0]);
  }
  const sequence = tf.stack(states, 1);
  return [reverse ? tf.reverse(sequence, 1) : sequence, state[0]];
}

function layerNorm(tf, { x, gamma, beta }, { epsilon }) {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon))), gamma), beta);
}

/** By the name of the kernel that each stands for. */
const plain = {
  EmovoxConvLayer: (tf, { x, filter, bias }, { same, relu }) =>
    reluWhere(tf, relu, tf.add(tf.conv2d(x, filter, 1, same ? "same" : "valid"), bias)),
  EmovoxNormRelu: (tf, inputs, attributes) => [tf.relu(layerNorm(tf, inputs, attributes))],
  EmovoxLayerNorm: (tf, inputs, attributes) => [layerNorm(tf, inputs, attributes)],
  EmovoxLstm: (tf, { x, kernel, recurrentKernel, bias }, { reverse }) =>
    unrolled(tf, x, reverse, recurrentKernel.shape[0], (input, [h, c]) => {
      const z = tf.add(tf.add(tf.matMul(input, kernel), tf.matMul(h, recurrentKernel)), bias);
      const [i, f, g, o] = tf.split(z, 4, 1);
      const state = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      return [tf.mul(tf.sigmoid(o), tf.tanh(state)), state];
    }),
  EmovoxGru: (tf, { x, kernel, recurrentKernel, bias, recurrentBias }, { reverse }) =>
    unrolled(tf, x, reverse, recurrentKernel.shape[0], (input, [h]) => {
      const [xz, xr, xn] = tf.split(tf.add(tf.matMul(input, kernel), bias), 3, 1);
      const [hz, hr, hn] = tf.split(tf.add(tf.matMul(h, recurrentKernel), recurrentBias), 3, 1);
      const z = tf.sigmoid(tf.add(xz, hz));
      const n = tf.tanh(tf.add(xn, tf.mul(tf.sigmoid(tf.add(xr, hr)), hn)));
      return [tf.add(tf.mul(z, h), tf.mul(tf.sub(1, z), n))];
    }),
};

/** From now on what asks the engine for a kernel of emovox's gets tfjs's own operations, which differentiate themselves. */
function withoutOwnLayers(tf) {
  const engine = tf.engine();
  const run = engine.runKernel.bind(engine);
  engine.runKernel = (name, inputs, attributes) =>
    Object.hasOwn(plain, name) ? plain[name](tf, inputs, attributes) : run(name, inputs, attributes);
}

/** tfjs as emovox starts it, or, for the other sides, as it comes; emovox's networks run on it. */
export async function startSide(side) {
  const stock = await import("@tensorflow/tfjs");
  await import("@tensorflow/tfjs-backend-wasm");
  const kernels = stock.getKernelsForBackend("wasm").map((kernel) => ({ ...kernel }));
  const { deepBackend } = await import("../dist/deep.js");
  const tf = await deepBackend();
  if (side === "emovox") return tf;
  withoutOwnLayers(tf);
  for (const { kernelName } of tf.getKernelsForBackend("wasm")) tf.unregisterKernel(kernelName, "wasm");
  for (const kernel of kernels) tf.registerKernel(kernel);
  await tf.setBackend(side === "tfjs cpu" ? "cpu" : "wasm");
  return tf;
}
