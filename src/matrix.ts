import { DataError } from "./errors.ts";

/** Dense rows, row-major: element (r, c) is `data[r * columns + c]`. */
export interface DenseMatrix {
  readonly kind: "dense";
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** Compressed sparse rows: row r holds `indices` and `values` from `indptr[r]` to `indptr[r + 1]`, indices ascending. */
export interface SparseMatrix {
  readonly kind: "csr";
  readonly rows: number;
  readonly columns: number;
  readonly indptr: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** Examples in rows, features in columns. */
export type Matrix = DenseMatrix | SparseMatrix;

/** Class probabilities, one row an example, one column a class; each row sums to 1. */
export interface Probabilities {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** The column of each row's highest probability; ties go to the first. */
export function mostProbable({ rows, columns, data }: Probabilities): Int32Array {
  return Int32Array.from({ length: rows }, (_, r) => {
    let best = 0;
    for (let c = 1; c < columns; c++) if (data[r * columns + c] > data[r * columns + best]) best = c;
    return best;
  });
}

/** A dense matrix over `data` (zeros when it is left out). @throws {DataError} when the sizes do not agree. */
export function denseMatrix(
  rows: number,
  columns: number,
  data: Float32Array = new Float32Array(rows * columns),
): DenseMatrix {
  if (data.length !== rows * columns) {
    throw new DataError(`a matrix of ${rows} x ${columns} needs ${rows * columns} values, not ${data.length}`);
  }
  return { kind: "dense", rows, columns, data };
}

/** A dense matrix from rows of numbers. @throws {DataError} when a row is shorter or longer than the first. */
export function matrixFromRows(rows: readonly ArrayLike<number>[]): DenseMatrix {
  const columns = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * columns);
  rows.forEach((row, r) => {
    if (row.length !== columns) throw new DataError(`row ${r} has ${row.length} values, the first row has ${columns}`);
    data.set(row, r * columns);
  });
  return denseMatrix(rows.length, columns, data);
}

/** The rows at `index`, in that order; an index may stand there several times. */
export function takeRows<M extends Matrix>(matrix: M, index: ArrayLike<number>): M;
export function takeRows(matrix: Matrix, index: ArrayLike<number>): Matrix {
  return matrix.kind === "dense" ? takeDenseRows(matrix, index) : takeSparseRows(matrix, index);
}

function takeDenseRows({ columns, data }: DenseMatrix, index: ArrayLike<number>): DenseMatrix {
  const taken = new Float32Array(index.length * columns);
  for (let r = 0; r < index.length; r++) {
    taken.set(data.subarray(index[r] * columns, (index[r] + 1) * columns), r * columns);
  }
  return denseMatrix(index.length, columns, taken);
}

function takeSparseRows({ columns, indptr, indices, values }: SparseMatrix, index: ArrayLike<number>): SparseMatrix {
  const takenIndptr = new Int32Array(index.length + 1);
  for (let r = 0; r < index.length; r++) takenIndptr[r + 1] = takenIndptr[r] + indptr[index[r] + 1] - indptr[index[r]];
  const takenIndices = new Int32Array(takenIndptr[index.length]);
  const takenValues = new Float32Array(takenIndptr[index.length]);
  for (let r = 0; r < index.length; r++) {
    const from = indptr[index[r]];
    const to = indptr[index[r] + 1];
    takenIndices.set(indices.subarray(from, to), takenIndptr[r]);
    takenValues.set(values.subarray(from, to), takenIndptr[r]);
  }
  return { kind: "csr", rows: index.length, columns, indptr: takenIndptr, indices: takenIndices, values: takenValues };
}

/** The same matrix with every zero stored. */
export function toDense(matrix: Matrix): DenseMatrix {
  if (matrix.kind === "dense") return matrix;
  const { rows, columns, indptr, indices, values } = matrix;
  const data = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let i = indptr[r]; i < indptr[r + 1]; i++) data[r * columns + indices[i]] = values[i];
  }
  return denseMatrix(rows, columns, data);
}

/** The same matrix with no zero stored. */
export function toSparse(matrix: Matrix): SparseMatrix {
  if (matrix.kind === "csr") return matrix;
  const { rows, columns, data } = matrix;
  const indptr = new Int32Array(rows + 1);
  for (let r = 0; r < rows; r++) {
    let stored = 0;
    for (let c = 0; c < columns; c++) if (data[r * columns + c] !== 0) stored++;
    indptr[r + 1] = indptr[r] + stored;
  }
  const indices = new Int32Array(indptr[rows]);
  const values = new Float32Array(indptr[rows]);
  for (let i = 0, at = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    indices[at] = i % columns;
    values[at++] = data[i];
  }
  return { kind: "csr", rows, columns, indptr, indices, values };
}

/** The columns of `left`, then those of `right`; sparse when either is. @throws {DataError} when the row counts differ. */
export function concatColumns(left: Matrix, right: Matrix): Matrix {
  if (left.rows !== right.rows) throw new DataError(`cannot join ${left.rows} rows with ${right.rows}`);
  return left.kind === "dense" && right.kind === "dense"
    ? concatDense(left, right)
    : concatSparse(toSparse(left), toSparse(right));
}

function concatDense(left: DenseMatrix, right: DenseMatrix): DenseMatrix {
  const columns = left.columns + right.columns;
  const data = new Float32Array(left.rows * columns);
  for (let r = 0; r < left.rows; r++) {
    data.set(left.data.subarray(r * left.columns, (r + 1) * left.columns), r * columns);
    data.set(right.data.subarray(r * right.columns, (r + 1) * right.columns), r * columns + left.columns);
  }
  return denseMatrix(left.rows, columns, data);
}

function concatSparse(left: SparseMatrix, right: SparseMatrix): SparseMatrix {
  const { rows } = left;
  const indptr = new Int32Array(rows + 1);
  for (let r = 1; r <= rows; r++) indptr[r] = left.indptr[r] + right.indptr[r];
  const indices = new Int32Array(indptr[rows]);
  const values = new Float32Array(indptr[rows]);
  for (let r = 0; r < rows; r++) {
    let at = indptr[r];
    for (let i = left.indptr[r]; i < left.indptr[r + 1]; i++, at++) {
      indices[at] = left.indices[i];
      values[at] = left.values[i];
    }
    for (let i = right.indptr[r]; i < right.indptr[r + 1]; i++, at++) {
      indices[at] = right.indices[i] + left.columns;
      values[at] = right.values[i];
    }
  }
  return { kind: "csr", rows, columns: left.columns + right.columns, indptr, indices, values };
}
