import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DataError, ModelFileError, OptionError } from "../src/errors.ts";
import { denseMatrix, matrixFromRows, takeRows, toSparse } from "../src/matrix.ts";
import { explainForest } from "../src/models/explain.ts";
import { loadModel, saveModel } from "../src/models/model-file.ts";
import { RandomForestRegressor } from "../src/models/random-forest-regressor.ts";
import { Random } from "../src/random.ts";
import { fixtureJson, largestDifference } from "./fixture.ts";
import { table, tables } from "./random-table.ts";
import { bruteShapley } from "./reference-shapley.ts";

// scikit-learn 1.2.1: F, t = load_wine().data[:, 1:].astype(float32), load_wine().data[:, 0];
// d = DecisionTreeRegressor(max_depth=4, random_state=0).fit(F, t); d.predict(F)[:8]; d.score(F, t); d.tree_.node_count
test("one tree on all examples is scikit-learn's", async () => {
  const { X } = await fixtureJson("ml/wine.json");
  const x = matrixFromRows(X.map((row: number[]) => row.slice(1)));
  const y = X.map((row: number[]) => row[0]);
  const model = new RandomForestRegressor({ nEstimators: 1, bootstrap: false, maxDepth: 4 });
  model.fit(x, y);
  expect(model.forest?.feature.length).toBe(29);
  const predicted = model.predict(x);
  const expected = [
    14.022758620689656, 13.076666666666666, 13.672999999999998, 14.022758620689656, 13.242222222222221,
    14.022758620689656, 14.022758620689656, 14.022758620689656,
  ];
  expect(largestDifference(expected, predicted.slice(0, 8))).toBeLessThan(1e-12);
  expect(rSquared(predicted, y)).toBeCloseTo(0.7356756997755862, 12);
});

function rSquared(predicted: ArrayLike<number>, y: readonly number[]): number {
  const mean = y.reduce((a, b) => a + b, 0) / y.length;
  const rest = y.reduce((sum, value, i) => sum + (value - predicted[i]) ** 2, 0);
  return 1 - rest / y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

// scikit-learn 1.2.1: X, the table of table(1, 1500, 8, 4, 0); y = X[:, 0] * 2 + sin(3 * X[:, 1]) + X[:, 2] * X[:, 3]; every third row for testing;
// m = RandomForestRegressor(50, random_state=seed, **params).fit(train), seeds 0 to 9: mean of m.score(test) and of tree_.node_count
test.each([
  [{}, 0.8882, 895.6],
  [{ maxFeatures: "sqrt" as const, minSamplesLeaf: 3 }, 0.8519, 258.3],
])("%j: what it explains and its size are scikit-learn's", (options, score, nodeCount) => {
  const { x } = table(1, 1500, 8, 4, 0);
  const y = Array.from({ length: 1500 }, (_, row) => {
    const [a, b, c, d] = x.data.subarray(row * 8, row * 8 + 4);
    return a * 2 + Math.sin(3 * b) + c * d;
  });
  const rows = y.map((_, row) => row);
  const [train, test] = [rows.filter((row) => row % 3 !== 0), rows.filter((row) => row % 3 === 0)];
  let found = 0;
  let nodes = 0;
  for (let seed = 0; seed < 10; seed++) {
    const model = new RandomForestRegressor({ ...options, nEstimators: 50, seed });
    const trainY = train.map((row) => y[row]);
    model.fit(takeRows(x, train), trainY);
    found += rSquared(
      model.predict(takeRows(x, test)),
      test.map((row) => y[row]),
    );
    nodes += (model.forest?.feature.length ?? 0) / 50;
    expect(model.featureImportances?.[0]).toBeGreaterThan(0.65); // there: 0.83 and 0.72
  }
  // The mean of ten seeds has a standard error of 0.003 and 0.8 nodes.
  expect(Math.abs(found / 10 - score)).toBeLessThan(0.01);
  expect(Math.abs(nodes / 10 / nodeCount - 1)).toBeLessThan(0.015);
});

test("dense and sparse rows grow the same trees, files keep them, leaves are means, explanations sum up", () => {
  fc.assert(
    fc.property(
      tables,
      fc.boolean(),
      fc.constantFrom(1, 3),
      fc.boolean(),
      (shape, bootstrap, minSamplesLeaf, weighted) => {
        const { x, codes } = table(shape.seed, shape.rows, shape.columns, shape.classes, shape.levels);
        const random = new Random(shape.seed);
        const y = Array.from(codes, (code) => 1000 + code + random.normal());
        const sampleWeight = y.map(() => (weighted ? 0.1 + random.uniform() : 1));
        const options = { nEstimators: 4, bootstrap, minSamplesLeaf, seed: shape.seed };
        const model = new RandomForestRegressor(options);
        const sparse = new RandomForestRegressor(options);
        model.fit(x, y, { sampleWeight });
        sparse.fit(toSparse(x), y, { sampleWeight });
        expect(sparse.forest).toEqual(model.forest);
        const predicted = model.predict(x);
        expect(sparse.predict(toSparse(x))).toEqual(predicted);
        const loaded = RandomForestRegressor.load(loadModel(saveModel(model.save())));
        expect(loaded.predict(x)).toEqual(predicted);
        expect(loaded.options).toEqual(model.options);
        if (!bootstrap) {
          // Every tree's leaves hold the means of their examples, so that the means over all examples agree.
          const weight = sampleWeight.reduce((a, b) => a + b, 0);
          const mean = (values: ArrayLike<number>) =>
            sampleWeight.reduce((sum, w, i) => sum + w * values[i], 0) / weight;
          expect(Math.abs(mean(predicted) - mean(y))).toBeLessThan(1e-9);
        }
        const { base, values } = explainForest(model, takeRows(x, [0]));
        expect(Math.abs(values.reduce((a, b) => a + b, base[0]) - predicted[0])).toBeLessThan(1e-9);
        const brute = bruteShapley(model, x.data.subarray(0, x.columns));
        expect(largestDifference(brute, values)).toBeLessThan(1e-9); // of leaves near 1,000
      },
    ),
    { numRuns: 60 },
  );
});

test("targets of any size, all alike, and what is no target", () => {
  const x = matrixFromRows([[0], [1], [2], [3]]);
  const model = new RandomForestRegressor({ nEstimators: 3, bootstrap: false });
  for (const y of [
    [1e99, -1e99, 3, 4],
    [1e-200, 2e-200, 3e-200, 4e-200],
    [5, 5, 5, 5],
    [0, 0, 0, 0],
  ]) {
    model.fit(x, y);
    const size = Math.max(...y.map(Math.abs));
    expect(largestDifference(model.predict(x), y)).toBeLessThanOrEqual(1e-14 * size);
  }
  expect(() => model.fit(x, [1, 2, Number.NaN, 4])).toThrow("target of row 2 is NaN");
  expect(() => model.fit(x, [1, 2, 1e200, 4])).toThrow(DataError);
  expect(() => model.fit(x, [1, 2])).toThrow("4 rows but 2 labels");
  expect(() => model.predict(denseMatrix(1, 2))).toThrow("2 columns");
  expect(() => new RandomForestRegressor().predict(x)).toThrow("call fit first");
  expect(() => new RandomForestRegressor({ oobScore: true } as object)).toThrow(OptionError);
  expect(() => new RandomForestRegressor({ nEstimators: 0 })).toThrow(OptionError);
  const state = model.save();
  expect(() => RandomForestRegressor.load({ ...state, kind: "random-forest" })).toThrow(ModelFileError);
  expect(() => RandomForestRegressor.load({ ...state, tensors: {} })).toThrow('lacks the tensor "feature"');
});
