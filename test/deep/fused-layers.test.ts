import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { encoder, encoderLayout } from "../../src/deep/attention-layers.ts";
import { tf } from "../../src/deep/backend.ts";
import type { Padded } from "../../src/deep/batch.ts";
import { normRelu } from "../../src/deep/kernels/norm-relu.ts";
import { layerNorm } from "../../src/deep/layers.ts";
import { type Cell, recurrent, recurrentLayout } from "../../src/deep/recurrent-layers.ts";
import type { Weights } from "../../src/deep/trainer.ts";
import { expectClose, normal, valueAndGradients } from "./compare.ts";
import { plainGru, plainLayerNorm, plainLstm } from "./plain-recurrent.ts";
import { startBackend } from "./start.ts";

// The layers that the networks are made of, which run on fused kernels, against the same layers written step by step.

beforeAll(async () => void (await startBackend()));

const lengths = [7, 3, 1, 0, 6];
const [batch, steps, inputs, units] = [lengths.length, 7, 6, 8];
const maskOf = () =>
  tf.tensor2d(lengths.map((length) => Array.from({ length: steps }, (_, t) => (t < length ? 1 : 0))));

/** The layer as it was before there were kernels: by Keras's convention the forget gate's bias is counted from 1. */
function stepwise(cell: Cell, x: Tensor3D, weights: Weights, backwards: boolean): Tensor {
  const kernel = weights["r.kernel"] as Tensor2D;
  const recurrentKernel = weights["r.recurrent"] as Tensor2D;
  const bias = weights["r.bias"] as Tensor1D;
  const recurrentBias = weights["r.recurrentBias"] as Tensor1D;
  const forget = tf.concat([tf.zeros([units]), tf.ones([units]), tf.zeros([2 * units])]);
  const { sequence, last } =
    cell === "gru"
      ? plainGru(x, lengths, { kernel, recurrentKernel, bias, recurrentBias }, backwards)
      : plainLstm(x, lengths, { kernel, recurrentKernel, bias: tf.add(bias, forget) }, backwards);
  return tf.concat([sequence, tf.expandDims(last, 1)], 1);
}

for (const cell of ["lstm", "gru"] as const) {
  for (const backwards of [false, true]) {
    test(`${cell}${backwards ? ", backwards" : ""}: states and gradients are those of the stepwise layer, behind a mask`, () => {
      tf.tidy(() => {
        const names = Object.keys(recurrentLayout("r", cell, inputs, units));
        const weights = Object.values(recurrentLayout("r", cell, inputs, units)).map(({ shape }) => normal(...shape));
        const named = (tensors: Tensor[]): Weights => Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
        const layer = (...[x, ...rest]: Tensor[]) => {
          const given = { values: x as Tensor3D, mask: maskOf() };
          const { sequence, last } = recurrent(named(rest), "r", cell, given, backwards);
          return tf.concat([sequence, tf.expandDims(last, 1)], 1);
        };
        const plain = (...[x, ...rest]: Tensor[]) => stepwise(cell, x as Tensor3D, named(rest), backwards);
        const tensors = [normal(batch, steps, inputs), ...weights];
        const errors = normal(batch, steps + 1, units);
        expectClose(layer(...tensors), plain(...tensors), 1e-5);
        const wanted = valueAndGradients(plain, tensors, errors);
        valueAndGradients(layer, tensors, errors).forEach((gradient, i) => expectClose(gradient, wanted[i], 1e-5));
      });
    });
  }

  test(`${cell}: what stands behind the end changes nothing`, () => {
    tf.tidy(() => {
      const layout = recurrentLayout("r", cell, inputs, units);
      const weights: Weights = Object.fromEntries(
        Object.entries(layout).map(([name, { shape }]) => [name, normal(...shape)]),
      );
      const x = normal(batch, steps, inputs) as Tensor3D;
      const mask = maskOf();
      const noise = tf.mul(normal(batch, steps, inputs), tf.expandDims(tf.sub(1, mask), 2));
      for (const backwards of [false, true]) {
        const clean = recurrent(weights, "r", cell, { values: x, mask }, backwards);
        const noisy = recurrent(weights, "r", cell, { values: tf.add(x, noise), mask }, backwards);
        expect(noisy.sequence.dataSync()).toEqual(clean.sequence.dataSync());
        expect(noisy.last.dataSync()).toEqual(clean.last.dataSync());
      }
    });
  });
}

test("layer normalisation and its gradient are those of the formula", () => {
  tf.tidy(() => {
    const layer = (...[x, gamma, beta]: Tensor[]) => layerNorm({ "n.gamma": gamma, "n.beta": beta }, "n", x);
    const plain = (...[x, gamma, beta]: Tensor[]) => plainLayerNorm(x, gamma as Tensor1D, beta as Tensor1D, 1e-5);
    const tensors = [normal(batch, steps, units), normal(units), normal(units)];
    const errors = normal(batch, steps, units);
    const wanted = valueAndGradients(plain, tensors, errors);
    valueAndGradients(layer, tensors, errors).forEach((gradient, i) => expectClose(gradient, wanted[i], 1e-5));
  });
});

test("an encoder's steps do not see what the mask hides", () => {
  tf.tidy(() => {
    const weights: Weights = Object.fromEntries(
      Object.entries(encoderLayout("e", units, 2 * units, 2)).map(([name, { shape }]) => [name, normal(...shape)]),
    );
    const mask = maskOf();
    const values = normal(batch, steps, units) as Tensor3D;
    const noise = tf.mul(normal(batch, steps, units), tf.expandDims(tf.sub(1, mask), 2));
    const seen = (x: Padded<Tensor3D>) => tf.mul(encoder(weights, "e", x, 2, 0).values, tf.expandDims(mask, 2));
    expectClose(seen({ values: tf.add(values, noise) as Tensor3D, mask }), seen({ values, mask }), 1e-5);
  });
});

test("normalisation and relu of pictures behind a mask: value and gradients are those of the layers one by one", () => {
  tf.tidy(() => {
    for (const width of [16, 6]) {
      const lengths = tf.tensor1d([5, 0, 3], "int32");
      const mask = tf.tensor4d([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0], [3, 5, 1, 1]);
      const fused = (...[x, gamma, beta]: Tensor[]) =>
        normRelu(x as Tensor4D, gamma as Tensor1D, beta as Tensor1D, lengths);
      const plain = (...[x, gamma, beta]: Tensor[]) =>
        tf.mul(tf.relu(plainLayerNorm(x, gamma as Tensor1D, beta as Tensor1D, 1e-5)), mask);
      const tensors = [normal(3, 5, 4, width), normal(width), normal(width)];
      const errors = normal(3, 5, 4, width);
      const wanted = valueAndGradients(plain, tensors, errors);
      valueAndGradients(fused, tensors, errors).forEach((tensor, i) => expectClose(tensor, wanted[i], 1e-5));
    }
  });
});

test("normRelu refuses shapes that do not fit, in words", () => {
  tf.tidy(() => {
    const [x, ones] = [tf.ones([2, 3, 4, 5]) as Tensor4D, tf.ones([5]) as Tensor1D];
    expect(() => normRelu(x, ones, ones, tf.tensor1d([3], "int32"))).toThrow("lengths int32 [1] do not fit");
    expect(() => normRelu(x, ones, ones, tf.tensor1d([3, 3]))).toThrow("lengths float32 [2] do not fit");
    expect(() => normRelu(x, tf.ones([4]), ones, tf.tensor1d([3, 3], "int32"))).toThrow("gamma float32 [4]");
  });
});
