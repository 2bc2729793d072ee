import type { Tensor, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { tf } from "../../src/deep/backend.ts";
import { normal } from "./compare.ts";
import { startBackend } from "./start.ts";

beforeAll(async () => void (await startBackend()));

type Convolution = (x: Tensor, filter: Tensor) => Tensor;

/** Puts `rate` - 1 zeros behind every place along an axis, but the last one. */
function spread(filter: Tensor, axis: number, rate: number): Tensor {
  const places = tf.unstack(filter, axis);
  const zero = tf.zerosLike(places[0]);
  const all = places.flatMap((place, i) => (i === 0 ? [place] : [...new Array<Tensor>(rate - 1).fill(zero), place]));
  return tf.stack(all, axis);
}

/** The value and the gradients by x and the filter. */
function run(f: Convolution, [x, filter]: readonly Float32Array[], shapes: readonly number[][], errors: Float32Array) {
  return tf.tidy(() => {
    const tensors = [tf.tensor(x, [...shapes[0]]), tf.tensor(filter, [...shapes[1]])];
    const { value, grads } = tf.valueAndGrads((...[a, b]: Tensor[]) => {
      const y = f(a, b);
      return tf.sum(tf.mul(y, tf.tensor(errors.subarray(0, y.size), y.shape))).asScalar();
    })(tensors);
    return [f(tensors[0], tensors[1]), value, ...grads].map((tensor) => [...tensor.dataSync()]);
  });
}

const conv1d = (rate: number, pad: "same" | "valid") => [
  (x: Tensor, filter: Tensor) => tf.conv1d(x as Tensor3D, filter as Tensor3D, 1, pad, "NWC", rate),
  (x: Tensor, filter: Tensor) => tf.conv1d(x as Tensor3D, spread(filter, 0, rate) as Tensor3D, 1, pad),
];
const conv2d = (rates: [number, number], pad: "same" | "valid") => [
  (x: Tensor, filter: Tensor) => tf.conv2d(x as Tensor4D, filter as Tensor4D, 1, pad, "NHWC", rates),
  (x: Tensor, filter: Tensor) =>
    tf.conv2d(x as Tensor4D, spread(spread(filter, 0, rates[0]), 1, rates[1]) as Tensor4D, 1, pad),
];
const depthwise = (rate: number, pad: "same" | "valid") => [
  (x: Tensor, filter: Tensor) => tf.depthwiseConv2d(x as Tensor4D, filter as Tensor4D, 1, pad, "NHWC", [rate, rate]),
  (x: Tensor, filter: Tensor) =>
    tf.depthwiseConv2d(x as Tensor4D, spread(spread(filter, 0, rate), 1, rate) as Tensor4D, 1, pad),
];

const cases: [name: string, functions: Convolution[], ...shapes: number[][]][] = [
  ["conv1d, rate 2, same", conv1d(2, "same"), [2, 9, 4], [3, 4, 5]],
  ["conv1d, rate 3, valid", conv1d(3, "valid"), [2, 11, 4], [3, 4, 5]],
  ["conv2d, rate 2, same", conv2d([2, 2], "same"), [2, 7, 8, 3], [3, 3, 3, 4]],
  ["conv2d, rates 1 and 3, valid", conv2d([1, 3], "valid"), [1, 5, 9, 3], [2, 3, 3, 4]],
  ["depthwiseConv2d, rate 2, same", depthwise(2, "same"), [2, 7, 6, 3], [3, 3, 3, 1]],
  ["depthwiseConv2d, rate 2, multiplier 2, valid", depthwise(2, "valid"), [1, 8, 7, 4], [3, 2, 4, 2]],
];

for (const [name, [dilated, plain], ...shapes] of cases) {
  test(`${name}: value and gradients are those of the filter with zeros between, on the cpu backend`, async () => {
    const inputs = tf.tidy(() => shapes.map((shape) => normal(...shape).dataSync() as Float32Array));
    const errors = tf.tidy(() => normal(1000).dataSync() as Float32Array);
    const before = tf.memory().numTensors;
    const found = run(dilated, inputs, shapes, errors);
    expect(tf.memory().numTensors).toBe(before);
    await tf.setBackend("cpu");
    const wanted = run(plain, inputs, shapes, errors);
    await tf.setBackend("wasm");
    wanted.forEach((values, i) => {
      expect(found[i]).toHaveLength(values.length);
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      // float32 sums of up to some hundred products in another order.
      const off = values.map((value, j) => Math.abs(found[i][j] - value) / largest);
      expect(off.every((difference) => difference < 2e-5)).toBe(true);
    });
  });
}

test("the cpu backend still refuses the gradient of a dilated convolution, in words", async () => {
  await tf.setBackend("cpu");
  const gradient = () =>
    tf.tidy(() => tf.grad((x) => tf.sum(conv1d(2, "same")[0](x, tf.ones([3, 4, 5]))))(tf.ones([2, 9, 4])));
  try {
    expect(gradient).toThrow("dilation rates greater than 1 are not yet supported in gradients");
  } finally {
    await tf.setBackend("wasm");
  }
});
