// Multinomial logistic regression with an L2 or an L1 penalty, in float64. Minimises
//   sum_i weight_i * -log softmax(W x_i + b)[y_i]  +  |W|^2 / (2 C)  or  |W|_1 / C
// which is scikit-learn's objective over C; the intercept b is not penalised. W lies as in ./scores.
import { Lbfgs, newLbfgs, releaseLbfgs, runLbfgs } from "./lbfgs";
import { newOwlqn, Owlqn, releaseOwlqn, runOwlqn } from "./owlqn";
import { columnOf, endOf, firstOf, newRows, Rows, valueOf } from "./rows";
import { setScores, softmax, strideOf } from "./scores";
import { addScaled, dot, setScaled } from "./vector";

@unmanaged
class Logistic {
  /** Read by the host: the coefficients, their number by column (classes, padded), the objective, and the steps made. */
  coefficients: usize;
  stride: i32;
  iterations: i32;
  padding: i32;
  objective: f64;
  lbfgs: Lbfgs;
  /** With the L1 penalty only. */
  owlqn: Owlqn | null;

  x: Rows;
  classes: i32;
  /** u16 and f64 a row. */
  classOf: usize;
  weights: usize;
  /** 1 / C, and the part of it that goes into the smooth objective: none of it with L1. */
  strength: f64;
  smoothPenalty: f64;
  fitIntercept: bool;
  /** f64, `stride` of them: a row's logits, then its residuals. */
  logits: usize;
}

/** A fit at its start. The arrays stay the caller's and must outlive it: rows as in the class above, `classOf` u16, `weights` f64. */
export function newLogistic(
  indptr: usize,
  indices: usize,
  values: usize,
  rows: i32,
  columns: i32,
  classes: i32,
  classOf: usize,
  weights: usize,
  c: f64,
  l1: bool,
  fitIntercept: bool,
): usize {
  const p = changetype<Logistic>(heap.alloc(offsetof<Logistic>()));
  p.x = newRows(indptr, indices, values, rows, columns);
  p.classes = classes;
  p.stride = strideOf(classes);
  p.fitIntercept = fitIntercept;
  p.logits = heap.alloc((p.stride as usize) << 3);
  p.classOf = classOf;
  p.weights = weights;
  p.strength = 1 / c;
  p.smoothPenalty = l1 ? 0 : p.strength;
  const size = ((columns + (fitIntercept ? 1 : 0)) as usize) * (p.stride as usize);
  p.lbfgs = newLbfgs(size, evaluate.index, changetype<usize>(p));
  p.coefficients = p.lbfgs.x;
  precondition(p);
  p.owlqn = l1 ? newOwlqn(p.lbfgs, (columns as usize) * (p.stride as usize), p.strength) : null;
  return changetype<usize>(p);
}

/**
 * The Hessian's diagonal at the start, where every class has the probability 1/k: sum(weight x^2) (1/k) (1 - 1/k) + 1/C (with L1 the first alone). Words that are common
 * and words that are rare, or columns in different units, differ in it by orders of magnitude.
 */
function precondition(p: Logistic): void {
  const diagonal = p.lbfgs.inverseDiagonal;
  const stride = p.stride as usize;
  const size = p.lbfgs.n << 3;
  const k = p.classes as f64;
  memory.fill(diagonal, 0, size);
  for (let row = 0; row < p.x.count; row++) {
    const weight = (load<f64>(p.weights + ((row as usize) << 3)) * (1 - 1 / k)) / k;
    for (let i = firstOf(p.x, row); i < endOf(p.x, row); i++) {
      const value = valueOf(p.x, i);
      const at = diagonal + ((columnOf(p.x, row, i) * stride) << 3);
      store<f64>(at, load<f64>(at) + weight * value * value);
    }
    if (p.fitIntercept) {
      const at = diagonal + (((p.x.columns as usize) * stride) << 3);
      store<f64>(at, load<f64>(at) + weight);
    }
  }
  const penalised = ((p.x.columns as usize) * stride) << 3;
  for (let at: usize = 0; at < size; at += stride << 3) {
    const curvature = load<f64>(diagonal + at) + (at < penalised ? p.smoothPenalty : 0);
    const inverse = curvature > 0 ? 1 / curvature : 1; // a column of zeros
    for (let c: usize = 0; c < stride; c++) store<f64>(diagonal + at + (c << 3), inverse);
  }
}

/** Makes up to `iterations` steps; returns 0 when it may go on, 1 when it has converged, 2 when rounding lets it get no lower. */
export function runLogistic(logistic: usize, iterations: i32, tolerance: f64): i32 {
  const p = changetype<Logistic>(logistic);
  const owlqn = p.owlqn;
  const status = owlqn ? runOwlqn(owlqn, iterations, tolerance) : runLbfgs(p.lbfgs, iterations, tolerance);
  p.coefficients = p.lbfgs.x;
  p.iterations = p.lbfgs.iterations;
  p.objective = (owlqn ? owlqn.value : p.lbfgs.value) / p.strength;
  return status;
}

export function releaseLogistic(logistic: usize): void {
  const p = changetype<Logistic>(logistic);
  const owlqn = p.owlqn;
  if (owlqn) releaseOwlqn(owlqn);
  releaseLbfgs(p.lbfgs);
  heap.free(p.logits);
  heap.free(changetype<usize>(p.x));
  heap.free(logistic);
}

/** The objective and its gradient: one pass over the rows. */
function evaluate(x: usize, gradient: usize, context: usize): f64 {
  const p = changetype<Logistic>(context);
  const classes = p.classes;
  const stride = (p.stride as usize) << 3;
  const penalised = (p.x.columns as usize) * (p.stride as usize);
  const intercept = gradient + (penalised << 3);
  let loss = 0.5 * p.smoothPenalty * dot(x, x, penalised);
  setScaled(gradient, p.smoothPenalty, x, penalised);
  if (p.fitIntercept) memory.fill(intercept, 0, stride);
  for (let row = 0; row < p.x.count; row++) {
    const weight = load<f64>(p.weights + ((row as usize) << 3));
    if (weight === 0) continue;
    setScores(p.x, row, x, p.stride, p.fitIntercept, p.logits);
    const own = p.logits + ((load<u16>(p.classOf + ((row as usize) << 1)) as usize) << 3);
    const ownLogit = load<f64>(own);
    loss += weight * (softmax(p.logits, classes) - ownLogit);
    store<f64>(own, load<f64>(own) - 1);
    setScaled(p.logits, weight, p.logits, p.stride);
    addOuterProduct(p, row, gradient);
    if (p.fitIntercept) addScaled(intercept, 1, p.logits, p.stride);
  }
  return loss;
}

/** gradient += residual (in p.logits) times the row. */
function addOuterProduct(p: Logistic, row: i32, gradient: usize): void {
  const stride = (p.stride as usize) << 3;
  const to = endOf(p.x, row);
  for (let i = firstOf(p.x, row); i < to; i++) {
    const at = gradient + columnOf(p.x, row, i) * stride;
    addScaled(at, valueOf(p.x, i), p.logits, p.stride);
  }
}
