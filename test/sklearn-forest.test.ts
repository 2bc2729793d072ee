import { expect, test } from "vitest";
import { ModelFileError } from "../src/errors.ts";
import { matrixFromRows, toSparse } from "../src/matrix.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { forestFromSklearn } from "../src/models/interchange/sklearn-forest.ts";
import { fixtureJson } from "./fixture.ts";

// scikit-learn 1.2.1: forest = RandomForestClassifier(n, oob_score=True, random_state=0).fit(X_train, y_train); the trees are the arrays
// of estimator.tree_; predict_proba = forest.predict_proba(X_test)
test.each(["rf_iris_20", "rf_a8_10"])("%s: probabilities are scikit-learn's", async (name) => {
  const reference = await fixtureJson(`ml/${name}.json`);
  const model = forestFromSklearn(reference);
  const x = matrixFromRows(reference.X_test);
  expect(model.classes).toEqual(reference.classes.map(String));
  for (const classifier of [model, RandomForestClassifier.load(model.save())]) {
    for (const rows of [x, toSparse(x)]) {
      const proba = classifier.predictProba(rows).data;
      // The same sums in the same order; only the JSON's decimals may differ from the floats.
      reference.predict_proba.flat().forEach((p: number, i: number) => {
        expect(Math.abs(proba[i] - p)).toBeLessThan(1e-12);
      });
    }
  }
});

const tree = {
  children_left: [1, -1, -1],
  children_right: [2, -1, -1],
  feature: [0, -2, -2],
  threshold: [0.1, -2, -2],
  value: [
    [3, 1],
    [3, 0],
    [0, 1],
  ],
};
const forest = (changed: object = {}) => ({ classes: ["b", "a"], n_features: 1, trees: [{ ...tree, ...changed }] });

test("a value at the threshold goes left, its float32 neighbour above goes right", () => {
  // 0.1 in float32 lies above 0.1 in float64; the float32 below it does not.
  const below = 0.09999999403953552;
  const proba = forestFromSklearn(forest()).predictProba(matrixFromRows([[below], [0.1]]));
  expect([...proba.data]).toEqual([0, 1, 1, 0]);
  const exact = forestFromSklearn(forest({ threshold: [0.5, -2, -2] }));
  expect([...exact.predictProba(matrixFromRows([[0.5], [0.5 + 2 ** -24]])).data]).toEqual([0, 1, 1, 0]);
  expect([...RandomForestClassifier.load(exact.save()).predictProba(matrixFromRows([[0.5]])).data]).toEqual([0, 1]);
});

test("thresholds of every size and sign keep their meaning in a file", () => {
  for (const threshold of [1e-50, -1e-50, 0, -0, 1e300, -1e300, 0.1, -0.1, 3.4e38, 1e-45, -1e-45]) {
    const model = forestFromSklearn(forest({ threshold: [threshold, -2, -2] }));
    const loaded = RandomForestClassifier.load(model.save());
    const x = matrixFromRows(
      [-3.4e38, -0.1, -1e-45, -0, 0, 1e-45, 0.1, 0.09999999403953552, 3.4e38].map((value) => [value]),
    );
    expect(loaded.predictProba(x)).toEqual(model.predictProba(x));
  }
});

test("class names are sorted, and their columns with them", () => {
  const model = forestFromSklearn(forest());
  expect(model.classes).toEqual(["a", "b"]);
  expect([...model.predictProba(matrixFromRows([[0]])).data]).toEqual([0, 1]);
  expect(model.featureImportances).toBeNull();
});

test("nodes may come in any order", () => {
  const swapped = {
    children_left: [2, -1, -1],
    children_right: [1, -1, -1],
    value: [
      [3, 1],
      [0, 1],
      [3, 0],
    ],
  };
  const x = matrixFromRows([[0], [1]]);
  expect(forestFromSklearn(forest(swapped)).predictProba(x)).toEqual(forestFromSklearn(forest()).predictProba(x));
});

test.each([
  ["a cycle", { children_left: [0, -1, -1] }, "reached twice"],
  ["a shared node", { children_right: [1, -1, -1] }, "reached twice"],
  ["a node out of reach", { children_left: [-1, -1, -1], children_right: [-1, -1, -1] }, "never reached"],
  ["a child out of range", { children_right: [3, -1, -1] }, "has the child 3"],
  ["half a leaf", { children_left: [1, -1, 1] }, "has the child -1"],
  ["a fraction of a child", { children_left: [1.5, -1, -1] }, "has the child 1.5"],
  ["a column out of range", { feature: [1, -2, -2] }, "asks for column 1"],
  ["an infinite threshold", { threshold: [Infinity, -2, -2] }, "is Infinity"],
  ["a threshold that is none", { threshold: ["x", -2, -2] }, "is x"],
  ["arrays of other lengths", { threshold: [0.5] }, '1 elements in "threshold"'],
  ["a missing array", { value: undefined }, 'lacks the array "value"'],
  [
    "a leaf without weight",
    {
      value: [
        [1, 1],
        [0, 0],
        [0, 1],
      ],
    },
    "leaf 1 of tree 0",
  ],
  [
    "a negative weight",
    {
      value: [
        [1, 1],
        [2, -1],
        [0, 1],
      ],
    },
    "leaf 1 of tree 0",
  ],
  ["too few weights", { value: [[1, 1], [2], [0, 1]] }, "must have 2 weights"],
])("%s is refused", (_, changed, message) => {
  expect(() => forestFromSklearn(forest(changed))).toThrow(message);
  expect(() => forestFromSklearn(forest(changed))).toThrow(ModelFileError);
});

test.each([
  null,
  1,
  "x",
  {},
  { classes: ["a", "b"], n_features: 0 },
  { ...forest(), trees: [] },
  { ...forest(), trees: [null] },
  { ...forest(), classes: ["a", "a"] },
])("%j is no forest", (json) => {
  expect(() => forestFromSklearn(json)).toThrow(ModelFileError);
});
