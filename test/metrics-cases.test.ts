import { expect, test } from "vitest";
import { brierScore, expectedCalibrationError, reliabilityBins } from "../src/evaluation/calibration.ts";
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
import { logLoss, macroRocAuc, rocAuc, topKAccuracy } from "../src/evaluation/probability-metrics.ts";
import type { Probabilities } from "../src/matrix.ts";
import { fixtureJson } from "./fixture.ts";

// fixtures/ml/metrics_cases.py holds every call of scikit-learn 1.2.1; null stands where it gives NaN or refuses.
const reference = await fixtureJson("ml/metrics_cases.json");

function agree(name: string, value: number | null, expected: number | null): void {
  if (expected === null) expect([name, value === null || Number.isNaN(value)]).toEqual([name, true]);
  else
    expect(Math.abs((value ?? Number.NaN) - expected), name).toBeLessThanOrEqual(
      1e-12 * Math.max(1, Math.abs(expected)),
    );
}

test.each(reference.labels.map((c: { name: string }) => [c.name, c]) as [string, any][])("labels: %s", (_, c) => {
  const counts = confusionMatrix(c.t, c.p, c.classes);
  expect(counts).toEqual(c.confusion);
  agree("accuracy", accuracy(counts), c.accuracy);
  agree("balanced accuracy", balancedAccuracy(counts), c.balanced);
  agree("kappa", cohenKappa(counts), c.kappa);
  agree("mcc", matthewsCorrelation(counts), c.mcc);
  for (const zero of [0, 1] as const) {
    const expected = c.zero[zero];
    for (const [average, key] of [
      [macroAverage, "macro"],
      [weightedAverage, "weighted"],
    ] as const) {
      const { precision, recall, f1 } = average(counts, zero);
      [precision, recall, f1].forEach((value, i) =>
        agree(`${key} ${i}, zeroDivision ${zero}`, value, expected[key][i]),
      );
    }
    classMetrics(counts, zero).forEach(({ precision, recall, f1, support }, k) =>
      [precision, recall, f1, support].forEach((value, i) => agree(`class ${k} ${i}`, value, expected.rows[k][i])),
    );
  }
});

test.each(reference.proba.map((c: { name: string }) => [c.name, c]) as [string, any][])("probabilities: %s", (_, c) => {
  const truth = Int32Array.from(c.t as number[]);
  const columns = c.p[0].length;
  const p: Probabilities = { rows: truth.length, columns, data: Float64Array.from(c.p.flat() as number[]) };
  agree("log-loss", logLoss(p, truth), c.logLoss);
  agree("Brier", brierScore(p, truth), c.brier);
  if (c.ece !== null) agree("ECE", expectedCalibrationError(p, truth), c.ece);
  expect(reliabilityBins(p, truth).map(({ weight }) => weight)).toEqual(c.bins);
  if (c.top2 !== null) agree("top 2", topKAccuracy(p, truth, 2), c.top2);
  const areas = rocAuc(p, truth);
  areas.forEach((area, k) => agree(`AUROC of class ${k}`, area, c.auc[k]));
  if (c.aucMacro !== null) agree("macro AUROC", macroRocAuc(areas), c.aucMacro);
});

test("no class has an AUROC when every row is of one", () => {
  expect(macroRocAuc([null, null])).toBeNull();
});

test("the two most probable of two classes are always right", () => {
  expect(topKAccuracy({ rows: 1, columns: 2, data: Float64Array.of(1, 0) }, Int32Array.of(1), 2)).toBe(1);
});
