import type { Matrix } from "../matrix.ts";
import { checkCapacity } from "./capacity.ts";
import { f64, learn, scratch } from "./learn.ts";
import { copyRows, sizeOf } from "./rows.ts";

export interface LinearSvmOptions {
  classes: number;
  c: number;
  /** One a class; multiplies `c` as liblinear does: see {@link fitLinearSvm}. */
  classWeights: readonly number[];
  /** The value of the column whose weight makes the intercept; 0 for none. */
  interceptScaling: number;
  tol: number;
  maxIter: number;
  seed: number;
  onProgress?: (done: number) => void;
}

export interface LinearSvmFit {
  /** One row a boundary: a class against the others, or for two classes the second against the first. */
  readonly coef: Float64Array;
  readonly intercept: Float64Array;
  /** The most passes that a boundary took. */
  readonly iterations: number;
  /** Whether every boundary met `tol` within `maxIter` passes. */
  readonly converged: boolean;
}

/** Vectors of float64 as long as the rows that a fit keeps. */
const VECTORS = 6;

/**
 * Fits linear support vector machines, one a class against the rest (for two classes one in all), by dual coordinate descent. Class
 * weights are liblinear's: against the rest a class's examples weigh `classWeights` of it, the others 1; with two classes each has its
 * own. The arguments must have been checked.
 * @throws {DataError} when they do not fit the core.
 */
export function fitLinearSvm(
  x: Matrix,
  classOf: Uint16Array,
  sampleWeight: ArrayLike<number> | undefined,
  options: LinearSvmOptions,
): LinearSvmFit {
  const { classes, c, classWeights, interceptScaling, tol, maxIter, seed, onProgress } = options;
  const boundaries = classes === 2 ? 1 : classes;
  checkCapacity(sizeOf(x) + VECTORS * 8 * x.rows + 8 * (x.columns + 1));
  return scratch((memory) => {
    const { indptr, indices, values } = copyRows(memory, x);
    const classPointer = memory.copy(new Uint8Array(classOf.buffer, classOf.byteOffset, classOf.byteLength));
    const costs = memory.zeros(8 * x.rows);
    const out = memory.zeros(8 * (x.columns + 1));
    const coef = new Float64Array(boundaries * x.columns);
    const intercept = new Float64Array(boundaries);
    let iterations = 0;
    for (let b = 0; b < boundaries; b++) {
      const positive = boundaries === 1 ? 1 : b;
      const weightOf = (code: number) => (boundaries === 1 || code === positive ? classWeights[code] : 1);
      f64(costs, x.rows).set(Float64Array.from(classOf, (code, i) => c * weightOf(code) * (sampleWeight?.[i] ?? 1)));
      const passes = learn().fitLinearSvm(
        indptr,
        indices,
        values,
        x.rows,
        x.columns,
        classPointer,
        positive,
        costs,
        interceptScaling,
        tol,
        maxIter,
        seed,
        out,
      );
      const w = f64(out, x.columns + 1);
      coef.set(w.subarray(0, x.columns), b * x.columns);
      intercept[b] = w[x.columns] * interceptScaling;
      iterations = Math.max(iterations, passes);
      onProgress?.((b + 1) / boundaries);
    }
    return { coef, intercept, iterations, converged: iterations < maxIter };
  });
}
