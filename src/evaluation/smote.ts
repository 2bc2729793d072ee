import { type DenseMatrix, denseMatrix, type Matrix, takeRows, toDense, toSparse } from "../matrix.ts";
import { Random } from "../random.ts";

/** Rows with those that were made up below them. */
export interface Oversampled {
  readonly matrix: Matrix;
  /** For each row the given row that it is, or was made from. */
  readonly sources: Int32Array;
}

/**
 * SMOTE (Chawla et al. 2002): until every class has as many rows as the largest, new rows are put at a random place on the line from a random
 * row of the class to one of its nearest rows of the class. A class with one row is copied.
 *
 * @param labels the class of every row
 * @param neighbours how many nearest rows are drawn from; 5 in the paper and in imbalanced-learn
 * @example
 * smote(matrixFromRows([[0], [1], [2], [10], [12]]), ["a", "a", "a", "b", "b"], 5, 1).matrix.rows; // 6
 */
export function smote(matrix: Matrix, labels: readonly string[], neighbours: number, seed: number): Oversampled {
  const random = new Random(seed);
  const members = new Map<string, number[]>();
  labels.forEach((label, row) => {
    const own = members.get(label);
    if (own) own.push(row);
    else members.set(label, [row]);
  });
  const largest = Math.max(...Array.from(members.values(), (rows) => rows.length));
  const pairs: { readonly from: number; readonly to: number; readonly share: number }[] = [];
  for (const label of [...members.keys()].sort()) {
    const rows = members.get(label)!;
    const nearest = new Map<number, number[]>();
    for (let n = rows.length; n < largest; n++) {
      const from = rows[random.integer(rows.length)];
      const near = nearest.get(from) ?? nearestRows(matrix, from, rows, neighbours);
      nearest.set(from, near);
      const to = near.length === 0 ? from : near[random.integer(near.length)];
      pairs.push({ from, to, share: random.uniform() });
    }
  }
  const sources = Int32Array.from([...labels.keys(), ...pairs.map(({ from }) => from)]);
  return { matrix: pairs.length === 0 ? matrix : withRowsBetween(matrix, sources, pairs), sources };
}

function nearestRows(matrix: Matrix, from: number, rows: readonly number[], count: number): number[] {
  const others = rows.filter((row) => row !== from);
  const distance = new Map(others.map((row) => [row, squaredDistance(matrix, from, row)]));
  return others.sort((a, b) => distance.get(a)! - distance.get(b)! || a - b).slice(0, count);
}

function squaredDistance(matrix: Matrix, a: number, b: number): number {
  let sum = 0;
  if (matrix.kind === "dense") {
    const { columns, data } = matrix;
    for (let c = 0; c < columns; c++) {
      const d = data[a * columns + c] - data[b * columns + c];
      sum += d * d;
    }
    return sum;
  }
  const { indptr, indices, values } = matrix;
  for (let i = indptr[a], j = indptr[b]; i < indptr[a + 1] || j < indptr[b + 1]; ) {
    const left = i < indptr[a + 1] ? indices[i] : Infinity;
    const right = j < indptr[b + 1] ? indices[j] : Infinity;
    const d = (left <= right ? values[i++] : 0) - (right <= left ? values[j++] : 0);
    sum += d * d;
  }
  return sum;
}

function withRowsBetween(
  matrix: Matrix,
  sources: Int32Array,
  pairs: readonly { readonly to: number; readonly share: number }[],
): Matrix {
  const first = sources.length - pairs.length;
  const between = (n: number): DenseMatrix => {
    const { to, share } = pairs[n];
    const [a, b] = [sources[first + n], to].map((row) => toDense(takeRows(matrix, [row])).data);
    return denseMatrix(
      1,
      matrix.columns,
      a.map((value, c) => value + share * (b[c] - value)),
    );
  };
  const rows = matrix.rows + pairs.length;
  if (matrix.kind === "dense") {
    const data = new Float32Array(rows * matrix.columns);
    data.set(matrix.data);
    pairs.forEach((_, n) => data.set(between(n).data, (matrix.rows + n) * matrix.columns));
    return denseMatrix(rows, matrix.columns, data);
  }
  const parts = [matrix, ...pairs.map((_, n) => toSparse(between(n)))];
  const indptr = new Int32Array(rows + 1);
  const stored = parts.reduce((sum, part) => sum + part.values.length, 0);
  const indices = new Int32Array(stored);
  const values = new Float32Array(stored);
  let row = 0;
  let at = 0;
  for (const part of parts) {
    for (let r = 0; r < part.rows; r++) indptr[++row] = at + part.indptr[r + 1];
    indices.set(part.indices, at);
    values.set(part.values, at);
    at += part.values.length;
  }
  return { kind: "csr", rows, columns: matrix.columns, indptr, indices, values };
}
