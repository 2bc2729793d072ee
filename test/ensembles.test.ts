import { expect, test } from "vitest";
import { DataError, ModelFileError, OptionError } from "../src/errors.ts";
import { matrixFromRows, mostProbable, toSparse } from "../src/matrix.ts";
import type { Classifier } from "../src/models/classifier.ts";
import { encodeLabels } from "../src/models/label-encoder.ts";
import { LinearSVC } from "../src/models/linear-svc.ts";
import { loadClassifier } from "../src/models/load-classifier.ts";
import { LogisticRegression } from "../src/models/logistic-regression.ts";
import { loadModel, saveModel } from "../src/models/model-file.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { StackingClassifier } from "../src/models/stacking-classifier.ts";
import { stratifiedFolds } from "../src/models/stratified-folds.ts";
import type { Json } from "../src/models/state.ts";
import { VotingClassifier } from "../src/models/voting-classifier.ts";
import { clouds } from "./clouds.ts";
import { NearestCentroid, NearestNeighbour } from "./evaluation-doubles.ts";
import { accuracy } from "./random-table.ts";

const members = () => ({
  forest: new RandomForestClassifier({ nEstimators: 10, maxDepth: 3, seed: 1 }),
  svm: new LinearSVC(),
  lr: new LogisticRegression(),
});

test("soft voting is the weighted mean of the members' probabilities", async () => {
  const { x, y } = clouds(1, 90, 4, 3);
  const ensemble = new VotingClassifier(members(), { weights: { svm: 2, lr: 0.5 } });
  await ensemble.fit(x, y);
  const [forest, svm, lr] = Object.values(members()).map((member) => {
    member.fit(x, y);
    return member.predictProba(x).data;
  });
  const { data } = await ensemble.predictProba(x);
  data.forEach((p, i) => expect(p).toBeCloseTo((forest[i] + 2 * svm[i] + 0.5 * lr[i]) / 3.5, 12));
});

test("hard voting counts the members' choices", async () => {
  const { x, y } = clouds(2, 90, 4, 3);
  const ensemble = new VotingClassifier(members(), { voting: "hard", weights: { forest: 2 } });
  await ensemble.fit(x, y);
  const votes = Object.values(ensemble.members).map((member) => mostProbable((member as LinearSVC).predictProba(x)));
  const { data } = await ensemble.predictProba(x);
  data.forEach((p, i) => {
    const chosen = votes.map((vote) => (vote[Math.floor(i / 3)] === i % 3 ? 1 : 0));
    expect(p).toBeCloseTo((2 * chosen[0] + chosen[1] + chosen[2]) / 4, 12);
  });
});

test("equal members vote as one", async () => {
  const { x, y } = clouds(3, 60, 3, 2);
  const one = new LogisticRegression();
  one.fit(x, y);
  const ensemble = new VotingClassifier({ a: new LogisticRegression(), b: new LogisticRegression() });
  await ensemble.fit(x, y);
  expect(await ensemble.predictProba(x)).toEqual(one.predictProba(x));
});

test("the final estimator learns from predictions of rows that the members did not see", async () => {
  const { x, y } = clouds(4, 60, 3, 3);
  const seen: boolean[] = [];
  /** Knows its rows by heart; in the held-out parts none may be asked for that was learnt. */
  class Witness extends NearestNeighbour {
    #rows = new Set<string>();
    override fit(...[rows, labels]: Parameters<NearestNeighbour["fit"]>): void {
      super.fit(rows, labels);
      this.#rows = new Set(keysOf(rows as typeof x));
    }
    override predictProba(rows: typeof x) {
      seen.push(keysOf(rows).some((key) => this.#rows.has(key)));
      return super.predictProba(rows);
    }
  }
  const keysOf = (rows: typeof x) =>
    Array.from({ length: rows.rows }, (_, r) => rows.data.subarray(3 * r, 3 * r + 3).join());
  const ensemble = new StackingClassifier({ witness: new Witness(), centroid: new NearestCentroid() }, { folds: 4 });
  await ensemble.fit(x, y);
  expect(seen).toEqual([false, false, false, false]);
  await ensemble.predictProba(x);
  expect(seen.at(-1)).toBe(true); // in the end it learnt from all rows
});

test("stacking is the composition that it is said to be", async () => {
  const { x, y } = clouds(5, 80, 3, 2);
  const ensemble = new StackingClassifier(
    { svm: new LinearSVC(), lr: new LogisticRegression() },
    { folds: 3, seed: 9 },
  );
  await ensemble.fit(x, y);
  const rowsAt = (index: ArrayLike<number>) =>
    matrixFromRows(Array.from(index, (row) => x.data.subarray(3 * row, 3 * row + 3)));
  const held: number[][] = y.map(() => []);
  for (const create of [() => new LinearSVC(), () => new LogisticRegression()]) {
    for (const { train, test } of stratifiedFolds(encodeLabels(y).codes, 3, 9)) {
      const member = create();
      member.fit(
        rowsAt(train),
        Array.from(train, (row) => y[row]),
      );
      const { data } = member.predictProba(rowsAt(test));
      test.forEach((row, i) => held[row].push(data[2 * i], data[2 * i + 1]));
    }
  }
  const final = new LogisticRegression();
  final.fit(matrixFromRows(held), y);
  expect((ensemble.finalEstimator as LogisticRegression).coef).toEqual(final.coef);
});

test("folds are stratified, complete, and the seed's own", () => {
  const codes = Uint16Array.from({ length: 53 }, (_, i) => (i % 7 === 0 ? 2 : i % 2));
  const folds = stratifiedFolds(codes, 5, 1);
  const tested = folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b);
  expect(tested).toEqual([...codes.keys()]);
  for (const { train, test } of folds) {
    expect([...train, ...test].sort((a, b) => a - b)).toEqual([...codes.keys()]);
    for (const code of [0, 1, 2]) {
      const share = codes.filter((other) => other === code).length / 5;
      expect(Math.abs(test.filter((row) => codes[row] === code).length - share)).toBeLessThan(1);
    }
  }
  expect(stratifiedFolds(codes, 5, 1)).toEqual(folds);
  expect(stratifiedFolds(codes, 5, 2)).not.toEqual(folds);
  expect(stratifiedFolds(Uint16Array.of(0, 1, 0, 1), 5, 1).length).toBe(4);
});

const ensembles: [string, () => Classifier][] = [
  ["voting", () => new VotingClassifier(members(), { voting: "hard", weights: { lr: 3 } })],
  ["stacking", () => new StackingClassifier(members(), { folds: 3 })],
  [
    "nested",
    () =>
      new VotingClassifier({ stack: new StackingClassifier(members(), { folds: 2 }), lr: new LogisticRegression() }),
  ],
];

test.each(ensembles)("%s: learns, and what is saved predicts the same bits", async (_, create) => {
  const { x, y } = clouds(6, 90, 4, 3);
  const model = create();
  const seen: number[] = [];
  await model.fit(x, y, { onProgress: (done) => seen.push(done), sampleWeight: y.map((_, i) => 1 + (i % 2)) });
  expect(seen.at(-1)).toBeCloseTo(1, 12);
  const proba = await model.predictProba(x);
  expect(accuracy(proba, model.classes, y)).toBeGreaterThan(0.7);
  const loaded = loadClassifier(loadModel(saveModel(model.save())));
  expect(await loaded.predictProba(toSparse(x))).toEqual(proba);
  expect(loaded.classes).toEqual(model.classes);
});

test("a state whose members do not fit is refused", async () => {
  const { x, y } = clouds(7, 30, 2, 3);
  const model = new VotingClassifier(members());
  await model.fit(x, y);
  const state = model.save();
  const changes: Record<string, Json>[] = [
    { members: ["forest", "nobody"] },
    { members: [] },
    { members: ["__proto__"] },
    { classes: ["c0", "c1"] },
  ];
  for (const change of changes) {
    expect(() => loadClassifier({ ...state, config: { ...state.config, ...change } })).toThrow(ModelFileError);
  }
});

test("a state that nests without end is refused", async () => {
  const { x, y } = clouds(7, 30, 2, 3);
  let model: Classifier = new LogisticRegression();
  for (let i = 0; i < 10; i++) model = new VotingClassifier({ inner: model });
  await model.fit(x, y);
  expect(() => loadClassifier(model.save())).toThrow("more than 8 deep");
});

test("bad input is refused in one sentence", async () => {
  const { x, y } = clouds(8, 12, 2, 3);
  const voting = new VotingClassifier(members());
  const stacking = new StackingClassifier(members());
  await expect(voting.predictProba(x)).rejects.toThrow(DataError);
  expect(() => voting.save()).toThrow(DataError);
  await expect(stacking.predictProba(x)).rejects.toThrow(DataError);
  await expect(voting.fit(x, y.slice(1))).rejects.toThrow("12 rows but 11 labels");
  await expect(stacking.fit(x, ["a", "a", ...Array<string>(10).fill("b")])).rejects.toThrow(
    'the class "a" has 2 examples',
  );
  expect(() => new VotingClassifier({})).toThrow(OptionError);
  expect(() => new VotingClassifier({ "1st": new LinearSVC() })).toThrow('a member is named "1st"');
  expect(() => new VotingClassifier(members(), { weights: { nobody: 1 } })).toThrow('"nobody", which is not a member');
  expect(() => new VotingClassifier(members(), { weights: { lr: -1 } })).toThrow(OptionError);
  expect(() => new StackingClassifier(members(), { folds: 1.5 })).toThrow("folds is 1.5");
});
