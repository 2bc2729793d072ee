import { exp, log } from "../core/math.ts";
import { DataError } from "../errors.ts";
import { mostProbable, type Probabilities } from "../matrix.ts";

/** Keeps the logarithm of a probability finite. */
const SMALLEST = 1e-6;
const LOWEST = 0.05;
const HIGHEST = 20;

/**
 * The temperature that makes held-out probabilities most truthful (Guo et al. 2017, "On Calibration of Modern Neural Networks"): the
 * divisor of their logarithms, from 0.05 to 20, with the least log-loss, every class counting the same. Found by golden-section
 * search over its logarithm, in which the loss has one minimum.
 *
 * @param probabilities of rows that the model was not fitted on
 * @param truth the column of each row's class
 * @param weights one a row
 */
export function fitTemperature(probabilities: Probabilities, truth: Int32Array, weights: ArrayLike<number>): number {
  const { rows, columns, data } = probabilities;
  if (rows === 0) throw new DataError("there are no held-out rows to calibrate on");
  const logs = data.map((p) => log(Math.max(p, SMALLEST)));
  const loss = (temperature: number): number => {
    let sum = 0;
    for (let r = 0; r < rows; r++) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < columns; c++) largest = Math.max(largest, logs[r * columns + c] / temperature);
      let total = 0;
      for (let c = 0; c < columns; c++) total += exp(logs[r * columns + c] / temperature - largest);
      sum += weights[r] * (largest + log(total) - logs[r * columns + truth[r]] / temperature);
    }
    return sum;
  };
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = log(LOWEST);
  let high = log(HIGHEST);
  let left = high - golden * (high - low);
  let right = low + golden * (high - low);
  let atLeft = loss(exp(left));
  let atRight = loss(exp(right));
  while (high - low > 1e-4) {
    if (atLeft < atRight) {
      high = right;
      right = left;
      atRight = atLeft;
      left = high - golden * (high - low);
      atLeft = loss(exp(left));
    } else {
      low = left;
      left = right;
      atLeft = atRight;
      right = low + golden * (high - low);
      atRight = loss(exp(right));
    }
  }
  return exp((low + high) / 2);
}

/**
 * Expected calibration error: the mean distance of confidence and accuracy over ten equal bins of confidence, weighted by their rows
 * (Naeini et al. 2015). 0 is perfect.
 *
 * @param weights one a row, as they were given to {@link fitTemperature}
 */
export function expectedCalibrationError(
  probabilities: Probabilities,
  truth: Int32Array,
  weights: ArrayLike<number>,
): number {
  const { rows, columns, data } = probabilities;
  const said = mostProbable(probabilities);
  const bins = Array.from({ length: 10 }, () => ({ confidence: 0, correct: 0 }));
  let total = 0;
  for (let r = 0; r < rows; r++) {
    const confidence = data[r * columns + said[r]];
    const bin = bins[Math.min(9, Math.floor(confidence * 10))];
    bin.confidence += weights[r] * confidence;
    bin.correct += said[r] === truth[r] ? weights[r] : 0;
    total += weights[r];
  }
  return bins.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.correct), 0) / total;
}

/** Probabilities with their logarithms divided by a temperature. */
export function applyTemperature({ rows, columns, data }: Probabilities, temperature: number): Probabilities {
  const out = new Float64Array(data.length);
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let c = 0; c < columns; c++) {
      out[r * columns + c] = exp(log(Math.max(data[r * columns + c], SMALLEST)) / temperature);
      sum += out[r * columns + c];
    }
    for (let c = 0; c < columns; c++) out[r * columns + c] /= sum;
  }
  return { rows, columns, data: out };
}
