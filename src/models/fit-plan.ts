import { type GrowOptions, type GrownForest, growForest } from "../core/forest.ts";
import type { Matrix } from "../matrix.ts";

/** A forest that is to be grown: the checked examples, how, and who takes the trees. */
export interface FitPlan {
  readonly x: Matrix;
  /** The number of each row's class, or a regression's targets. */
  readonly target: Uint16Array | Float64Array;
  /** One weight a row, class weights included. */
  readonly weights: Float64Array;
  readonly options: GrowOptions;
  /** Makes the trees the model's own. */
  take(grown: GrownForest): void;
}

/** Grows the trees at once, in this thread. */
export function fitBy({ x, target, weights, options, take }: FitPlan): void {
  take(growForest(x, target, weights, options));
}
