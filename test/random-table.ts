import * as fc from "fast-check";
import { denseMatrix } from "../src/matrix.ts";
import { Random } from "../src/random.ts";

/** Rows with ties, zeros and negative values, classes that depend on some columns only. */
export function table(seed: number, rows: number, columns: number, classes: number, levels: number) {
  const random = new Random(seed);
  const x = denseMatrix(rows, columns);
  for (let i = 0; i < x.data.length; i++) {
    if (random.uniform() < 0.4)
      x.data[i] = levels > 0 ? random.integer(levels) - Math.floor(levels / 3) : random.normal();
  }
  const codes = Uint16Array.from({ length: rows }, (_, row) => {
    if (row < 2 * classes) return row % classes;
    const sum = x.data[row * columns] + x.data[row * columns + 1];
    return Math.max(0, Math.min(classes - 1, Math.round(sum + random.normal() / 2)));
  });
  return { x, codes, y: Array.from(codes, (code) => `c${code}`) };
}

/** Rows of which at most `share` of the values are not 0, as those of texts: trees are chains of many nodes, from which a few rows part at a time. */
export function textLike(seed: number, rows: number, columns: number, share: number) {
  const random = new Random(seed);
  const { x, codes } = table(seed, rows, columns, 3, 0);
  for (let i = 0; i < x.data.length; i++) if (random.uniform() > share / 0.4) x.data[i] = 0;
  return { x, codes };
}

export function accuracy(
  proba: { data: Float64Array; columns: number },
  classes: readonly string[],
  y: readonly string[],
): number {
  const k = proba.columns;
  return y.filter((label, i) => classes[bestOf(proba.data.subarray(i * k, (i + 1) * k))] === label).length / y.length;
}

const bestOf = (values: Float64Array) => values.indexOf(Math.max(...values));

export const tables = fc.record({
  seed: fc.integer(),
  rows: fc.integer({ min: 8, max: 70 }),
  columns: fc.integer({ min: 2, max: 5 }),
  classes: fc.integer({ min: 2, max: 4 }),
  levels: fc.constantFrom(0, 3, 8),
});
