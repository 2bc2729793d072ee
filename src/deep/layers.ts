import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import type { Random } from "../random.ts";
import { tf } from "./backend.ts";
import type { Padded } from "./batch.ts";
import { convLayer, type ConvLayerOptions } from "./kernels/conv-layer.ts";
import { layerNorm as fusedLayerNorm } from "./kernels/layer-norm.ts";
import { normRelu } from "./kernels/norm-relu.ts";
import { filled, glorot, type Layout } from "./parameters.ts";
import type { Weights } from "./trainer.ts";

// The layers that the networks are put together from. Each has a layout (what it learns, under its name) and a function that computes it.
// Sequences are examples x steps x width; `mask` is examples x steps.

export function denseLayout(name: string, inputs: number, outputs: number): Layout {
  return { [`${name}.kernel`]: glorot([inputs, outputs]), [`${name}.bias`]: filled([outputs], 0) };
}

/** x W + b, over the last axis. */
export function dense<T extends Tensor>(weights: Weights, name: string, x: T): T {
  const kernel = weights[`${name}.kernel`] as Tensor2D;
  const flat = tf.reshape(x, [-1, kernel.shape[0]]) as Tensor2D;
  const product = tf.add(tf.matMul(flat, kernel), weights[`${name}.bias`]);
  return tf.reshape(product, [...x.shape.slice(0, -1), kernel.shape[1]]) as T;
}

export function convolutionLayout(name: string, width: number, inputs: number, outputs: number): Layout {
  return {
    [`${name}.kernel`]: glorot([width, inputs, outputs], width * inputs, width * outputs),
    [`${name}.bias`]: filled([outputs], 0),
  };
}

/**
 * Convolution over the steps. `same` keeps the number of steps, with zeros around them; `valid` has only the steps that all neighbours
 * exist for.
 */
export function convolution(weights: Weights, name: string, x: Tensor3D, options: ConvLayerOptions): Tensor3D {
  const [rows, steps, inputs] = x.shape;
  const filter = tf.expandDims(weights[`${name}.kernel`], 0) as Tensor4D;
  const picture = tf.reshape(x, [rows, 1, steps, inputs]) as Tensor4D;
  return tf.squeeze(convLayer(picture, filter, weights[`${name}.bias`] as Tensor1D, options), [1]) as Tensor3D;
}

export function pictureLayout(name: string, size: number, inputs: number, outputs: number): Layout {
  return {
    [`${name}.kernel`]: glorot([size, size, inputs, outputs], size * size * inputs, size * size * outputs),
    [`${name}.bias`]: filled([outputs], 0),
  };
}

/** Convolution over steps and places (examples x steps x places x channels), with zeros around them. */
export function picture(weights: Weights, name: string, x: Tensor4D): Tensor4D {
  const filter = weights[`${name}.kernel`] as Tensor4D;
  return convLayer(x, filter, weights[`${name}.bias`] as Tensor1D, { padding: "same" });
}

/** Each place's channels to zero mean and unit variance, gamma x + beta, relu; 0 behind the end. */
export function pictureNormRelu(weights: Weights, name: string, x: Tensor4D, mask: Tensor2D): Tensor4D {
  const lengths = tf.cast(tf.sum(mask, 1), "int32") as Tensor1D;
  return normRelu(x, weights[`${name}.gamma`] as Tensor1D, weights[`${name}.beta`] as Tensor1D, lengths);
}

/** The larger of every two steps; an odd last one is left out. */
export function maxPool2(x: Tensor3D): Tensor3D {
  const [rows, steps, width] = x.shape;
  const picture = tf.reshape(x, [rows, 1, steps, width]) as Tensor4D;
  return tf.squeeze(tf.maxPool(picture, [1, 2], [1, 2], "valid"), [1]) as Tensor3D;
}

/** The mask behind {@link maxPool2}: a pair counts when its first step does. */
export function maskPool2(mask: Tensor2D): Tensor2D {
  const pairs = Math.floor(mask.shape[1] / 2);
  return tf.stridedSlice(mask, [0, 0], [mask.shape[0], 2 * pairs], [1, 2]) as Tensor2D;
}

/** Sets the steps behind the end to 0. */
export const masked = (x: Tensor3D, mask: Tensor2D): Tensor3D => tf.mul(x, tf.expandDims(mask, 2)) as Tensor3D;

export function layerNormLayout(name: string, width: number): Layout {
  return { [`${name}.gamma`]: filled([width], 1), [`${name}.beta`]: filled([width], 0) };
}

/** Zero mean and unit variance over the last axis, then gamma x + beta (Ba, Kiros and Hinton 2016). */
export function layerNorm<T extends Tensor>(weights: Weights, name: string, x: T): T {
  return fusedLayerNorm(x, weights[`${name}.gamma`] as Tensor1D, weights[`${name}.beta`] as Tensor1D);
}

/** Sets values to 0 with probability `rate` and scales up the others, while training. */
export function dropout<T extends Tensor>(x: T, rate: number, random: Random | undefined): T {
  if (!random || rate === 0) return x;
  const limit = Math.round(rate * 4294967296);
  const scale = 1 / (1 - rate);
  const kept = Float32Array.from({ length: x.size }, () => (random.uint32() < limit ? 0 : scale));
  return tf.mul(x, tf.tensor(kept, x.shape)) as T;
}

export function embeddingLayout(name: string, tokens: number, width: number): Layout {
  return { [`${name}.table`]: { shape: [tokens, width], start: { bound: 0.5 } } };
}

/** The rows of a table at the numbers of tokens. */
export function embedding(weights: Weights, name: string, tokens: Tensor2D): Tensor3D {
  const [rows, steps] = tokens.shape;
  const table = weights[`${name}.table`] as Tensor2D;
  const flat = tf.reshape(tokens, [-1]) as Tensor1D;
  return tf.reshape(tf.gather(table, flat), [rows, steps, table.shape[1]]) as Tensor3D;
}

export function attentionPoolingLayout(name: string, width: number): Layout {
  return denseLayout(name, width, 1);
}

/** How much each step of the utterance itself counts: a softmax over them of a learnt score; examples x steps x 1. */
function attention(weights: Weights, name: string, { values, mask, own = mask }: Padded<Tensor3D>): Tensor3D {
  const scores = dense(weights, name, values);
  const hidden = tf.mul(tf.sub(tf.expandDims(own, 2), 1), 1e9);
  return tf.softmax(tf.transpose(tf.add(scores, hidden), [0, 2, 1]), 2).transpose([0, 2, 1]) as Tensor3D;
}

/** Mean and standard deviation over the steps (the statistics pooling of Snyder et al. 2017); examples x 2 width. */
export function statistics({ values, mask }: Padded<Tensor3D>): Tensor2D {
  const share = tf.expandDims(tf.div(mask, tf.sum(mask, 1, true)), 2);
  const mean = tf.sum(tf.mul(share, values), 1, true);
  const variance = tf.sum(tf.mul(share, tf.square(tf.sub(values, mean))), 1);
  return tf.concat([tf.squeeze(mean, [1]), tf.sqrt(tf.add(variance, 1e-5))], 1) as Tensor2D;
}

/** Mean over the steps, weighted by attention, and maximum; examples x 2 width. */
export function attentionAndMax(weights: Weights, name: string, x: Padded<Tensor3D>): Tensor2D {
  const mean = tf.sum(tf.mul(attention(weights, name, x), x.values), 1);
  const hidden = tf.mul(tf.sub(tf.expandDims(x.own ?? x.mask, 2), 1), 1e9);
  return tf.concat([mean, tf.max(tf.add(x.values, hidden), 1)], 1) as Tensor2D;
}
