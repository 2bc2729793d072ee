import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelFileError } from "../src/errors.ts";
import { denseMatrix, matrixFromRows } from "../src/matrix.ts";
import { loadClassifier } from "../src/models/load-classifier.ts";
import { LogOpinionPool } from "../src/models/log-opinion-pool.ts";
import { Random } from "../src/random.ts";

/** Two members' probabilities of three classes: the first right with probability 0.7, the second with 0.5, and surer of itself. */
function opinions(rows: number, seed: number) {
  const random = new Random(seed);
  const labels = Array.from({ length: rows }, (_, row) => "abc"[row % 3]);
  const said = labels.map((label) =>
    [0.7, 0.5].flatMap((skill, m) => {
      const guess = random.uniform() < skill ? label : "abc"[random.integer(3)];
      const high = m === 0 ? 0.6 : 0.9;
      return [..."abc"].map((name) => (name === guess ? high : (1 - high) / 2));
    }),
  );
  return { x: matrixFromRows(said), y: labels };
}

const logLoss = (x: ReturnType<typeof opinions>["x"], y: readonly string[], weights: readonly number[]): number => {
  let total = 0;
  y.forEach((label, row) => {
    const product = [0, 1, 2].map((c) =>
      weights.reduce((sum, weight, m) => sum + weight * Math.log(x.data[row * 6 + m * 3 + c]), 0),
    );
    const sum = product.reduce((all, score) => all + Math.exp(score), 0);
    total -= product["abc".indexOf(label)] - Math.log(sum);
  });
  return total / y.length;
};

describe("a logarithmic opinion pool", () => {
  test("finds the weights of the least log loss, as a search over a grid does", () => {
    const { x, y } = opinions(300, 5);
    const pool = new LogOpinionPool(2);
    pool.fit(x, y);
    const own = logLoss(x, y, [...pool.weights]);
    let least = Number.POSITIVE_INFINITY;
    for (let a = 0; a <= 3; a += 0.05)
      for (let b = 0; b <= 3; b += 0.05) least = Math.min(least, logLoss(x, y, [a, b]));
    expect(own).toBeLessThanOrEqual(least + 1e-12);
    expect(least - own).toBeLessThan(1e-3);
    expect(pool.weights[0]).toBeGreaterThan(pool.weights[1]);
  });

  test("gives probabilities, the same after it was saved", () => {
    const { x, y } = opinions(60, 1);
    const pool = new LogOpinionPool(2);
    pool.fit(x, y);
    const { data, columns } = pool.predictProba(x);
    for (let row = 0; row < 60; row++) {
      const own = data.subarray(row * columns, (row + 1) * columns);
      expect(own.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    }
    expect([...(loadClassifier(pool.save()) as LogOpinionPool).predictProba(x).data]).toEqual([...data]);
    const broken = { ...pool.save(), config: { ...pool.save().config, members: 3 } };
    expect(() => loadClassifier(broken)).toThrow(ModelFileError);
  });

  test("a member that knows nothing changes nothing; weights are never below 0, whatever is said", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 40 }), (seed, half) => {
        const random = new Random(seed);
        const rows = 2 * half;
        const y = Array.from({ length: rows }, (_, row) => (row % 2 ? "b" : "a"));
        // The first row is told wrongly: where none is, the loss has no minimum, and the weight is what the last round has reached.
        const first = y.map((_, row) => (row === 0 ? 0.2 : random.uniform()));
        const x = matrixFromRows(first.map((p) => [p, 1 - p, 0.5, 0.5]));
        const pool = new LogOpinionPool(2);
        pool.fit(x, y);
        const alone = new LogOpinionPool(1);
        alone.fit(matrixFromRows(first.map((p) => [p, 1 - p])), y);
        expect(pool.weights.every((weight) => weight >= 0 && Number.isFinite(weight))).toBe(true);
        expect(pool.weights[0]).toBeCloseTo(alone.weights[0], 6);
      }),
      { numRuns: 50 },
    );
  });

  test("a class that a member rules out can still be said", () => {
    const pool = new LogOpinionPool(2);
    const rows = [
      [1, 0, 0.1, 0.9],
      [1, 0, 0.9, 0.1],
      [0, 1, 0.2, 0.8],
      [1, 0, 0.8, 0.2],
    ];
    pool.fit(matrixFromRows(rows), ["b", "a", "b", "a"]);
    expect([...pool.predictProba(matrixFromRows(rows)).data].every(Number.isFinite)).toBe(true);
  });

  test("refuses what is not probabilities of its members", () => {
    expect(() => new LogOpinionPool(0)).toThrow("needs members");
    expect(() => new LogOpinionPool(2).fit(denseMatrix(4, 3), ["a", "a", "b", "b"])).toThrow("3 columns");
    expect(() => new LogOpinionPool(2).predictProba(denseMatrix(1, 4))).toThrow("not fitted");
    expect(() => new LogOpinionPool(2).save()).toThrow("not fitted");
  });
});
