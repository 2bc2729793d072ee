import type { Probabilities } from "../matrix.ts";
import { bootstrap, confidenceIntervals, type Interval, type Unit, unitsOf } from "./bootstrap.ts";
import { brierScore, expectedCalibrationError, type ReliabilityBin, reliabilityBins } from "./calibration.ts";
import {
  accuracy,
  balancedAccuracy,
  type ClassMetrics,
  classMetrics,
  cohenKappa,
  type Counts,
  macroAverage,
  matthewsCorrelation,
  weightedAverage,
} from "./metrics.ts";
import { logLoss, macroRocAuc, rocAuc, topKAccuracy } from "./probability-metrics.ts";

/** The figures that carry an interval; all lie in [0, 1]. f1, precision and recall are macro averages. */
export type Figure = "accuracy" | "f1" | "weightedF1" | "precision" | "recall" | "uar";

/** How well test rows were recognised. */
export interface Score extends Readonly<Record<Figure, number>> {
  /** Null (not defined) when only one class occurs, both as true and as predicted. */
  readonly kappa: number | null;
  readonly mcc: number;
  /** 95 % confidence intervals. */
  readonly ci: Readonly<Record<Figure, Interval>>;
  /** What the bootstrap drew: whole speakers, whole sessions, or rows where no group, or only one, is known. */
  readonly ciOver: BootstrapUnit;
  /** Rows are the true classes, columns the predicted ones, in the order of the classes. */
  readonly confusion: Counts;
  readonly perClass: readonly ClassScore[];
  /** The number of test rows. */
  readonly rows: number;
  /** Of the probabilities; null for what gives none. */
  readonly probability: ProbabilityScore | null;
}

export interface ClassScore extends ClassMetrics {
  readonly class: string;
  /** One against the rest; null without probabilities, or where no test row, or every one, is of the class. */
  readonly auroc: number | null;
}

/** How much probabilities are worth. */
export interface ProbabilityScore {
  readonly logLoss: number;
  /** Over all classes, from 0 to 2. */
  readonly brier: number;
  /** Expected calibration error over `reliability`. */
  readonly ece: number;
  readonly top2: number;
  /** The mean of the classes' AUROC, one against the rest; null when none has one. */
  readonly auroc: number | null;
  /** The points of the reliability diagram. */
  readonly reliability: readonly ReliabilityBin[];
}

export type BootstrapUnit = "speakers" | "sessions" | "rows";

/** Predictions with what is needed to judge them. */
export interface Predictions {
  /** The true and the predicted class of every test row, as indices into `classes`. */
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  readonly classes: readonly string[];
  /** One column a class. */
  readonly probabilities?: Probabilities;
  /** Who spoke each test row; without it, or with one name only, the intervals are drawn over rows. */
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
  const { truth, predicted, classes, probabilities, groups, groupedBy = "speakers" } = predictions;
  const units = unitsOf(truth.length, groups);
  const ci = confidenceIntervals(bootstrap(units, (weights) => figures(countDrawn(predictions, units, weights)), seed));
  const confusion = countDrawn(predictions, units, new Int32Array(units.length).fill(1));
  const kappa = cohenKappa(confusion);
  const areas = probabilities && rocAuc(probabilities, truth);
  return {
    ...figures(confusion),
    kappa: Number.isNaN(kappa) ? null : kappa,
    mcc: matthewsCorrelation(confusion),
    ci,
    ciOver: groups && units.length < predicted.length ? groupedBy : "rows",
    confusion,
    perClass: classMetrics(confusion).map((metrics, c) => ({
      class: classes[c],
      ...metrics,
      auroc: areas?.[c] ?? null,
    })),
    rows: truth.length,
    probability: probabilities && areas ? scoreProbabilities(probabilities, truth, areas) : null,
  };
}

/** The confusion matrix of drawn units. */
export function countDrawn(
  { truth, predicted, classes }: Pick<Predictions, "truth" | "predicted" | "classes">,
  units: readonly Unit[],
  weights: Int32Array,
): number[][] {
  const counts = classes.map(() => classes.map(() => 0));
  units.forEach((unit, u) => {
    if (weights[u] > 0) for (const row of unit) counts[truth[row]][predicted[row]] += weights[u];
  });
  return counts;
}

/** The figures of a confusion matrix. */
export function figures(counts: Counts): Record<Figure, number> {
  return {
    accuracy: accuracy(counts),
    ...macroAverage(counts),
    weightedF1: weightedAverage(counts).f1,
    uar: balancedAccuracy(counts),
  };
}

function scoreProbabilities(
  probabilities: Probabilities,
  truth: Int32Array,
  areas: readonly (number | null)[],
): ProbabilityScore {
  return {
    logLoss: logLoss(probabilities, truth),
    brier: brierScore(probabilities, truth),
    ece: expectedCalibrationError(probabilities, truth),
    top2: topKAccuracy(probabilities, truth, 2),
    auroc: macroRocAuc(areas),
    reliability: reliabilityBins(probabilities, truth),
  };
}
