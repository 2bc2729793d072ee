import * as fc from "fast-check";
// @ts-expect-error: the package has no types
import { DecisionTreeClassifier } from "ml-cart";
import { RandomForestClassifier } from "ml-random-forest";
import { expect, test } from "vitest";
import { DataError, ModelFileError } from "../../src/errors.ts";
import { matrixFromRows, mostProbable, toSparse } from "../../src/matrix.ts";
import { modelFromMlForest } from "../../src/models/interchange/ml-forest.ts";
import { loadClassifier } from "../../src/models/load-classifier.ts";
import { loadModel, saveModel } from "../../src/models/model-file.ts";
import type { VotedForest } from "../../src/models/voted-forest.ts";
import { table, tables } from "../random-table.ts";

// Against ml-random-forest 2.1 and ml-cart 2.1 themselves, trained here.

function examples(seed: number, rows: number, columns: number, classes: number, levels = 0) {
  const { x, codes } = table(seed, rows, columns, classes, levels);
  const list = Array.from({ length: rows }, (_, r) => Array.from(x.data.subarray(r * columns, (r + 1) * columns)));
  return { rows: list, codes: Array.from(codes) };
}

// biome-ignore lint/suspicious/noExplicitAny: tests damage it everywhere
const asJson = (model: unknown): any => JSON.parse(JSON.stringify(model));

/** The classes as numbers, in the order of the rows. */
const answers = (model: VotedForest, rows: number[][]) =>
  Array.from(mostProbable(model.predictProba(matrixFromRows(rows))), (c) => Number(model.classes[c]));

/** Every split value of the trees, and the float32 beside it, put into rows. */
function atSplits(json: unknown, rows: number[][]): number[][] {
  const values: number[] = [];
  JSON.stringify(json, (key, value) => {
    if (key === "splitValue" && typeof value === "number") values.push(value);
    return value;
  });
  return values.flatMap((value, i) => {
    const at = Math.fround(value);
    const step = 2 ** (Math.floor(Math.log2(Math.abs(at) || 1)) - 23);
    return [at, Math.fround(at - step), Math.fround(at + step)].flatMap((near) =>
      rows[0].map((_, c) => rows[i % rows.length].map((own, k) => (k === c ? near : own))),
    );
  });
}

test("forests of ml-random-forest: its predictions, ties of votes included, at splits and beside them", () => {
  let ties = 0;
  fc.assert(
    fc.property(tables, fc.integer({ min: 1, max: 7 }), fc.boolean(), (shape, nEstimators, replacement) => {
      const { rows, codes } = examples(shape.seed, shape.rows, shape.columns, shape.classes, shape.levels);
      const options = {
        nEstimators,
        replacement,
        seed: 7,
        noOOB: true,
        maxFeatures: 0.8,
        treeOptions: { minNumSamples: 4 },
      };
      const theirs = new RandomForestClassifier(options);
      theirs.train(rows, codes);
      const json = asJson(theirs);
      const { classifier, columns } = modelFromMlForest(json, {
        featureNames: rows[0].map((_, c) => `c${c}`),
        classes: ["0", "1", "2", "3"],
      });
      expect(columns).toBe(shape.columns);
      const model = classifier as VotedForest;
      const asked = [...rows, ...atSplits(json, rows)];
      expect(answers(model, asked)).toEqual(theirs.predict(asked));
      const { data } = model.predictProba(matrixFromRows(asked));
      for (let r = 0; r < asked.length; r++) {
        const sorted = [...data.subarray(4 * r, 4 * r + 4)].sort((a, b) => b - a);
        expect(Math.abs(sorted.reduce((sum, p) => sum + p) - 1)).toBeLessThan(1e-6);
        if (sorted[0] - sorted[1] < 1e-6) ties++;
      }
    }),
    { numRuns: 40 },
  );
  expect(ties).toBeGreaterThan(50);
});

test("probabilities are shares of votes", () => {
  const { rows, codes } = examples(1, 60, 4, 3);
  const theirs = new RandomForestClassifier({ nEstimators: 5, seed: 3, noOOB: true });
  theirs.train(rows, codes);
  const { classifier, notes, format } = modelFromMlForest(asJson(theirs));
  expect(format).toBe("ml-random-forest JSON");
  expect(notes.join()).toContain("the trees vote");
  const { data } = (classifier as VotedForest).predictProba(matrixFromRows(rows));
  const votes = theirs.predictionValues(rows).to2DArray() as number[][];
  rows.forEach((_, r) => {
    for (let c = 0; c < 3; c++) {
      const share = votes[r].filter((vote) => vote === c).length / 5;
      expect(Math.abs(data[3 * r + c] - share)).toBeLessThan(2e-9); // a tie is broken by 1e-9
    }
  });
});

test("trees of ml-cart: its predictions", () => {
  fc.assert(
    fc.property(tables, (shape) => {
      const { rows, codes } = examples(shape.seed, shape.rows, shape.columns, shape.classes, shape.levels);
      const theirs = new DecisionTreeClassifier({ minNumSamples: 3, maxDepth: 6 });
      theirs.train(rows, codes);
      const json = asJson(theirs);
      const { classifier, format } = modelFromMlForest(json, { featureNames: rows[0].map((_, c) => `c${c}`) });
      expect(format).toBe("ml-cart JSON");
      const asked = [...rows, ...atSplits(json, rows)];
      expect(answers(classifier as VotedForest, asked)).toEqual(theirs.predict(asked));
    }),
    { numRuns: 40 },
  );
});

function trained() {
  const { rows, codes } = examples(2, 60, 4, 3);
  const theirs = new RandomForestClassifier({ nEstimators: 3, seed: 3, noOOB: true, replacement: false });
  theirs.train(rows, codes);
  return { rows, json: asJson(theirs) };
}

test("a file of the imported forest says the same, of dense and sparse rows", () => {
  const { rows, json } = trained();
  const model = modelFromMlForest(json, { classes: ["joy", "anger", "fear"] }).classifier as VotedForest;
  expect(model.classes).toEqual(["anger", "fear", "joy"]);
  const x = matrixFromRows(rows);
  const again = loadClassifier(loadModel(saveModel(model.save())));
  expect(again.predictProba(x)).toEqual(model.predictProba(x));
  expect(model.predictProba(toSparse(x))).toEqual(model.predictProba(x));
  expect(() => model.predictProba(matrixFromRows([[1, 2, 3]]))).toThrow(DataError);
  expect(() => model.predictProba(matrixFromRows([[1, 2, 3, Number.NaN]]))).toThrow(DataError);
  expect(() => model.fit()).toThrow(DataError);
});

// biome-ignore lint/suspicious/noExplicitAny: see above
const damages: [string, (base: any) => unknown, string][] = [
  ["a column out of range", ({ estimators }) => (estimators[0].root.splitColumn = 9), "asks for column -1"],
  ["a column that is none", ({ estimators }) => (estimators[0].root.splitColumn = "a"), "asks for column a"],
  ["a split that is none", ({ estimators }) => (estimators[0].root.splitValue = null), "is NaN"],
  ["a missing child", ({ estimators }) => delete estimators[0].root.left, "must be an object"],
  ["a tree without a root", ({ estimators }) => delete estimators[1].root, "node 0 of tree 1 must be an object"],
  ["a leaf of a number", ({ estimators }) => (estimators[2].root = { distribution: 3 }), "only classifiers are read"],
  ["an empty leaf", ({ estimators }) => (estimators[2].root = { distribution: [[]] }), "no shares of classes"],
  ["fewer lists of columns", ({ indexes }) => indexes.pop(), "indexes has 2 elements; there must be 3"],
  ["a huge column", ({ indexes }) => (indexes[0][0] = 2e9), "too many"],
  ["no trees", ({ estimators, indexes }) => (estimators.length = indexes.length = 0), "no trees"],
];
test.each(damages)("%s is refused", (_, damage, message) => {
  const { json } = trained();
  damage(json.baseModel);
  expect(() => modelFromMlForest(json)).toThrow(message);
  expect(() => modelFromMlForest(json)).toThrow(ModelFileError);
});

test("regressions and classes that do not fit are refused", () => {
  expect(() => modelFromMlForest({ name: "RFRegression" })).toThrow(ModelFileError);
  expect(() => modelFromMlForest(trained().json, { classes: ["a", "b"] })).toThrow("2 class names were given");
});

test("a tree a hundred thousand nodes deep is read without recursion", () => {
  let root: object = { distribution: [[0, 1]] };
  for (let i = 0; i < 1e5; i++) root = { splitColumn: 0, splitValue: i, left: { distribution: [[1, 0]] }, right: root };
  const { classifier } = modelFromMlForest({ name: "DTClassifier", root });
  const { data } = (classifier as VotedForest).predictProba(matrixFromRows([[2e5], [5]]));
  expect([...data]).toEqual([0, 1, 1, 0]);
});
