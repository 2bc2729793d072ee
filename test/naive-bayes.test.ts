import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DataError, ModelFileError, OptionError } from "../src/errors.ts";
import { matrixFromRows, takeRows, toSparse } from "../src/matrix.ts";
import { ComplementNB } from "../src/models/complement-nb.ts";
import { loadClassifier } from "../src/models/load-classifier.ts";
import { loadModel, saveModel } from "../src/models/model-file.ts";
import { MultinomialNB } from "../src/models/multinomial-nb.ts";
import { Random } from "../src/random.ts";
import { fixtureJson, largestDifference } from "./fixture.ts";

async function counts() {
  const { X, y, weights } = await fixtureJson("ml/counts.json");
  return { x: matrixFromRows(X), y: (y as number[]).map(String), weights: weights as number[] };
}

// scikit-learn 1.2.1: X, y and weights of counts.json;
// "mnb": MultinomialNB().fit(X, y).predict_proba(X[:10]), "mnb_weighted": MultinomialNB(alpha=0.2).fit(X, y, sample_weight=weights),
// "mnb_flat": MultinomialNB(fit_prior=False), "cnb": ComplementNB(), "cnb_weighted": ComplementNB(alpha=0.2) with the weights,
// "cnb_norm": ComplementNB(norm=True)
test.each([
  ["mnb", () => new MultinomialNB(), false],
  ["mnb_weighted", () => new MultinomialNB({ alpha: 0.2 }), true],
  ["mnb_flat", () => new MultinomialNB({ fitPrior: false }), false],
  ["cnb", () => new ComplementNB(), false],
  ["cnb_weighted", () => new ComplementNB({ alpha: 0.2 }), true],
  ["cnb_norm", () => new ComplementNB({ norm: true }), false],
] as const)("%s: probabilities are scikit-learn's", async (name, create, weighted) => {
  const reference = await fixtureJson("ml/naive_bayes.json");
  const { x, y, weights } = await counts();
  for (const rows of [x, toSparse(x)]) {
    const model = create();
    model.fit(rows, y, { sampleWeight: weighted ? weights : undefined });
    const proba = model.predictProba(takeRows(rows, [...Array(10).keys()]));
    // Logarithms of two libraries and sums in another order: some rounding errors of float64.
    expect(largestDifference(proba.data, reference[name].flat())).toBeLessThan(1e-12);
  }
});

const kinds = [
  ["multinomial", () => new MultinomialNB()],
  ["complement", () => new ComplementNB()],
] as const;

const tables = fc.array(fc.tuple(fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }), fc.integer({ min: 1, max: 4 })), {
  minLength: 12,
  maxLength: 12,
});

test.each(kinds)("%s: a weight of n counts like n copies, in any order", (_, create) => {
  fc.assert(
    fc.property(tables, fc.integer(), (rows, seed) => {
      const x = matrixFromRows(rows.map(([row]) => row));
      const y = rows.map((_, i) => `c${i % 3}`);
      const weights = rows.map(([, weight]) => weight);
      const copies = new Random(seed).shuffle(weights.flatMap((n, i) => Array.from({ length: n }, () => i)));
      const weighted = create();
      const repeated = create();
      weighted.fit(x, y, { sampleWeight: weights });
      repeated.fit(
        takeRows(x, copies),
        copies.map((i) => y[i]),
      );
      // Sums of whole numbers are exact.
      expect(repeated.predictProba(x)).toEqual(weighted.predictProba(x));
    }),
    { numRuns: 50 },
  );
});

test.each(kinds)("%s: the names of the classes do not matter", async (_, create) => {
  const { x, y } = await counts();
  const model = create();
  const other = create();
  model.fit(x, y);
  other.fit(
    x,
    y.map((name) => String(3 - Number(name))),
  );
  const expected = model.predictProba(x).data;
  const actual = other.predictProba(x).data;
  // Softmax adds up its classes in another order.
  expect(
    largestDifference(
      actual,
      expected.map((_, i) => expected[i + 3 - 2 * (i % 4)]),
    ),
  ).toBeLessThan(1e-12);
});

test.each(kinds)("%s: what is saved predicts the same bits", async (_, create) => {
  const { x, y } = await counts();
  const model = create();
  model.fit(x, y);
  const loaded = loadClassifier(loadModel(saveModel(model.save())));
  expect(loaded.predictProba(x)).toEqual(model.predictProba(x));
  expect(loaded.classes).toEqual(model.classes);
  const state = model.save();
  expect(() => loadClassifier({ ...state, config: { ...state.config, columns: 29 } })).toThrow(ModelFileError);
});

test("a single column says nothing, and is no reason to fail", () => {
  const model = new ComplementNB({ norm: true });
  model.fit(matrixFromRows([[1], [2], [3], [4]]), ["a", "a", "b", "b"]);
  expect(model.predictProba(matrixFromRows([[5]])).data).toEqual(Float64Array.of(0.5, 0.5));
});

test.each(kinds)("%s: bad input is refused in one sentence", async (_, create) => {
  const { x, y } = await counts();
  const model = create();
  expect(() => model.predictProba(x)).toThrow(DataError);
  expect(() => model.fit(matrixFromRows([[1], [2], [-3], [4]]), ["a", "a", "b", "b"])).toThrow("a value is -3");
  expect(() => model.fit(x, y, { sampleWeight: y.map((name) => (name === "1" ? 0 : 1)) })).toThrow(
    'the examples of the class "1" all weigh 0',
  );
  model.fit(x, y);
  expect(() => model.predictProba(matrixFromRows([[1, 2]]))).toThrow("the rows have 2 columns");
  expect(() => new MultinomialNB({ alpha: 0 })).toThrow(OptionError);
  expect(() => new ComplementNB({ fitPrior: true } as object)).toThrow('has no option "fitPrior"');
  expect(() => new ComplementNB({ norm: "l2" } as object)).toThrow("norm is l2; it must be a boolean");
});
