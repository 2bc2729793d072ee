import { describe, expect, test } from "vitest";
import { DataError } from "../src/errors.ts";
import { Fold } from "../src/evaluation/fold.ts";
import { LeakingFold } from "../src/evaluation/leaking-fold.ts";
import { normalizeFramesPerSpeaker, normalizePerSpeaker } from "../src/evaluation/normalize.ts";
import { balancedWeights } from "../src/evaluation/training-part.ts";
import { denseMatrix, type DenseMatrix, type Matrix, matrixFromRows, toDense } from "../src/matrix.ts";
import type { FitOptions } from "../src/models/classifier.ts";
import { LogisticRegression } from "../src/models/logistic-regression.ts";
import { Random } from "../src/random.ts";
import { NearestNeighbour, WordCounter } from "./evaluation-doubles.ts";

const split = { name: "one", train: Int32Array.of(0, 2, 3), test: Int32Array.of(1, 4) };
const labels = ["a", "b", "b", "b", "a"];
const features = matrixFromRows([[0], [100], [2], [3], [400]]);

class SpyScaler {
  fitted: number[] = [];
  fit(x: DenseMatrix): void {
    this.fitted.push(...x.data);
  }
  transform(x: DenseMatrix): DenseMatrix {
    return x;
  }
}

class SpyClassifier extends NearestNeighbour {
  rows: number[] = [];
  labels: string[] = [];
  weights: number[] = [];
  override fit(x: Matrix, y: readonly string[], options: FitOptions = {}): void {
    this.rows = [...toDense(x).data];
    this.labels = [...y];
    this.weights = Array.from(options.sampleWeight ?? []);
    super.fit(x, y);
  }
}

describe("a fold", () => {
  test("shows fit the training rows only, and predicts the test rows", async () => {
    const rows = { name: "one", train: Int32Array.of(0, 2, 3, 5, 6), test: Int32Array.of(1, 4) };
    const fold = new Fold(rows, [...labels, "a", "b"]);
    const scaler = new SpyScaler();
    const model = new SpyClassifier();
    const data = matrixFromRows([[0], [100], [2], [3], [400], [-5], [6]]);
    const prediction = await fold.fitPredict(model, fold.fitTransform(scaler, data), { weights: true });
    expect(scaler.fitted).toEqual([0, 2, 3, -5, 6]);
    expect(model.rows).toEqual([0, 2, 3, -5, 6]);
    expect(model.labels).toEqual(["a", "b", "b", "a", "b"]);
    expect(model.weights).toEqual([5 / 4, 5 / 6, 5 / 6, 5 / 4, 5 / 6]);
    expect([...prediction.rows]).toEqual([1, 4]);
    expect(prediction.predicted).toEqual(["b", "b"]);
  });

  test("does not try to learn a class from a single row", async () => {
    const own = ["a", "b", "b", "c", "c", "a"];
    const fold = new Fold({ name: "one", train: Int32Array.of(0, 1, 2, 3, 4), test: Int32Array.of(5) }, own);
    const model = new SpyClassifier();
    await fold.fitPredict(model, fold.take(matrixFromRows([[0], [1], [2], [3], [4], [5]])));
    expect(model.labels).toEqual(["b", "b", "c", "c"]);
    const pair = new Fold({ name: "two", train: Int32Array.of(0, 1, 2), test: Int32Array.of(5) }, own);
    await expect(pair.fitPredict(model, pair.take(matrixFromRows([[0], [1], [2], [3], [4], [5]])))).rejects.toThrow(
      "fold two: fewer than two classes have two training rows or more",
    );
  });

  test("hands out copies: what fit changes does not reach the data", () => {
    const vandal = new SpyScaler();
    vandal.fit = (x) => void x.data.fill(-1);
    new Fold(split, labels).fitTransform(vandal, features);
    expect([...features.data]).toEqual([0, 100, 2, 3, 400]);
  });

  test("tries the fitted model under conditions, which no fit sees; what is missing is the mean of the training rows", async () => {
    const rows = { name: "one", train: Int32Array.of(0, 2, 3, 5), test: Int32Array.of(1, 4) };
    const fold = new Fold(rows, ["a", "b", "b", "b", "a", "a"]);
    const scaler = new SpyScaler();
    const model = new SpyClassifier();
    const asked: number[][] = [];
    const predict = model.predictProba.bind(model);
    model.predictProba = (x) => {
      asked.push([...toDense(x).data]);
      return predict(x);
    };
    const data = matrixFromRows([[0], [2], [2], [3], [0], [1]]);
    const worse = matrixFromRows([[70], [-1], [71], [72], [4], [73]]);
    const parts = fold.concat(
      fold.fitTransform(scaler, data, [worse, null]),
      fold.take(matrixFromRows([[9], [9], [9], [9], [9], [9]]), [data, data]),
    );
    const { predicted, conditions, probabilities } = await fold.fitPredict(model, parts);
    expect(scaler.fitted).toEqual([0, 2, 3, 1]);
    expect(model.rows).toEqual([0, 9, 2, 9, 3, 9, 1, 9]);
    expect(asked).toEqual([
      [2, 9, 0, 9],
      [-1, 2, 4, 0],
      [1.5, 2, 1.5, 0],
    ]);
    expect(predicted).toEqual(["b", "a"]);
    expect(probabilities).toEqual({ rows: 2, columns: 2, data: Float64Array.of(0, 1, 1, 0) });
    expect(conditions).toHaveLength(2);
    expect(() => fold.concat(fold.take(data, [data]), fold.take(data))).toThrow("different conditions");
  });

  test("tells what each named column added, through selection and joining", async () => {
    const random = new Random(3);
    const own = Array.from({ length: 40 }, (_, row) => (row % 2 ? "b" : "a"));
    const data = matrixFromRows(own.map((label) => [random.normal(), label === "a" ? 2 : -2, random.normal()]));
    const split = {
      name: "one",
      train: Int32Array.from({ length: 30 }, (_, i) => i),
      test: Int32Array.of(30, 31, 32, 33),
    };
    const fold = new Fold(split, own);
    const parts = fold.select(fold.named(fold.take(data), ["first", "second", "third"]), 2);
    expect(parts.names).toContain("second");
    const { contributions } = await fold.fitPredict(new LogisticRegression(), parts, { explain: 3 });
    expect(contributions!.rows).toBe(3);
    expect(contributions!.names).toEqual(parts.names);
    const { values, classes } = contributions!;
    expect(values).toHaveLength(2 * classes.length);
    const sums = contributions!.names.map((_, c) => values[2 * c] + values[2 * c + 1]);
    expect(contributions!.names[sums.indexOf(Math.max(...sums))]).toBe("second");
    const silent = await fold.fitPredict(new NearestNeighbour(), parts, { explain: 3 });
    expect(silent.contributions).toBeUndefined();
  });

  test("its vectoriser knows training words only", () => {
    const words = new WordCounter();
    const parts = new Fold(split, labels).fitTransform(words, ["one", "MARKER", "two", "two", "MARKER"]);
    expect(words.vocabulary).toEqual(["one", "two"]);
    expect(parts.columns).toBe(2);
  });

  test("keeps its parts sealed, and apart from other folds'", () => {
    const fold = new Fold(split, labels);
    const parts = fold.take(features);
    expect(Object.entries(parts)).toEqual([["columns", 1]]);
    expect(() => new Fold(split, labels).concat(parts, parts)).toThrow("made by another fold");
    expect(fold.concat(parts, parts).columns).toBe(2);
    expect(() => fold.concat(parts, fold.oversample(parts, 1))).toThrow("before oversampling");
  });

  test("oversamples training rows only, until classes are even", async () => {
    const fold = new Fold(split, labels);
    const model = new SpyClassifier();
    const prediction = await fold.fitPredict(model, fold.oversample(fold.take(features), 1));
    expect(model.rows).toEqual([0, 2, 3, 0]);
    expect(model.labels).toEqual(["a", "b", "b", "a"]);
    expect([...prediction.rows]).toEqual([1, 4]);
  });

  test("refuses parts that overlap, are empty, or teach one class", async () => {
    const both = { name: "two", train: Int32Array.of(0, 1), test: Int32Array.of(1) };
    expect(() => new Fold(both, labels)).toThrow("row 1 stands in both parts");
    expect(() => new LeakingFold(both, labels)).not.toThrow();
    expect(() => new Fold({ ...both, train: new Int32Array() }, labels)).toThrow("the training part is empty");
    expect(() => new Fold({ ...both, test: new Int32Array() }, labels)).toThrow("the test part is empty");
    const fold = new Fold({ name: "three", train: Int32Array.of(1, 2), test: Int32Array.of(0) }, labels);
    await expect(fold.fitPredict(new NearestNeighbour(), fold.take(features))).rejects.toThrow(
      'fold three: the training part has examples of "b" only',
    );
  });

  test("a leaking fold fits transformers on everything", () => {
    const scaler = new SpyScaler();
    new LeakingFold(split, labels).fitTransform(scaler, features);
    expect(scaler.fitted).toEqual([0, 2, 3, 100, 400]);
  });
});

test("balanced weights give every class the same total", () => {
  // compute_class_weight("balanced", classes=["a", "b"], y=["a", "b", "b", "b"]) is [2, 0.6666666666666666]
  expect([...balancedWeights(["a", "b", "b", "b"])]).toEqual([2, 4 / 6, 4 / 6, 4 / 6]);
});

describe("speaker normalisation", () => {
  test("each speaker has mean 0 and variance 1, whatever the offset", () => {
    const x = matrixFromRows([
      [1, 5],
      [3, 5],
      [1010, 7],
      [1030, 9],
    ]);
    const normalized = normalizePerSpeaker(x, ["a", "a", "b", "b"]);
    expect([...normalized.data]).toEqual([-1, 0, 1, 0, -1, -1, 1, 1]);
  });

  test("a constant that float32 cannot hold exactly stays 0", () => {
    const constant = denseMatrix(3, 1, new Float32Array(3).fill(0.1));
    expect([...normalizePerSpeaker(constant, ["a", "a", "a"]).data]).toEqual([0, 0, 0]);
  });

  test("frames count over all utterances of their speaker, whichever lies between", () => {
    const frames = [[[1], [3]], [[100]], [[5], [7]], [[300]]].map(matrixFromRows);
    const spread = Math.fround(3 / Math.sqrt(5)); // of 1, 3, 5, 7: mean 4, variance 5
    const near = Math.fround(1 / Math.sqrt(5));
    const alike = normalizeFramesPerSpeaker(frames, ["a", "b", "a", "b"]);
    expect(alike.map(({ rows, data }) => [rows, ...data])).toEqual([
      [2, -spread, -near],
      [1, -1],
      [2, near, spread],
      [1, 1],
    ]);
    expect(() => normalizeFramesPerSpeaker(frames, ["a"])).toThrow(DataError);
  });

  test("needs a speaker for every row", () => {
    expect(() => normalizePerSpeaker(features, ["a"])).toThrow(DataError);
  });
});
