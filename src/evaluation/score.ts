import { bootstrapIntervals, type Interval } from "./bootstrap.ts";
import {
  accuracy,
  balancedAccuracy,
  type ClassMetrics,
  classMetrics,
  cohenKappa,
  type Counts,
  macroAverage,
  matthewsCorrelation,
} from "./metrics.ts";

/** The figures that carry an interval; all lie in [0, 1]. f1, precision and recall are macro averages. */
export type Figure = "accuracy" | "f1" | "precision" | "recall" | "uar";

/** How well test rows were recognised. */
export interface Score extends Readonly<Record<Figure, number>> {
  readonly kappa: number;
  readonly mcc: number;
  /** 95 % confidence intervals. */
  readonly ci: Readonly<Record<Figure, Interval>>;
  /** What the bootstrap drew: whole speakers, whole sessions, or rows where no group is known. */
  readonly ciOver: BootstrapUnit;
  /** Rows are the true classes, columns the predicted ones, in the order of the classes. */
  readonly confusion: Counts;
  readonly perClass: readonly (ClassMetrics & { readonly class: string })[];
  /** The number of test rows. */
  readonly rows: number;
}

export type BootstrapUnit = "speakers" | "sessions" | "rows";

/** Predictions with what is needed to judge them. */
export interface Predictions {
  /** The true and the predicted class of every test row, as indices into `classes`. */
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  readonly classes: readonly string[];
  /** Who spoke each test row; without it the intervals are drawn over rows. */
  readonly groups?: readonly string[];
  readonly groupedBy?: "speakers" | "sessions";
}

/**
 * Every figure of the tables for one set of predictions, pooled over all test rows (not averaged over folds), with
 * intervals by bootstrap over the groups.
 *
 * @throws {DataError} no rows.
 */
export function scorePredictions(predictions: Predictions, seed: number): Score {
  const { truth, predicted, classes, groups, groupedBy = "speakers" } = predictions;
  const count = (rows: Int32Array): number[][] => {
    const counts = classes.map(() => classes.map(() => 0));
    for (const row of rows) counts[truth[row]][predicted[row]]++;
    return counts;
  };
  const ci = bootstrapIntervals(truth.length, groups, (rows) => figures(count(rows)), seed);
  const confusion = count(Int32Array.from(truth, (_, row) => row));
  return {
    ...figures(confusion),
    kappa: cohenKappa(confusion),
    mcc: matthewsCorrelation(confusion),
    ci,
    ciOver: groups ? groupedBy : "rows",
    confusion,
    perClass: classMetrics(confusion).map((metrics, c) => ({ class: classes[c], ...metrics })),
    rows: truth.length,
  };
}

function figures(counts: Counts): Record<Figure, number> {
  return { accuracy: accuracy(counts), ...macroAverage(counts), uar: balancedAccuracy(counts) };
}
