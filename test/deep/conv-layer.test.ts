import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { tf } from "../../src/deep/backend.ts";
import { convLayer } from "../../src/deep/kernels/conv-layer.ts";
import { normal } from "./compare.ts";
import { startBackend } from "./start.ts";

beforeAll(async () => void (await startBackend()));

type Layer = (x: Tensor4D, filter: Tensor4D, bias: Tensor1D) => Tensor4D;

/** The value and the gradients by x, filter and bias. */
function run(layer: Layer, inputs: readonly Float32Array[], shapes: readonly number[][], errors: Float32Array) {
  return tf.tidy(() => {
    const tensors = inputs.map((data, i) => tf.tensor(data, [...shapes[i]]));
    const loss = (...[x, filter, bias]: Tensor[]) => {
      const y = layer(x as Tensor4D, filter as Tensor4D, bias as Tensor1D);
      return tf.sum(tf.mul(y, tf.tensor(errors, y.shape))).asScalar();
    };
    const y = layer(tensors[0] as Tensor4D, tensors[1] as Tensor4D, tensors[2] as Tensor1D);
    const found = [y, ...tf.grads(loss)(tensors)];
    return found.map((tensor) => ({ shape: tensor.shape, data: tensor.dataSync() as Float32Array }));
  });
}

const cases: [name: string, x: number[], filter: number[]][] = [
  ["a sequence", [3, 1, 9, 5], [1, 3, 5, 6]],
  ["a sequence of single values", [2, 1, 8, 1], [1, 3, 1, 64]],
  ["pictures", [2, 7, 6, 4], [3, 3, 4, 8]],
  ["even filters", [2, 5, 6, 3], [2, 4, 3, 5]],
  ["a filter larger than x, in one direction", [2, 2, 9, 3], [5, 3, 3, 4]],
  ["several blocks of lines, the last one smaller", [3, 50, 11, 20], [3, 3, 20, 9]],
  ["a filter of one value", [2, 3, 4, 7], [1, 1, 7, 3]],
];

for (const padding of ["same", "valid"] as const) {
  for (const relu of [false, true]) {
    for (const [name, x, filter] of cases) {
      if (padding === "valid" && filter[0] > x[1]) continue;
      test(`${name}, ${padding}${relu ? ", relu" : ""}: value and gradients are those of tfjs's operations on its cpu backend`, async () => {
        const shapes = [x, filter, [filter[3]]];
        const inputs = tf.tidy(() => shapes.map((shape) => normal(...shape).dataSync() as Float32Array));
        const places = padding === "same" ? x[0] * x[1] * x[2] : x[0] * (x[1] - filter[0] + 1) * (x[2] - filter[1] + 1);
        const errors = tf.tidy(() => normal(places * filter[3]).dataSync() as Float32Array);
        const before = tf.memory().numTensors;
        const found = run((...t) => convLayer(...t, { padding, relu }), inputs, shapes, errors);
        expect(tf.memory().numTensors).toBe(before);
        await tf.setBackend("cpu");
        const wanted = run(
          (a, b, bias) => {
            const y = tf.add(tf.conv2d(a, b, 1, padding), bias) as Tensor4D;
            return relu ? tf.relu(y) : y;
          },
          inputs,
          shapes,
          errors,
        );
        await tf.setBackend("wasm");
        wanted.forEach(({ shape, data }, i) => {
          expect(found[i].shape).toEqual(shape);
          // Sums of up to 1,650 products in another order, in float32: 2e-5 of the largest value.
          const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
          const off = found[i].data.map((value, j) => Math.abs(value - data[j]) / largest);
          expect(Math.max(...off)).toBeLessThan(2e-5);
          expect(found[i].data.every(Number.isFinite)).toBe(true);
        });
      });
    }
  }
}

test("a picture has the same bits whatever stands beside it in the batch", () => {
  tf.tidy(() => {
    const x = normal(6, 20, 10, 16) as Tensor4D;
    const [filter, bias] = [normal(3, 3, 16, 12) as Tensor4D, normal(12) as Tensor1D];
    const whole = convLayer(x, filter, bias, { padding: "same", relu: true });
    for (let row = 0; row < 6; row++) {
      const alone = convLayer(tf.slice4d(x, [row, 0, 0, 0], [1, -1, -1, -1]), filter, bias, {
        padding: "same",
        relu: true,
      });
      expect(alone.dataSync()).toEqual(tf.slice4d(whole, [row, 0, 0, 0], [1, -1, -1, -1]).dataSync());
    }
  });
});

test("what does not fit is refused in words", () => {
  tf.tidy(() => {
    const x = tf.ones([1, 4, 4, 2]) as Tensor4D;
    const fits = (filter: [number, number, number, number], bias: number, padding: "same" | "valid" = "same") =>
      convLayer(x, tf.ones(filter), tf.ones([bias]), { padding });
    expect(() => fits([3, 3, 3, 4], 4)).toThrow("x [1,4,4,2], filter [3,3,3,4] and bias [4] do not fit");
    expect(() => fits([3, 3, 2, 4], 5)).toThrow("do not fit");
    expect(() => fits([5, 3, 2, 4], 4, "valid")).toThrow("a filter [5,3,2,4] finds no place in x [1,4,4,2]");
    const whole = tf.ones([1, 4, 4, 2], "int32") as Tensor4D;
    const filter = tf.ones([1, 1, 2, 2]) as Tensor4D;
    expect(() => convLayer(whole, filter, tf.ones([2]), { padding: "same" })).toThrow("are int32, float32");
  });
});
