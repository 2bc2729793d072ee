import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { tf } from "../../src/deep/backend.ts";
import { Random } from "../../src/random.ts";
import { startBackend } from "./start.ts";

type Operation = (...inputs: Tensor[]) => Tensor;

beforeAll(async () => {
  await startBackend();
});

const ids = [3, 0, 3, 1, 4, 3];

// What the models are made of. Each is run and differentiated here and on tfjs's cpu backend, by every input.
const operations: [name: string, f: Operation, ...shapes: number[][]][] = [
  ["matMul", (a, b) => tf.matMul(a, b), [5, 7], [7, 9]],
  ["matMul, A transposed", (a, b) => tf.matMul(a, b, true), [7, 5], [7, 9]],
  ["matMul, B transposed", (a, b) => tf.matMul(a, b, false, true), [5, 7], [9, 7]],
  ["matMul, both transposed", (a, b) => tf.matMul(a, b, true, true), [7, 5], [9, 7]],
  ["matMul, deeper than a block", (a, b) => tf.matMul(a, b), [70, 600], [600, 11]],
  ["matMul of batches", (a, b) => tf.matMul(a, b, false, true), [2, 3, 4, 8], [2, 3, 5, 8]],
  ["dense with bias and relu, fused", fusedDense("relu"), [6, 8], [8, 10], [10]],
  ["dense with bias, fused", fusedDense("linear"), [6, 8], [8, 10], [10]],
  ["dense with bias and elu, fused", fusedDense("elu"), [6, 8], [8, 10], [10]],
  ["conv1d, same", conv1d(1, "same"), [2, 9, 4], [3, 4, 6]],
  ["conv1d, valid, stride 2", conv1d(2, "valid"), [2, 9, 5], [4, 5, 3]],
  ["conv2d, same", conv2d(1, "same"), [2, 6, 5, 3], [3, 2, 3, 4]],
  ["conv2d, valid, stride 2", conv2d(2, "valid"), [1, 7, 7, 4], [3, 3, 4, 5]],
  ["depthwiseConv2d", depthwise(1, "same"), [2, 5, 6, 8], [3, 3, 8, 1]],
  ["depthwiseConv2d, multiplier 2, stride 2", depthwise(2, "valid"), [2, 7, 6, 3], [3, 2, 3, 2]],
  ["separableConv2d", separable, [1, 5, 5, 4], [3, 3, 4, 1], [1, 1, 4, 6]],
  ["embedding look-up", (e) => tf.gather(e, tf.tensor2d(ids, [2, 3], "int32")), [5, 6]],
  ["unsortedSegmentSum", (x) => tf.unsortedSegmentSum(x, tf.tensor1d(ids, "int32"), 5), [6, 5]],
  ["maxPool", (x) => tf.maxPool(x as Tensor4D, 2, 2, "same"), [2, 5, 6, 3]],
  ["maxPool, overlapping, valid", (x) => tf.maxPool(x as Tensor4D, 3, 1, "valid"), [2, 5, 6, 4]],
  ["maxPool over time", (x) => tf.maxPool(x as Tensor4D, [1, 2], [1, 2], "same"), [3, 1, 7, 5]],
  ["avgPool", (x) => tf.avgPool(x as Tensor4D, [1, 3], [1, 2], "valid"), [2, 1, 9, 3]],
  ["softmax", (x) => tf.softmax(x), [4, 6]],
  ["log-softmax", (x) => tf.logSoftmax(x), [4, 6]],
  ["attention with a mask", attention, [2, 5, 4], [2, 5, 4], [2, 5, 4]],
  ["mean and standard deviation over time", statistics, [3, 7, 4]],
  ["sigmoid, tanh, relu, exp", (x) => tf.mul(tf.sigmoid(x), tf.add(tf.tanh(x), tf.add(tf.relu(x), tf.exp(x)))), [5, 5]],
  ["gelu", (x) => tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.div(x, Math.SQRT2))))), [5, 5]],
  ["dropout", (x) => tf.dropout(x, 0.5, undefined, 3), [8, 8]],
  ["concat, split, slice, pad", shapes, [3, 4], [3, 2]],
  ["stack, unstack, reverse", (x) => tf.stack(tf.unstack(tf.reverse(x, 1), 1), 0), [2, 3, 4]],
  ["transpose of heads", (x) => tf.transpose(tf.reshape(x, [2, 3, 2, 4]), [0, 2, 1, 3]), [2, 3, 8]],
];

function fusedDense(activation: "relu" | "linear" | "elu"): Operation {
  return (a, b, bias) => tf.fused.matMul({ a: a as Tensor2D, b: b as Tensor2D, bias, activation });
}

function conv1d(stride: number, pad: "same" | "valid"): Operation {
  return (x, filter) => tf.conv1d(x as Tensor3D, filter as Tensor3D, stride, pad);
}

function conv2d(stride: number, pad: "same" | "valid"): Operation {
  return (x, filter) => tf.conv2d(x as Tensor4D, filter as Tensor4D, stride, pad);
}

function depthwise(stride: number, pad: "same" | "valid"): Operation {
  return (x, filter) => tf.depthwiseConv2d(x as Tensor4D, filter as Tensor4D, stride, pad);
}

function separable(...[x, filter, point]: Tensor[]): Tensor {
  return tf.separableConv2d(x as Tensor4D, filter as Tensor4D, point as Tensor4D, 1, "same");
}

function attention(...[q, k, v]: Tensor[]): Tensor {
  const mask = tf.tensor3d([0, 0, 0, -1e9, -1e9, 0, 0, 0, 0, 0], [2, 1, 5]);
  return tf.matMul(tf.softmax(tf.add(tf.mul(tf.matMul(q, k, false, true), 0.5), mask)), v);
}

function statistics(x: Tensor): Tensor {
  const { mean, variance } = tf.moments(x, 1);
  return tf.concat([mean, tf.sqrt(tf.add(variance, 1e-3))], 1);
}

function shapes(...[x, y]: Tensor[]): Tensor {
  const [left, right] = tf.split(tf.concat([x, y], 1), 2, 1);
  return tf.pad(tf.sub(tf.slice(left, [0, 1], [3, 2]), tf.slice(right, [0, 0], [3, 2])) as Tensor2D, [
    [1, 0],
    [0, 2],
  ]);
}

interface Values {
  shape: number[];
  data: Float32Array;
}

/** The value and the gradients by every input, for a loss that weighs the value's elements at random. */
function run(f: Operation, shapes: number[][]): Values[] {
  const random = new Random(11);
  const normal = (shape: number[]) =>
    tf.tensor(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal()),
      shape,
    );
  const read = (t: Tensor): Values => ({ shape: t.shape, data: t.dataSync() as Float32Array });
  let values: Values[] = [];
  tf.tidy(() => {
    const inputs = shapes.map(normal);
    const value = f(...inputs);
    const errors = normal(value.shape);
    const gradients = tf.grads((...x: Tensor[]) => tf.sum(tf.mul(f(...x), errors)).asScalar())(inputs);
    values = [value, ...gradients].map(read);
  });
  return values;
}

for (const [name, f, ...shapes] of operations) {
  test(`${name}: value and gradients as on the cpu backend, and no tensor left`, async () => {
    const actual = run(f, shapes);
    const before = tf.memory();
    run(f, shapes);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
    await tf.setBackend("cpu");
    const wanted = run(f, shapes);
    await tf.setBackend("wasm");
    expect(actual.map((v) => v.shape)).toEqual(wanted.map((v) => v.shape));
    // Sums of up to 600 products in another order, in float32: 2e-5 of the largest value.
    actual.forEach(({ data }, i) => {
      const largest = wanted[i].data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const off = data.reduce((most, value, j) => Math.max(most, Math.abs(value - wanted[i].data[j]) || 0), 0);
      expect(data.every(Number.isFinite)).toBe(true);
      expect(off / largest).toBeLessThan(2e-5);
    });
  });
}

test("a batch may meet one matrix (tfjs differentiates it on no backend)", () => {
  tf.tidy(() => {
    const product = tf.matMul(tf.ones([3, 2, 4]), tf.mul(tf.ones([1, 4, 5]), 2));
    expect(product.shape).toEqual([3, 2, 5]);
    expect([...product.dataSync()]).toEqual(new Array(30).fill(8));
  });
});

test("segments that do not exist are left out, as on the cpu backend", () => {
  tf.tidy(() => {
    const sums = tf.unsortedSegmentSum(tf.tensor2d([[1], [2], [4]]), tf.tensor1d([1, -1, 7], "int32"), 2);
    expect([...sums.dataSync()]).toEqual([0, 1]);
  });
});

test("products are the same bits whatever stands beside them in the batch", () => {
  tf.tidy(() => {
    const random = new Random(5);
    const a = Float32Array.from({ length: 9 * 300 }, () => random.normal());
    const b = tf.tensor2d(
      Float32Array.from({ length: 300 * 10 }, () => random.normal()),
      [300, 10],
    );
    const whole = tf.matMul(tf.tensor2d(a, [9, 300]), b).dataSync();
    for (let row = 0; row < 9; row++) {
      const alone = tf.matMul(tf.tensor2d(a.slice(300 * row, 300 * (row + 1)), [1, 300]), b).dataSync();
      expect(alone).toEqual(whole.slice(10 * row, 10 * (row + 1)));
    }
  });
});
