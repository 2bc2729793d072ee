import { expect, test } from "vitest";
import { meanContributions } from "../src/evaluation/contributions.ts";
import { matrixFromRows, takeRows } from "../src/matrix.ts";
import { explainClassifier } from "../src/models/explain-classifier.ts";
import { GradientBoostingClassifier } from "../src/models/gradient-boosting.ts";
import { LogisticRegression } from "../src/models/logistic-regression.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { Random } from "../src/random.ts";
import { NearestNeighbour } from "./evaluation-doubles.ts";

const random = new Random(4);
const y = Array.from({ length: 60 }, (_, row) => "abc"[row % 3]);
const x = matrixFromRows(y.map((label) => [random.normal(), label === "a" ? 2 : random.normal(), random.normal()]));
const names = ["noise", "signal", "more noise"];

test.each([
  ["a forest", "probability", () => new RandomForestClassifier({ nEstimators: 20 })],
  ["boosting", "score", () => new GradientBoostingClassifier({ nEstimators: 10 })],
  ["logistic regression", "score", () => new LogisticRegression()],
] as const)("%s: the mean absolute explanation of rows that are spread evenly", (_, unit, create) => {
  const model = create();
  model.fit(x, y);
  const said = meanContributions(model, x, names, 7)!;
  expect(said).toMatchObject({ unit, rows: 7, names, classes: ["a", "b", "c"] });
  const rows = [0, 8, 17, 25, 34, 42, 51];
  const { values } = explainClassifier(model, takeRows(x, rows));
  for (let i = 0; i < 9; i++) {
    const mean = rows.reduce((sum, _row, r) => sum + Math.abs(values[9 * r + i]), 0) / 7;
    expect(said.values[i]).toBeCloseTo(mean, 12);
  }
  const strength = names.map((_name, c) => said.values[3 * c] + said.values[3 * c + 1] + said.values[3 * c + 2]);
  expect(strength.indexOf(Math.max(...strength))).toBe(1);
});

test("columns without names are numbered; a limit beyond the rows takes all", () => {
  const model = new LogisticRegression();
  model.fit(x, y);
  expect(meanContributions(model, x, undefined, 1000)).toMatchObject({
    rows: 60,
    names: ["column 0", "column 1", "column 2"],
  });
});

test("trees too deep for the time: a forest tells its decrease in impurity, boosting nothing; nor does a model without columns", () => {
  const forest = new RandomForestClassifier({ nEstimators: 5 });
  forest.fit(x, y);
  expect(meanContributions(forest, x, names, 7, 10)).toEqual({
    unit: "impurity",
    rows: 0,
    names,
    classes: [],
    values: forest.featureImportances,
  });
  const boosting = new GradientBoostingClassifier({ nEstimators: 5 });
  boosting.fit(x, y);
  expect(meanContributions(boosting, x, names, 7, 10)).toBeUndefined();
  const neighbour = new NearestNeighbour();
  neighbour.fit(x, y);
  expect(meanContributions(neighbour, x, names, 7)).toBeUndefined();
});
