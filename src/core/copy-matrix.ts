import { DataError } from "../errors.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";

/**
 * A dense matrix over a copy of `values`: at the beginning of `out` where that is given, else in an array of its own.
 *
 * @throws {DataError} when `out` is too short.
 */
export function copyMatrix(rows: number, columns: number, values: Float32Array, out?: Float32Array): DenseMatrix {
  if (out === undefined) return denseMatrix(rows, columns, values.slice());
  const length = rows * columns;
  if (out.length < length)
    throw new DataError(`out has ${out.length} values, but ${rows} x ${columns} are to be written`);
  out.set(values);
  return denseMatrix(rows, columns, out.subarray(0, length));
}
