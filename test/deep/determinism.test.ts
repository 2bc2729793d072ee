import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { tf } from "../../src/deep/backend.ts";
import { gru } from "../../src/deep/kernels/gru.ts";
import { layerNorm } from "../../src/deep/kernels/layer-norm.ts";
import { lstm } from "../../src/deep/kernels/lstm.ts";
import { Random } from "../../src/random.ts";
import { startBackend } from "./start.ts";

beforeAll(async () => {
  await startBackend();
});

/** Trains an embedding, a convolution, an LSTM and a GRU back to front, a layer norm and a dense layer for six steps; SHA-256 of the weights. */
async function train(): Promise<string> {
  const random = new Random(3);
  const shapes = {
    e: [20, 6],
    k: [3, 6, 8],
    lw: [8, 20],
    lu: [5, 20],
    lb: [20],
    gw: [8, 15],
    gu: [5, 15],
    gb: [15],
    gr: [15],
    g: [10],
    b: [10],
    d: [10, 3],
  };
  const w = {} as Record<keyof typeof shapes, Variable>;
  for (const [name, shape] of Object.entries(shapes)) {
    const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => 0.3 * random.normal());
    w[name as keyof typeof shapes] = tf.tidy(() => tf.variable(tf.tensor(values, shape)));
  }
  const ids = tf.tensor2d(
    Int32Array.from({ length: 4 * 9 }, () => random.integer(20)),
    [4, 9],
    "int32",
  );
  const lengths = tf.tensor1d([9, 4, 7, 1], "int32");
  const labels = tf.tensor2d([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0], [4, 3]);
  const optimizer = tf.train.adam(0.01);
  const loss = () => {
    const x = tf.relu(tf.conv1d(tf.gather(w.e, ids) as Tensor3D, w.k as Tensor as Tensor3D, 1, "same")) as Tensor3D;
    const weights = (kernel: Variable, recurrentKernel: Variable, bias: Variable) => ({
      kernel: kernel as Tensor as Tensor2D,
      recurrentKernel: recurrentKernel as Tensor as Tensor2D,
      bias: bias as Tensor as Tensor1D,
    });
    const there = lstm(x, lengths, weights(w.lw, w.lu, w.lb)).last;
    const recurrentBias = w.gr as Tensor as Tensor1D;
    const back = gru(x, lengths, { ...weights(w.gw, w.gu, w.gb), recurrentBias }, true).last;
    const normal = layerNorm(tf.concat([there, back], 1), w.g as Tensor as Tensor1D, w.b as Tensor as Tensor1D);
    return tf.losses.softmaxCrossEntropy(labels, tf.matMul(normal, w.d as Tensor as Tensor2D)).asScalar();
  };
  for (let step = 0; step < 6; step++) optimizer.minimize(loss);
  const bytes = Object.values(w).flatMap((variable) => [...new Uint8Array(variable.dataSync().slice().buffer)]);
  optimizer.dispose();
  tf.dispose([ids, lengths, labels, Object.values(w)]);
  const hash = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

test("training gives the same bits in two runs, in Node and in Chromium, and leaves no tensor", async () => {
  const before = tf.memory().numTensors;
  const digest = await train();
  expect(tf.memory().numTensors).toBe(before);
  expect(await train()).toBe(digest);
  expect(digest).toBe("c675d4a5d566946b562a8410823593a75f9369aee85a77bcf27744d337fcf891");
});
