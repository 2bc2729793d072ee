// A linear support vector machine for two sides, squared hinge loss, by dual coordinate descent with shrinking (Hsieh, Chang, Lin, Keerthi and
// Sundararajan 2008, "A dual coordinate descent method for large-scale linear SVM", algorithm 3; liblinear's solver 1). Minimises
//   |w|^2 / 2  +  sum_i c_i max(0, 1 - y_i w.x_i)^2
// by way of its dual, min_(a >= 0) of |sum_i a_i y_i x_i|^2 / 2 + sum_i a_i^2 / (4 c_i) - sum_i a_i. The intercept is the weight of
// a column more, that of `interceptScaling` in every row, and so is penalised as the others are.
import { canonicalNaN } from "../nan";
import { randomBelow, seedRandom } from "../trees/random";
import { columnOf, endOf, firstOf, newRows, Rows, valueOf } from "./rows";

/** A step below this is not made (liblinear's). */
const SMALLEST_STEP = 1e-12;

@unmanaged
class Dual {
  x: Rows;
  /** f64, a column each, and the intercept's at the end. */
  w: usize;
  interceptScaling: f64;
  /** f64 a row: its side (1 or -1), its multiplier, 1 / (2 c), and the diagonal of the dual's Hessian. */
  side: usize;
  alpha: usize;
  slack: usize;
  diagonal: usize;
  /** i32: the rows that take part, those that are not shrunk away in front. */
  index: usize;
  active: i32;
  /** The bounds of the projected gradient, of the last pass and of this one. */
  highestBefore: f64;
  highest: f64;
  lowest: f64;
}

/**
 * Fits the rows of the class `positive` against all others. `c` holds one f64 a row; rows for which it is 0 take no part.
 * `coefficients` receives columns + 1 f64. Returns the passes made: `maxIter` when the projected gradient's range stayed above
 * `tolerance`.
 */
export function fitLinearSvm(
  indptr: usize,
  indices: usize,
  values: usize,
  rows: i32,
  columns: i32,
  classOf: usize,
  positive: i32,
  c: usize,
  interceptScaling: f64,
  tolerance: f64,
  maxIter: i32,
  seed: u32,
  coefficients: usize,
): i32 {
  const x = newRows(indptr, indices, values, rows, columns);
  const d = changetype<Dual>(heap.alloc(offsetof<Dual>()));
  const bytes = (rows as usize) << 3;
  d.x = x;
  d.w = coefficients;
  d.interceptScaling = interceptScaling;
  d.side = heap.alloc(bytes);
  d.alpha = heap.alloc(bytes);
  d.slack = heap.alloc(bytes);
  d.diagonal = heap.alloc(bytes);
  d.index = heap.alloc(bytes >> 1);
  memory.fill(d.w, 0, ((columns as usize) + 1) << 3);
  memory.fill(d.alpha, 0, bytes);
  const taking = prepare(d, classOf, positive, c);
  const passes = descend(d, taking, tolerance, maxIter, seed, positive);
  canonicalNaN<f64>(d.w, columns + 1);
  heap.free(d.side);
  heap.free(d.alpha);
  heap.free(d.slack);
  heap.free(d.diagonal);
  heap.free(d.index);
  heap.free(changetype<usize>(d));
  heap.free(changetype<usize>(x));
  return passes;
}

/** Fills what does not change; returns how many rows take part. */
function prepare(d: Dual, classOf: usize, positive: i32, c: usize): i32 {
  let taking = 0;
  for (let row = 0; row < d.x.count; row++) {
    const at = (row as usize) << 3;
    const cost = load<f64>(c + at);
    if (cost === 0) continue;
    let square = d.interceptScaling * d.interceptScaling;
    const to = endOf(d.x, row);
    for (let i = firstOf(d.x, row); i < to; i++) square += valueOf(d.x, i) * valueOf(d.x, i);
    store<f64>(d.side + at, (load<u16>(classOf + ((row as usize) << 1)) as i32) === positive ? 1 : -1);
    store<f64>(d.slack + at, 0.5 / cost);
    store<f64>(d.diagonal + at, square + 0.5 / cost);
    store<i32>(d.index + ((taking as usize) << 2), row);
    taking++;
  }
  return taking;
}

function descend(d: Dual, taking: i32, tolerance: f64, maxIter: i32, seed: u32, stream: u32): i32 {
  const random = heap.alloc(16);
  seedRandom(random, seed, stream);
  d.active = taking;
  d.highestBefore = Infinity;
  let pass = 0;
  while (pass < maxIter) {
    shuffle(d, random);
    d.highest = -Infinity;
    d.lowest = Infinity;
    for (let s = 0; s < d.active; ) s += visit(d, s) ? 1 : 0;
    pass++;
    if (d.highest - d.lowest <= tolerance) {
      if (d.active === taking) break;
      d.active = taking; // the shrunk rows get a say before it ends
      d.highestBefore = Infinity;
    } else d.highestBefore = d.highest > 0 ? d.highest : Infinity;
  }
  heap.free(random);
  return pass;
}

function shuffle(d: Dual, random: usize): void {
  for (let s = 0; s < d.active; s++) swap(d, s, s + (randomBelow(random, (d.active - s) as u32) as i32));
}

function swap(d: Dual, s: i32, t: i32): void {
  const a = d.index + ((s as usize) << 2);
  const b = d.index + ((t as usize) << 2);
  const row = load<i32>(a);
  store<i32>(a, load<i32>(b));
  store<i32>(b, row);
}

/** Minimises over the multiplier of the row at place `s`; false when the row was shrunk away and another stands there. */
function visit(d: Dual, s: i32): bool {
  const row = load<i32>(d.index + ((s as usize) << 2));
  const at = (row as usize) << 3;
  const side = load<f64>(d.side + at);
  const alpha = load<f64>(d.alpha + at);
  const gradient = side * product(d, row) - 1 + alpha * load<f64>(d.slack + at);
  if (alpha === 0 && gradient > d.highestBefore) {
    swap(d, s, --d.active);
    return false;
  }
  const projected = alpha === 0 ? min(gradient, 0) : gradient;
  d.highest = max(d.highest, projected);
  d.lowest = min(d.lowest, projected);
  if (abs(projected) <= SMALLEST_STEP) return true;
  const moved = max(alpha - gradient / load<f64>(d.diagonal + at), 0);
  store<f64>(d.alpha + at, moved);
  addRow(d, row, (moved - alpha) * side);
  return true;
}

/** w . x_row, the intercept's column included. */
function product(d: Dual, row: i32): f64 {
  const x = d.x;
  const to = endOf(x, row);
  let sum = load<f64>(d.w + ((x.columns as usize) << 3)) * d.interceptScaling;
  for (let i = firstOf(x, row); i < to; i++) sum += load<f64>(d.w + (columnOf(x, row, i) << 3)) * valueOf(x, i);
  return sum;
}

/** w += a x_row */
function addRow(d: Dual, row: i32, a: f64): void {
  const x = d.x;
  const to = endOf(x, row);
  for (let i = firstOf(x, row); i < to; i++) {
    const at = d.w + (columnOf(x, row, i) << 3);
    store<f64>(at, load<f64>(at) + a * valueOf(x, i));
  }
  const at = d.w + ((x.columns as usize) << 3);
  store<f64>(at, load<f64>(at) + a * d.interceptScaling);
}
