// Spectral shape of a block of frames, as librosa.feature computes it from the magnitude spectrum: m points to `bins` magnitudes of T,
// bin k lies at k * binHz.
import { add, div, exponent, lessThan, loadSplat, logPositive, mantissa, max, mul, splat, sqrt, sub } from "./lanes";

/** Divides by the sum of the magnitudes, by 1 where it is zero (librosa.util.normalize leaves a silent frame as it is). */
// @ts-ignore: decorator
@inline
function normalised<T>(weighted: T, sum: T): T {
  return div<T>(weighted, add<T>(sum, lessThan<T>(sum, splat<T>(<f32>1.17549435e-38))));
}

/** Writes the spectral centroid in Hz: the magnitude-weighted mean of the bins' frequencies. */
export function centroidBlock<T>(m: usize, bins: i32, binHz: f32, out: usize): void {
  // Even and odd bins are summed apart: additions that need not wait for each other.
  let weighted0 = splat<T>(0);
  let weighted1 = splat<T>(0);
  let sum0 = splat<T>(0);
  let sum1 = splat<T>(0);
  let k = 0;
  for (let at = m; k + 1 < bins; k += 2, at += 2 * sizeof<T>()) {
    const even = load<T>(at);
    const odd = load<T>(at + sizeof<T>());
    weighted0 = add<T>(weighted0, mul<T>(splat<T>(<f32>k * binHz), even));
    weighted1 = add<T>(weighted1, mul<T>(splat<T>(<f32>(k + 1) * binHz), odd));
    sum0 = add<T>(sum0, even);
    sum1 = add<T>(sum1, odd);
  }
  if (k < bins) {
    const last = load<T>(m + <usize>k * sizeof<T>());
    weighted0 = add<T>(weighted0, mul<T>(splat<T>(<f32>k * binHz), last));
    sum0 = add<T>(sum0, last);
  }
  store<T>(out, normalised<T>(add<T>(weighted0, weighted1), add<T>(sum0, sum1)));
}

/** Writes the spectral bandwidth in Hz: the magnitude-weighted standard deviation around the centroid at `out` (librosa's p = 2). */
export function bandwidthBlock<T>(m: usize, bins: i32, binHz: f32, out: usize): void {
  const centroid = load<T>(out);
  let weighted0 = splat<T>(0);
  let weighted1 = splat<T>(0);
  let sum0 = splat<T>(0);
  let sum1 = splat<T>(0);
  let k = 0;
  for (let at = m; k + 1 < bins; k += 2, at += 2 * sizeof<T>()) {
    const even = load<T>(at);
    const odd = load<T>(at + sizeof<T>());
    const below = sub<T>(splat<T>(<f32>k * binHz), centroid);
    const above = sub<T>(splat<T>(<f32>(k + 1) * binHz), centroid);
    weighted0 = add<T>(weighted0, mul<T>(even, mul<T>(below, below)));
    weighted1 = add<T>(weighted1, mul<T>(odd, mul<T>(above, above)));
    sum0 = add<T>(sum0, even);
    sum1 = add<T>(sum1, odd);
  }
  if (k < bins) {
    const last = load<T>(m + <usize>k * sizeof<T>());
    const deviation = sub<T>(splat<T>(<f32>k * binHz), centroid);
    weighted0 = add<T>(weighted0, mul<T>(last, mul<T>(deviation, deviation)));
    sum0 = add<T>(sum0, last);
  }
  store<T>(out, sqrt<T>(normalised<T>(add<T>(weighted0, weighted1), add<T>(sum0, sum1))));
}

/**
 * Writes the spectral bandwidth of order p around the centroid at `out`, in place of it: sum(m |f - centroid|^p)^(1/p), m divided by its sum
 * with `norm`.
 */
export function bandwidthOfOrder<T>(m: usize, bins: i32, binHz: f32, p: f64, norm: bool, out: usize): void {
  for (let lane: usize = 0; lane < sizeof<T>(); lane += 4) {
    const centroid = <f64>load<f32>(out + lane);
    let weighted = 0.0;
    let sum = 0.0;
    for (let k = 0; k < bins; k++) {
      const value = <f64>load<f32>(m + lane + <usize>k * sizeof<T>());
      weighted += value * Math.pow(Math.abs(<f64>k * <f64>binHz - centroid), p);
      sum += value;
    }
    if (norm && sum >= 1.1754943508222875e-38) weighted /= sum;
    store<f32>(out + lane, <f32>Math.pow(weighted, 1.0 / p));
  }
}

/** Writes `count` values of T of a block to any power. */
export function powerBlock<T>(x: usize, count: i32, power: f64, out: usize): void {
  for (let k: usize = 0; k < <usize>count * sizeof<T>(); k += 4) {
    store<f32>(out + k, <f32>Math.pow(<f64>load<f32>(x + k), power));
  }
}

/** Writes the roll-off in Hz: the first bin at which the running sum reaches `percent` of the whole. */
export function rolloffBlock<T>(m: usize, bins: i32, binHz: f32, percent: f32, out: usize): void {
  const end = <usize>bins * sizeof<T>();
  let total = splat<T>(0);
  for (let k: usize = 0; k < end; k += sizeof<T>()) total = add<T>(total, load<T>(m + k));
  const threshold = mul<T>(splat<T>(percent), total);
  let running = splat<T>(0);
  let below = splat<T>(0);
  for (let k: usize = 0; k < end; k += sizeof<T>()) {
    running = add<T>(running, load<T>(m + k));
    below = add<T>(below, lessThan<T>(running, threshold));
  }
  store<T>(out, mul<T>(below, splat<T>(binHz)));
}

/**
 * The natural log of the geometric mean and the arithmetic mean of max(amin, power): flatness is exp(first) / second. Exponents are
 * summed and mantissas multiplied, so that one logarithm serves 16 bins; 16 mantissas from 0.5 on cannot underflow.
 */
export function flatnessBlock<T>(power: usize, bins: i32, amin: f32, out: usize): void {
  const floor = splat<T>(amin);
  let logs = splat<T>(0);
  let exponents = splat<T>(0);
  let sum = splat<T>(0);
  const end = power + <usize>bins * sizeof<T>();
  for (let group = power; group < end; group += 16 * sizeof<T>()) {
    let product = splat<T>(1);
    for (let at = group; at < min(group + 16 * sizeof<T>(), end); at += sizeof<T>()) {
      const p = max<T>(load<T>(at), floor);
      product = mul<T>(product, mantissa<T>(p));
      exponents = add<T>(exponents, exponent<T>(p));
      sum = add<T>(sum, p);
    }
    logs = add<T>(logs, logPositive<T>(product));
  }
  logs = add<T>(logs, mul<T>(exponents, splat<T>(<f32>0.6931471805599453)));
  const count = splat<T>(<f32>bins);
  store<T>(out, div<T>(logs, count));
  store<T>(out + sizeof<T>(), div<T>(sum, count));
}

/** Dense weights (rows x columns, row-major) times a block of `columns` values of T: four rows at a time, then what is left. */
export function denseRowsBlock<T>(x: usize, rows: i32, columns: i32, weights: usize, out: usize): void {
  const row = <usize>columns << 2;
  const end = weights + <usize>rows * row;
  let w = weights;
  let to = out;
  for (; w + 3 * row < end; w += 4 * row, to += 4 * sizeof<T>()) {
    let a = splat<T>(0);
    let b = splat<T>(0);
    let c = splat<T>(0);
    let d = splat<T>(0);
    for (let k: usize = 0, at = x; k < row; k += 4, at += sizeof<T>()) {
      const value = load<T>(at);
      a = add<T>(a, mul<T>(value, loadSplat<T>(w + k)));
      b = add<T>(b, mul<T>(value, loadSplat<T>(w + row + k)));
      c = add<T>(c, mul<T>(value, loadSplat<T>(w + 2 * row + k)));
      d = add<T>(d, mul<T>(value, loadSplat<T>(w + 3 * row + k)));
    }
    store<T>(to, a);
    store<T>(to + sizeof<T>(), b);
    store<T>(to + 2 * sizeof<T>(), c);
    store<T>(to + 3 * sizeof<T>(), d);
  }
  for (; w < end; w += row, to += sizeof<T>()) {
    let sum = splat<T>(0);
    for (let k: usize = 0, at = x; k < row; k += 4, at += sizeof<T>()) {
      sum = add<T>(sum, mul<T>(load<T>(at), loadSplat<T>(w + k)));
    }
    store<T>(to, sum);
  }
}
