// Moments of a whole signal, summed in f64.

import { canonicalNaN } from "../nan";

/** Writes mean of |x|, standard deviation of x, plain mean of x; f64. */
export function signalMoments(x: usize, n: i32, out: usize): void {
  let sum = 0.0;
  let absolute = 0.0;
  for (let i: usize = 0; i < (<usize>n) << 2; i += 4) {
    const v = <f64>load<f32>(x + i);
    sum += v;
    absolute += Math.abs(v);
  }
  const mean = sum / <f64>n;
  let squares = 0.0;
  for (let i: usize = 0; i < (<usize>n) << 2; i += 4) {
    const d = <f64>load<f32>(x + i) - mean;
    squares += d * d;
  }
  store<f64>(out, absolute / <f64>n);
  store<f64>(out, Math.sqrt(squares / <f64>n), 8);
  store<f64>(out, mean, 16);
  canonicalNaN<f64>(out, 3);
}
