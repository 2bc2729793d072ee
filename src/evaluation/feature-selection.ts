import { DataError, OptionError } from "../errors.ts";
import { type DenseMatrix, denseMatrix, type Matrix, type SparseMatrix } from "../matrix.ts";

/**
 * The F statistic of a one-way analysis of variance of each column over the classes, as scikit-learn's `f_classif`: how much the classes'
 * means differ, measured by how much values differ within a class. NaN for a constant column.
 *
 * @param labels the class of every row
 * @throws {DataError} fewer than two classes, or no more rows than classes
 */
export function anovaF(matrix: Matrix, labels: readonly string[]): Float64Array {
  const classes = [...new Set(labels)];
  const { rows, columns } = matrix;
  if (classes.length < 2 || rows <= classes.length) {
    throw new DataError(`features cannot be judged on ${rows} rows of ${classes.length} classes`);
  }
  const codeOf = new Map(classes.map((name, code) => [name, code]));
  const codes = labels.map((label) => codeOf.get(label)!);
  const counts = classes.map(() => 0);
  for (const code of codes) counts[code]++;
  const sums = classes.map(() => new Float64Array(columns));
  eachValue(matrix, (row, column, value) => (sums[codes[row]][column] += value));
  // Squares about each class's mean, in a second pass so that a large mean swallows nothing. Where no value is stored it is 0.
  const within = new Float64Array(columns);
  const stored = classes.map(() => new Int32Array(columns));
  eachValue(matrix, (row, column, value) => {
    const k = codes[row];
    const distance = value - sums[k][column] / counts[k];
    within[column] += distance * distance;
    stored[k][column]++;
  });
  sums.forEach((sum, k) =>
    sum.forEach((total, c) => {
      const mean = total / counts[k];
      within[c] += (counts[k] - stored[k][c]) * mean * mean;
    }),
  );
  return within.map((inside, c) => {
    const mean = sums.reduce((total, sum) => total + sum[c], 0) / rows;
    const between = sums.reduce((total, sum, k) => {
      const distance = sum[c] / counts[k] - mean;
      return total + counts[k] * distance * distance;
    }, 0);
    return between / (classes.length - 1) / (inside / (rows - classes.length));
  });
}

/**
 * The columns with the highest {@link anovaF}, in ascending order, as scikit-learn's `SelectKBest`: of equals the last are kept, and constant
 * columns come last.
 *
 * @param k how many are kept; all where there are no more
 * @throws {OptionError} a `k` that is no whole number above 0
 */
export function bestColumns(matrix: Matrix, labels: readonly string[], k: number): Int32Array {
  if (!Number.isInteger(k) || k < 1)
    throw new OptionError(`${k} features cannot be selected: it must be a whole number above 0`);
  const scores = anovaF(matrix, labels).map((f) => (Number.isNaN(f) ? -1 : f));
  const order = Int32Array.from(scores, (_, c) => c).sort((a, b) => scores[a] - scores[b] || a - b);
  return order.slice(Math.max(0, order.length - k)).sort();
}

/** The columns at `index`, which ascends. */
export function takeColumns(matrix: Matrix, index: Int32Array): Matrix {
  return matrix.kind === "dense" ? takeDense(matrix, index) : takeSparse(matrix, index);
}

function takeDense({ rows, columns, data }: DenseMatrix, index: Int32Array): DenseMatrix {
  const taken = denseMatrix(rows, index.length);
  for (let r = 0; r < rows; r++) index.forEach((c, i) => (taken.data[r * index.length + i] = data[r * columns + c]));
  return taken;
}

function takeSparse({ rows, indptr, indices, values }: SparseMatrix, index: Int32Array): SparseMatrix {
  const place = new Map(Array.from(index, (c, i) => [c, i]));
  const kept = { indptr: new Int32Array(rows + 1), indices: [] as number[], values: [] as number[] };
  for (let r = 0; r < rows; r++) {
    for (let i = indptr[r]; i < indptr[r + 1]; i++) {
      const to = place.get(indices[i]);
      if (to === undefined) continue;
      kept.indices.push(to);
      kept.values.push(values[i]);
    }
    kept.indptr[r + 1] = kept.indices.length;
  }
  return {
    kind: "csr",
    rows,
    columns: index.length,
    indptr: kept.indptr,
    indices: Int32Array.from(kept.indices),
    values: Float32Array.from(kept.values),
  };
}

function eachValue(matrix: Matrix, visit: (row: number, column: number, value: number) => void): void {
  if (matrix.kind === "dense") {
    const { rows, columns, data } = matrix;
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) visit(r, c, data[r * columns + c]);
    return;
  }
  const { rows, indptr, indices, values } = matrix;
  for (let r = 0; r < rows; r++) for (let i = indptr[r]; i < indptr[r + 1]; i++) visit(r, indices[i], values[i]);
}
