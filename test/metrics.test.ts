import { describe, expect, test } from "vitest";
import { DataError } from "../src/errors.ts";
import {
  accuracy,
  balancedAccuracy,
  classMetrics,
  cohenKappa,
  confusionMatrix,
  macroAverage,
  matthewsCorrelation,
  weightedAverage,
} from "../src/evaluation/metrics.ts";
import { fixtureJson } from "./fixture.ts";

// Sums of at most 120 small integers and a few divisions: only the order of rounding differs.
const close = (value: number, expected: number): void => expect(Math.abs(value - expected)).toBeLessThan(1e-12);

describe("metrics against scikit-learn", () => {
  // fixtures/ml/metrics.json, scikit-learn: confusion_matrix, accuracy_score, balanced_accuracy_score,
  // precision_recall_fscore_support, f1_score(average="macro" | "weighted"), cohen_kappa_score, matthews_corrcoef
  test("120 examples of six classes", async () => {
    const reference = await fixtureJson("ml/metrics.json");
    const counts = confusionMatrix(reference.y_true, reference.y_pred, reference.labels);
    expect(counts).toEqual(reference.confusion);
    close(accuracy(counts), reference.accuracy);
    close(balancedAccuracy(counts), reference.balanced_accuracy_UAR);
    close(macroAverage(counts).f1, reference.f1_macro);
    close(macroAverage(counts).recall, reference.balanced_accuracy_UAR);
    close(weightedAverage(counts).f1, reference.f1_weighted);
    close(weightedAverage(counts).recall, reference.accuracy);
    close(cohenKappa(counts), reference.kappa);
    close(matthewsCorrelation(counts), reference.mcc);
    for (const [c, metrics] of classMetrics(counts).entries()) {
      close(metrics.precision, reference.precision[c]);
      close(metrics.recall, reference.recall[c]);
      close(metrics.f1, reference.f1[c]);
      expect(metrics.support).toBe(reference.support[c]);
    }
  });

  // t = ["a", "a", "b", "c"]; p = ["a", "b", "b", "b"]  (scikit-learn 1.2.1; c is never predicted)
  // balanced_accuracy_score(t, p)                                  0.5
  // precision_recall_fscore_support(t, p, average="macro")         0.4444444444444444, 0.5, 0.38888888888888884
  // precision_recall_fscore_support(t, p, average="weighted")      0.5833333333333334, 0.5, 0.4583333333333333
  // cohen_kappa_score(t, p), matthews_corrcoef(t, p)               0.2727272727272727, 0.3872983346207417
  test("a class that is never predicted has precision 0", () => {
    const counts = confusionMatrix(["a", "a", "b", "c"], ["a", "b", "b", "b"], ["a", "b", "c"]);
    expect(balancedAccuracy(counts)).toBe(0.5);
    expect(macroAverage(counts).precision).toBeCloseTo(0.4444444444444444, 12);
    expect(macroAverage(counts).f1).toBeCloseTo(0.38888888888888884, 12);
    expect(weightedAverage(counts).precision).toBeCloseTo(0.5833333333333334, 12);
    expect(weightedAverage(counts).f1).toBeCloseTo(0.4583333333333333, 12);
    expect(cohenKappa(counts)).toBeCloseTo(0.2727272727272727, 12);
    expect(matthewsCorrelation(counts)).toBeCloseTo(0.3872983346207417, 12);
  });

  // t = ["a", "a", "b", "b"]; p = ["a", "b", "d", "b"]: d has no examples; UAR leaves it out, the macro averages do not
  // balanced_accuracy_score 0.5; macro 0.5, 0.3333333333333333, 0.38888888888888884; kappa 0.19999999999999996; mcc 0.22360679774997896
  test("a predicted class without examples, and one that does not occur at all", () => {
    const counts = confusionMatrix(["a", "a", "b", "b"], ["a", "b", "d", "b"], ["a", "b", "c", "d"]);
    expect(balancedAccuracy(counts)).toBe(0.5);
    expect(macroAverage(counts).precision).toBeCloseTo(0.5, 12);
    expect(macroAverage(counts).recall).toBeCloseTo(0.3333333333333333, 12);
    expect(macroAverage(counts).f1).toBeCloseTo(0.38888888888888884, 12);
    expect(cohenKappa(counts)).toBeCloseTo(0.19999999999999996, 12);
    expect(matthewsCorrelation(counts)).toBeCloseTo(0.22360679774997896, 12);
  });

  // t = ["a", "a", "b", "b"]; p = ["a"] * 4: kappa 0, mcc 0; cohen_kappa_score(["a", "a"], ["a", "a"]) is nan
  test("all predictions one class", () => {
    const counts = confusionMatrix(["a", "a", "b", "b"], ["a", "a", "a", "a"], ["a", "b"]);
    expect(balancedAccuracy(counts)).toBe(0.5);
    expect(macroAverage(counts)).toEqual({ precision: 0.25, recall: 0.5, f1: 1 / 3 });
    expect(cohenKappa(counts)).toBe(0);
    expect(matthewsCorrelation(counts)).toBe(0);
    expect(cohenKappa(confusionMatrix(["a", "a"], ["a", "a"], ["a"]))).toBeNaN();
    expect(matthewsCorrelation(confusionMatrix(["a", "a"], ["a", "a"], ["a"]))).toBe(0);
  });
});

test("what cannot be compared is refused", () => {
  expect(() => confusionMatrix(["a"], [], ["a"])).toThrow(DataError);
  expect(() => confusionMatrix([], [], ["a"])).toThrow("no examples");
  expect(() => confusionMatrix(["a"], ["x"], ["a"])).toThrow('label "x" is not one of a');
});
