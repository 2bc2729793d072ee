import { describe, expect, test } from "vitest";
import { DataError } from "../src/errors.ts";
import { bootstrapIntervals } from "../src/evaluation/bootstrap.ts";
import { scorePredictions } from "../src/evaluation/score.ts";
import { Random } from "../src/random.ts";

const width = ([lower, upper]: readonly [number, number]): number => upper - lower;

describe("bootstrap", () => {
  const random = new Random(3);
  const hits = Float64Array.from({ length: 1000 }, () => (random.uniform() < 0.7 ? 1 : 0));
  const mean = (rows: Int32Array) => ({ mean: rows.reduce((total, row) => total + hits[row], 0) / rows.length });
  const same = (rows: Int32Array) => ({
    mean: rows.reduce((n, row) => n + hits[Math.floor(row / 50)], 0) / rows.length,
  });
  const share = hits.reduce((total, hit) => total + hit, 0) / 1000;

  test("over rows agrees with the normal interval of a proportion", () => {
    const [lower, upper] = bootstrapIntervals(1000, undefined, mean, 1).mean;
    const half = 1.96 * Math.sqrt((share * (1 - share)) / 1000);
    // A 2.5 % quantile of 1,000 replicates wanders by about a tenth of the half width; a third is three of these.
    expect(Math.abs(lower - (share - half))).toBeLessThan(half / 3);
    expect(Math.abs(upper - (share + half))).toBeLessThan(half / 3);
  });

  test("over groups whose rows agree is wider than over rows", () => {
    const groups = Array.from({ length: 1000 }, (_, row) => `speaker${Math.floor(row / 50)}`);
    const grouped = width(bootstrapIntervals(1000, groups, same, 1).mean);
    // 20 groups of 50 equal rows carry the information of 20 rows: sqrt(50) = 7 times as wide.
    expect(grouped / width(bootstrapIntervals(1000, undefined, same, 1).mean)).toBeGreaterThan(4);
  });

  test("follows its seed", () => {
    expect(bootstrapIntervals(1000, undefined, mean, 7)).toEqual(bootstrapIntervals(1000, undefined, mean, 7));
    expect(bootstrapIntervals(1000, undefined, mean, 7)).not.toEqual(bootstrapIntervals(1000, undefined, mean, 8));
  });

  test("one group, or all right, has an interval without width", () => {
    expect(bootstrapIntervals(3, ["a", "a", "a"], mean, 1).mean).toEqual([
      mean(Int32Array.of(0, 1, 2)).mean,
      mean(Int32Array.of(0, 1, 2)).mean,
    ]);
  });

  test("refuses nothing to draw from", () => {
    expect(() => bootstrapIntervals(0, undefined, mean, 1)).toThrow(DataError);
    expect(() => bootstrapIntervals(2, ["a"], mean, 1)).toThrow("2 rows, but 1 groups");
  });
});

test("a score says what its intervals were drawn over", () => {
  const predictions = { truth: Int32Array.of(0, 0, 1, 1), predicted: Int32Array.of(0, 1, 1, 1), classes: ["a", "b"] };
  const score = scorePredictions(predictions, 1);
  expect(score).toMatchObject({ accuracy: 0.75, uar: 0.75, recall: 0.75, ciOver: "rows", rows: 4 });
  expect(score.confusion).toEqual([
    [1, 1],
    [0, 2],
  ]);
  expect(score.ci.accuracy[0]).toBeLessThan(0.75);
  expect(scorePredictions({ ...predictions, groups: ["x", "y", "x", "y"] }, 1).ciOver).toBe("speakers");
});
