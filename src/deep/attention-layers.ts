import type { Tensor, Tensor3D } from "@tensorflow/tfjs";
import { OptionError } from "../errors.ts";
import type { Random } from "../random.ts";
import { tf } from "./backend.ts";
import type { Padded } from "./batch.ts";
import { dense, denseLayout, dropout, layerNorm, layerNormLayout } from "./layers.ts";
import type { Layout } from "./parameters.ts";
import type { Weights } from "./trainer.ts";

/** @throws {OptionError} a width that is no multiple of the heads */
export function multiHeadAttentionLayout(name: string, width: number, heads: number): Layout {
  if (width % heads !== 0)
    throw new OptionError(`the width of attention is ${width}; it must be a multiple of the ${heads} heads`);
  return {
    ...denseLayout(`${name}.query`, width, width),
    ...denseLayout(`${name}.key`, width, width),
    ...denseLayout(`${name}.value`, width, width),
    ...denseLayout(`${name}.output`, width, width),
  };
}

/**
 * Attention of every step of `x` to the steps of `other` (Vaswani et al. 2017): softmax(Q K' / sqrt(width / heads)) V in each head.
 * `x` is examples x steps x width; the width must be a multiple of the heads.
 */
export function multiHeadAttention(
  weights: Weights,
  name: string,
  x: Tensor3D,
  other: Padded<Tensor3D>,
  heads: number,
): Tensor3D {
  const [rows, steps] = x.shape;
  const divided = (part: string, of: Tensor3D) => {
    const values = dense(weights, `${name}.${part}`, of);
    const [, count, width] = values.shape;
    return tf.transpose(tf.reshape(values, [rows, count, heads, width / heads]), [0, 2, 1, 3]);
  };
  const query = divided("query", x);
  const scores = tf.mul(tf.matMul(query, divided("key", other.values), false, true), 1 / Math.sqrt(query.shape[3]!));
  const hidden = tf.mul(tf.sub(tf.reshape(other.mask, [rows, 1, 1, -1]), 1), 1e9);
  const mixed = tf.matMul(tf.softmax(tf.add(scores, hidden) as Tensor), divided("value", other.values));
  const joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [rows, steps, -1]) as Tensor3D;
  return dense(weights, `${name}.output`, joined);
}

/** One layer of a Transformer's encoder whose feed-forward part is `inner` wide. */
export function encoderLayout(name: string, width: number, inner: number, heads: number): Layout {
  return {
    ...layerNormLayout(`${name}.norm1`, width),
    ...multiHeadAttentionLayout(`${name}.attention`, width, heads),
    ...layerNormLayout(`${name}.norm2`, width),
    ...denseLayout(`${name}.inner`, width, inner),
    ...denseLayout(`${name}.outer`, inner, width),
  };
}

/** Attention and feed-forward part, each behind a normalisation and beside a shortcut (the "pre-norm" order of Xiong et al. 2020). */
export function encoder(
  weights: Weights,
  name: string,
  x: Padded<Tensor3D>,
  heads: number,
  rate: number,
  random?: Random,
): Padded<Tensor3D> {
  const { values, mask } = x;
  const normed = layerNorm(weights, `${name}.norm1`, values);
  const attended = multiHeadAttention(weights, `${name}.attention`, normed, { values: normed, mask }, heads);
  const middle = tf.add(values, dropout(attended, rate, random)) as Tensor3D;
  const inner = tf.relu(dense(weights, `${name}.inner`, layerNorm(weights, `${name}.norm2`, middle)));
  const outer = dense(weights, `${name}.outer`, dropout(inner, rate, random));
  return { ...x, values: tf.add(middle, dropout(outer, rate, random)) as Tensor3D };
}
