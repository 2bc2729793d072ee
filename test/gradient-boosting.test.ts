import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DataError, ModelFileError, OptionError } from "../src/errors.ts";
import { denseMatrix, matrixFromRows, takeRows, toSparse } from "../src/matrix.ts";
import { explainForest } from "../src/models/explain.ts";
import { GradientBoostingClassifier } from "../src/models/gradient-boosting.ts";
import type { GradientBoostingOptions } from "../src/models/gradient-boosting-options.ts";
import { loadClassifier } from "../src/models/load-classifier.ts";
import { loadModel, saveModel } from "../src/models/model-file.ts";
import { dataset } from "./datasets.ts";
import { fixtureJson, largestDifference } from "./fixture.ts";
import { accuracy, table, tables } from "./random-table.ts";
import { bruteShapley } from "./reference-shapley.ts";

interface XgboostParams {
  learning_rate?: number;
  max_depth?: number;
  max_leaves?: number;
  reg_lambda?: number;
  min_child_weight?: number;
}

const optionsOf = (params: XgboostParams): GradientBoostingOptions => ({
  nEstimators: 8,
  learningRate: params.learning_rate ?? 0.3,
  maxDepth: params.max_depth === 0 ? null : (params.max_depth ?? 6),
  maxLeafNodes: params.max_leaves ?? null,
  l2: params.reg_lambda ?? 1,
  minChildWeight: params.min_child_weight ?? 1,
});

// XGBoost 1.7.4: m = XGBClassifier(tree_method="hist", max_bin=255, n_estimators=8, n_jobs=1, **params).fit(X, y, sample_weight=weight);
// predict_proba = m.predict_proba(X); contribs = m.get_booster().predict(DMatrix(X[:6]), pred_contribs=True), reshaped to
// 6 x outputs x (4 features, then the base). params: {}; {max_depth 3, reg_lambda 0.1, min_child_weight 0, learning_rate 0.5};
// {max_depth 0, max_leaves 6, grow_policy "lossguide", min_child_weight 0.5}; each on three classes and on two.
test("probabilities and contributions are XGBoost's", async () => {
  const { X, weight, cases } = await fixtureJson("ml/xgboost.json");
  const x = matrixFromRows(X);
  for (const { params, y, predict_proba: expected, contribs } of cases) {
    const model = new GradientBoostingClassifier(optionsOf(params));
    model.fit(x, y.map(String), { sampleWeight: weight });
    // XGBoost computes in float32; over these cases the largest differences are 1.3e-7 and 6.1e-7.
    expect(largestDifference(expected.flat(), model.predictProba(x).data)).toBeLessThan(1e-6);
    const { base, values } = explainForest(model, takeRows(x, [0, 1, 2, 3, 4, 5]));
    const k = model.outputs;
    const mine = contribs.map((_: unknown, row: number) =>
      Array.from({ length: k }, (_, c) => [
        ...Array.from({ length: 4 }, (_, f) => values[(row * 4 + f) * k + c]),
        base[c] + (k > 1 ? 0.5 : 0), // XGBoost adds base_score to every class, which softmax takes away again
      ]),
    );
    expect(largestDifference(contribs.flat(2), mine.flat(2))).toBeLessThan(3e-6);
  }
});

// XGBoost 1.7.4: XGBClassifier(tree_method="hist", max_bin=255, n_estimators=50, n_jobs=1, random_state=seed, **params).fit(train); accuracy on the
// test rows, params {} (which draws nothing) and {subsample 0.7, colsample_bytree 0.7, learning_rate 0.1, max_depth 4}, mean of seeds 0 to 4.
const drawn = { subsample: 0.7, colsample: 0.7, learningRate: 0.1, maxDepth: 4 };
test.each([
  ["digits", {}, 0.9499],
  ["wine", {}, 0.95],
  ["table", {}, 0.788],
  ["digits", drawn, 0.9563],
  ["wine", drawn, 1],
  ["table", drawn, 0.8144],
] as const)("%s %j: accuracy is within a point of XGBoost's", async (name, options, reference) => {
  const { train, trainY, test, testY } = await dataset(name);
  const seeds = "subsample" in options ? [0, 1, 2, 3, 4] : [0];
  let sum = 0;
  for (const seed of seeds) {
    const model = new GradientBoostingClassifier({ ...options, nEstimators: 50, seed });
    model.fit(train, trainY);
    sum += accuracy(model.predictProba(test), model.classes, testY);
  }
  expect(sum / seeds.length).toBeGreaterThan(reference - 0.01);
});

const optionSets = fc.record({
  nEstimators: fc.constantFrom(1, 5),
  maxDepth: fc.constantFrom(2, 6, null),
  maxLeafNodes: fc.constantFrom(null, 2, 5),
  minSamplesLeaf: fc.constantFrom(1, 4),
  minChildWeight: fc.constantFrom(0, 1),
  l2: fc.constantFrom(0, 1),
  subsample: fc.constantFrom(1, 0.6),
  colsample: fc.constantFrom(1, 0.5),
  maxBins: fc.constantFrom(3, 16, 255),
  earlyStoppingRounds: fc.constantFrom(null, 2),
  classWeight: fc.constantFrom(null, "balanced" as const),
});

test("dense and sparse rows give the same trees; a file keeps them; the leaves' rows and limits are kept", () => {
  fc.assert(
    fc.property(tables, optionSets, (shape, options) => {
      const { x, y } = table(shape.seed, shape.rows, shape.columns, shape.classes, shape.levels);
      const dense = new GradientBoostingClassifier({ ...options, seed: shape.seed });
      const sparse = new GradientBoostingClassifier({ ...options, seed: shape.seed });
      dense.fit(x, y);
      sparse.fit(toSparse(x), y);
      expect(sparse.forest).toEqual(dense.forest);
      const proba = dense.predictProba(x);
      expect(sparse.predictProba(toSparse(x))).toEqual(proba);
      const loaded = loadClassifier(loadModel(saveModel(dense.save()))) as GradientBoostingClassifier;
      expect(loaded.predictProba(x)).toEqual(proba);
      expect(loaded.options).toEqual(dense.options);
      expect(loaded.featureImportances).toEqual(dense.featureImportances);
      for (let row = 0; row < x.rows; row++) {
        const p = proba.data.subarray(row * proba.columns, (row + 1) * proba.columns);
        expect(Math.abs(p.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-12);
      }
      const offsets = dense.forest?.offsets ?? [];
      const largest = Math.max(
        ...Array.from(offsets)
          .slice(1)
          .map((end, tree) => (end - offsets[tree] + 1) / 2),
      );
      if (options.maxLeafNodes !== null) expect(largest).toBeLessThanOrEqual(options.maxLeafNodes);
      if (options.maxDepth !== null) expect(largest).toBeLessThanOrEqual(2 ** options.maxDepth);
      expect(largest * (options.earlyStoppingRounds ? 1 : options.minSamplesLeaf)).toBeLessThanOrEqual(x.rows);
    }),
    { numRuns: 150 },
  );
});

test("values of explanations are Shapley's, and sum to the margins", () => {
  fc.assert(
    fc.property(tables, (shape) => {
      const { x, y } = table(shape.seed, shape.rows, shape.columns, shape.classes, shape.levels);
      const model = new GradientBoostingClassifier({ nEstimators: 3, maxDepth: 4, minChildWeight: 0.1 });
      model.fit(x, y);
      const { base, values } = explainForest(model, takeRows(x, [0]));
      const brute = bruteShapley(model, x.data.subarray(0, x.columns));
      expect(largestDifference(brute, values)).toBeLessThan(1e-12); // rounding of sums of numbers near 1
      const margins = model.margins(takeRows(x, [0]));
      margins.forEach((margin, c) => {
        const sum = values.filter((_, i) => i % base.length === c).reduce((a, b) => a + b, base[c]);
        expect(Math.abs(sum - margin)).toBeLessThan(1e-9);
      });
    }),
    { numRuns: 40 },
  );
});

test("more rounds fit the examples better, and what counts for the classes is found", () => {
  const { x, y } = table(3, 400, 6, 3, 0);
  const losses = [1, 5, 25].map((nEstimators) => {
    const model = new GradientBoostingClassifier({ nEstimators });
    model.fit(x, y);
    const { data, columns } = model.predictProba(x);
    expect((model.featureImportances?.[0] ?? 0) + (model.featureImportances?.[1] ?? 0)).toBeGreaterThan(0.6);
    return y.reduce((sum, label, row) => sum - Math.log(data[row * columns + model.classes.indexOf(label)]), 0);
  });
  expect(losses[1]).toBeLessThan(losses[0]);
  expect(losses[2]).toBeLessThan(losses[1]);
});

test("a weight of n counts like n copies, and a weight of 0 like no example", () => {
  const { x, y } = table(4, 90, 3, 3, 8);
  const counts = y.map((_, i) => (i + (i >> 3)) % 4);
  const index = counts.flatMap((count, i) => Array.from({ length: count }, () => i));
  const weighted = new GradientBoostingClassifier({ nEstimators: 5 });
  const repeated = new GradientBoostingClassifier({ nEstimators: 5 });
  weighted.fit(x, y, { sampleWeight: counts });
  repeated.fit(
    takeRows(x, index),
    index.map((i) => y[i]),
  );
  // The gradient of n examples is rounded once or n times, to some 2^-45.
  expect(largestDifference(weighted.predictProba(x).data, repeated.predictProba(x).data)).toBeLessThan(1e-9);
});

test("boosting ends when the held-out loss does not fall, and keeps the best rounds", () => {
  const { x, y } = table(5, 300, 4, 3, 0);
  const other = table(6, 150, 4, 3, 0);
  const options = { nEstimators: 200, earlyStoppingRounds: 5 };
  const model = new GradientBoostingClassifier(options);
  model.fit(x, y, { heldOut: other });
  const losses = model.heldOutLoss;
  const best = losses.indexOf(Math.min(...losses));
  expect(losses.length).toBe(best + 6);
  expect(losses.length).toBeLessThan(200);
  expect(model.forest?.offsets.length).toBe(3 * (best + 1) + 1);
  // The loss told is that of the model which is kept; the held-out part changes nothing but the end.
  const { data } = model.predictProba(other.x);
  const loss =
    other.y.reduce((sum, label, row) => sum - Math.log(data[row * 3 + model.classes.indexOf(label)]), 0) / 150;
  expect(Math.abs(loss - losses[best])).toBeLessThan(1e-9);
  const plain = new GradientBoostingClassifier({ nEstimators: best + 1 });
  plain.fit(x, y);
  expect(plain.predictProba(x)).toEqual(model.predictProba(x));
  const sparse = new GradientBoostingClassifier(options);
  sparse.fit(toSparse(x), y, { heldOut: other });
  expect(sparse.forest).toEqual(model.forest);
  // A share held out by the model itself.
  const share = new GradientBoostingClassifier({ ...options, validationFraction: 0.3 });
  share.fit(x, y);
  expect(share.heldOutLoss.length).toBeLessThan(200);
});

test("bad input is refused in one sentence", () => {
  const { x, y } = table(7, 60, 3, 3, 0);
  const model = new GradientBoostingClassifier({ nEstimators: 2 });
  expect(() => model.predictProba(x)).toThrow("call fit first");
  expect(() => model.save()).toThrow(DataError);
  expect(() => model.fit(matrixFromRows([]), [])).toThrow("no examples");
  expect(() => model.fit(x, y, { heldOut: { x, y } })).toThrow("earlyStoppingRounds");
  const ending = new GradientBoostingClassifier({ earlyStoppingRounds: 3 });
  expect(() => ending.fit(x, y, { heldOut: { x: denseMatrix(1, 2), y: ["c0"] } })).toThrow("2 columns");
  expect(() => ending.fit(x, y, { heldOut: { x: denseMatrix(1, 3), y: ["new"] } })).toThrow('"new"');
  const empty = { indptr: new Int32Array(5), indices: new Int32Array(), values: new Float32Array() };
  expect(() => model.fit({ kind: "csr", rows: 4, columns: 2e8, ...empty }, ["a", "a", "b", "b"])).toThrow(
    "GB of the core",
  );
  model.fit(x, y);
  expect(() => model.predictProba(denseMatrix(1, 2))).toThrow("2 columns, but the model learnt from 3");
  for (const options of [
    { nEstimators: 0 },
    { learningRate: 0 },
    { maxDepth: 0 },
    { maxLeafNodes: 1 },
    { subsample: 0 },
    { colsample: 1.5 },
    { l2: -1 },
    { minChildWeight: Number.NaN },
    { maxBins: 256 },
    { earlyStoppingRounds: 0 },
    { validationFraction: 1 },
    { seed: 0.5 },
    { gamma: 1 },
  ]) {
    expect(() => new GradientBoostingClassifier(options as object)).toThrow(OptionError);
  }
  const state = model.save();
  const load = (changed: object) => () => GradientBoostingClassifier.load({ ...state, ...changed });
  expect(load({ config: { ...state.config, classes: ["a", "b", "c", "d"] } })).toThrow("take turns");
  expect(load({ config: { ...state.config, options: { l2: -1 } } })).toThrow(ModelFileError);
  expect(load({ tensors: {} })).toThrow('lacks the tensor "feature"');
});
