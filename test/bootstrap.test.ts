import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../src/errors.ts";
import { bootstrap, confidenceIntervals, differences, type Interval, unitsOf } from "../src/evaluation/bootstrap.ts";
import { scorePredictions } from "../src/evaluation/score.ts";
import { incompleteBeta, logGamma, studentCdf, studentQuantile } from "../src/evaluation/student-t.ts";
import { Random } from "../src/random.ts";

const width = ([lower, upper]: Interval): number => upper - lower;

/** The weighted share of rows that are hits, as a statistic over units. */
const shareOf = (hits: ArrayLike<number>, units: readonly Int32Array[]) => (weights: Int32Array) => {
  let sum = 0;
  let rows = 0;
  units.forEach((unit, u) => {
    for (const row of unit) sum += weights[u] * hits[row];
    rows += weights[u] * unit.length;
  });
  return { share: sum / rows };
};

const intervalOf = (hits: ArrayLike<number>, groups: readonly string[] | undefined, seed: number): Interval => {
  const units = unitsOf(hits.length, groups);
  return confidenceIntervals(bootstrap(units, shareOf(hits, units), seed)).share;
};

describe("Student's t", () => {
  // scipy 1.10: stats.t.ppf(.975, d) for d in (1, 2, 3, 9, 49, 999, 13000)
  test("quantiles", () => {
    const expected = [
      12.706204736432095, 4.302652729911275, 3.182446305284263, 2.2621571627409915, 2.009575234489209,
      1.9623414611334487, 1.960146483644723,
    ];
    [1, 2, 3, 9, 49, 999, 13000].forEach((d, i) =>
      expect(Math.abs(studentQuantile(0.975, d) / expected[i] - 1)).toBeLessThan(1e-8),
    );
    expect(studentQuantile(0.025, 9)).toBe(-studentQuantile(0.975, 9));
  });

  // scipy 1.10: stats.t.cdf(t, d)
  test.each([
    [-2.5, 9, 0.016930913841492853],
    [0, 4, 0.5],
    [1e-3, 7, 0.5003849913775006],
    [-40, 9, 9.491499224669917e-12],
    [3, 1.5, 0.9332261228725434],
    [-1.96, 1e5, 0.024999281597150834],
  ])("probability below %f with %f degrees of freedom", (t, degrees, expected) => {
    expect(Math.abs(studentCdf(t, degrees) / expected - 1)).toBeLessThan(1e-9);
  });

  // scipy 1.10: special.betainc(a, b, x), special.gammaln(x)
  test("incomplete beta and log-gamma", () => {
    for (const [a, b, x, expected] of [
      [2, 3, 0.4, 0.5247999999999999],
      [0.5, 0.5, 0.1, 0.2048327646991335],
      [50, 30, 0.7, 0.9207207761763277],
      [1, 1, 0.25, 0.25],
      [1000, 2, 0.999, 0.7353908495416881],
    ]) {
      expect(incompleteBeta(a, b, x)).toBeCloseTo(expected, 11);
    }
    expect([incompleteBeta(2, 3, 0), incompleteBeta(2, 3, 1)]).toEqual([0, 1]);
    expect(logGamma(0.1)).toBeCloseTo(2.252712651734206, 12);
    expect(logGamma(10.3)).toBeCloseTo(13.482036786138359, 11);
    expect(logGamma(1e4) / 82099.71749644238).toBeCloseTo(1, 13);
  });
});

describe("bootstrap", () => {
  const random = new Random(3);
  const hits = Float64Array.from({ length: 1000 }, () => (random.uniform() < 0.7 ? 1 : 0));
  const share = hits.reduce((total, hit) => total + hit, 0) / 1000;

  test("over rows agrees with the normal interval of a proportion", () => {
    const [lower, upper] = intervalOf(hits, undefined, 1);
    const half = 1.96 * Math.sqrt((share * (1 - share)) / 1000);
    // The deviation of 1,000 replicates wanders by 2 %; log-odds and half a row add about as much.
    expect(Math.abs(lower - (share - half))).toBeLessThan(half / 8);
    expect(Math.abs(upper - (share + half))).toBeLessThan(half / 8);
  });

  test("over groups whose rows agree is wider than over rows", () => {
    const groups = Array.from({ length: 1000 }, (_, row) => `speaker${Math.floor(row / 50)}`);
    const same = Float64Array.from({ length: 1000 }, (_, row) => hits[Math.floor(row / 50)]);
    // 20 groups of 50 equal rows carry the information of 20 rows: sqrt(50) = 7 times as wide.
    expect(width(intervalOf(same, groups, 1)) / width(intervalOf(same, undefined, 1))).toBeGreaterThan(4);
  });

  test("of a handful of speakers is the t-interval of their shares, about", () => {
    const shares = [0.4, 0.5, 0.55, 0.6, 0.7];
    const own = Float64Array.from({ length: 500 }, (_, row) =>
      row % 100 < 100 * shares[Math.floor(row / 100)] ? 1 : 0,
    );
    const groups = Array.from({ length: 500 }, (_, row) => `s${Math.floor(row / 100)}`);
    const deviation = Math.sqrt(shares.reduce((sum, p) => sum + (p - 0.55) ** 2, 0) / 4);
    const half = (2.776 * deviation) / Math.sqrt(5);
    const [lower, upper] = intervalOf(own, groups, 1);
    expect(Math.abs(lower - (0.55 - half))).toBeLessThan(half / 6);
    expect(Math.abs(upper - (0.55 + half))).toBeLessThan(half / 6);
  });

  test("holds the figure, stays in [0, 1], whatever the rows", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 40 }),
        (rows) => {
          const own = Float64Array.from(rows, ([hit]) => (hit ? 1 : 0));
          const mean = own.reduce((sum, hit) => sum + hit, 0) / own.length;
          const [lower, upper] = intervalOf(
            own,
            rows.map(([, speaker]) => `s${speaker}`),
            1,
          );
          expect(0 <= lower && lower <= mean && mean <= upper && upper <= 1).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("follows its seed", () => {
    expect(intervalOf(hits, undefined, 7)).toEqual(intervalOf(hits, undefined, 7));
    expect(intervalOf(hits, undefined, 7)).not.toEqual(intervalOf(hits, undefined, 8));
  });

  test("all right, or one row, has an interval without width; one group is drawn row by row", () => {
    expect(intervalOf([1, 1, 1], ["a", "b", "c"], 1)).toEqual([1, 1]);
    expect(intervalOf([1], undefined, 1)).toEqual([1, 1]);
    expect(unitsOf(3, ["a", "a", "a"]).map((unit) => [...unit])).toEqual([[0], [1], [2]]);
  });

  test("refuses nothing to draw from", () => {
    expect(() => bootstrap([], () => ({}), 1)).toThrow(DataError);
    expect(() => unitsOf(2, ["a"])).toThrow("2 rows, but 1 groups");
  });

  test("differences are paired: what both models share drops out", () => {
    const noise = Float64Array.from({ length: 400 }, (_, row) => (hits[Math.floor(row / 40)] ? 1 : 0));
    const better = noise.map((hit, row) => (row % 10 === 0 ? 1 : hit));
    const groups = Array.from({ length: 400 }, (_, row) => `s${Math.floor(row / 40)}`);
    const units = unitsOf(400, groups);
    const [a, b] = [better, noise].map((own) => bootstrap(units, shareOf(own, units), 1));
    const { difference, ci, p } = differences(a, b).share;
    expect(difference).toBeCloseTo(
      better.reduce((s, v) => s + v, 0) / 400 - noise.reduce((s, v) => s + v, 0) / 400,
      12,
    );
    expect(width(ci)).toBeLessThan(width(confidenceIntervals(a).share));
    expect(p).toBeGreaterThan(0);
    const back = differences(b, a).share;
    expect([back.difference, back.p]).toEqual([-difference, p]);
    expect(differences(a, a).share).toEqual({ difference: 0, ci: [0, 0], p: 1 });
  });
});

test("a score says what its intervals were drawn over", () => {
  const predictions = { truth: Int32Array.of(0, 0, 1, 1), predicted: Int32Array.of(0, 1, 1, 1), classes: ["a", "b"] };
  const score = scorePredictions(predictions, 1);
  expect(score).toMatchObject({ accuracy: 0.75, uar: 0.75, recall: 0.75, ciOver: "rows", rows: 4, probability: null });
  expect(score.confusion).toEqual([
    [1, 1],
    [0, 2],
  ]);
  expect(score.ci.accuracy[0]).toBeLessThan(0.75);
  expect(scorePredictions({ ...predictions, groups: ["x", "y", "x", "y"] }, 1).ciOver).toBe("speakers");
  expect(scorePredictions({ ...predictions, groups: ["x", "x", "x", "x"] }, 1).ciOver).toBe("rows");
});
