import { exp, log } from "../core/math.ts";
import { DataError } from "../errors.ts";
import type { Probabilities } from "../matrix.ts";
import { type Scores, softmax } from "./scores.ts";

/** Keeps the logarithm of a probability finite. */
const SMALLEST = 1e-6;
const LOWEST = 0.05;
const HIGHEST = 20;

/**
 * The temperature that makes held-out probabilities most truthful (Guo et al. 2017, "On Calibration of Modern Neural Networks"): the
 * divisor of their logarithms, from 0.05 to 20, with the least log-loss. Found by golden-section
 * search over its logarithm, in which the loss has one minimum.
 *
 * @param probabilities of rows that the model was not fitted on
 * @param truth the column of each row's class
 * @param weights one a row
 */
export function fitTemperature(
  probabilities: Probabilities,
  truth: ArrayLike<number>,
  weights: ArrayLike<number>,
): number {
  return fitScoreTemperature(logarithms(probabilities), truth, weights);
}

/** The same for scores that softmax is to turn into probabilities. */
export function fitScoreTemperature(
  { rows, columns, data: logs }: Scores,
  truth: ArrayLike<number>,
  weights: ArrayLike<number>,
): number {
  if (rows === 0) throw new DataError("there are no held-out rows to calibrate on");
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

/** Probabilities with their logarithms divided by a temperature. */
export function applyTemperature(probabilities: Probabilities, temperature: number): Probabilities {
  return softmax(logarithms(probabilities), temperature);
}

const logarithms = ({ rows, columns, data }: Probabilities): Scores => ({
  rows,
  columns,
  data: data.map((p) => log(Math.max(p, SMALLEST))),
});
