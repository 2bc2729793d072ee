// Window functions, computed in f64. Periodic windows (fftbins=True in scipy.signal.get_window) are symmetric ones of length n + 1
// without their last value.

export const HANN: i32 = 0;
export const HAMMING: i32 = 1;
export const BLACKMAN: i32 = 2;
export const BARTLETT: i32 = 3;
export const POVEY: i32 = 4;
export const BOXCAR: i32 = 5;
export const BLACKMAN_HARRIS: i32 = 6;
export const COSINE: i32 = 7;

/** Sum of a[j] cos(j x), the general cosine window; alternating signs are in the coefficients. */
// @ts-ignore: decorator
@inline
function cosines(x: f64, a0: f64, a1: f64, a2: f64, a3: f64): f64 {
  return a0 + a1 * Math.cos(x) + a2 * Math.cos(2.0 * x) + a3 * Math.cos(3.0 * x);
}

function windowValue(kind: i32, i: i32, last: i32): f64 {
  if (last === 0) return 1.0;
  const x = (2.0 * Math.PI * <f64>i) / <f64>last;
  switch (kind) {
    case HANN:
      return cosines(x, 0.5, -0.5, 0.0, 0.0);
    case HAMMING:
      return cosines(x, 0.54, -0.46, 0.0, 0.0);
    case BLACKMAN:
      return cosines(x, 0.42, -0.5, 0.08, 0.0);
    case BARTLETT:
      return 2 * i <= last ? (2.0 * <f64>i) / <f64>last : 2.0 - (2.0 * <f64>i) / <f64>last;
    case POVEY:
      return Math.pow(cosines(x, 0.5, -0.5, 0.0, 0.0), 0.85); // Kaldi's: hann to the power 0.85
    case BLACKMAN_HARRIS:
      return cosines(x, 0.35875, -0.48829, 0.14128, -0.01168);
    case COSINE:
      return Math.sin((Math.PI * (<f64>i + 0.5)) / <f64>(last + 1));
    default:
      return 1.0;
  }
}

/** Writes n values of a window, f32, periodic or symmetric. */
export function window(kind: i32, n: i32, periodic: bool, out: usize): void {
  const last = periodic ? n : n - 1;
  for (let i = 0; i < n; i++) store<f32>(out + (<usize>i << 2), <f32>windowValue(kind, i, last));
}
