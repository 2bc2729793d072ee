import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import { tf } from "../../src/deep/backend.ts";
import type { GruWeights } from "../../src/deep/kernels/gru.ts";
import type { LstmWeights, RecurrentStates } from "../../src/deep/kernels/lstm.ts";

// The recurrent layers written down step by step in tfjs's own operations, which differentiate themselves.

function unroll(
  x: Tensor3D,
  lengths: number[],
  units: number,
  reverse: boolean,
  cell: (x: Tensor2D, state: Tensor2D[]) => Tensor2D[],
): RecurrentStates {
  const [batch, steps] = x.shape;
  const inputs = tf.unstack(x, 1) as Tensor2D[];
  const order = inputs.map((_, t) => (reverse ? steps - 1 - t : t));
  const zero = tf.zeros([batch, units]) as Tensor2D;
  let state = [zero, zero];
  const sequence: Tensor2D[] = [];
  let last = zero;
  for (const t of order) {
    const within = tf.tensor2d(lengths.map((length) => [t < length ? 1 : 0]));
    const ends = tf.tensor2d(lengths.map((length) => [length > 0 && t === (reverse ? 0 : length - 1) ? 1 : 0]));
    state = cell(inputs[t], state).map((s) => tf.mul<Tensor2D>(s, within));
    sequence[t] = state[0];
    last = tf.add(last, tf.mul(state[0], ends));
  }
  return { sequence: tf.stack(sequence, 1) as Tensor3D, last };
}

export function plainLstm(x: Tensor3D, lengths: number[], weights: LstmWeights, reverse: boolean): RecurrentStates {
  const { kernel, recurrentKernel, bias } = weights;
  return unroll(x, lengths, recurrentKernel.shape[0], reverse, (input, [h, c]) => {
    const z = tf.add(tf.add(tf.matMul(input, kernel), tf.matMul(h, recurrentKernel)), bias);
    const [i, f, g, o] = tf.split(z, 4, 1);
    const state = tf.add<Tensor2D>(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    return [tf.mul<Tensor2D>(tf.sigmoid(o), tf.tanh(state)), state];
  });
}

export function plainGru(x: Tensor3D, lengths: number[], weights: GruWeights, reverse: boolean): RecurrentStates {
  const { kernel, recurrentKernel, bias, recurrentBias } = weights;
  return unroll(x, lengths, recurrentKernel.shape[0], reverse, (input, [h]) => {
    const [xz, xr, xn] = tf.split(tf.add(tf.matMul(input, kernel), bias), 3, 1);
    const [hz, hr, hn] = tf.split(tf.add(tf.matMul(h, recurrentKernel), recurrentBias), 3, 1);
    const z = tf.sigmoid(tf.add(xz, hz));
    const n = tf.tanh(tf.add(xn, tf.mul(tf.sigmoid(tf.add(xr, hr)), hn)));
    const state = tf.add<Tensor2D>(tf.mul(z, h), tf.mul(tf.sub(1, z), n));
    return [state, state];
  });
}

export function plainLayerNorm(x: Tensor, gamma: Tensor1D, beta: Tensor1D, epsilon: number): Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon))), gamma), beta);
}
