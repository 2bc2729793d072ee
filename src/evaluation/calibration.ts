import { DataError } from "../errors.ts";
import { mostProbable, type Probabilities } from "../matrix.ts";

/** Rows of like confidence (the highest probability), and how often they were right: a point of a reliability diagram. */
export interface ReliabilityBin {
  readonly lower: number;
  readonly upper: number;
  /** The total weight of the rows in it; `confidence` and `accuracy` are 0 where that is 0. */
  readonly weight: number;
  /** Means over its rows. */
  readonly confidence: number;
  readonly accuracy: number;
}

/**
 * Ten equal bins of confidence; an edge belongs to the bin below it, as in scikit-learn's `calibration_curve` (which leaves empty bins
 * out).
 *
 * @param truth the column of each row's class
 * @param weights one a row; all 1 when left out
 * @throws {DataError} no rows
 */
export function reliabilityBins(
  probabilities: Probabilities,
  truth: Int32Array,
  weights: ArrayLike<number> = new Float64Array(truth.length).fill(1),
): ReliabilityBin[] {
  const { rows, columns, data } = probabilities;
  checkRowCount(rows);
  const said = mostProbable(probabilities);
  const sums = Array.from({ length: BINS }, () => ({ weight: 0, confidence: 0, correct: 0 }));
  for (let r = 0; r < rows; r++) {
    const confidence = data[r * columns + said[r]];
    const bin = sums[edges.filter((edge) => edge < confidence).length];
    bin.weight += weights[r];
    bin.confidence += weights[r] * confidence;
    bin.correct += said[r] === truth[r] ? weights[r] : 0;
  }
  return sums.map(({ weight, confidence, correct }, b) => ({
    lower: b / BINS,
    upper: (b + 1) / BINS,
    weight,
    confidence: weight > 0 ? confidence / weight : 0,
    accuracy: weight > 0 ? correct / weight : 0,
  }));
}

const BINS = 10;
/** The edges between bins, rounded as numpy.linspace rounds them. */
const edges = Array.from({ length: BINS - 1 }, (_, e) => (e + 1) * (1 / BINS));

/**
 * Expected calibration error: the mean distance of confidence and accuracy over ten equal bins of confidence, weighted by their rows
 * (Naeini et al. 2015). 0 is perfect.
 *
 * @param truth the column of each row's class
 * @param weights one a row; all 1 when left out
 * @throws {DataError} no rows
 */
export function expectedCalibrationError(
  probabilities: Probabilities,
  truth: Int32Array,
  weights?: ArrayLike<number>,
): number {
  const bins = reliabilityBins(probabilities, truth, weights);
  const total = bins.reduce((sum, { weight }) => sum + weight, 0);
  return bins.reduce((sum, bin) => sum + bin.weight * Math.abs(bin.confidence - bin.accuracy), 0) / total;
}

/**
 * Brier's score of 1950, over all classes: the mean of sum_c (p_c - [c is the class])^2, from 0 (certain and right) to 2 (certain and
 * wrong). For two classes it is twice scikit-learn's `brier_score_loss`.
 *
 * @param truth the column of each row's class
 * @param weights one a row; all 1 when left out
 * @throws {DataError} no rows
 * @example
 * brierScore({ rows: 1, columns: 2, data: Float64Array.of(0.5, 0.5) }, Int32Array.of(0)); // 0.5
 */
export function brierScore(
  { rows, columns, data }: Probabilities,
  truth: Int32Array,
  weights: ArrayLike<number> = new Float64Array(truth.length).fill(1),
): number {
  checkRowCount(rows);
  let sum = 0;
  let total = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const distance = data[r * columns + c] - (c === truth[r] ? 1 : 0);
      sum += weights[r] * distance * distance;
    }
    total += weights[r];
  }
  return sum / total;
}

function checkRowCount(rows: number): void {
  if (rows === 0) throw new DataError("there are no rows to judge the probabilities of");
}
