// Scores of linear models, W x + b, and what softmax makes of them. W lies column by column, each with its classes side by side, padded
// with a zero to an even number (`stride`); the intercept is one column more at the end.
import { canonicalNaN } from "../nan";
import { add, mul, splat } from "./lanes";
import { columnOf, endOf, firstOf, newRows, Rows, valueOf } from "./rows";

export function strideOf(classes: i32): i32 {
  return (classes + 1) & ~1;
}

/** scores (`stride` f64) = W x_row + b; the padding gets a product of zeros. */
export function setScores(x: Rows, row: i32, w: usize, elements: i32, hasIntercept: bool, scores: usize): void {
  if (ASC_FEATURE_SIMD) setScoresLanes<v128>(x, row, w, elements, hasIntercept, scores);
  else setScoresLanes<f64>(x, row, w, elements, hasIntercept, scores);
}

// @ts-ignore: decorator
@inline
function setScoresLanes<T>(x: Rows, row: i32, w: usize, elements: i32, hasIntercept: bool, scores: usize): void {
  const stride = (elements as usize) << 3;
  const bias = w + (x.columns as usize) * stride;
  const from = firstOf(x, row);
  const to = endOf(x, row);
  for (let c: usize = 0; c < stride; c += sizeof<T>()) {
    let sum = hasIntercept ? load<T>(bias + c) : splat<T>(0);
    if (x.indptr === 0) {
      let at = w + c;
      for (let i = from; i < to; i++, at += stride) sum = add<T>(sum, mul<T>(splat<T>(valueOf(x, i)), load<T>(at)));
    } else {
      for (let i = from; i < to; i++) {
        const at = w + c + columnOf(x, row, i) * stride;
        sum = add<T>(sum, mul<T>(splat<T>(valueOf(x, i)), load<T>(at)));
      }
    }
    store<T>(scores + c, sum);
  }
}

/** Turns scores into probabilities; returns log(sum(exp(scores))), by way of the largest so that nothing overflows. */
export function softmax(scores: usize, classes: i32): f64 {
  const end = scores + ((classes as usize) << 3);
  let largest = load<f64>(scores);
  for (let at = scores + 8; at < end; at += 8) largest = max(largest, load<f64>(at));
  let sum: f64 = 0;
  for (let at = scores; at < end; at += 8) {
    const e = Math.exp(load<f64>(at) - largest);
    store<f64>(at, e);
    sum += e;
  }
  for (let at = scores; at < end; at += 8) store<f64>(at, load<f64>(at) / sum);
  return largest + Math.log(sum);
}

/** Writes rows x classes f64: scores, or probabilities by softmax, of a model whose coefficients are laid out as above. */
export function predictLinear(
  indptr: usize,
  indices: usize,
  values: usize,
  rows: i32,
  columns: i32,
  classes: i32,
  coefficients: usize,
  bySoftmax: bool,
  out: usize,
): void {
  const x = newRows(indptr, indices, values, rows, columns);
  const stride = strideOf(classes);
  const scores = heap.alloc((stride as usize) << 3);
  const bytes = (classes as usize) << 3;
  for (let row = 0; row < rows; row++) {
    setScores(x, row, coefficients, stride, true, scores);
    if (bySoftmax) softmax(scores, classes);
    memory.copy(out + (row as usize) * bytes, scores, bytes);
  }
  canonicalNaN<f64>(out, rows * classes);
  heap.free(scores);
  heap.free(changetype<usize>(x));
}
