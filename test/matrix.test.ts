import { expect, test } from "vitest";
import { concatColumns, matrixFromRows, takeRows, toDense, toSparse } from "../src/matrix.ts";

const dense = matrixFromRows([
  [1, 0, 2],
  [0, 0, 0],
  [0, 3, 0],
]);

test("dense and sparse hold the same values", () => {
  const sparse = toSparse(dense);
  expect([...sparse.values]).toEqual([1, 2, 3]);
  expect(toDense(sparse)).toEqual(dense);
});

test("rows are taken in the order asked for, repeats included", () => {
  const index = [2, 0, 0];
  expect([...takeRows(dense, index).data]).toEqual([0, 3, 0, 1, 0, 2, 1, 0, 2]);
  expect(toDense(takeRows(toSparse(dense), index))).toEqual(takeRows(dense, index));
});

test("columns are joined left to right, dense or sparse", () => {
  const joined = concatColumns(dense, dense);
  expect([...(joined.kind === "dense" ? joined.data.subarray(0, 6) : [])]).toEqual([1, 0, 2, 1, 0, 2]);
  expect(toDense(concatColumns(toSparse(dense), dense))).toEqual(joined);
});

test("sizes that do not agree are refused", () => {
  expect(() => matrixFromRows([[1], [1, 2]])).toThrow("row 1 has 2 values, the first row has 1");
});
