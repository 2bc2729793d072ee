import type { DenseMatrix } from "../matrix.ts";
import { f32, scratch } from "./memory.ts";
import { core } from "./module.ts";

/** The functionals of one column, in the order of `functionals`. */
export const functionalNames = [
  "mean",
  "std",
  "min",
  "max",
  "p5",
  "p25",
  "p50",
  "p75",
  "p95",
  "skewness",
  "kurtosis",
  "slope",
] as const;

/**
 * Sums each column of `frames` up by {@link functionalNames}: column c's values lie at c * 12. NaN values are left out; a column
 * without any value gives zeros. Percentiles as `numpy.percentile`, moments of the population, slope per frame.
 */
export function functionals(frames: DenseMatrix): Float32Array {
  const { rows, columns, data } = frames;
  const length = columns * functionalNames.length;
  return scratch((memory) => {
    const out = memory.zeros(length * 4);
    core.functionals(memory.copy(data), rows, columns, out);
    return f32(out, length).slice();
  });
}
