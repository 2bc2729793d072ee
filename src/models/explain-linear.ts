import type { Matrix } from "../matrix.ts";
import { checkRows } from "./check.ts";
import type { Explanation } from "./explain.ts";

/** A model whose scores are sums over the columns. */
export interface LinearModel {
  /** One row an output, row-major. */
  readonly coef: Float64Array;
  /** One an output. */
  readonly intercept: Float64Array;
}

/**
 * What each column adds to the scores of a linear model: `coef * (x - background)`. For columns that are independent these are the Shapley
 * values (Lundberg and Lee 2017, section 4.2, "Linear SHAP").
 *
 * @param background what a column is when nothing is known of it; 0 when left out: the mean of columns that a `StandardScaler` made, and
 *   no word of a TF-IDF row.
 * @returns `base`, the scores of the background, and the values, rows x columns x outputs; they sum to the scores.
 * @throws {DataError} rows that do not fit
 *
 * @example
 * const { base, values } = explainLinear(regression, x); // softmax(base + a row's values) are its probabilities
 */
export function explainLinear(
  { coef, intercept }: LinearModel,
  x: Matrix,
  background?: ArrayLike<number>,
): Explanation {
  const outputs = intercept.length;
  const columns = coef.length / outputs;
  checkRows(x, columns);
  const base = Float64Array.from(intercept, (start, output) => {
    let score = start;
    if (background) for (let c = 0; c < columns; c++) score += coef[output * columns + c] * background[c];
    return score;
  });
  const values = new Float64Array(x.rows * columns * outputs);
  const add = (row: number, column: number, value: number): void => {
    const at = (row * columns + column) * outputs;
    for (let output = 0; output < outputs; output++) values[at + output] += coef[output * columns + column] * value;
  };
  for (let row = 0; row < x.rows; row++) {
    if (background) for (let c = 0; c < columns; c++) add(row, c, -background[c]);
    if (x.kind === "dense") for (let c = 0; c < columns; c++) add(row, c, x.data[row * columns + c]);
    else for (let i = x.indptr[row]; i < x.indptr[row + 1]; i++) add(row, x.indices[i], x.values[i]);
  }
  return { base, values };
}
