// Coefficients of the polynomial that fits a magnitude spectrum best, as librosa.feature.poly_features (numpy.polyfit over the bins'
// frequencies): a fit is linear in what it fits, so it is a matrix, made once from polynomials that are orthogonal over the bins.
import { lanes } from "./lanes";

// @ts-ignore: decorator
@unmanaged
export class Poly {
  order: i32;
  bins: i32;
  /** (order + 1) x bins, f64, the highest power first. */
  weights: usize;
}

export function polyPlan(bins: i32, binHz: f64, order: i32): Poly {
  const plan = changetype<Poly>(heap.alloc(offsetof<Poly>()));
  plan.order = order;
  plan.bins = bins;
  plan.weights = heap.alloc((<usize>((order + 1) * bins)) << 3);
  polyWeights(bins, binHz, order, plan.weights);
  return plan;
}

export function polyFree(plan: Poly): void {
  heap.free(plan.weights);
  heap.free(changetype<usize>(plan));
}

// @ts-ignore: decorator
@inline
function at(row: usize, i: i32): usize {
  return row + ((<usize>i) << 3);
}

/**
 * With u from -1 to 1 over the bins, the orthogonal polynomials are p_j+1 = u p_j - b_j p_j-1 with b_j = |p_j|^2 / |p_j-1|^2 (Gram), and
 * the fit is the sum of p_j <p_j, y> / |p_j|^2. Its powers of u are then written as powers of the frequency.
 */
function polyWeights(bins: i32, binHz: f64, order: i32, out: usize): void {
  const size = order + 1;
  const width = <usize>size << 3;
  // Powers of u in p_j and p_j-1; values of both over the bins.
  const work = heap.alloc(2 * width + ((<usize>bins) << 4));
  let now = work;
  let before = now + width;
  let values = before + width;
  let valuesBefore = values + ((<usize>bins) << 3);
  memory.fill(work, 0, 2 * width + ((<usize>bins) << 4));
  memory.fill(out, 0, (<usize>(size * bins)) << 3);
  store<f64>(now, 1.0);
  for (let k = 0; k < bins; k++) store<f64>(at(values, k), 1.0);
  let squareBefore = 0.0;
  for (let j = 0; j < size; j++) {
    let square = 0.0;
    for (let k = 0; k < bins; k++) square += load<f64>(at(values, k)) * load<f64>(at(values, k));
    for (let power = 0; power <= j; power++) {
      const row = at(out, (order - power) * bins);
      const factor = load<f64>(at(now, power)) / square;
      for (let k = 0; k < bins; k++) {
        store<f64>(at(row, k), load<f64>(at(row, k)) + factor * load<f64>(at(values, k)));
      }
    }
    const ratio = j === 0 ? 0.0 : square / squareBefore;
    squareBefore = square;
    for (let k = 0; k < bins; k++) {
      const next = unit(k, bins) * load<f64>(at(values, k)) - ratio * load<f64>(at(valuesBefore, k));
      store<f64>(at(valuesBefore, k), next);
    }
    for (let power = order; power >= 0; power--) {
      const raised = power === 0 ? 0.0 : load<f64>(at(now, power - 1));
      store<f64>(at(before, power), raised - ratio * load<f64>(at(before, power)));
    }
    const swap = now;
    now = before;
    before = swap;
    const swapValues = values;
    values = valuesBefore;
    valuesBefore = swapValues;
  }
  heap.free(work);
  // u = f * 2 / top - 1: first a shift by -1 (Horner's scheme, power by power), then a scale.
  for (let lowest = 0; lowest < order; lowest++) {
    for (let power = order - 1; power >= lowest; power--) {
      const row = at(out, (order - power) * bins);
      const higher = at(out, (order - power - 1) * bins);
      for (let k = 0; k < bins; k++) store<f64>(at(row, k), load<f64>(at(row, k)) - load<f64>(at(higher, k)));
    }
  }
  const perHz = 2.0 / (<f64>(bins - 1) * binHz);
  let scale = 1.0;
  for (let power = 0; power < size; power++) {
    const row = at(out, (order - power) * bins);
    for (let k = 0; k < bins; k++) store<f64>(at(row, k), load<f64>(at(row, k)) * scale);
    scale *= perHz;
  }
}

// @ts-ignore: decorator
@inline
function unit(k: i32, bins: i32): f64 {
  return (2.0 * <f64>k) / <f64>(bins - 1) - 1.0;
}

/** Writes the coefficients of `valid` frames of a block of magnitudes, one row a frame; summed in float64. */
export function polyRows<T>(plan: Poly, magnitude: usize, valid: i32, out: usize, row: usize): void {
  for (let i = 0; i <= plan.order; i++) {
    const weights = at(plan.weights, i * plan.bins);
    for (let lane = 0; lane < min(valid, lanes<T>()); lane++) {
      const x = magnitude + ((<usize>lane) << 2);
      let sum = 0.0;
      for (let k = 0; k < plan.bins; k++) sum += load<f64>(at(weights, k)) * <f64>load<f32>(x + <usize>k * sizeof<T>());
      store<f32>(out + <usize>lane * row + ((<usize>i) << 2), <f32>sum);
    }
  }
}
