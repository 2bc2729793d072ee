import { floorToFloat32 } from "../../core/float32.ts";
import type { Forest } from "../../core/forest.ts";
import { denseMatrix } from "../../matrix.ts";
import type { Scaler } from "../scaler.ts";

/** One line of coefficients a class, row-major. */
export interface LinearWeights {
  readonly coef: Float64Array;
  readonly intercept: Float64Array;
  readonly columns: number;
}

/** What turns rows into scaled rows of as many columns. */
export type RowTransform = Pick<Scaler, "transform">;

/**
 * A forest that says of rows what `forest` says of the scaled ones, exactly: a scaler never turns the order of a column's values, so a
 * threshold becomes the largest float32 that is scaled to no more than it.
 */
export function foldIntoThresholds(forest: Forest, scalers: readonly RowTransform[]): Forest {
  if (scalers.length === 0) return forest;
  let threshold = Float64Array.from(forest.threshold, floorToFloat32);
  for (const scaler of [...scalers].reverse()) threshold = unscaled(forest, threshold, scaler);
  return { ...forest, threshold };
}

/** Bisection over the order of the float32, the k-th nodes of all columns in one row. */
function unscaled({ feature, columns }: Forest, threshold: Float64Array, scaler: RowTransform) {
  const inner = Array.from(feature.keys()).filter((node) => feature[node] >= 0);
  const seen = new Int32Array(columns);
  const place = inner.map((node) => seen[feature[node]]++ * columns + feature[node]);
  const rows = seen.reduce((a, b) => Math.max(a, b), 0);
  const low = new Int32Array(inner.length).fill(-LARGEST);
  const high = new Int32Array(inner.length).fill(LARGEST);
  for (let step = 0; step < 32; step++) {
    const probes = denseMatrix(rows, columns);
    const middle = low.map((from, i) => Math.ceil((from + high[i]) / 2));
    for (const [i, at] of place.entries()) probes.data[at] = float32At(middle[i]);
    const scaled = scaler.transform(probes).data;
    for (const [i, at] of place.entries()) {
      if (scaled[at] <= threshold[inner[i]]) low[i] = middle[i];
      else high[i] = Math.max(low[i], middle[i] - 1);
    }
  }
  const moved = threshold.slice();
  for (const [i, node] of inner.entries()) moved[node] = float32At(low[i]);
  return moved;
}

/** The place of the largest finite float32 in their order, in which 0 has the place 0. */
const LARGEST = 0x7f7fffff;

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

function float32At(place: number): number {
  bits[0] = Math.abs(place);
  return place < 0 ? -float[0] : float[0];
}

/** Weights that give the scores of the scaled rows, but for rounding. */
export function foldIntoWeights(
  { coef, intercept, columns }: LinearWeights,
  scalers: readonly Scaler[],
): LinearWeights {
  const folded = { coef: coef.slice(), intercept: intercept.slice(), columns };
  for (const scaler of [...scalers].reverse()) {
    const { shift, scale } = scaler.save().tensors;
    for (let i = 0; i < coef.length; i++) {
      const c = i % columns;
      folded.coef[i] /= scale.data[c];
      folded.intercept[(i - c) / columns] -= folded.coef[i] * shift.data[c];
    }
  }
  return folded;
}
