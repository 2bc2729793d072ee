// Multinomial logistic regression with an L2 penalty, in float64. Minimises
//   sum_i weight_i * -log softmax(W x_i + b)[y_i]  +  |W|^2 / (2 C)
// which is scikit-learn's objective over C; the intercept b is not penalised. W lies column by column, each with its classes side by
// side, padded with a zero to an even number; the intercept is one column more at the end.
import { canonicalNaN } from "../nan";
import { add, mul, splat } from "./lanes";
import { Lbfgs, newLbfgs, releaseLbfgs, runLbfgs } from "./lbfgs";
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

  /** i32 `indptr` (0: the rows are dense), i32 `indices`, float32 `values`. */
  indptr: usize;
  indices: usize;
  values: usize;
  rows: i32;
  columns: i32;
  classes: i32;
  /** u16 and f64 a row; 0 for prediction. */
  classOf: usize;
  weights: usize;
  penalty: f64;
  fitIntercept: bool;
  /** f64, `stride` of them: a row's logits, then its residuals. */
  logits: usize;
}

function newProblem(
  indptr: usize,
  indices: usize,
  values: usize,
  rows: i32,
  columns: i32,
  classes: i32,
  fitIntercept: bool,
): Logistic {
  const p = changetype<Logistic>(heap.alloc(offsetof<Logistic>()));
  memory.fill(changetype<usize>(p), 0, offsetof<Logistic>());
  p.indptr = indptr;
  p.indices = indices;
  p.values = values;
  p.rows = rows;
  p.columns = columns;
  p.classes = classes;
  p.stride = (classes + 1) & ~1;
  p.fitIntercept = fitIntercept;
  p.logits = heap.alloc((p.stride as usize) << 3);
  return p;
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
  fitIntercept: bool,
): usize {
  const p = newProblem(indptr, indices, values, rows, columns, classes, fitIntercept);
  p.classOf = classOf;
  p.weights = weights;
  p.penalty = 1 / c;
  const size = ((columns + (fitIntercept ? 1 : 0)) as usize) * (p.stride as usize);
  p.lbfgs = newLbfgs(size, evaluate.index, changetype<usize>(p));
  p.coefficients = p.lbfgs.x;
  precondition(p);
  return changetype<usize>(p);
}

/**
 * The Hessian's diagonal at the start, where every class has the probability 1/k: sum(weight x^2) (1/k) (1 - 1/k) + 1/C. Words that are common
 * and words that are rare, or columns in different units, differ in it by orders of magnitude.
 */
function precondition(p: Logistic): void {
  const diagonal = p.lbfgs.inverseDiagonal;
  const stride = p.stride as usize;
  const size = p.lbfgs.n << 3;
  const k = p.classes as f64;
  memory.fill(diagonal, 0, size);
  for (let row = 0; row < p.rows; row++) {
    const weight = (load<f64>(p.weights + ((row as usize) << 3)) * (1 - 1 / k)) / k;
    for (let i = firstOf(p, row); i < endOf(p, row); i++) {
      const value = load<f32>(p.values + (i << 2)) as f64;
      const at = diagonal + ((columnOf(p, row, i) * stride) << 3);
      store<f64>(at, load<f64>(at) + weight * value * value);
    }
    if (p.fitIntercept) {
      const at = diagonal + (((p.columns as usize) * stride) << 3);
      store<f64>(at, load<f64>(at) + weight);
    }
  }
  const penalised = ((p.columns as usize) * stride) << 3;
  for (let at: usize = 0; at < size; at += stride << 3) {
    const inverse = 1 / (load<f64>(diagonal + at) + (at < penalised ? p.penalty : 0));
    for (let c: usize = 0; c < stride; c++) store<f64>(diagonal + at + (c << 3), inverse);
  }
}

/** Where the stored values of a row start and end, and the column of one of them. */
function firstOf(p: Logistic, row: i32): usize {
  if (p.indptr === 0) return (row as usize) * (p.columns as usize);
  return load<u32>(p.indptr + ((row as usize) << 2)) as usize;
}

function endOf(p: Logistic, row: i32): usize {
  return firstOf(p, row + 1);
}

function columnOf(p: Logistic, row: i32, i: usize): usize {
  if (p.indptr === 0) return i - (row as usize) * (p.columns as usize);
  return load<u32>(p.indices + (i << 2)) as usize;
}

/** Makes up to `iterations` steps; returns 0 when it may go on, 1 when it has converged, 2 when rounding lets it get no lower. */
export function runLogistic(logistic: usize, iterations: i32, tolerance: f64): i32 {
  const p = changetype<Logistic>(logistic);
  const status = runLbfgs(p.lbfgs, iterations, tolerance);
  p.coefficients = p.lbfgs.x;
  p.iterations = p.lbfgs.iterations;
  p.objective = p.lbfgs.value / p.penalty;
  return status;
}

export function releaseLogistic(logistic: usize): void {
  const p = changetype<Logistic>(logistic);
  releaseLbfgs(p.lbfgs);
  heap.free(p.logits);
  heap.free(logistic);
}

/** Writes class probabilities (rows x classes f64) from coefficients laid out as above. */
export function predictLogistic(
  indptr: usize,
  indices: usize,
  values: usize,
  rows: i32,
  columns: i32,
  classes: i32,
  coefficients: usize,
  fitIntercept: bool,
  out: usize,
): void {
  const p = newProblem(indptr, indices, values, rows, columns, classes, fitIntercept);
  const bytes = (classes as usize) << 3;
  for (let row = 0; row < rows; row++) {
    setLogits(p, row, coefficients);
    softmax(p.logits, classes);
    memory.copy(out + (row as usize) * bytes, p.logits, bytes);
  }
  canonicalNaN<f64>(out, rows * classes);
  heap.free(p.logits);
  heap.free(changetype<usize>(p));
}

/** The objective and its gradient: one pass over the rows. */
function evaluate(x: usize, gradient: usize, context: usize): f64 {
  const p = changetype<Logistic>(context);
  const classes = p.classes;
  const stride = (p.stride as usize) << 3;
  const penalised = (p.columns as usize) * (p.stride as usize);
  const intercept = gradient + (penalised << 3);
  let loss = 0.5 * p.penalty * dot(x, x, penalised);
  setScaled(gradient, p.penalty, x, penalised);
  if (p.fitIntercept) memory.fill(intercept, 0, stride);
  for (let row = 0; row < p.rows; row++) {
    const weight = load<f64>(p.weights + ((row as usize) << 3));
    if (weight === 0) continue;
    setLogits(p, row, x);
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

/** logits = W x_row + b; the padding gets a product of zeros. */
function setLogits(p: Logistic, row: i32, w: usize): void {
  if (ASC_FEATURE_SIMD) setLogitsLanes<v128>(p, row, w);
  else setLogitsLanes<f64>(p, row, w);
}

// @ts-ignore: decorator
@inline
function setLogitsLanes<T>(p: Logistic, row: i32, w: usize): void {
  const stride = (p.stride as usize) << 3;
  const bias = w + (p.columns as usize) * stride;
  const from = firstOf(p, row);
  const to = endOf(p, row);
  for (let c: usize = 0; c < stride; c += sizeof<T>()) {
    let sum = p.fitIntercept ? load<T>(bias + c) : splat<T>(0);
    if (p.indptr === 0) {
      let at = w + c;
      for (let i = from; i < to; i++, at += stride) {
        sum = add<T>(sum, mul<T>(splat<T>(load<f32>(p.values + (i << 2)) as f64), load<T>(at)));
      }
    } else {
      for (let i = from; i < to; i++) {
        const at = w + c + (load<u32>(p.indices + (i << 2)) as usize) * stride;
        sum = add<T>(sum, mul<T>(splat<T>(load<f32>(p.values + (i << 2)) as f64), load<T>(at)));
      }
    }
    store<T>(p.logits + c, sum);
  }
}

/** Turns logits into probabilities; returns log(sum(exp(logits))), by way of the largest so that nothing overflows. */
function softmax(logits: usize, classes: i32): f64 {
  const end = logits + ((classes as usize) << 3);
  let largest = load<f64>(logits);
  for (let at = logits + 8; at < end; at += 8) largest = max(largest, load<f64>(at));
  let sum: f64 = 0;
  for (let at = logits; at < end; at += 8) {
    const e = Math.exp(load<f64>(at) - largest);
    store<f64>(at, e);
    sum += e;
  }
  for (let at = logits; at < end; at += 8) store<f64>(at, load<f64>(at) / sum);
  return largest + Math.log(sum);
}

/** gradient += residual (in p.logits) times the row. */
function addOuterProduct(p: Logistic, row: i32, gradient: usize): void {
  const stride = (p.stride as usize) << 3;
  const to = endOf(p, row);
  for (let i = firstOf(p, row); i < to; i++) {
    const at = gradient + columnOf(p, row, i) * stride;
    addScaled(at, load<f32>(p.values + (i << 2)) as f64, p.logits, p.stride);
  }
}
