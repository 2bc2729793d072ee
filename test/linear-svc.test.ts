import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DataError, ModelFileError, OptionError } from "../src/errors.ts";
import { matrixFromRows, mostProbable, takeRows, toSparse } from "../src/matrix.ts";
import { LinearSVC } from "../src/models/linear-svc.ts";
import type { LinearSVCOptions } from "../src/models/linear-svc-options.ts";
import { loadClassifier } from "../src/models/load-classifier.ts";
import { loadModel, saveModel } from "../src/models/model-file.ts";
import type { Json } from "../src/models/state.ts";
import { Random } from "../src/random.ts";
import { clouds } from "./clouds.ts";
import { fixtureJson, largestDifference } from "./fixture.ts";
import { accuracy } from "./random-table.ts";

/** Rows of a reference: counts as they are, the tables of the logistic regression standardised. */
async function rowsOf(name: string) {
  if (name === "counts") {
    const { X, y } = await fixtureJson("ml/counts.json");
    return { x: matrixFromRows(X), y: y as number[], test: matrixFromRows(X.slice(0, 10)) };
  }
  const { X_train, y_train, X_test, scaler_mean: mean, scaler_scale: scale } = await fixtureJson(`ml/${name}.json`);
  const scaled = (rows: number[][]) =>
    matrixFromRows(rows.map((row) => row.map((value, c) => (value - mean[c]) / scale[c])));
  return { x: scaled(X_train), y: y_train as number[], test: scaled(X_test.slice(0, 10)) };
}

// The dual stops near its minimum, by tol; scikit-learn 1.2.1 was given 1e-8, and its rows were float32 too.
const CLOSE = 1e-5;

// LinearSVC(C=C, dual=True, loss="squared_hinge", tol=1e-8, max_iter=1000000, random_state=0).fit(X, y).decision_function(X_test[:10]),
// for "counts" with C=0.1 on X itself, for the others with C=1 after StandardScaler
test.each([
  ["counts", 0.1],
  ["lr_iris", 1],
  ["lr_a8", 1],
])("%s: decision values are scikit-learn's", async (name, C) => {
  const reference = await fixtureJson("ml/linear_svc.json");
  const { x, y, test } = await rowsOf(name);
  const model = new LinearSVC({ C, tol: 1e-6, maxIter: 1e6 });
  model.fit(x, y.map(String));
  expect(model.summary.converged).toBe(true);
  expect(largestDifference(model.decisionFunction(test).data, reference[name].flat())).toBeLessThan(CLOSE);
});

// LinearSVC(C=1, fit_intercept=False, ...).fit(X, y > y.max() // 2)
test.each(["lr_iris", "lr_a8"])("%s: two classes have one boundary, without intercept through 0", async (name) => {
  const reference = await fixtureJson("ml/linear_svc.json");
  const { x, y, test } = await rowsOf(name);
  const model = new LinearSVC({ fitIntercept: false, tol: 1e-8, maxIter: 1e6 });
  model.fit(
    x,
    y.map((code) => String(code > Math.floor(Math.max(...y) / 2))),
  );
  expect(model.intercept).toEqual(Float64Array.of(0));
  expect(largestDifference(model.decisionFunction(test).data, reference[`${name}_two`].flat())).toBeLessThan(CLOSE);
});

// LinearSVC(C=0.1, class_weight="balanced", intercept_scaling=10, ...).fit(X, y, sample_weight=weights), and
// LinearSVC(C=0.1, class_weight={False: 0.5, True: 3}, ...).fit(X, y > 0)
test("class and sample weights are scikit-learn's", async () => {
  const reference = await fixtureJson("ml/linear_svc.json");
  const { weights } = await fixtureJson("ml/counts.json");
  const { x, y, test } = await rowsOf("counts");
  const close: LinearSVCOptions = { C: 0.1, tol: 1e-8, maxIter: 1e6 };
  const many = new LinearSVC({ ...close, classWeight: "balanced", interceptScaling: 10 });
  many.fit(x, y.map(String), { sampleWeight: weights });
  expect(largestDifference(many.decisionFunction(test).data, reference.counts_weighted.flat())).toBeLessThan(CLOSE);
  const two = new LinearSVC({ ...close, classWeight: { false: 0.5, true: 3 } });
  two.fit(
    x,
    y.map((code) => String(code > 0)),
  );
  expect(largestDifference(two.decisionFunction(test).data, reference.counts_two_weighted.flat())).toBeLessThan(CLOSE);
});

test("the default tolerance is within 1e-3 of the minimum", async () => {
  const reference = await fixtureJson("ml/linear_svc.json");
  const { x, y, test } = await rowsOf("lr_a8");
  const model = new LinearSVC();
  model.fit(x, y.map(String));
  expect(largestDifference(model.decisionFunction(test).data, reference.lr_a8.flat())).toBeLessThan(1e-3);
});

test("dense and sparse rows give the same bits", () => {
  const { x, y } = clouds(1, 60, 5, 3);
  const dense = new LinearSVC();
  const sparse = new LinearSVC();
  dense.fit(x, y);
  sparse.fit(toSparse(x), y);
  expect(sparse.coef).toEqual(dense.coef);
  expect(sparse.predictProba(toSparse(x)).data).toEqual(dense.predictProba(x).data);
});

test("a weight of n counts like n copies", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 30, maxLength: 30 }),
      (seed, counts) => {
        const { x, y } = clouds(seed, 30, 3, 3);
        const index = counts.flatMap((count, i) => Array.from({ length: count }, () => i));
        const weighted = new LinearSVC({ tol: 1e-9, maxIter: 1e5 });
        const repeated = new LinearSVC({ tol: 1e-9, maxIter: 1e5 });
        weighted.fit(x, y, { sampleWeight: counts });
        repeated.fit(
          takeRows(x, index),
          index.map((i) => y[i]),
        );
        // The same strictly convex objective, met within the tolerance of its dual.
        expect(largestDifference(weighted.coef, repeated.coef)).toBeLessThan(1e-6);
      },
    ),
    { numRuns: 10 },
  );
});

test("rows of weight 0 do not count", () => {
  const { x, y } = clouds(2, 40, 3, 2);
  const weights = y.map((_, i) => (i < 30 ? 1 : 0));
  const all = new LinearSVC({ tol: 1e-9, maxIter: 1e5 });
  const some = new LinearSVC({ tol: 1e-9, maxIter: 1e5 });
  all.fit(x, y, { sampleWeight: weights });
  some.fit(takeRows(x, [...Array(30).keys()]), y.slice(0, 30));
  expect(largestDifference(all.coef, some.coef)).toBeLessThan(1e-6);
});

test("the order of the rows, the names of the classes and the seed do not move the boundaries", () => {
  const { x, y } = clouds(3, 60, 4, 4);
  const order = new Random(4).shuffle(Array.from({ length: 60 }, (_, i) => i));
  const renamed: Record<string, string> = { c0: "z", c1: "y", c2: "x", c3: "w" };
  const model = new LinearSVC({ tol: 1e-9, maxIter: 1e5 });
  const other = new LinearSVC({ tol: 1e-9, maxIter: 1e5, seed: 7 });
  model.fit(x, y);
  other.fit(
    takeRows(x, order),
    order.map((i) => renamed[y[i]]),
  );
  const expected = model.decisionFunction(x).data;
  const actual = other.decisionFunction(x).data;
  expect(
    largestDifference(
      actual,
      expected.map((_, i) => expected[i + 3 - 2 * (i % 4)]),
    ),
  ).toBeLessThan(1e-6);
});

test.each(["temperature", "sigmoid", "isotonic"] as const)(
  "probabilities by %s sum to 1 and know the classes",
  (calibration) => {
    for (const classes of [2, 3]) {
      const train = clouds(5, 300, 4, classes);
      const model = new LinearSVC({ calibration });
      model.fit(train.x, train.y);
      const proba = model.predictProba(train.x);
      for (let r = 0; r < proba.rows; r++) {
        const row = proba.data.subarray(r * classes, (r + 1) * classes);
        expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      }
      expect(accuracy(proba, model.classes, train.y)).toBeGreaterThan(0.7);
    }
  },
);

test("by temperature the likeliest class is that of the highest decision value", () => {
  const { x, y } = clouds(6, 90, 4, 3);
  const model = new LinearSVC();
  model.fit(x, y);
  expect(mostProbable(model.predictProba(x))).toEqual(mostProbable(model.decisionFunction(x)));
});

test.each(["temperature", "sigmoid", "isotonic"] as const)(
  "what is saved with %s predicts the same bits",
  (calibration) => {
    const { x, y } = clouds(7, 60, 3, 3);
    const model = new LinearSVC({ C: 3, classWeight: { c1: 2 }, calibration });
    model.fit(x, y);
    const loaded = loadClassifier(loadModel(saveModel(model.save()))) as LinearSVC;
    expect(loaded.predictProba(x)).toEqual(model.predictProba(x));
    expect(loaded.options).toEqual(model.options);
    expect(loaded.summary).toEqual(model.summary);
  },
);

test("a calibration that is not sound is refused", () => {
  const { x, y } = clouds(7, 30, 3, 3);
  const model = new LinearSVC({ calibration: "isotonic" });
  model.fit(x, y);
  const state = model.save();
  for (const calibrator of [
    null,
    { method: "temperature", temperature: 0 },
    { method: "sigmoid", sigmoids: [{ slope: 1, offset: 1 }] },
    { method: "isotonic", curves: [0, 1, 2].map(() => ({ x: [1, 0], y: [0, 1] })) },
    { method: "isotonic", curves: [0, 1, 2].map(() => ({ x: [], y: [] })) },
  ]) {
    const config = { ...state.config, calibrator: calibrator as Json };
    expect(() => LinearSVC.load({ ...state, config })).toThrow(ModelFileError);
  }
});

test("extreme values neither overflow nor hang", () => {
  const x = matrixFromRows([[3e38], [-3e38], [1e38], [-2e38]]);
  const model = new LinearSVC();
  model.fit(x, ["a", "b", "a", "b"]);
  for (const p of model.predictProba(x).data) expect(Number.isFinite(p)).toBe(true);
});

test("progress ends at 1", () => {
  const { x, y } = clouds(8, 60, 3, 3);
  const seen: number[] = [];
  new LinearSVC().fit(x, y, { onProgress: (done) => seen.push(done) });
  expect(seen.at(-1)).toBe(1);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

test("bad input is refused in one sentence", () => {
  const { x, y } = clouds(9, 12, 2, 3);
  const model = new LinearSVC();
  expect(() => model.predictProba(x)).toThrow(DataError);
  expect(() => model.fit(x, y.slice(1))).toThrow("there are 12 rows but 11 labels");
  expect(() => model.fit(x, ["fea", ...y.slice(1)])).toThrow('the class "fea" has one example');
  model.fit(x, y);
  expect(() => model.predictProba(matrixFromRows([[1, 2, 3]]))).toThrow("the rows have 3 columns");
  expect(() => new LinearSVC({ C: 0 })).toThrow(OptionError);
  expect(() => new LinearSVC({ calibration: "platt" } as object)).toThrow("it may be temperature, sigmoid, isotonic");
  expect(() => new LinearSVC({ gamma: 1 } as object)).toThrow('has no option "gamma"');
});
