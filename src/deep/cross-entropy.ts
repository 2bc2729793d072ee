import type { Scalar, Tensor2D } from "@tensorflow/tfjs";
import { exp } from "../core/math.ts";
import type { Probabilities } from "../matrix.ts";
import { tf } from "./backend.ts";

/** What a batch's logits should say: the weight of each example at its class, 0 elsewhere; rows x classes. */
export function targetsOf(
  codes: ArrayLike<number>,
  weights: ArrayLike<number>,
  rows: Int32Array,
  classes: number,
): Float32Array {
  const targets = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => (targets[i * classes + codes[row]] = weights[row]));
  return targets;
}

/** Mean over the rows of weight * -log softmax(logits)[class]. */
export function crossEntropy(logits: Tensor2D, targets: Float32Array): Scalar {
  const [rows] = logits.shape;
  const goal = tf.tensor2d(targets, logits.shape);
  return tf.div(tf.neg(tf.sum(tf.mul(goal, tf.logSoftmax(logits)))), rows) as Scalar;
}

/** Softmax of logits, rows x columns, in float64: each row sums to 1. */
export function softmax(logits: Float32Array, columns: number): Probabilities {
  const data = new Float64Array(logits.length);
  for (let at = 0; at < logits.length; at += columns) {
    let largest = -Infinity;
    for (let i = at; i < at + columns; i++) largest = Math.max(largest, logits[i]);
    let sum = 0;
    for (let i = at; i < at + columns; i++) sum += data[i] = exp(logits[i] - largest);
    for (let i = at; i < at + columns; i++) data[i] /= sum;
  }
  return { rows: logits.length / columns, columns, data };
}
