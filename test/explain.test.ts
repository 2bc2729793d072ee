import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DataError, ModelFileError } from "../src/errors.ts";
import { denseMatrix, takeRows, toSparse } from "../src/matrix.ts";
import { type Explanation, explainForest } from "../src/models/explain.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { forestFromSklearn } from "../src/models/interchange/sklearn-forest.ts";
import { table, tables } from "./random-table.ts";
import { bruteShapley } from "./reference-shapley.ts";

/** Rows x outputs: base and values summed over the features. */
function sums({ base, values }: Explanation, rows: number): number[] {
  const outputs = base.length;
  const features = values.length / rows / outputs;
  return Array.from({ length: rows * outputs }, (_, i) => {
    const row = Math.floor(i / outputs);
    const output = i % outputs;
    let sum = base[output];
    for (let f = 0; f < features; f++) sum += values[(row * features + f) * outputs + output];
    return sum;
  });
}

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), Number(a.length !== b.length));

const models = fc.record({
  nEstimators: fc.constantFrom(1, 4),
  maxDepth: fc.constantFrom(1, 3, null),
  bootstrap: fc.boolean(),
  classWeight: fc.constantFrom(null, "balanced" as const, "balancedSubsample" as const),
});

test("values are Shapley's by definition, over all subsets", () => {
  fc.assert(
    fc.property(tables, models, (shape, options) => {
      const { x, y } = table(shape.seed, shape.rows, shape.columns, shape.classes, shape.levels);
      const model = new RandomForestClassifier({ ...options, seed: shape.seed });
      model.fit(x, y);
      const few = takeRows(x, [0, 1, 2, 3, 4]);
      const { values } = explainForest(model, few);
      for (let row = 0; row < 5; row++) {
        const size = shape.columns * shape.classes;
        const mine = values.subarray(row * size, (row + 1) * size);
        const brute = bruteShapley(model, x.data.subarray(row * x.columns, (row + 1) * x.columns));
        expect(furthest(brute, mine)).toBeLessThan(1e-12); // rounding of sums of numbers up to 1
      }
    }),
    { numRuns: 60 },
  );
});

test("values and base sum to the probabilities, however deep the trees", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 20, max: 400 }),
      fc.integer({ min: 1, max: 40 }),
      (seed, rows, columns) => {
        const { x, y } = table(seed, rows, Math.max(2, columns), 4, 0);
        const model = new RandomForestClassifier({ nEstimators: 5, seed, maxFeatures: 1 });
        model.fit(x, y);
        const some = takeRows(
          x,
          Array.from({ length: 10 }, (_, i) => i),
        );
        const explained = explainForest(model, some);
        expect(furthest(model.predictProba(some).data, sums(explained, 10))).toBeLessThan(1e-9); // asked for: 1e-6
        expect(explainForest(model, toSparse(some))).toEqual(explained);
        expect(explainForest(RandomForestClassifier.load(model.save()), some)).toEqual(explained);
      },
    ),
    { numRuns: 40 },
  );
});

test("a chain of a thousand nodes is explained, and a feature that no tree asks for adds nothing", () => {
  const rows = 1001;
  const x = denseMatrix(rows, 2);
  for (let row = 0; row < rows; row++) x.data[2 * row] = row;
  const y = Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? "even" : "odd"));
  const model = new RandomForestClassifier({ nEstimators: 1, bootstrap: false });
  model.fit(x, y);
  const few = takeRows(x, [0, 1, 500, 1000]);
  const explained = explainForest(model, few);
  expect(furthest(model.predictProba(few).data, sums(explained, 4))).toBeLessThan(1e-9);
  expect([...explained.values].filter((_, i) => i % 4 >= 2)).toEqual(Array.from({ length: 8 }, () => 0));
});

const tree = {
  children_left: [1, -1, -1],
  children_right: [2, -1, -1],
  feature: [1, -2, -2],
  threshold: [0.5, -2, -2],
  value: [
    [3, 1],
    [3, 0],
    [0, 1],
  ],
};

test("trees of scikit-learn are explained by the weights that they tell", () => {
  const from = (changed: object) =>
    forestFromSklearn({ classes: ["a", "b"], n_features: 2, trees: [{ ...tree, ...changed }] });
  const x = denseMatrix(1, 2);
  expect([...explainForest(from({}), x).base]).toEqual([0.75, 0.25]);
  const told = explainForest(from({ weighted_n_node_samples: [10, 2, 8] }), x);
  expect(furthest(told.base, [0.2, 0.8])).toBeLessThan(1e-15);
  expect(furthest(told.values, [0, 0, 0.8, -0.8])).toBeLessThan(1e-15);
  const shares = { value: [[0.75, 0.25], ...tree.value.slice(1)] };
  expect(() => explainForest(from(shares), x)).toThrow("weighted_n_node_samples");
  expect(() => from({ weighted_n_node_samples: [10, 0, 8] })).toThrow(ModelFileError);
  expect(() => from({ weighted_n_node_samples: [10] })).toThrow(ModelFileError);
});

test("what cannot be explained is refused", () => {
  const model = new RandomForestClassifier({ nEstimators: 2 });
  expect(() => explainForest(model, denseMatrix(1, 2))).toThrow("call fit first");
  const { x, y } = table(1, 40, 2, 2, 0);
  model.fit(x, y);
  expect(() => explainForest(model, denseMatrix(1, 3))).toThrow(DataError);
  const state = model.save();
  const { cover, ...tensors } = state.tensors;
  expect(() => explainForest(RandomForestClassifier.load({ ...state, tensors }), x)).toThrow("train it anew");
  const zero = { ...cover, data: cover.data.slice().fill(0) };
  expect(() => RandomForestClassifier.load({ ...state, tensors: { ...tensors, cover: zero } })).toThrow("cover 0");
});
