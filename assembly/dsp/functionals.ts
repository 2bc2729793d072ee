// Functionals: what an utterance's contour is summed up by. NaN values (unvoiced frames of a pitch contour) are left out.
import { sortAscending } from "./sort";

import { canonicalNaN } from "../nan";

/** How many values `functionals` writes a column. */
export const FUNCTIONALS: i32 = 12;

/**
 * For each column of a row-major matrix writes, f32: mean, standard deviation (of the population), minimum, maximum, 5th, 25th, 50th,
 * 75th and 95th percentile (linear interpolation, numpy.percentile), skewness and excess kurtosis (of the population, 0 for a constant),
 * slope of the least-squares line over the row number. A column with no value at all gives zeros.
 */
export function functionals(x: usize, rows: i32, columns: i32, out: usize): void {
  const sorted = heap.alloc((<usize>rows + 1) << 2);
  for (let c = 0; c < columns; c++) {
    column(x + ((<usize>c) << 2), rows, (<usize>columns) << 2, sorted, out + ((<usize>(c * FUNCTIONALS)) << 2));
  }
  canonicalNaN<f32>(out, columns * FUNCTIONALS);
  heap.free(sorted);
}

function column(x: usize, rows: i32, step: usize, sorted: usize, out: usize): void {
  let count = 0;
  let sum = 0.0;
  let rowSum = 0.0;
  for (let r = 0; r < rows; r++) {
    const v = load<f32>(x + <usize>r * step);
    if (isNaN(v)) continue;
    store<f32>(sorted + ((<usize>count) << 2), v);
    sum += v;
    rowSum += <f64>r;
    count++;
  }
  if (count === 0) {
    memory.fill(out, 0, (<usize>FUNCTIONALS) << 2);
    return;
  }
  const n = <f64>count;
  const mean = sum / n;
  const rowMean = rowSum / n;
  let m2 = 0.0;
  let m3 = 0.0;
  let m4 = 0.0;
  let covariance = 0.0;
  let rowVariance = 0.0;
  for (let r = 0; r < rows; r++) {
    const v = load<f32>(x + <usize>r * step);
    if (isNaN(v)) continue;
    const d = <f64>v - mean;
    const square = d * d;
    m2 += square;
    m3 += square * d;
    m4 += square * square;
    const row = <f64>r - rowMean;
    covariance += d * row;
    rowVariance += row * row;
  }
  const variance = m2 / n;
  const deviation = Math.sqrt(variance);
  const flat = deviation <= 1e-7 * Math.abs(mean);
  sortAscending(sorted, count);
  store<f32>(out, <f32>mean);
  store<f32>(out, <f32>deviation, 4);
  store<f32>(out, load<f32>(sorted), 8);
  store<f32>(out, load<f32>(sorted + ((<usize>(count - 1)) << 2)), 12);
  store<f32>(out, percentile(sorted, count, 0.05), 16);
  store<f32>(out, percentile(sorted, count, 0.25), 20);
  store<f32>(out, percentile(sorted, count, 0.5), 24);
  store<f32>(out, percentile(sorted, count, 0.75), 28);
  store<f32>(out, percentile(sorted, count, 0.95), 32);
  store<f32>(out, flat ? <f32>0 : <f32>(m3 / n / (variance * deviation)), 36);
  store<f32>(out, flat ? <f32>0 : <f32>(m4 / n / (variance * variance) - 3.0), 40);
  store<f32>(out, rowVariance > 0.0 ? <f32>(covariance / rowVariance) : <f32>0, 44);
}

function percentile(sorted: usize, count: i32, share: f64): f32 {
  const position = share * <f64>(count - 1);
  const below = <i32>position;
  const low = <f64>load<f32>(sorted + ((<usize>below) << 2));
  const high = <f64>load<f32>(sorted + ((<usize>min(below + 1, count - 1)) << 2));
  return <f32>(low + (high - low) * (position - <f64>below));
}
