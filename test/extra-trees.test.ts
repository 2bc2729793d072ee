import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ModelFileError, OptionError } from "../src/errors.ts";
import { matrixFromRows, toSparse } from "../src/matrix.ts";
import { explainForest } from "../src/models/explain.ts";
import { ExtraTreesClassifier } from "../src/models/extra-trees.ts";
import { loadClassifier } from "../src/models/load-classifier.ts";
import { loadModel, saveModel } from "../src/models/model-file.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { dataset } from "./datasets.ts";
import { accuracy, table, tables } from "./random-table.ts";

// scikit-learn 1.2.1: m = ExtraTreesClassifier(50, random_state=seed).fit(train), seeds 0 to 9 (table: 0 to 39); the mean accuracy on the test rows, and the mean of
// tree_.node_count over all trees.
test.each([
  ["digits", 0.9806, 630.1],
  ["wine", 1, 58.22],
  ["table", 0.7813, 1024.5],
] as const)("%s: accuracy and size are scikit-learn's", async (name, reference, nodeCount) => {
  const { train, trainY, test, testY } = await dataset(name);
  let right = 0;
  let nodes = 0;
  for (let seed = 0; seed < 10; seed++) {
    const model = new ExtraTreesClassifier({ nEstimators: 50, seed });
    model.fit(train, trainY);
    right += accuracy(model.predictProba(test), model.classes, testY) / 10;
    nodes += (model.forest?.feature.length ?? 0) / 500;
  }
  // The mean of ten seeds has a standard error of at most 0.21 points and 0.2 % (wine: 0.8 %).
  expect(Math.abs(right - reference)).toBeLessThan(0.005);
  expect(Math.abs(nodes / nodeCount - 1)).toBeLessThan(name === "wine" ? 0.025 : 0.01);
});

test("dense and sparse rows grow the same trees, which tell all different examples apart", () => {
  fc.assert(
    fc.property(tables, fc.integer({ min: 1, max: 4 }), fc.boolean(), (shape, minSamplesLeaf, bootstrap) => {
      const { x, y } = table(shape.seed, shape.rows, shape.columns, shape.classes, 0);
      for (let row = 0; row < x.rows; row++) x.data[row * x.columns] += row / 1000;
      const options = { nEstimators: 5, minSamplesLeaf, bootstrap, seed: shape.seed };
      const model = new ExtraTreesClassifier(options);
      const sparse = new ExtraTreesClassifier(options);
      model.fit(x, y);
      sparse.fit(toSparse(x), y);
      expect(sparse.forest).toEqual(model.forest);
      const { forest } = model;
      if (minSamplesLeaf === 1 && !bootstrap) expect(accuracy(model.predictProba(x), model.classes, y)).toBe(1);
      forest?.cover?.forEach((cover) => expect(cover).toBeGreaterThanOrEqual(minSamplesLeaf));
      const loaded = loadClassifier(loadModel(saveModel(model.save()))) as ExtraTreesClassifier;
      expect(loaded).toBeInstanceOf(ExtraTreesClassifier);
      expect(loaded.options).toEqual(model.options);
      expect(loaded.predictProba(x)).toEqual(model.predictProba(x));
      expect(explainForest(loaded, x).base.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    }),
    { numRuns: 60 },
  );
});

test("thresholds are drawn evenly between the ends of a column, which never stay on one side", () => {
  const x = matrixFromRows([[-1], [-1], [3], [3]]);
  const model = new ExtraTreesClassifier({ nEstimators: 2000 });
  model.fit(x, ["a", "a", "b", "b"]);
  const { feature, threshold: all } = model.forest ?? { feature: [], threshold: [] };
  const thresholds = Array.from(all).filter((_, node) => feature[node] >= 0);
  expect(thresholds.length).toBe(2000);
  for (const threshold of thresholds) expect(threshold >= -1 && threshold < 3).toBe(true);
  // The mean of 2,000 uniform numbers from -1 to 3 is 1 with a standard deviation of 0.026.
  expect(Math.abs(thresholds.reduce((a, b) => a + b, 0) / 2000 - 1)).toBeLessThan(0.1);
});

test("its file is no random forest's, and out-of-bag needs bootstrap", () => {
  expect(() => new ExtraTreesClassifier({ oobScore: true })).toThrow(OptionError);
  const { x, y } = table(1, 80, 3, 2, 0);
  const model = new ExtraTreesClassifier({ nEstimators: 20, bootstrap: true, oobScore: true });
  model.fit(x, y);
  expect(model.outOfBag?.score).toBeGreaterThan(0.5);
  expect(() => RandomForestClassifier.load(model.save())).toThrow(ModelFileError);
});
