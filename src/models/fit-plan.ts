import { checkCapacity } from "../core/capacity.ts";
import type { GrowOptions, GrownForest } from "../core/forest.ts";
import { growForest } from "../core/forest-grower.ts";
import { type Matrix, toDense, toSparse } from "../matrix.ts";

/** Trees grow faster from sparse rows when so few of the values are not 0; the two are level between a tenth and a third (`bench/forest-layout.mjs`). */
const SPARSE_SHARE = 1 / 8;

/** A forest that is to be grown: the checked examples, how, and who takes the trees. */
export interface FitPlan {
  /** Laid out by {@link layOutRows}. */
  readonly x: Matrix;
  /** The number of each row's class, or a regression's targets. */
  readonly target: Uint16Array | Float64Array;
  /** One weight a row, class weights included. */
  readonly weights: Float64Array;
  readonly options: GrowOptions;
  /** Makes the trees the model's own. */
  take(grown: GrownForest): void;
}

/** The rows as trees grow fastest from them, dense or sparse; to the bit the same trees. @throws {DataError} when they would not fit the core. */
export function layOutRows(x: Matrix): Matrix {
  const most = SPARSE_SHARE * x.rows * x.columns;
  if (x.kind === "csr") {
    if (x.values.length < most) return x;
    checkCapacity(4 * x.rows * x.columns);
    return toDense(x);
  }
  let stored = 0;
  for (let i = 0; i < x.data.length && stored < most; i++) if (x.data[i] !== 0) stored++;
  return stored < most ? toSparse(x) : x;
}

/** Grows the trees at once, in this thread. */
export function fitBy({ x, target, weights, options, take }: FitPlan): void {
  take(growForest(x, target, weights, options));
}
