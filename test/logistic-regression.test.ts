import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DataError, OptionError } from "../src/errors.ts";
import { matrixFromRows, takeRows, toSparse } from "../src/matrix.ts";
import { LogisticRegression } from "../src/models/logistic-regression.ts";
import { Random } from "../src/random.ts";
import { clouds } from "./clouds.ts";
import { fixtureJson, largestDifference } from "./fixture.ts";

const standardised = (rows: number[][], mean: number[], scale: number[]) =>
  matrixFromRows(rows.map((row) => row.map((value, c) => (value - mean[c]) / scale[c])));

// scikit-learn 1.2.1: scaler = StandardScaler().fit(X_train); model = LogisticRegression(C=1.0, multi_class="multinomial", tol=1e-10,
// max_iter=10000).fit(scaler.transform(X_train), y_train); model.predict_proba(scaler.transform(X_test))
test.each(["lr_iris", "lr_a8"])("%s: probabilities and objective are scikit-learn's", async (name) => {
  const reference = await fixtureJson(`ml/${name}.json`);
  const { scaler_mean: mean, scaler_scale: scale } = reference;
  const model = new LogisticRegression({ tol: 1e-7 });
  model.fit(standardised(reference.X_train, mean, scale), reference.y_train.map(String));
  const proba = model.predictProba(standardised(reference.X_test, mean, scale));
  expect(model.summary.converged).toBe(true);
  // scikit-learn's fit stops when the objective no longer falls by 2e-9 of itself (factr), before its gradient meets 1e-10; the
  // minimum itself is held by the test of the gradient below.
  expect(largestDifference(proba.data, reference.predict_proba.flat())).toBeLessThan(5e-5);
  expect(model.summary.objective).toBeLessThan(reference.objective * (1 + 1e-8)); // rows in float32
  expect(model.summary.objective).toBeGreaterThan(reference.objective * (1 - 1e-7));
});

// LogisticRegression(C=1.0, solver="newton-cg", tol=1e-11, max_iter=1000).fit(scaler.transform(X_train), y_train > 2): coef_[0, :3], intercept_ and
// predict_proba of the first test rows
test("two classes are fitted as scikit-learn fits them, which keeps the difference of their rows", async () => {
  const { X_train, y_train, X_test, scaler_mean: mean, scaler_scale: scale } = await fixtureJson("ml/lr_a8.json");
  const model = new LogisticRegression({ tol: 1e-8 });
  model.fit(
    standardised(X_train, mean, scale),
    y_train.map((y: number) => String(y > 2)),
  );
  const { coef, intercept } = model;
  const difference = [0, 1, 2].map((j) => coef[8 + j] - coef[j]);
  expect(largestDifference(difference, [0.0805467339665809, -0.12794044821355322, 0.1588544504626616])).toBeLessThan(
    1e-6,
  );
  expect(Math.abs(intercept[1] - intercept[0] - 0.014157850756823335)).toBeLessThan(1e-6);
  const proba = model.predictProba(standardised(X_test.slice(0, 2), mean, scale)).data;
  const expected = [0.5804877477630395, 0.4195122522369605, 0.3775975144901107, 0.6224024855098893];
  expect(largestDifference(proba, expected)).toBeLessThan(1e-6);
  // C sum(-log p) + |difference|^2 / 2
  const all = model.predictProba(standardised(X_train, mean, scale)).data;
  const loss = y_train.reduce((sum: number, y: number, i: number) => sum - Math.log(all[2 * i + Number(y > 2)]), 0);
  const squares = Array.from({ length: 8 }, (_, j) => (coef[8 + j] - coef[j]) ** 2).reduce((sum, x) => sum + x, 0);
  expect(model.summary.objective).toBeCloseTo(loss + squares / 2, 6);
});

test("the default tolerance is close to the converged fit", async () => {
  const reference = await fixtureJson("ml/lr_a8.json");
  const { scaler_mean: mean, scaler_scale: scale } = reference;
  const model = new LogisticRegression();
  model.fit(standardised(reference.X_train, mean, scale), reference.y_train.map(String));
  const proba = model.predictProba(standardised(reference.X_test, mean, scale));
  expect(largestDifference(proba.data, reference.predict_proba.flat())).toBeLessThan(5e-5);
});

test("dense and sparse rows give the same fit", () => {
  const { x, y } = clouds(1, 60, 5, 3);
  const sparse = toSparse(x);
  const dense = new LogisticRegression();
  const fromSparse = new LogisticRegression();
  dense.fit(x, y);
  fromSparse.fit(sparse, y);
  expect(fromSparse.coef).toEqual(dense.coef);
  expect(fromSparse.predictProba(sparse).data).toEqual(dense.predictProba(x).data);
});

test("a weight of n counts like n copies", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 30, maxLength: 30 }),
      (seed, counts) => {
        const { x, y } = clouds(seed, 30, 3, 3);
        const index = counts.flatMap((count, i) => Array.from({ length: count }, () => i));
        const weighted = new LogisticRegression({ tol: 1e-9 });
        const repeated = new LogisticRegression({ tol: 1e-9 });
        weighted.fit(x, y, { sampleWeight: counts });
        repeated.fit(
          takeRows(x, index),
          index.map((i) => y[i]),
        );
        // The same minimum, approached through sums in another order; the penalty makes it strongly convex.
        expect(largestDifference(weighted.coef, repeated.coef)).toBeLessThan(1e-7);
      },
    ),
    { numRuns: 20 },
  );
});

test("the order of the rows and the names of the classes do not matter", () => {
  const { x, y } = clouds(3, 60, 4, 4);
  const order = new Random(4).shuffle(Array.from({ length: 60 }, (_, i) => i));
  const renamed: Record<string, string> = { c0: "z", c1: "y", c2: "x", c3: "w" };
  const model = new LogisticRegression({ tol: 1e-9 });
  const other = new LogisticRegression({ tol: 1e-9 });
  model.fit(x, y);
  other.fit(
    takeRows(x, order),
    order.map((i) => renamed[y[i]]),
  );
  expect(other.classes).toEqual(["w", "x", "y", "z"]);
  const expected = model.predictProba(x).data;
  const actual = other.predictProba(x).data;
  for (let row = 0; row < 60; row++) {
    for (let c = 0; c < 4; c++) expect(actual[row * 4 + 3 - c]).toBeCloseTo(expected[row * 4 + c], 7);
  }
});

test("the gradient of the objective is zero at the fit, class weights included", () => {
  const { x, y } = clouds(5, 90, 3, 3);
  const imbalanced = Array.from({ length: 90 }, (_, i) => i).filter((i) => i % 3 === 0 || i % 9 < 4);
  const rows = takeRows(x, imbalanced);
  const labels = imbalanced.map((i) => y[i]);
  const model = new LogisticRegression({ C: 0.5, tol: 1e-10, classWeight: "balanced" });
  model.fit(rows, labels);
  const proba = model.predictProba(rows).data;
  model.classes.forEach((name, c) => {
    const gradient = Array.from({ length: 4 }, (_, j) => (j < 3 ? model.coef[c * 3 + j] / 0.5 : 0));
    labels.forEach((label, i) => {
      const weight = labels.length / (3 * labels.filter((other) => other === label).length);
      const residual = weight * (proba[i * 3 + c] - (label === name ? 1 : 0));
      for (let j = 0; j < 4; j++) gradient[j] += residual * (j < 3 ? rows.data[i * 3 + j] : 1);
    });
    for (const element of gradient) expect(Math.abs(element)).toBeLessThan(1e-8);
  });
});

// scikit-learn 1.2.1: LogisticRegression(penalty="l1", C=C, solver="saga", multi_class="multinomial", tol=1e-9, max_iter=20000).fit(X, y) and
// LogisticRegression(penalty="l1", C=C, solver="liblinear", tol=1e-9, fit_intercept=False).fit(X, y > 0); objectives by numpy of their
// coefficients. Rows: counts.json as they are; the others standardised as above.
test.each(["counts", "lr_iris", "lr_a8"])(
  "%s: with the L1 penalty the objective is no worse than scikit-learn's",
  async (name) => {
    const reference = (await fixtureJson("ml/lr_l1.json"))[name];
    const {
      X,
      X_train = X,
      X_test = X,
      y,
      y_train = y,
      scaler_mean,
      scaler_scale,
    } = await fixtureJson(`ml/${name}.json`);
    const mean = scaler_mean ?? X[0].map(() => 0);
    const scale = scaler_scale ?? X[0].map(() => 1);
    const x = standardised(X_train, mean, scale);
    const first = standardised(X_test.slice(0, 10), mean, scale);
    const model = new LogisticRegression({ penalty: "l1", C: reference.C, tol: 1e-6 });
    model.fit(toSparse(x), y_train.map(String));
    expect(model.summary.converged).toBe(true);
    expect(model.summary.objective).toBeLessThan(reference.objective * (1 + 1e-9));
    expect(model.summary.objective).toBeGreaterThan(reference.objective * (1 - 1e-6)); // saga stops a little above
    expect(largestDifference(model.predictProba(first).data, reference.proba.flat())).toBeLessThan(1e-3);
    // A class's column may be moved by a constant where the penalty stays the same, so zeros are counted, not compared.
    expect(model.coef.filter((value) => value === 0).length).toBeGreaterThan(reference.zeros - 4);

    const two = new LogisticRegression({ penalty: "l1", C: reference.C, tol: 1e-6, fitIntercept: false });
    two.fit(
      x,
      y_train.map((code: number) => String(code > 0)),
    );
    expect(two.summary.objective).toBeLessThan(reference.two_objective * (1 + 1e-9));
    expect(two.summary.objective).toBeGreaterThan(reference.two_objective * (1 - 1e-5));
    const columns = x.columns;
    const difference = two.coef.subarray(columns).map((value, j) => value - two.coef[j]);
    expect(largestDifference(difference, reference.two_coef)).toBeLessThan(2e-3);
  },
);

test("the L1 fit meets the conditions of its minimum", () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(0.05, 0.5, 5), (seed, C) => {
      const { x, y } = clouds(seed, 45, 4, 3);
      const model = new LogisticRegression({ penalty: "l1", C, tol: 1e-7, maxIter: 10000 });
      model.fit(x, y);
      expect(model.summary.converged).toBe(true);
      const proba = model.predictProba(x).data;
      model.classes.forEach((name, c) => {
        for (let j = 0; j < 5; j++) {
          let slope = 0;
          y.forEach((label, i) => {
            slope += C * (proba[i * 3 + c] - (label === name ? 1 : 0)) * (j < 4 ? x.data[i * 4 + j] : 1);
          });
          const coefficient = j < 4 ? model.coef[c * 4 + j] : Number.NaN;
          // The slope balances the penalty where there is a coefficient, and stays below it where there is none. tol is over C.
          if (j === 4) expect(Math.abs(slope)).toBeLessThan(1e-6);
          else if (coefficient === 0) expect(Math.abs(slope)).toBeLessThan(1 + 1e-6);
          else expect(Math.abs(slope + Math.sign(coefficient))).toBeLessThan(1e-6);
        }
      });
    }),
    { numRuns: 20 },
  );
});

test("a strong L1 penalty leaves nothing but the frequencies of the classes", () => {
  const { x, y } = clouds(11, 60, 4, 3);
  const model = new LogisticRegression({ penalty: "l1", C: 1e-4, tol: 1e-8 });
  model.fit(takeRows(x, [...Array(50).keys()]), y.slice(0, 50));
  expect(model.coef.every((value) => value === 0)).toBe(true);
  const frequencies = [17, 17, 16].map((count) => count / 50);
  expect(largestDifference(model.predictProba(takeRows(x, [0])).data, frequencies)).toBeLessThan(1e-6);
});

test.each(["l2", "l1"] as const)("extreme values neither overflow nor hang with %s", (penalty) => {
  const x = matrixFromRows([[1e30], [-1e30], [3e30], [-2e30]]);
  const model = new LogisticRegression({ penalty });
  model.fit(x, ["a", "b", "a", "b"]);
  for (const p of model.predictProba(x).data) expect(Number.isFinite(p)).toBe(true);
});

test("progress ends at 1", () => {
  const { x, y } = clouds(6, 60, 3, 3);
  const seen: number[] = [];
  new LogisticRegression().fit(x, y, { onProgress: (done) => seen.push(done) });
  expect(seen.at(-1)).toBe(1);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

test("what is saved predicts the same bits", () => {
  const { x, y } = clouds(7, 60, 3, 3);
  const model = new LogisticRegression({ C: 3, classWeight: { c1: 2 }, penalty: "l1" });
  model.fit(x, y);
  const loaded = LogisticRegression.load(model.save());
  expect(loaded.predictProba(x)).toEqual(model.predictProba(x));
  expect(loaded.options).toEqual(model.options);
  expect(loaded.classes).toEqual(model.classes);
});

test("a model that learns again forgets what it learnt before", () => {
  const first = clouds(9, 30, 2, 3);
  const second = clouds(10, 40, 3, 2);
  const model = new LogisticRegression();
  const fresh = new LogisticRegression();
  model.fit(first.x, first.y);
  model.predictProba(first.x);
  model.fit(second.x, second.y);
  fresh.fit(second.x, second.y);
  expect(model.predictProba(second.x)).toEqual(fresh.predictProba(second.x));
});

test("what does not fit the core is refused before it is tried", () => {
  const wide = {
    kind: "csr",
    rows: 4,
    columns: 2e8,
    indptr: Int32Array.of(0, 0, 0, 0, 0),
    indices: new Int32Array(),
    values: new Float32Array(),
  } as const;
  expect(() => new LogisticRegression().fit(wide, ["a", "a", "b", "b"])).toThrow("GB of the core's memory");
});

test("bad input is refused in one sentence", () => {
  const { x, y } = clouds(8, 12, 2, 3);
  const model = new LogisticRegression();
  expect(() => model.predictProba(x)).toThrow(DataError);
  expect(() => model.fit(x, y.slice(1))).toThrow("there are 12 rows but 11 labels");
  expect(() =>
    model.fit(
      x,
      y.map(() => "neu"),
    ),
  ).toThrow('all 12 examples are of the class "neu"');
  expect(() => model.fit(x, ["fea", ...y.slice(1)])).toThrow('the class "fea" has one example');
  expect(() => model.fit(matrixFromRows([[1], [2], [3]]), ["a", "b", "c"])).toThrow("3 examples for 3 classes");
  expect(() =>
    model.fit(
      matrixFromRows([
        [1, 2],
        [1, NaN],
      ]),
      ["a", "b"],
    ),
  ).toThrow("row 1, column 1");
  expect(() => model.fit(x, y, { sampleWeight: y.map(() => -1) })).toThrow("the sample weight of row 0 is -1");
  expect(() => new LogisticRegression({ classWeight: { nobody: 2 } }).fit(x, y)).toThrow(OptionError);
  model.fit(x, y);
  expect(() => model.predictProba(matrixFromRows([[1, 2, 3]]))).toThrow(
    "the rows have 3 columns, but the model learnt from 2",
  );
  expect(() => new LogisticRegression({ C: 0 })).toThrow(OptionError);
  expect(() => new LogisticRegression({ solver: "saga" } as object)).toThrow('has no option "solver"');
  expect(() => new LogisticRegression({ penalty: "l0" } as object)).toThrow("penalty is l0; it must be l2 or l1");
});
