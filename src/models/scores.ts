import { exp } from "../core/math.ts";
import type { Probabilities } from "../matrix.ts";

/** What a model says of rows before it is turned into probabilities: the higher, the likelier; rows x columns, row-major. */
export interface Scores {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** exp(score / temperature) over its sum in each row, by way of the largest so that nothing overflows. */
export function softmax({ rows, columns, data }: Scores, temperature: number): Probabilities {
  const out = new Float64Array(data.length);
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * columns, (r + 1) * columns);
    const largest = row.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (let c = 0; c < columns; c++) {
      const weight = exp((row[c] - largest) / temperature);
      out[r * columns + c] = weight;
      sum += weight;
    }
    for (let c = 0; c < columns; c++) out[r * columns + c] /= sum;
  }
  return { rows, columns, data: out };
}

/** Divides each row by its sum; a row of zeros becomes uniform (scikit-learn's `CalibratedClassifierCV` does so too). */
export function normaliseRows({ rows, columns, data }: Scores): Probabilities {
  const out = new Float64Array(data.length);
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += data[r * columns + c];
    for (let c = 0; c < columns; c++) out[r * columns + c] = sum > 0 ? data[r * columns + c] / sum : 1 / columns;
  }
  return { rows, columns, data: out };
}
