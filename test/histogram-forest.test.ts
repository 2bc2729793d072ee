import { expect, test } from "vitest";
import { OptionError } from "../src/errors.ts";
import { matrixFromRows } from "../src/matrix.ts";
import { ExtraTreesClassifier } from "../src/models/extra-trees.ts";
import { loadClassifier } from "../src/models/load-classifier.ts";
import { loadModel, saveModel } from "../src/models/model-file.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { RandomForestRegressor } from "../src/models/random-forest-regressor.ts";
import { dataset } from "./datasets.ts";
import { accuracy } from "./random-table.ts";

// That the trees are the exact ones where bins suffice is a property in forest-growing.test.ts.

test("a split lies midway between the bins", () => {
  // Two bins: 0 to 3 and 10 to 13.
  const forest = new RandomForestClassifier({
    nEstimators: 1,
    bootstrap: false,
    maxFeatures: "all",
    splitter: "histogram",
    maxBins: 2,
  });
  const x = matrixFromRows([0, 1, 2, 3, 10, 11, 12, 13].map((value) => [value]));
  forest.fit(x, ["a", "a", "a", "a", "b", "b", "b", "b"]);
  expect([...(forest.forest?.threshold ?? [])]).toEqual([6.5, 0, 0]);
  // A class within a bin cannot be told from the other there: the leaf has a quarter of it.
  forest.fit(x, ["a", "a", "a", "b", "b", "b", "b", "b"]);
  expect([...forest.predictProba(matrixFromRows([[0], [13]])).data]).toEqual([0.75, 0.25, 0, 1]);
});

test.each(["wine", "digits", "table"] as const)("%s: 16 bins cost at most two points of accuracy", async (name) => {
  const { train, trainY, test, testY } = await dataset(name);
  const mean = (options: { splitter?: "histogram"; maxBins?: number }) => {
    let sum = 0;
    for (const seed of [0, 1, 2, 3, 4]) {
      const forest = new RandomForestClassifier({ ...options, seed });
      forest.fit(train, trainY);
      sum += accuracy(forest.predictProba(test), forest.classes, testY);
    }
    return sum / 5;
  };
  expect(mean({ splitter: "histogram", maxBins: 16 })).toBeGreaterThan(mean({}) - 0.02);
});

test("a regression with a bin for every value is the exact one, and a file keeps the options", async () => {
  const { train, trainY } = await dataset("wine");
  const y = Array.from({ length: train.rows }, (_, row) => Math.sin(row));
  const [exact, histogram] = (["best", "histogram"] as const).map(
    (splitter) => new RandomForestRegressor({ splitter, nEstimators: 5, maxBins: 255 }),
  );
  exact.fit(train, y);
  histogram.fit(train, y);
  expect(histogram.forest).toEqual(exact.forest);
  const forest = new RandomForestClassifier({ splitter: "histogram", maxBins: 9, nEstimators: 2 });
  forest.fit(train, trainY);
  const loaded = loadClassifier(loadModel(saveModel(forest.save()))) as RandomForestClassifier;
  expect(loaded.options).toEqual(forest.options);
  expect(loaded.predictProba(train)).toEqual(forest.predictProba(train));
});

test.each([
  [{ splitter: "hist" as "histogram" }, /splitter is hist/],
  [{ maxBins: 1 }, /maxBins is 1/],
  [{ maxBins: 256 }, /maxBins is 256/],
  [{ maxBins: 2.5 }, /maxBins is 2.5/],
])("%j is refused", (options, message) => {
  expect(() => new RandomForestClassifier(options)).toThrow(OptionError);
  expect(() => new RandomForestClassifier(options)).toThrow(message);
  expect(() => new RandomForestRegressor(options)).toThrow(message);
});

test("extra-trees have no histograms", () => {
  expect(() => new ExtraTreesClassifier({ splitter: "histogram" })).toThrow(OptionError);
});
