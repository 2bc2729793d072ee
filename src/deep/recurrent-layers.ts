import type { Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import { tf } from "./backend.ts";
import type { Padded } from "./batch.ts";
import { filled, glorot, type Layout } from "./parameters.ts";
import type { Weights } from "./trainer.ts";

/** Long short-term memory (Hochreiter and Schmidhuber 1997), gated recurrent unit (Cho et al. 2014). */
export type Cell = "lstm" | "gru";

const gates = { lstm: 4, gru: 3 } as const;

export function recurrentLayout(name: string, cell: Cell, inputs: number, units: number): Layout {
  const width = gates[cell] * units;
  return {
    [`${name}.kernel`]: glorot([inputs, width], inputs, units),
    [`${name}.recurrent`]: glorot([units, width], units, units),
    [`${name}.bias`]: filled([width], 0),
    ...(cell === "gru" ? { [`${name}.recurrentBias`]: filled([units * 3], 0) } : {}),
  };
}

/**
 * Runs a cell over the steps. Behind the end of a sequence the state stays as it is, so that the last step of the result is the state at
 * the end.
 *
 * @returns the state after each step, examples x steps x units
 */
export function recurrent(
  weights: Weights,
  name: string,
  cell: Cell,
  { values, mask }: Padded<Tensor3D>,
  backwards = false,
): Tensor3D {
  const [rows, steps, inputs] = values.shape;
  const kernel = weights[`${name}.kernel`] as Tensor2D;
  const units = kernel.shape[1] / gates[cell];
  const flat = tf.reshape(values, [-1, inputs]) as Tensor2D;
  const all = tf.reshape(tf.add(tf.matMul(flat, kernel), weights[`${name}.bias`]), [rows, steps, -1]) as Tensor3D;
  const given = tf.unstack(all, 1) as Tensor2D[];
  const masks = tf.split(mask, steps, 1) as Tensor2D[];
  let state: State = { h: tf.zeros([rows, units]), c: tf.zeros([rows, units]) };
  const states = Array<Tensor2D>(steps);
  for (let i = 0; i < steps; i++) {
    const step = backwards ? steps - 1 - i : i;
    const next = cells[cell](weights, name, given[step], state);
    const keep = (fresh: Tensor2D, old: Tensor2D) => tf.add(old, tf.mul(masks[step], tf.sub(fresh, old))) as Tensor2D;
    state = { h: keep(next.h, state.h), c: cell === "lstm" ? keep(next.c, state.c) : state.c };
    states[step] = state.h;
  }
  return tf.stack(states, 1) as Tensor3D;
}

interface State {
  readonly h: Tensor2D;
  readonly c: Tensor2D;
}

const cells = { lstm, gru } as const;

/** Gates in Keras's order: input, forget, cell, output. */
function lstm(weights: Weights, name: string, given: Tensor2D, { h, c }: State): State {
  const z = tf.add(given, tf.matMul(h, weights[`${name}.recurrent`] as Tensor2D)) as Tensor2D;
  const [i, f, g, o] = tf.split(z, 4, 1) as Tensor2D[];
  const next = tf.add(tf.mul(tf.sigmoid(tf.add(f, 1)), c), tf.mul(tf.sigmoid(i), tf.tanh(g))) as Tensor2D;
  return { h: tf.mul(tf.sigmoid(o), tf.tanh(next)) as Tensor2D, c: next };
}

/** Gates in Keras's order: update, reset, state; the reset gate is applied behind the product, as cuDNN does. */
function gru(weights: Weights, name: string, given: Tensor2D, { h, c }: State): State {
  const product = tf.add(tf.matMul(h, weights[`${name}.recurrent`] as Tensor2D), weights[`${name}.recurrentBias`]);
  const [xz, xr, xh] = tf.split(given, 3, 1) as Tensor2D[];
  const [hz, hr, hh] = tf.split(product as Tensor2D, 3, 1) as Tensor2D[];
  const update = tf.sigmoid(tf.add(xz, hz));
  const fresh = tf.tanh(tf.add(xh, tf.mul(tf.sigmoid(tf.add(xr, hr)), hh)));
  return { h: tf.add(fresh, tf.mul(update, tf.sub(h, fresh))) as Tensor2D, c };
}
