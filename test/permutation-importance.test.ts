import { expect, test } from "vitest";
import { DataError, OptionError } from "../src/errors.ts";
import { toSparse } from "../src/matrix.ts";
import { permutationImportance } from "../src/models/permutation-importance.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { table } from "./random-table.ts";

const { x, y } = table(1, 600, 4, 3, 0);
for (let row = 0; row < x.rows; row++) x.data[row * 4 + 3] = 7;
const model = new RandomForestClassifier({ nEstimators: 20 });
model.fit(x, y);

test("the columns that tell the classes count, a constant one does not at all", async () => {
  const { mean, std } = await permutationImportance(model, x, y);
  expect(Math.min(mean[0], mean[1])).toBeGreaterThan(mean[2]);
  expect(mean[0]).toBeGreaterThan(0.1);
  expect([mean[3], std[3]]).toEqual([0, 0]);
  expect(std[0]).toBeGreaterThan(0);
  expect(std[0]).toBeLessThan(0.1);
});

test("a seed gives the same numbers, for dense and sparse rows", async () => {
  const first = await permutationImportance(model, x, y, { nRepeats: 2, seed: 5 });
  expect(await permutationImportance(model, toSparse(x), y, { nRepeats: 2, seed: 5 })).toEqual(first);
  expect(await permutationImportance(model, x, y, { nRepeats: 2, seed: 6 })).not.toEqual(first);
});

test("a model that asks one column only loses what chance takes", async () => {
  // Answers with the sign of column 0. Rows are half and half, so that a shuffled column is right half of the time.
  const { data } = x;
  const sign = (rows: { data: Float32Array }, row: number) => (rows.data[row * 4] > 0 ? 1 : 0);
  const labels = y.map((_, row) => (sign({ data }, row) ? "b" : "a"));
  const asksFirst = {
    classes: ["a", "b"],
    predictProba: (rows: { rows: number; data: Float32Array }) => ({
      rows: rows.rows,
      columns: 2,
      data: Float64Array.from({ length: 2 * rows.rows }, (_, i) => (sign(rows, i >> 1) === i % 2 ? 1 : 0)),
    }),
  };
  const share = labels.filter((label) => label === "b").length / labels.length;
  const { mean } = await permutationImportance(asksFirst as never, x, labels, { nRepeats: 20 });
  // A loss of 2 p (1 - p); the mean of 20 shuffles of 600 rows has a standard error of 0.004.
  expect(Math.abs(mean[0] - 2 * share * (1 - share))).toBeLessThan(0.02);
  expect(mean.slice(1)).toEqual(new Float64Array(3));
});

test("bad input is refused", async () => {
  await expect(permutationImportance(model, x, y, { nRepeats: 0 })).rejects.toThrow(OptionError);
  await expect(permutationImportance(model, x, y, { seed: 0.5 })).rejects.toThrow(OptionError);
  await expect(
    permutationImportance(
      model,
      x,
      y.map(() => "new"),
    ),
  ).rejects.toThrow(DataError);
});
