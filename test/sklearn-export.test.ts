import { expect, test } from "vitest";
import { DataError, ModelFileError } from "../src/errors.ts";
import { matrixFromRows, mostProbable, type Probabilities, toSparse } from "../src/matrix.ts";
import { explainForest } from "../src/models/explain.ts";
import { ExtraTreesClassifier } from "../src/models/extra-trees.ts";
import { readSklearn } from "../src/models/interchange/sklearn.ts";
import { loadClassifier } from "../src/models/load-classifier.ts";
import type { Pipeline } from "../src/models/pipeline.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { fixtureJson, largestDifference } from "./fixture.ts";

interface Case {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests damage it everywhere
  readonly model: any;
  readonly x: number[][];
  readonly classes: string[];
  readonly probabilities: number[][];
  readonly labels: string[];
}

// scikit-learn 1.2.1 and tools/export_sklearn.py by fixtures/ml/sklearn_models.py
const cases: { forests: Case[]; regressions: Case[]; texts: Case[] } = await fixtureJson("ml/sklearn_models.json");

/** scikit-learn's probabilities, columns in the order of the names. */
const inOrder = ({ classes, probabilities }: Case, names: readonly string[]) =>
  probabilities.flatMap((row) => names.map((name) => row[classes.indexOf(name)]));

const labelsOf = (said: Probabilities, names: readonly string[]) => Array.from(mostProbable(said), (c) => names[c]);

test.each(cases.forests)("$name: scikit-learn's probabilities and labels, at thresholds and beside them", (each) => {
  const { classifier, columns } = readSklearn(each.model);
  expect(columns).toBe(3);
  expect([...classifier.classes].sort()).toEqual([...each.classes].sort());
  for (const model of [classifier, loadClassifier(classifier.save())]) {
    for (const rows of [matrixFromRows(each.x), toSparse(matrixFromRows(each.x))]) {
      const said = (model as RandomForestClassifier).predictProba(rows);
      expect(largestDifference(said.data, inOrder(each, model.classes))).toBeLessThan(1e-12);
      expect(labelsOf(said, model.classes)).toEqual(each.labels);
    }
  }
});

test("the rows of the forests lie at their borders: neighbouring float32 part", () => {
  for (const { probabilities } of cases.forests.slice(0, 6)) {
    let parted = 0;
    // A value at the threshold, the float32 below and the one above.
    for (let i = 0; i + 2 < probabilities.length - 5; i += 3) {
      if (largestDifference(probabilities[i + 1], probabilities[i + 2]) > 0) parted++;
    }
    expect(parted).toBeGreaterThan(3);
  }
});

test("a forest keeps its kind, its options and its covers", () => {
  const [forest, , , extra] = cases.forests.map(({ model }) => readSklearn(model).classifier);
  expect(forest).toBeInstanceOf(RandomForestClassifier);
  expect(extra).toBeInstanceOf(ExtraTreesClassifier);
  const { options, forest: trees } = forest as RandomForestClassifier;
  expect(options).toMatchObject({ nEstimators: 4, bootstrap: true });
  expect(trees?.cover?.[0]).toBe(90);
  const x = matrixFromRows(cases.forests[0].x.slice(0, 1));
  const { base, values } = explainForest(forest as RandomForestClassifier, x);
  const sum = base[0] + [0, 3, 6].reduce((all, i) => all + values[i], 0);
  expect(Math.abs(sum - (forest as RandomForestClassifier).predictProba(x).data[0])).toBeLessThan(1e-9);
});

test.each(cases.regressions)("logistic regression, $name: scikit-learn's probabilities and labels", async (each) => {
  const { classifier } = readSklearn(each.model);
  const said = await classifier.predictProba(matrixFromRows(each.x));
  expect(largestDifference(said.data, inOrder(each, classifier.classes))).toBeLessThan(1e-12);
  expect(labelsOf(said, classifier.classes)).toEqual(each.labels);
});

test.each(cases.texts)("$name: scikit-learn's probabilities and labels of texts", async (each) => {
  const { classifier, columns } = readSklearn(each.model);
  expect(columns).toBeNull();
  const said = await (classifier as unknown as Pipeline).predictProba(each.x as unknown as string[]);
  expect(largestDifference(said.data, inOrder(each, classifier.classes))).toBeLessThan(1e-7);
  expect(labelsOf(said, classifier.classes)).toEqual(each.labels);
});

test("infinities and NaN are refused, as scikit-learn 1.2 refuses them", () => {
  for (const { model } of [cases.forests[0], cases.regressions[0]]) {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      expect(() => readSklearn(model).classifier.predictProba(matrixFromRows([[0, value, 0]]))).toThrow(DataError);
    }
  }
});

test("a scaler that clips is folded into trees, not into weights", () => {
  const { steps } = cases.forests[7].model;
  const regression = cases.regressions[0].model.steps[1];
  expect(steps[0].clip).toEqual([0, 1]);
  const model = { ...cases.forests[7].model, steps: [steps[0], regression] };
  expect(() => readSklearn(model)).toThrow("a MinMaxScaler with clip stands before a LogisticRegression");
  expect(() => readSklearn(model)).toThrow(ModelFileError);
});

const damaged: [string, (steps: Case["model"]["steps"]) => unknown, string][] = [
  ["an unknown step", ([scaler]) => (scaler.type = "PCA"), "step 0, PCA, is not read"],
  ["a hundred steps", (steps) => steps.unshift(...new Array(100).fill(steps[0])), "the pipeline has 102 steps"],
  ["no classifier", (steps) => steps.pop(), "the last step is StandardScaler"],
  ["a scale of 0", ([scaler]) => (scaler.scale[1] = 0), "a scale of the StandardScaler is not above 0"],
  ["a scaler of other columns", ([scaler]) => scaler.mean.pop(), "has 2 elements; there must be 3"],
  ["a coefficient that is none", ([, last]) => (last.coef[0][1] = "1"), "row 0 of coef holds 1"],
  ["coefficients that fold to infinity", ([scaler]) => (scaler.scale[0] = 5e-324), "is not finite"],
  ["too few intercepts", ([, last]) => last.intercept.pop(), "intercept of the LogisticRegression has 2 elements"],
  ["another link", ([, last]) => (last.link = "probit"), "the link of the LogisticRegression is probit"],
  ["equal classes", ([, last]) => last.classes.fill("a"), "two or more different names"],
  ["absurdly many columns", ([, last]) => (last.n_features = 1e12), "n_features"],
];
test.each(damaged)("%s is refused", (_, damage, message) => {
  const model = structuredClone(cases.regressions[0].model);
  damage(model.steps);
  expect(() => readSklearn(model)).toThrow(ModelFileError);
  expect(() => readSklearn(model)).toThrow(message);
});

test("TF-IDF that does not fit the classifier, or is not sound, is refused", () => {
  for (const damage of [
    ([tfidf]) => tfidf.terms.pop() && tfidf.idf.pop(),
    ([tfidf]) => tfidf.idf.pop(),
    ([tfidf]) => (tfidf.terms[1] = tfidf.terms[0]),
    ([tfidf]) => (tfidf.options.norm = "max"),
    ([tfidf]) => (tfidf.options.analyzer = "char"),
  ] as ((steps: Case["model"]["steps"]) => unknown)[]) {
    const model = structuredClone(cases.texts[0].model);
    damage(model.steps);
    expect(() => readSklearn(model)).toThrow(ModelFileError);
  }
});

test.each([
  null,
  [],
  {},
  { format: "emovox-sklearn", version: 2 },
  { format: "emovox-sklearn", version: 1, steps: [] },
])("%j is no export", (json) => {
  expect(() => readSklearn(json)).toThrow(ModelFileError);
});
