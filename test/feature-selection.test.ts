import { expect, test } from "vitest";
import { OptionError } from "../src/errors.ts";
import { anovaF, bestColumns, takeColumns } from "../src/evaluation/feature-selection.ts";
import { normalizePerUtterance } from "../src/evaluation/normalize.ts";
import { smote } from "../src/evaluation/smote.ts";
import { matrixFromRows, toDense, toSparse } from "../src/matrix.ts";
import { Random } from "../src/random.ts";
import { fixtureJson } from "./fixture.ts";

// fixtures/ml/metrics_cases.py: f_classif of scikit-learn 1.2.1; the last column is constant
test("F statistics are scikit-learn's, dense and sparse", async () => {
  const { x, y, f } = (await fixtureJson("ml/metrics_cases.json")).selection;
  const dense = matrixFromRows(x);
  for (const matrix of [dense, toSparse(dense)]) {
    anovaF(matrix, y).forEach((value, c) => {
      if (f[c] === null) expect(value).toBeNaN();
      else expect(Math.abs(value / f[c] - 1)).toBeLessThan(1e-11);
    });
    expect([...bestColumns(matrix, y, 2)]).toEqual([0, 1]);
    expect([...bestColumns(matrix, y, 9)]).toEqual([0, 1, 2, 3, 4]);
    expect([...toDense(takeColumns(matrix, Int32Array.of(1, 3))).data]).toEqual(
      x.flatMap((row: number[]) => [Math.fround(row[1]), Math.fround(row[3])]),
    );
  }
  expect(() => bestColumns(dense, y, 0)).toThrow(OptionError);
});

test("a large mean swallows nothing", () => {
  const rows = [0, 1, 2, 3].map((v) => [65536 + v]);
  expect(anovaF(matrixFromRows(rows), ["a", "a", "b", "b"])[0]).toBeCloseTo(8, 9);
});

test("SMOTE puts rows between near rows of their class, dense and sparse alike", () => {
  const random = new Random(1);
  const rows = Array.from({ length: 30 }, (_, r) => [
    random.normal() + (r < 6 ? 50 : 0),
    r % 3 === 0 ? 0 : random.normal(),
  ]);
  const labels = rows.map((_, r) => (r < 6 ? "rare" : r < 29 ? "common" : "single"));
  const dense = matrixFromRows(rows);
  const { matrix, sources } = smote(dense, labels, 2, 7);
  expect(matrix.rows).toBe(3 * 23);
  expect(sources.slice(0, 30)).toEqual(Int32Array.from(labels.keys()));
  const { data } = toDense(matrix);
  expect(data.slice(0, 60)).toEqual(dense.data);
  const xs = rows.slice(0, 6).map(([x]) => x);
  for (let r = 30; r < matrix.rows; r++) {
    const label = labels[sources[r]];
    expect(label).not.toBe("common");
    if (label === "single") expect(data[2 * r]).toBe(dense.data[58]);
    else expect(data[2 * r] >= Math.min(...xs) - 1e-5 && data[2 * r] <= Math.max(...xs) + 1e-5).toBe(true);
  }
  expect(new Set(data.slice(60).filter((_, i) => i % 2 === 0)).size).toBeGreaterThan(15);
  expect(toDense(smote(toSparse(dense), labels, 2, 7).matrix).data).toEqual(data);
});

test("vectors of length 1, but zeros stay", () => {
  const x = matrixFromRows([
    [3, 4],
    [0, 0],
  ]);
  expect([...toDense(normalizePerUtterance(x)).data]).toEqual([Math.fround(0.6), Math.fround(0.8), 0, 0]);
  expect(toDense(normalizePerUtterance(toSparse(x)))).toEqual(toDense(normalizePerUtterance(x)));
});
