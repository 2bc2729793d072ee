import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { tf } from "../../src/deep/backend.ts";
import { gru } from "../../src/deep/kernels/gru.ts";
import { layerNorm } from "../../src/deep/kernels/layer-norm.ts";
import { lstm, type RecurrentStates } from "../../src/deep/kernels/lstm.ts";
import { expectClose, normal, valueAndGradients } from "./compare.ts";
import { plainGru, plainLayerNorm, plainLstm } from "./plain-recurrent.ts";
import { startBackend } from "./start.ts";

beforeAll(async () => {
  await startBackend();
});

/** Both results of a recurrent layer as one tensor, so that the gradient runs through both. */
const joined = ({ sequence, last }: RecurrentStates) => tf.concat([sequence, tf.expandDims(last, 1)], 1);

const cases = [
  { batch: 5, steps: 7, inputs: 6, units: 8, lengths: [7, 3, 1, 0, 6] },
  { batch: 3, steps: 4, inputs: 5, units: 7, lengths: [4, 2, 3] },
  { batch: 1, steps: 2, inputs: 1, units: 1, lengths: [2] },
];

for (const { batch, steps, inputs, units, lengths } of cases) {
  for (const reverse of [false, true]) {
    const size = `${batch} x ${steps} x ${inputs} to ${units}${reverse ? ", reversed" : ""}`;

    test(`the fused LSTM and its gradient are those of the layer written step by step: ${size}`, () => {
      tf.tidy(() => {
        const tensors = [
          normal(batch, steps, inputs),
          normal(inputs, 4 * units),
          normal(units, 4 * units),
          normal(4 * units),
        ];
        const lengthsTensor = tf.tensor1d(lengths, "int32");
        const weigh = ([, kernel, recurrentKernel, bias]: Tensor[]) => ({
          kernel: kernel as Tensor2D,
          recurrentKernel: recurrentKernel as Tensor2D,
          bias: bias as Tensor1D,
        });
        const errors = normal(batch, steps + 1, units);
        const fused = (...t: Tensor[]) => joined(lstm(t[0] as Tensor3D, lengthsTensor, weigh(t), reverse));
        const plain = (...t: Tensor[]) => joined(plainLstm(t[0] as Tensor3D, lengths, weigh(t), reverse));
        expectClose(fused(...tensors), plain(...tensors));
        const wanted = valueAndGradients(plain, tensors, errors);
        valueAndGradients(fused, tensors, errors).forEach((gradient, i) => expectClose(gradient, wanted[i]));
      });
    });

    test(`the fused GRU and its gradient are those of the layer written step by step: ${size}`, () => {
      tf.tidy(() => {
        const weights = [normal(inputs, 3 * units), normal(units, 3 * units), normal(3 * units), normal(3 * units)];
        const tensors = [normal(batch, steps, inputs), ...weights];
        const lengthsTensor = tf.tensor1d(lengths, "int32");
        const weigh = ([, kernel, recurrentKernel, bias, recurrentBias]: Tensor[]) => ({
          kernel: kernel as Tensor2D,
          recurrentKernel: recurrentKernel as Tensor2D,
          bias: bias as Tensor1D,
          recurrentBias: recurrentBias as Tensor1D,
        });
        const errors = normal(batch, steps + 1, units);
        const fused = (...t: Tensor[]) => joined(gru(t[0] as Tensor3D, lengthsTensor, weigh(t), reverse));
        const plain = (...t: Tensor[]) => joined(plainGru(t[0] as Tensor3D, lengths, weigh(t), reverse));
        expectClose(fused(...tensors), plain(...tensors));
        const wanted = valueAndGradients(plain, tensors, errors);
        valueAndGradients(fused, tensors, errors).forEach((gradient, i) => expectClose(gradient, wanted[i]));
      });
    });
  }
}

test("the LSTM's gradient is the slope that finite differences find", () => {
  tf.tidy(() => {
    const [inputs, units] = [2, 3];
    const x = normal(2, 4, inputs) as Tensor3D;
    const lengths = tf.tensor1d([4, 2], "int32");
    const [recurrentKernel, bias] = [normal(units, 4 * units) as Tensor2D, normal(4 * units) as Tensor1D];
    const errors = normal(2, units);
    const loss = (kernel: Tensor) =>
      tf.sum(tf.mul(lstm(x, lengths, { kernel: kernel as Tensor2D, recurrentKernel, bias }).last, errors)).asScalar();
    const kernel = normal(inputs, 4 * units);
    const gradient = tf.grad(loss)(kernel).dataSync();
    const values = kernel.dataSync();
    const at = (i: number, step: number) => {
      const moved = values.slice();
      moved[i] += step;
      return loss(tf.tensor(moved, kernel.shape)).dataSync()[0];
    };
    // Central differences over 2e-2 in float32: both the curvature and the rounding leave about 1e-4.
    for (let i = 0; i < values.length; i++) {
      expect(Math.abs((at(i, 1e-2) - at(i, -1e-2)) / 2e-2 - gradient[i])).toBeLessThan(1e-3);
    }
  });
});

test("the gates saturate at the ends, and stay numbers", () => {
  tf.tidy(() => {
    const weights = {
      kernel: tf.tensor2d([[1e4, 1e4, 1e4, 1e4]]),
      recurrentKernel: tf.zeros([1, 4]) as Tensor2D,
      bias: tf.zeros([4]) as Tensor1D,
    };
    const { last } = lstm(tf.tensor3d([[[1]], [[-1]]]), tf.tensor1d([1, 1], "int32"), weights);
    expect(last.dataSync()[0]).toBeCloseTo(Math.tanh(1), 6);
    expect(last.dataSync()[1]).toBeCloseTo(0, 6);
  });
});

test("a recurrent layer refuses weights that do not fit, and lengths beyond the steps are cut", () => {
  tf.tidy(() => {
    const x = normal(2, 3, 4) as Tensor3D;
    const lengths = tf.tensor1d([3, 2], "int32");
    const weights = {
      kernel: normal(4, 20) as Tensor2D,
      recurrentKernel: normal(5, 20) as Tensor2D,
      bias: normal(20) as Tensor1D,
    };
    expect(() => lstm(x, lengths, { ...weights, kernel: normal(3, 20) as Tensor2D })).toThrow("kernel is [3,20]");
    expect(() => lstm(x, tf.tensor1d([3, 2]), weights)).toThrow("lengths is float32");
    const cut = lstm(x, tf.tensor1d([99, -5], "int32"), weights).last;
    expectClose(cut, lstm(x, tf.tensor1d([3, 0], "int32"), weights).last, 1e-12);
  });
});

for (const shape of [
  [4, 3, 8],
  [5, 7],
  [1, 1, 1],
  [2, 130],
]) {
  test(`layer normalisation and its gradient: [${shape}]`, () => {
    tf.tidy(() => {
      const width = shape[shape.length - 1];
      const tensors = [normal(...shape), normal(width), normal(width)];
      const errors = normal(...shape);
      const fused = (...[x, gamma, beta]: Tensor[]) => layerNorm(x, gamma as Tensor1D, beta as Tensor1D, 1e-3);
      const plain = (...[x, gamma, beta]: Tensor[]) => plainLayerNorm(x, gamma as Tensor1D, beta as Tensor1D, 1e-3);
      expectClose(fused(...tensors), plain(...tensors));
      const wanted = valueAndGradients(plain, tensors, errors);
      valueAndGradients(fused, tensors, errors).forEach((gradient, i) => expectClose(gradient, wanted[i]));
    });
  });
}

test("gradients leave no tensor behind", () => {
  const run = () =>
    tf.tidy(() => {
      const weights = {
        kernel: normal(6, 32) as Tensor2D,
        recurrentKernel: normal(8, 32) as Tensor2D,
        bias: normal(32) as Tensor1D,
      };
      const lengths = tf.tensor1d([5, 3], "int32");
      tf.grad((x) =>
        tf.sum(layerNorm(lstm(x as Tensor3D, lengths, weights).sequence, tf.ones([8]), tf.zeros([8]))).asScalar(),
      )(normal(2, 5, 6));
    });
  run();
  const before = tf.memory();
  for (let i = 0; i < 20; i++) run();
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numBytes).toBe(before.numBytes);
});
