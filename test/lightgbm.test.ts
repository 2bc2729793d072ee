import { expect, test } from "vitest";
import { ModelFileError } from "../src/errors.ts";
import { matrixFromRows } from "../src/matrix.ts";
import { explainForest } from "../src/models/explain.ts";
import type { GradientBoostingClassifier } from "../src/models/gradient-boosting.ts";
import { modelFromLightgbm } from "../src/models/interchange/lightgbm.ts";
import { fixtureJson, largestDifference } from "./fixture.ts";

interface Case {
  readonly name: string;
  readonly model: string;
  readonly x: number[][];
  readonly probabilities: (number | number[])[];
}

// LightGBM 4.7.0 by fixtures/ml/lightgbm_models.py; the rows lie at the thresholds and at the float32 beside them
const { cases, refused }: { cases: Case[]; refused: Record<string, string> } =
  await fixtureJson("ml/lightgbm_models.json");
const text = cases[0].model;

test.each(cases)("$name: LightGBM's probabilities", async ({ model, x, probabilities }) => {
  const { classifier, columns } = modelFromLightgbm(model);
  expect(columns).toBe(4);
  const said = await classifier.predictProba(matrixFromRows(x));
  const wanted = probabilities.flatMap((row) => (typeof row === "number" ? [1 - row, row] : row));
  // The same leaves; sums and exponential functions of float64 may differ in the last bits.
  expect(largestDifference(said.data, wanted)).toBeLessThan(1e-12);
});

test("names, classes and what differs are told", () => {
  expect(modelFromLightgbm(text).featureNames).toBeNull(); // Column_0, ...: LightGBM's own, for none
  expect(modelFromLightgbm(cases[1].model).featureNames).toEqual(["pitch", "energy", "tilt", "rate"]);
  expect(modelFromLightgbm(cases[4].model).notes.join()).toContain("although the model learnt from some");
  const { classifier } = modelFromLightgbm(text, { classes: ["yes", "no"] });
  const x = matrixFromRows(cases[0].x);
  const plain = (modelFromLightgbm(text).classifier as GradientBoostingClassifier).predictProba(x).data;
  const named = (classifier as GradientBoostingClassifier).predictProba(x).data;
  expect(classifier.classes).toEqual(["no", "yes"]);
  expect(
    largestDifference(
      named,
      plain.map((_, i) => plain[i ^ 1]),
    ),
  ).toBeLessThan(1e-12);
});

test("explanations add up", () => {
  const model = modelFromLightgbm(cases[2].model).classifier as GradientBoostingClassifier;
  const x = matrixFromRows(cases[2].x.slice(0, 1));
  const { base, values } = explainForest(model, x);
  const scores = Array.from(base, (from, c) => [0, 1, 2, 3].reduce((sum, f) => sum + values[3 * f + c], from));
  const most = Math.max(...scores);
  const exps = scores.map((score) => Math.exp(score - most));
  const total = exps.reduce((sum, e) => sum + e);
  expect(
    largestDifference(
      exps.map((e) => e / total),
      model.predictProba(x).data,
    ),
  ).toBeLessThan(1e-9);
});

test.each([
  ["rf", "is a random forest (boosting=rf)"],
  ["multiclassova", 'objective of the LightGBM model is "multiclassova"'],
  ["linear_tree", "tree 0 has linear leaves"],
  ["zero_as_missing", "takes zeros as missing"],
])("%s of LightGBM is refused", (name, message) => {
  expect(() => modelFromLightgbm(refused[name])).toThrow(message);
  expect(() => modelFromLightgbm(refused[name])).toThrow(ModelFileError);
});

test.each<[string, string | RegExp, string, string]>([
  ["categories", /decision_type=2/, "decision_type=1", "splits by categories"],
  ["an unknown decision", /decision_type=2/, "decision_type=18", "unknown decision_type 18"],
  ["a cycle", /left_child=\S+/, "left_child=0", "reached twice"],
  ["a child out of range", /left_child=\S+/, "left_child=9", "has the child 9"],
  ["a leaf out of range", /right_child=\S+/, "right_child=-9", "has the child 12"],
  ["a column out of range", /split_feature=\d+/, "split_feature=4", "asks for column 4"],
  ["a threshold that is none", /threshold=\S+/, "threshold=x", 'numbers in "threshold"'],
  ["an infinite leaf", /leaf_value=\S+/, "leaf_value=inf", 'numbers in "leaf_value"'],
  ["fewer leaves", /num_leaves=\d+/, "num_leaves=3", "must have 3 numbers"],
  ["an absurd number of leaves", /num_leaves=\d+/, "num_leaves=999999999999", "num_leaves of tree 0"],
  ["absurdly many columns", /max_feature_idx=3/, "max_feature_idx=2147483646", "too many"],
  ["a sigmoid of 0", /sigmoid:1/, "sigmoid:0", "sigmoid is 0"],
  ["trees an iteration", /num_tree_per_iteration=1/, "num_tree_per_iteration=2", "one tree an iteration"],
  ["no trees", /Tree=[\s\S]*/, "", "no trees"],
])("%s is refused", (_, found, put, message) => {
  const damaged = text.replace(found, put);
  expect(damaged).not.toBe(text);
  expect(() => modelFromLightgbm(damaged)).toThrow(message);
  expect(() => modelFromLightgbm(damaged)).toThrow(ModelFileError);
});

test("trees that do not fill the last iteration are refused", () => {
  const cut = cases[2].model.replace(/Tree=8\n[\s\S]*?(?=end of trees)/, "");
  expect(() => modelFromLightgbm(cut)).toThrow("all must have as many");
});
