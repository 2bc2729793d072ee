import { DataError } from "../errors.ts";
import type { Matrix, SparseMatrix } from "../matrix.ts";

/** Checks that a matrix is sound: finite values and, when sparse, ascending indices in range. @throws {DataError} */
export function checkMatrix(x: Matrix): void {
  if (x.kind === "csr") checkStructure(x);
  else if (x.data.length !== x.rows * x.columns) {
    throw new DataError(
      `a matrix of ${x.rows} x ${x.columns} needs ${x.rows * x.columns} values, not ${x.data.length}`,
    );
  }
  const values = x.kind === "csr" ? x.values : x.data;
  for (let i = 0; i < values.length; i++) {
    // A difference with itself is not zero for NaN and the infinities alone.
    if (values[i] - values[i] !== 0) throw new DataError(notFinite(x, i, values[i]));
  }
}

function notFinite(x: Matrix, at: number, value: number): string {
  let row = Math.floor(at / x.columns);
  if (x.kind === "csr") {
    row = 0;
    while (x.indptr[row + 1] <= at) row++;
  }
  const column = x.kind === "csr" ? x.indices[at] : at % x.columns;
  return `the value in row ${row}, column ${column} (counted from 0) is ${value}; replace it or leave the row out`;
}

function checkStructure({ rows, columns, indptr, indices, values }: SparseMatrix): void {
  const stored = indices.length;
  if (indptr.length !== rows + 1 || indptr[0] !== 0 || indptr[rows] !== stored || values.length !== stored) {
    throw new DataError(`the arrays of a sparse matrix of ${rows} x ${columns} do not agree in length`);
  }
  for (let r = 0; r < rows; r++) {
    if (indptr[r + 1] < indptr[r] || indptr[r + 1] > stored)
      throw new DataError(`row ${r} of a sparse matrix ends before it starts`);
    let previous = -1;
    for (let i = indptr[r]; i < indptr[r + 1]; i++) {
      if (indices[i] <= previous || indices[i] >= columns) {
        throw new DataError(
          `row ${r} of a sparse matrix has column ${indices[i]} after ${previous}; they must ascend and stay below ${columns}`,
        );
      }
      previous = indices[i];
    }
  }
}

/** Checks rows that are to be predicted, or scaled, by something that learnt from `columns` columns. @throws {DataError} */
export function checkRows(x: Matrix, columns: number): void {
  if (x.columns !== columns)
    throw new DataError(`the rows have ${x.columns} columns, but the model learnt from ${columns}`);
  checkMatrix(x);
}

/** Checks that there is a group for every row, where there are groups. @throws {DataError} */
export function checkGroups(rows: number, groups?: readonly string[]): void {
  if (groups === undefined) return;
  if (groups.length !== rows) throw new DataError(`there are ${rows} rows but ${groups.length} groups`);
  const bad = groups.findIndex((group) => typeof group !== "string");
  if (bad >= 0) throw new DataError(`the group of row ${bad} is ${String(groups[bad])}; groups are names`);
}

/** Checks examples that are to be learnt from. @throws {DataError} */
export function checkExamples(x: Matrix, y: readonly string[], sampleWeight?: ArrayLike<number>): void {
  if (x.rows === 0) throw new DataError("there are no examples to learn from");
  if (x.columns === 0) throw new DataError("the examples have no columns to learn from");
  if (y.length !== x.rows) throw new DataError(`there are ${x.rows} rows but ${y.length} labels`);
  checkMatrix(x);
  if (sampleWeight === undefined) return;
  if (sampleWeight.length !== x.rows)
    throw new DataError(`there are ${x.rows} rows but ${sampleWeight.length} sample weights`);
  let sum = 0;
  for (let i = 0; i < sampleWeight.length; i++) {
    if (!(sampleWeight[i] >= 0 && sampleWeight[i] < Infinity)) {
      throw new DataError(`the sample weight of row ${i} is ${sampleWeight[i]}; weights are finite and not negative`);
    }
    sum += sampleWeight[i];
  }
  if (!(sum > 0 && sum < Infinity)) throw new DataError(`the sample weights sum to ${sum}; some must be above 0`);
}
