import { exp, log } from "../core/math.ts";

/** p = 1 / (1 + exp(slope * score + offset)); the slope is below 0 when a high score speaks for the class. */
export interface Sigmoid {
  readonly slope: number;
  readonly offset: number;
}

const MAX_STEPS = 100;
const SMALLEST_STEP = 1e-10;
/** Added to the Hessian's diagonal. */
const RIDGE = 1e-12;
const FLAT = 1e-10;

export function applySigmoid({ slope, offset }: Sigmoid, score: number): number {
  return logistic(slope * score + offset);
}

/** 1 / (1 + exp(z)), with an exponential that cannot overflow. */
function logistic(z: number): number {
  if (z < 0) return 1 / (1 + exp(z));
  const e = exp(-z);
  return e / (1 + e);
}

/**
 * The sigmoid that makes probabilities of held-out scores (Platt 1999, "Probabilistic outputs for support vector machines"): least log-loss
 * against targets drawn a little from 1 and 0, by Newton's method with backtracking (Lin, Lin and Weng 2007, "A note on Platt's
 * probabilistic outputs", algorithm 1).
 *
 * @param isPositive whether each score's row is of the class
 * @param weights one a score
 */
export function fitSigmoid(
  scores: ArrayLike<number>,
  isPositive: ArrayLike<boolean>,
  weights: ArrayLike<number>,
): Sigmoid {
  const counts = [0, 0];
  for (let i = 0; i < scores.length; i++) counts[isPositive[i] ? 1 : 0] += weights[i];
  const [negative, positive] = counts;
  const targets = Float64Array.from({ length: scores.length }, (_, i) =>
    isPositive[i] ? (positive + 1) / (positive + 2) : 1 / (negative + 2),
  );
  let sigmoid: Sigmoid = { slope: 0, offset: log((negative + 1) / (positive + 1)) };
  let loss = lossOf(sigmoid, scores, targets, weights);
  for (let step = 0; step < MAX_STEPS; step++) {
    const { gradient, hessian } = derivatives(sigmoid, scores, targets, weights);
    if (Math.abs(gradient[0]) < FLAT && Math.abs(gradient[1]) < FLAT) break;
    const determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1];
    const slope = -(hessian[2] * gradient[0] - hessian[1] * gradient[1]) / determinant;
    const offset = -(hessian[0] * gradient[1] - hessian[1] * gradient[0]) / determinant;
    const descent = gradient[0] * slope + gradient[1] * offset;
    let length = 1;
    let next = sigmoid;
    let nextLoss = loss;
    for (; length >= SMALLEST_STEP; length /= 2) {
      next = { slope: sigmoid.slope + length * slope, offset: sigmoid.offset + length * offset };
      nextLoss = lossOf(next, scores, targets, weights);
      if (nextLoss < loss + 1e-4 * length * descent) break;
    }
    if (length < SMALLEST_STEP) break; // rounding lets it get no lower
    sigmoid = next;
    loss = nextLoss;
  }
  return sigmoid;
}

function lossOf(
  { slope, offset }: Sigmoid,
  scores: ArrayLike<number>,
  targets: Float64Array,
  weights: ArrayLike<number>,
): number {
  let loss = 0;
  for (let i = 0; i < scores.length; i++) {
    const z = slope * scores[i] + offset;
    loss += weights[i] * (z >= 0 ? targets[i] * z + log(1 + exp(-z)) : (targets[i] - 1) * z + log(1 + exp(z)));
  }
  return loss;
}

/** The gradient by slope and offset, and the Hessian: by the slope twice, by both, by the offset twice. */
function derivatives(
  sigmoid: Sigmoid,
  scores: ArrayLike<number>,
  targets: Float64Array,
  weights: ArrayLike<number>,
): { gradient: number[]; hessian: number[] } {
  const gradient = [0, 0];
  const hessian = [RIDGE, 0, RIDGE];
  for (let i = 0; i < scores.length; i++) {
    const p = applySigmoid(sigmoid, scores[i]);
    const residual = weights[i] * (targets[i] - p);
    const curvature = weights[i] * p * (1 - p);
    gradient[0] += scores[i] * residual;
    gradient[1] += residual;
    hessian[0] += scores[i] * scores[i] * curvature;
    hessian[1] += scores[i] * curvature;
    hessian[2] += curvature;
  }
  return { gradient, hessian };
}
