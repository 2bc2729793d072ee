import { beforeAll, expect, test } from "vitest";
import { tf } from "../../src/deep/backend.ts";
import { convLayer } from "../../src/deep/kernels/conv-layer.ts";
import { normal } from "./compare.ts";
import { startBackend } from "./start.ts";
import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs";

beforeAll(async () => void (await startBackend()));

const counts = () => {
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  return { numTensors, numDataBuffers, numBytes };
};

test("a copy outlives the tensor that it was made of, and the other way round", () => {
  const before = counts();
  for (const first of ["original", "copy"] as const) {
    const original = tf.tensor1d([1, 2, 3]);
    const copy = tf.clone(original);
    const [gone, left] = first === "original" ? [original, copy] : [copy, original];
    gone.dispose();
    // What is freed is taken by the next tensors of the same size.
    const next = [tf.tensor1d([7, 7, 7]), tf.tensor1d([8, 8, 8])];
    expect([...left.dataSync()]).toEqual([1, 2, 3]);
    tf.dispose([left, ...next]);
  }
  expect(counts()).toEqual(before);
});

test("a variable that is assigned to leaves its copies as they were", () => {
  const before = counts();
  const start = tf.tensor1d([1, 2]);
  const variable = tf.variable(start);
  const copy = variable.clone();
  const next = tf.tensor1d([5, 6]);
  variable.assign(next);
  expect([...copy.dataSync()]).toEqual([1, 2]);
  expect([...variable.dataSync()]).toEqual([5, 6]);
  const last = tf.tensor1d([9, 9]);
  expect([...start.dataSync()]).toEqual([1, 2]);
  tf.dispose([start, variable, copy, next, last]);
  expect(counts()).toEqual(before);
});

test("numbers that are read do not change a tensor when they are written to", () => {
  tf.tidy(() => {
    const x = tf.tensor1d([1, 2, 3]);
    const copy = x.clone();
    x.dataSync()[0] = 99;
    expect([...copy.dataSync()]).toEqual([1, 2, 3]);
    expect([...x.dataSync()]).toEqual([1, 2, 3]);
  });
});

// The convolution's gradient sets what relu cut off to 0 in the error that it is given; the error is needed again by the other branch.
test("a gradient that two layers share comes to both whole", () => {
  tf.tidy(() => {
    const x = normal(2, 6, 5, 4) as Tensor4D;
    const [filter, bias] = [normal(3, 3, 4, 4) as Tensor4D, normal(4) as Tensor1D];
    const errors = normal(2, 6, 5, 4) as Tensor4D;
    const layer = (t: Tensor4D) => convLayer(t, filter, bias, { padding: "same", relu: true });
    const joined = tf.grad((t) => tf.sum(tf.mul(tf.add(layer(t as Tensor4D), t), errors)))(x);
    const apart = tf.add(tf.grad((t) => tf.sum(tf.mul(layer(t as Tensor4D), errors)))(x), errors);
    expect(joined.dataSync()).toEqual(apart.dataSync());
    const again = tf.grad((t) => tf.sum(tf.mul(tf.add(layer(t as Tensor4D), t), errors)))(x);
    expect(again.dataSync()).toEqual(joined.dataSync());
  });
});

test("strings are copied as before", () => {
  const before = counts();
  const words = tf.tensor1d(["a", "b"]);
  const copy = tf.clone(words);
  words.dispose();
  expect(copy.dataSync()).toEqual(["a", "b"]);
  copy.dispose();
  expect(counts()).toEqual(before);
});
