import { expect, test } from "vitest";
import { type Matrix, matrixFromRows, takeRows, toSparse } from "../src/matrix.ts";
import { LinearSVC } from "../src/models/linear-svc.ts";
import { LogisticRegression } from "../src/models/logistic-regression.ts";
import { fixtureJson, largestDifference } from "./fixture.ts";

interface Case {
  readonly table: "counts" | "lr_a8";
  readonly form: "dense" | "sparse";
  readonly classes: "all" | "two";
  readonly weights: "none" | "class" | "sample" | "both";
  readonly proba: number[];
  readonly decision: number[];
}

async function rowsOf(table: Case["table"]): Promise<{ x: Matrix; y: number[] }> {
  const { X, X_train = X, y, y_train = y, scaler_mean, scaler_scale } = await fixtureJson(`ml/${table}.json`);
  const scaled = X_train.map((row: number[]) =>
    row.map((value, c) => (scaler_mean ? (value - scaler_mean[c]) / scaler_scale[c] : value)),
  );
  return { x: matrixFromRows(scaled), y: y_train };
}

// scikit-learn 1.2.1 by fixtures/ml/linear_cases.py, whose rows were float32, too
test.each(["counts", "lr_a8"] as const)(
  "%s: dense and sparse, two classes and more, however weighted, scikit-learn's converged fits",
  async (table) => {
    const { x: dense, y } = await rowsOf(table);
    const cases = ((await fixtureJson("ml/linear_cases.json")) as Case[]).filter((each) => each.table === table);
    expect(cases.length).toBe(16);
    const highest = Math.max(...y);
    for (const { form, classes, weights, proba, decision } of cases) {
      const x = form === "dense" ? dense : toSparse(dense);
      const labels = y.map((code) => String(classes === "all" ? code : Number(code > Math.floor(highest / 2))));
      const classWeight = weights === "class" || weights === "both" ? "balanced" : null;
      const sampleWeight = weights === "sample" || weights === "both" ? y.map((_, i) => 0.25 + (i % 4)) : undefined;
      const first = takeRows(x, [0, 1, 2, 3, 4, 5, 6, 7]);
      const what = `${form}, ${classes}, ${weights}`;
      const regression = new LogisticRegression({ C: 0.5, tol: 1e-7, classWeight });
      regression.fit(x, labels, { sampleWeight });
      expect(regression.summary.converged, what).toBe(true);
      expect(largestDifference(regression.predictProba(first).data, proba), what).toBeLessThan(1e-5);
      const machine = new LinearSVC({ C: 0.5, maxIter: 1e5, classWeight });
      machine.fit(x, labels, { sampleWeight });
      expect(largestDifference(machine.decisionFunction(first).data, decision), what).toBeLessThan(1e-3);
    }
  },
  60_000,
);
