import { Random } from "../random.ts";
import type { Outcome } from "./pipeline.ts";
import type { Plan } from "./protocols.ts";
import { countLabels, type EvaluationRows } from "./rows.ts";

/** The models that look at nothing: every table shows what they score. */
export type BaselineName = "majority" | "prior";

/**
 * What a model that ignores its input says: `majority` always the most frequent class of the training part (the first of
 * equals), `prior` a class drawn with the frequencies of the training part, as scikit-learn's
 * `DummyClassifier` with `most_frequent` and `stratified`. Its probabilities are certainty, and those frequencies.
 *
 * @returns one outcome a fold.
 */
export function runBaseline(name: BaselineName, plan: Plan, rows: EvaluationRows, seed: number): Outcome[] {
  const random = new Random(seed);
  const { classes } = plan;
  return plan.folds.map((fold) => {
    const { trainLabels, testRows } = fold;
    const counts = countLabels(trainLabels, classes);
    const majority = counts.indexOf(Math.max(...counts));
    const shares = counts.map((count, c) => (name === "prior" ? count / trainLabels.length : c === majority ? 1 : 0));
    return {
      rows: testRows,
      probabilities: Float64Array.from(
        { length: testRows.length * classes.length },
        (_, i) => shares[i % classes.length],
      ),
      truth: Int32Array.from(testRows, (row) => classes.indexOf(rows.labels[row])),
      predicted: Int32Array.from(testRows, () =>
        name === "majority" ? majority : classes.indexOf(trainLabels[random.integer(trainLabels.length)]),
      ),
    };
  });
}
