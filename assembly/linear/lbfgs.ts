// Minimises a smooth function by L-BFGS (Nocedal and Wright 2006, Numerical Optimization: algorithms 7.4 and 7.5, line search 3.5
// and 3.6 under the strong Wolfe conditions). Memory: 2 * 10 + 6 vectors.
import { addScaled, dot, maxAbs, multiplyBy, setDifference, setScaled, weightedSquares } from "./vector";

/** Pairs of steps and gradient differences that are remembered. */
const HISTORY = 10;
export const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;
export const MAX_EVALUATIONS = 40;
/** A rise by this share of the value is taken for rounding (the approximate Wolfe conditions of Hager and Zhang 2005). */
export const ROUNDING = 1e-14;

/** What {@link runLbfgs} returns: it may go on, has converged, or rounding lets it get no lower. */
export const RUNNING = 0;
export const CONVERGED = 1;
export const EXHAUSTED = 2;

@unmanaged
export class Lbfgs {
  /** Elements of a vector, even. */
  n: usize;
  /** The index of the function (x, gradient to be written, context) => value, and its context. */
  objective: u32;
  context: usize;
  iterations: i32;
  value: f64;
  x: usize;
  gradient: usize;
  trial: usize;
  trialGradient: usize;
  direction: usize;
  /** The inverse of a guess at the Hessian's diagonal, from which the recursion starts: 1 unless the caller writes another. */
  inverseDiagonal: usize;
  /** HISTORY vectors each, in a ring. */
  steps: usize;
  changes: usize;
  /** f64 each: 1 / (step . change), and the coefficients of the two loops. */
  rho: usize;
  alpha: usize;
  stored: i32;
  newest: i32;
  /** The value and the slope of the last trial. */
  trialValue: f64;
  trialSlope: f64;
  evaluations: i32;
}

/** Starts at x = 0. */
export function newLbfgs(n: usize, objective: u32, context: usize): Lbfgs {
  const s = changetype<Lbfgs>(heap.alloc(offsetof<Lbfgs>()));
  const bytes = n << 3;
  memory.fill(changetype<usize>(s), 0, offsetof<Lbfgs>());
  s.n = n;
  s.objective = objective;
  s.context = context;
  s.x = heap.alloc(bytes);
  s.gradient = heap.alloc(bytes);
  s.trial = heap.alloc(bytes);
  s.trialGradient = heap.alloc(bytes);
  s.direction = heap.alloc(bytes);
  s.inverseDiagonal = heap.alloc(bytes);
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(s.inverseDiagonal + i, 1);
  s.steps = heap.alloc(bytes * HISTORY);
  s.changes = heap.alloc(bytes * HISTORY);
  s.rho = heap.alloc(HISTORY << 3);
  s.alpha = heap.alloc(HISTORY << 3);
  memory.fill(s.x, 0, bytes);
  s.value = call_indirect<f64>(objective, s.x, s.gradient, context);
  return s;
}

export function releaseLbfgs(s: Lbfgs): void {
  heap.free(s.x);
  heap.free(s.gradient);
  heap.free(s.trial);
  heap.free(s.trialGradient);
  heap.free(s.direction);
  heap.free(s.inverseDiagonal);
  heap.free(s.steps);
  heap.free(s.changes);
  heap.free(s.rho);
  heap.free(s.alpha);
  heap.free(changetype<usize>(s));
}

/** Makes at most `iterations` steps, until the largest |gradient| is at most `tolerance`. */
export function runLbfgs(s: Lbfgs, iterations: i32, tolerance: f64): i32 {
  for (let i = 0; i < iterations; i++) {
    if (maxAbs(s.gradient, s.n) <= tolerance) return CONVERGED;
    if (!step(s)) return EXHAUSTED;
    s.iterations++;
  }
  return maxAbs(s.gradient, s.n) <= tolerance ? CONVERGED : RUNNING;
}

function step(s: Lbfgs): bool {
  findDirection(s, s.gradient);
  let found = search(s, dot(s.gradient, s.direction, s.n));
  if (!found && s.stored > 0) {
    s.stored = 0; // what is remembered misleads: once more, straight downhill
    findDirection(s, s.gradient);
    found = search(s, dot(s.gradient, s.direction, s.n));
  }
  if (found) acceptTrial(s);
  return found;
}

/** Goes to the trial, and remembers the step. */
export function acceptTrial(s: Lbfgs): void {
  remember(s);
  const x = s.x;
  const gradient = s.gradient;
  s.x = s.trial;
  s.gradient = s.trialGradient;
  s.trial = x;
  s.trialGradient = gradient;
  s.value = s.trialValue;
}

function vector(ring: usize, at: i32, n: usize): usize {
  return ring + (at as usize) * (n << 3);
}

/** The two-loop recursion: direction = -(inverse Hessian) gradient. */
export function findDirection(s: Lbfgs, gradient: usize): void {
  const n = s.n;
  setScaled(s.direction, -1, gradient, n);
  for (let k = 0, at = s.newest; k < s.stored; k++, at = (at + HISTORY - 1) % HISTORY) {
    const alpha = load<f64>(s.rho + (at << 3)) * dot(vector(s.steps, at, s.n), s.direction, n);
    store<f64>(s.alpha + (at << 3), alpha);
    addScaled(s.direction, -alpha, vector(s.changes, at, s.n), n);
  }
  multiplyBy(s.direction, s.inverseDiagonal, n);
  if (s.stored > 0) {
    const curvature = weightedSquares(s.inverseDiagonal, vector(s.changes, s.newest, n), n);
    setScaled(s.direction, 1 / (load<f64>(s.rho + (s.newest << 3)) * curvature), s.direction, n);
  }
  for (let k = s.stored - 1; k >= 0; k--) {
    const at = (s.newest + HISTORY - k) % HISTORY;
    const beta = load<f64>(s.rho + (at << 3)) * dot(vector(s.changes, at, s.n), s.direction, n);
    addScaled(s.direction, load<f64>(s.alpha + (at << 3)) - beta, vector(s.steps, at, s.n), n);
  }
}

function remember(s: Lbfgs): void {
  const at = (s.newest + 1) % HISTORY;
  const stepTaken = vector(s.steps, at, s.n);
  const change = vector(s.changes, at, s.n);
  setDifference(stepTaken, s.trial, s.x, s.n);
  setDifference(change, s.trialGradient, s.gradient, s.n);
  const product = dot(stepTaken, change, s.n);
  if (!(product > f64.EPSILON * dot(change, change, s.n))) return;
  store<f64>(s.rho + (at << 3), 1 / product);
  s.newest = at;
  s.stored = min(s.stored + 1, HISTORY);
}

function tryStep(s: Lbfgs, length: f64): void {
  memory.copy(s.trial, s.x, s.n << 3);
  addScaled(s.trial, length, s.direction, s.n);
  s.trialValue = call_indirect<f64>(s.objective, s.trial, s.trialGradient, s.context);
  s.trialSlope = dot(s.trialGradient, s.direction, s.n);
  s.evaluations++;
}

function isLowEnough(s: Lbfgs, length: f64, slope: f64): bool {
  return s.trialValue <= s.value + SUFFICIENT_DECREASE * length * slope + ROUNDING * abs(s.value);
}

function isFlatEnough(s: Lbfgs, slope: f64): bool {
  return abs(s.trialSlope) <= -CURVATURE * slope;
}

/** Brackets a step that meets the strong Wolfe conditions, and finds it; the trial is left at it. */
function search(s: Lbfgs, slope: f64): bool {
  if (!(slope < 0)) return false;
  let length: f64 = 1;
  let before: f64 = 0;
  let valueBefore = s.value;
  let slopeBefore = slope;
  s.evaluations = 0;
  while (s.evaluations < MAX_EVALUATIONS) {
    tryStep(s, length);
    if (!isLowEnough(s, length, slope) || (s.evaluations > 1 && s.trialValue > valueBefore)) {
      return zoom(s, slope, before, valueBefore, slopeBefore, length, s.trialValue, s.trialSlope);
    }
    if (isFlatEnough(s, slope)) return true;
    if (s.trialSlope >= 0) {
      return zoom(s, slope, length, s.trialValue, s.trialSlope, before, valueBefore, slopeBefore);
    }
    before = length;
    valueBefore = s.trialValue;
    slopeBefore = s.trialSlope;
    length *= 4;
  }
  return true; // ever lower, as far as was tried
}

/** Narrows the interval between `low`, the better end, and `high` until a step meets the conditions. */
function zoom(
  s: Lbfgs,
  slope: f64,
  low0: f64,
  valueLow0: f64,
  slopeLow0: f64,
  high0: f64,
  valueHigh0: f64,
  slopeHigh0: f64,
): bool {
  let low = low0;
  let valueLow = valueLow0;
  let slopeLow = slopeLow0;
  let high = high0;
  let valueHigh = valueHigh0;
  let slopeHigh = slopeHigh0;
  while (s.evaluations < MAX_EVALUATIONS) {
    const length = cubicMinimum(low, valueLow, slopeLow, high, valueHigh, slopeHigh);
    tryStep(s, length);
    if (!isLowEnough(s, length, slope) || s.trialValue > valueLow) {
      high = length;
      valueHigh = s.trialValue;
      slopeHigh = s.trialSlope;
      continue;
    }
    if (isFlatEnough(s, slope)) return true;
    if (s.trialSlope * (high - low) >= 0) {
      high = low;
      valueHigh = valueLow;
      slopeHigh = slopeLow;
    }
    low = length;
    valueLow = s.trialValue;
    slopeLow = s.trialSlope;
  }
  if (low === 0) return false;
  tryStep(s, low); // lower than the start, if not flat
  return true;
}

/** The minimum of the cubic through both ends (equation 3.59), kept away from the ends by a tenth of the interval. */
function cubicMinimum(a: f64, valueA: f64, slopeA: f64, b: f64, valueB: f64, slopeB: f64): f64 {
  const d1 = slopeA + slopeB - (3 * (valueA - valueB)) / (a - b);
  const root = d1 * d1 - slopeA * slopeB;
  const d2 = (b > a ? 1.0 : -1.0) * Math.sqrt(root);
  const minimum = b - ((b - a) * (slopeB + d2 - d1)) / (slopeB - slopeA + 2 * d2);
  const lowest = min(a, b) + 0.1 * abs(b - a);
  const highest = max(a, b) - 0.1 * abs(b - a);
  if (!(minimum >= lowest && minimum <= highest)) {
    return minimum < lowest ? lowest : minimum > highest ? highest : (a + b) / 2; // the middle for NaN
  }
  return minimum;
}
