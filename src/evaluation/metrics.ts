import { DataError } from "../errors.ts";

/** A confusion matrix: `counts[t][p]` examples of class t were predicted as class p. */
export type Counts = readonly (readonly number[])[];

/** How well one class was recognised. */
export interface ClassMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** How many examples of the class there are. */
  readonly support: number;
}

/** Precision, recall and F1 averaged over the classes. */
export interface AverageMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** What a figure is whose denominator is 0 (precision of a class that is never predicted): scikit-learn's `zero_division`. */
export type ZeroDivision = 0 | 1;

const ratio = (numerator: number, denominator: number, zeroDivision: ZeroDivision = 0): number =>
  denominator === 0 ? zeroDivision : numerator / denominator;

/**
 * Counts how often each class was predicted as which: rows are the true classes, columns the predicted ones, both in
 * the order of `classes`.
 *
 * @throws {DataError} no examples, lengths that differ, a label that is not in `classes`.
 * @example
 * confusionMatrix(["a", "a", "b"], ["a", "b", "b"], ["a", "b"]); // [[1, 1], [0, 1]]
 */
export function confusionMatrix(
  yTrue: readonly string[],
  yPred: readonly string[],
  classes: readonly string[],
): number[][] {
  if (yTrue.length !== yPred.length) {
    throw new DataError(`${yTrue.length} true labels and ${yPred.length} predictions cannot be compared`);
  }
  if (yTrue.length === 0) throw new DataError("there are no examples to compare");
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  const counts = classes.map(() => classes.map(() => 0));
  for (let i = 0; i < yTrue.length; i++) {
    const t = indexOf.get(yTrue[i]);
    const p = indexOf.get(yPred[i]);
    if (t === undefined || p === undefined) {
      throw new DataError(`label "${t === undefined ? yTrue[i] : yPred[i]}" is not one of ${classes.join(", ")}`);
    }
    counts[t][p]++;
  }
  return counts;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const diagonal = (counts: Counts): number[] => counts.map((row, c) => row[c]);
const trueTotals = (counts: Counts): number[] => counts.map(sum);
const predictedTotals = (counts: Counts): number[] => counts.map((_, p) => sum(counts.map((row) => row[p])));

/** The share of examples that were recognised (weighted accuracy, WA). */
export function accuracy(counts: Counts): number {
  return ratio(sum(diagonal(counts)), sum(trueTotals(counts)));
}

/**
 * Balanced accuracy, the unweighted average recall (UAR) of the field: the mean recall of the classes that have
 * examples, as `balanced_accuracy_score`.
 */
export function balancedAccuracy(counts: Counts): number {
  const totals = trueTotals(counts);
  const hits = diagonal(counts);
  const recalls = totals.flatMap((total, c) => (total === 0 ? [] : [hits[c] / total]));
  return ratio(sum(recalls), recalls.length);
}

/**
 * Precision, recall, F1 and support of every class, as `precision_recall_fscore_support`.
 *
 * @param zeroDivision precision without predictions, recall without examples, F1 without either; 0 when left out.
 */
export function classMetrics(counts: Counts, zeroDivision: ZeroDivision = 0): ClassMetrics[] {
  const predicted = predictedTotals(counts);
  return trueTotals(counts).map((support, c) => ({
    precision: ratio(counts[c][c], predicted[c], zeroDivision),
    recall: ratio(counts[c][c], support, zeroDivision),
    f1: ratio(2 * counts[c][c], support + predicted[c], zeroDivision),
    support,
  }));
}

/**
 * The plain mean over the classes. As scikit-learn without `labels`, only classes that occur, be it as a true or as a
 * predicted one, count.
 */
export function macroAverage(counts: Counts, zeroDivision: ZeroDivision = 0): AverageMetrics {
  const predicted = predictedTotals(counts);
  return average(
    counts,
    trueTotals(counts).map((support, c) => (support + predicted[c] > 0 ? 1 : 0)),
    zeroDivision,
  );
}

/** The mean over the classes, each weighted by its number of examples. */
export function weightedAverage(counts: Counts, zeroDivision: ZeroDivision = 0): AverageMetrics {
  return average(counts, trueTotals(counts), zeroDivision);
}

function average(counts: Counts, weights: readonly number[], zeroDivision: ZeroDivision): AverageMetrics {
  const classes = classMetrics(counts, zeroDivision);
  const mean = (pick: (metrics: ClassMetrics) => number): number =>
    ratio(sum(classes.map((metrics, c) => weights[c] * pick(metrics))), sum(weights));
  return {
    precision: mean((metrics) => metrics.precision),
    recall: mean((metrics) => metrics.recall),
    f1: mean((metrics) => metrics.f1),
  };
}

/**
 * Cohen's kappa: agreement beyond what the class frequencies alone would give (Cohen 1960), as `cohen_kappa_score`.
 * NaN when only one class occurs, both as true and as predicted.
 */
export function cohenKappa(counts: Counts): number {
  const truth = trueTotals(counts);
  const predicted = predictedTotals(counts);
  const total = sum(truth);
  const expected = sum(truth.map((value, c) => value * predicted[c])) / total;
  return (sum(diagonal(counts)) - expected) / (total - expected);
}

/**
 * Matthews' correlation coefficient for several classes (Gorodkin 2004), as `matthews_corrcoef`; 0 when all true or
 * all predicted labels are of one class.
 */
export function matthewsCorrelation(counts: Counts): number {
  const truth = trueTotals(counts);
  const predicted = predictedTotals(counts);
  const total = sum(truth);
  const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((value, c) => value * b[c]));
  const covariance = sum(diagonal(counts)) * total - dot(truth, predicted);
  const variances = (total * total - dot(predicted, predicted)) * (total * total - dot(truth, truth));
  return ratio(covariance, Math.sqrt(variances));
}
