import * as fc from "fast-check";
import { expect, test } from "vitest";
import { brierScore, expectedCalibrationError } from "../src/evaluation/calibration.ts";
import { DataError, ModelFileError, OptionError } from "../src/errors.ts";
import { matrixFromRows, mostProbable, toSparse } from "../src/matrix.ts";
import { CalibratedClassifier } from "../src/models/calibrated-classifier.ts";
import { applyCurve, fitIsotonic } from "../src/models/isotonic.ts";
import { loadClassifier } from "../src/models/load-classifier.ts";
import { loadModel, saveModel } from "../src/models/model-file.ts";
import { MultinomialNB } from "../src/models/multinomial-nb.ts";
import { applySigmoid, fitSigmoid } from "../src/models/platt.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { Random } from "../src/random.ts";
import { clouds } from "./clouds.ts";
import { fixtureJson, largestDifference } from "./fixture.ts";

const methods = ["temperature", "sigmoid", "isotonic"] as const;
const ones = (length: number) => new Float64Array(length).fill(1);

// scikit-learn 1.2.1: sklearn.calibration._sigmoid_calibration(scores, y)
test("the sigmoid is scikit-learn's", async () => {
  const { scores, y, sigmoid } = await fixtureJson("ml/calibration.json");
  const fitted = fitSigmoid(scores, y.map(Boolean), ones(60));
  // BFGS there stops at a gradient of 1e-5, Newton's method here at 1e-10.
  expect(Math.abs(fitted.slope - sigmoid[0])).toBeLessThan(1e-5);
  expect(Math.abs(fitted.offset - sigmoid[1])).toBeLessThan(1e-5);
});

test("a sigmoid of scores that part the classes, or say nothing, stays finite", () => {
  const parted = fitSigmoid([-1e6, -1, 1, 1e6], [false, false, true, true], ones(4));
  expect(applySigmoid(parted, 2)).toBeGreaterThan(applySigmoid(parted, -2));
  const level = fitSigmoid([3, 3, 3, 3], [false, true, true, true], ones(4));
  expect(applySigmoid(level, 3)).toBeGreaterThan(0.5);
  const single = fitSigmoid([1, 2], [true, true], ones(2));
  expect(applySigmoid(single, 1)).toBeGreaterThan(0.5);
  for (const score of [-1e308, 0, 1e308]) expect(applySigmoid(parted, score)).toBeGreaterThanOrEqual(0);
});

// scikit-learn 1.2.1: IsotonicRegression(out_of_bounds="clip").fit(scores, y, sample_weight=w).predict(at), without and with weights
test("the rising curve is scikit-learn's", async () => {
  const reference = await fixtureJson("ml/calibration.json");
  const { scores, y, weights, at } = reference;
  const plain = fitIsotonic(scores, y, ones(60));
  const weighted = fitIsotonic(scores, y, weights);
  const along = (curve: typeof plain) => at.map((score: number) => applyCurve(curve, score));
  expect(largestDifference(along(plain), reference.isotonic)).toBeLessThan(1e-12);
  expect(largestDifference(along(weighted), reference.isotonic_weighted)).toBeLessThan(1e-12);
});

test("the curve rises, keeps the mean, and takes a weight of n for n copies", () => {
  const row = fc.tuple(fc.integer({ min: -5, max: 5 }), fc.boolean(), fc.integer({ min: 1, max: 3 }));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (rows) => {
      const [scores, values, weights] = [0, 1, 2].map((k) => rows.map((row) => Number(row[k])));
      const curve = fitIsotonic(scores, values, weights);
      const at = scores.map((score) => applyCurve(curve, score));
      expect(curve.y).toEqual([...curve.y].sort((a, b) => a - b));
      const total = (of: number[]) => of.reduce((sum, value, i) => sum + value * weights[i], 0);
      expect(total(at)).toBeCloseTo(total(values), 9);
      const copies = rows.flatMap((row) => Array.from({ length: row[2] }, () => row));
      const repeated = fitIsotonic(
        copies.map(([score]) => score),
        copies.map(([, value]) => Number(value)),
        ones(copies.length),
      );
      expect(
        largestDifference(
          scores.map((score) => applyCurve(repeated, score)),
          at,
        ),
      ).toBeLessThan(1e-12);
    }),
  );
});

// scikit-learn 1.2.1: brier_score_loss(y, p), and with sample_weight=weights
test("Brier's score of two classes is twice scikit-learn's", async () => {
  const { y, p, weights, brier, brier_weighted } = await fixtureJson("ml/calibration.json");
  const proba = { rows: 60, columns: 2, data: Float64Array.from(p.flatMap((q: number) => [1 - q, q])) };
  const truth = Int32Array.from(y);
  expect(brierScore(proba, truth)).toBeCloseTo(2 * brier, 12);
  expect(brierScore(proba, truth, weights)).toBeCloseTo(2 * brier_weighted, 12);
  expect(() => brierScore({ rows: 0, columns: 2, data: new Float64Array() }, new Int32Array())).toThrow(DataError);
});

/** Naive Bayes of ten copies of each feature is far too sure. */
function overconfident(seed: number, rows: number) {
  const random = new Random(seed);
  const y = Array.from({ length: rows }, () => (random.uniform() < 0.5 ? "glad" : "sad"));
  const x = matrixFromRows(
    y.map((label) => {
      const says = random.uniform() < 0.7 === (label === "glad");
      return [...Array<number>(10).fill(says ? 1 : 0), ...Array<number>(10).fill(says ? 0 : 1)];
    }),
  );
  return { x, y, truth: Int32Array.from(y, (label) => (label === "glad" ? 0 : 1)) };
}

test.each(methods)("by %s an overconfident classifier becomes truthful", async (method) => {
  const train = overconfident(1, 1000);
  const fresh = overconfident(2, 1000);
  const bayes = new MultinomialNB();
  bayes.fit(train.x, train.y);
  const calibrated = new CalibratedClassifier(new MultinomialNB(), { method });
  await calibrated.fit(train.x, train.y);
  const before = bayes.predictProba(fresh.x);
  const after = await calibrated.predictProba(fresh.x);
  // It is right 7 times in 10; over 1000 rows that strays by about 1.5 %.
  expect(expectedCalibrationError(before, fresh.truth)).toBeGreaterThan(0.2);
  expect(expectedCalibrationError(after, fresh.truth)).toBeLessThan(0.06);
  expect(brierScore(after, fresh.truth)).toBeLessThan(brierScore(before, fresh.truth));
  expect(mostProbable(after)).toEqual(mostProbable(before));
});

test.each(methods)("%s: rows sum to 1, what is saved predicts the same bits, sparse rows too", async (method) => {
  for (const classes of [2, 4]) {
    const { x, y } = clouds(3, 100, 4, classes);
    const model = new CalibratedClassifier(new RandomForestClassifier({ nEstimators: 10, seed: 1 }), {
      method,
      seed: 5,
    });
    const seen: number[] = [];
    await model.fit(x, y, { onProgress: (done) => seen.push(done) });
    expect(seen.at(-1)).toBeCloseTo(1, 12);
    const proba = await model.predictProba(x);
    for (let r = 0; r < proba.rows; r++) {
      const row = proba.data.subarray(r * classes, (r + 1) * classes);
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    }
    const state = loadModel(saveModel(model.save()));
    const loaded = loadClassifier(state);
    expect(await loaded.predictProba(toSparse(x))).toEqual(proba);
    expect(loaded.classes).toEqual(model.classes);
    expect(() => loadClassifier({ ...state, config: { ...state.config, calibrator: null } })).toThrow(ModelFileError);
    expect(() => loadClassifier({ ...state, config: { ...state.config, classes: ["a", "b"] } })).toThrow(
      ModelFileError,
    );
  }
});

test("bad input is refused in one sentence", async () => {
  const { x } = clouds(4, 12, 2, 3);
  const model = new CalibratedClassifier(new RandomForestClassifier({ nEstimators: 2 }));
  await expect(model.predictProba(x)).rejects.toThrow(DataError);
  expect(() => model.save()).toThrow(DataError);
  await expect(model.fit(x, ["a", "a", ...Array<string>(10).fill("b")])).rejects.toThrow(
    'the class "a" has 2 examples',
  );
  expect(() => new CalibratedClassifier(model, { method: "platt" } as object)).toThrow(OptionError);
  expect(() => new CalibratedClassifier(model, { folds: 1 })).toThrow("folds is 1");
});
