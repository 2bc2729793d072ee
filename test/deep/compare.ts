import type { Tensor } from "@tensorflow/tfjs";
import { expect } from "vitest";
import { tf } from "../../src/deep/backend.ts";
import { Random } from "../../src/random.ts";

const random = new Random(7);

/** Values from a normal distribution. */
export function normal(...shape: number[]): Tensor {
  return tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal()),
    shape,
    "float32",
  );
}

/**
 * Holds values to others of the same shape. float32 sums in another order differ by about the square root of their length times 6e-8 of the
 * largest term; `tolerance`, relative to the largest value, leaves room for sums of some hundred terms of order 1.
 */
export function expectClose(actual: Tensor, wanted: Tensor, tolerance = 2e-5): void {
  expect(actual.shape).toEqual(wanted.shape);
  const [a, b] = [actual.dataSync(), wanted.dataSync()];
  let largest = 1;
  for (const value of b) largest = Math.max(largest, Math.abs(value));
  let error = 0;
  for (let i = 0; i < b.length; i++) error = Math.max(error, Number.isFinite(a[i]) ? Math.abs(a[i] - b[i]) : Infinity);
  expect(error / largest).toBeLessThan(tolerance);
}

/** The value of `f` and its gradients for each input, with random weights for the elements of the value. */
export function valueAndGradients(f: (...inputs: Tensor[]) => Tensor, inputs: Tensor[], weights: Tensor): Tensor[] {
  const { value, grads } = tf.valueAndGrads((...x: Tensor[]) => tf.sum(tf.mul(f(...x), weights)).asScalar())(inputs);
  return [value, ...grads];
}
