import type { Tensor1D, Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import { tf } from "./backend.ts";
import type { Padded } from "./batch.ts";
import { gru } from "./kernels/gru.ts";
import { lstm, type RecurrentStates } from "./kernels/lstm.ts";
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
 * Runs a cell over the steps, from the end of each sequence to its start where it goes `backwards`. Behind the end the states are 0.
 *
 * @param values examples x steps x inputs
 * @param mask 1 on the steps of each sequence, which come first
 * @returns the state after each step, and that after the last: of a backwards pass the one at the start
 */
export function recurrent(
  weights: Weights,
  name: string,
  cell: Cell,
  { values, mask }: Padded<Tensor3D>,
  backwards = false,
): RecurrentStates {
  const kernel = weights[`${name}.kernel`] as Tensor2D;
  const recurrentKernel = weights[`${name}.recurrent`] as Tensor2D;
  const bias = weights[`${name}.bias`] as Tensor1D;
  const lengths = tf.cast(tf.sum(mask, 1), "int32") as Tensor1D;
  if (cell === "gru") {
    const recurrentBias = weights[`${name}.recurrentBias`] as Tensor1D;
    return gru(values, lengths, { kernel, recurrentKernel, bias, recurrentBias }, backwards);
  }
  // What the bias of the forget gate learns is counted from 1, so that training starts with gates that keep (Gers et al. 2000).
  const units = recurrentKernel.shape[0];
  const start = tf.tensor1d(Float32Array.from({ length: 4 * units }, (_, i) => (Math.floor(i / units) === 1 ? 1 : 0)));
  return lstm(values, lengths, { kernel, recurrentKernel, bias: tf.add(bias, start) }, backwards);
}
