// Window functions, computed in f64 as scipy.signal.windows and Kaldi (feat/feature-window.cc) define them. Periodic windows
// (fftbins=True in scipy.signal.get_window) are symmetric ones of length n + 1 without their last value.
import { besselI0 } from "./bessel";

export const HANN: i32 = 0;
export const HAMMING: i32 = 1;
export const BLACKMAN: i32 = 2;
export const BARTLETT: i32 = 3;
export const POVEY: i32 = 4;
export const BOXCAR: i32 = 5;
export const BLACKMAN_HARRIS: i32 = 6;
export const COSINE: i32 = 7;
export const TRIANG: i32 = 8;
export const FLATTOP: i32 = 9;
export const NUTTALL: i32 = 10;
export const PARZEN: i32 = 11;
export const BOHMAN: i32 = 12;
export const BARTHANN: i32 = 13;
export const LANCZOS: i32 = 14;
export const TUKEY: i32 = 15;
export const KAISER: i32 = 16;
export const GAUSSIAN: i32 = 17;
export const GENERAL_HAMMING: i32 = 18;
export const EXPONENTIAL: i32 = 19;
export const SINE: i32 = 20;

/** Sum of a[j] cos(j x), the general cosine window; alternating signs are in the coefficients. */
// @ts-ignore: decorator
@inline
function cosines(x: f64, a0: f64, a1: f64, a2: f64, a3: f64): f64 {
  return a0 + a1 * Math.cos(x) + a2 * Math.cos(2.0 * x) + a3 * Math.cos(3.0 * x);
}

/** `parameter` is what scipy has in a tuple with the name; of blackman, Kaldi's coefficient. */
function windowValue(kind: i32, i: i32, last: i32, parameter: f64): f64 {
  if (last === 0) return 1.0;
  const n = <f64>last;
  const x = (2.0 * Math.PI * <f64>i) / n;
  /** From the centre: in samples, and as a share of the half. */
  const distance = Math.abs(<f64>i - n / 2.0);
  const share = i === 0 || i === last ? 1.0 : distance / (n / 2.0);
  switch (kind) {
    case HANN:
      return cosines(x, 0.5, -0.5, 0.0, 0.0);
    case HAMMING:
      return cosines(x, 0.54, -0.46, 0.0, 0.0);
    case BLACKMAN:
      // scipy writes the third one down: 0.5 - 0.42 is another number in the last bit.
      return cosines(x, parameter, -0.5, parameter === 0.42 ? 0.08 : 0.5 - parameter, 0.0);
    case BARTLETT:
      return 2 * i <= last ? (2.0 * <f64>i) / n : 2.0 - (2.0 * <f64>i) / n;
    case POVEY:
      return Math.pow(cosines(x, 0.5, -0.5, 0.0, 0.0), 0.85); // Kaldi's: hann to the power 0.85
    case BLACKMAN_HARRIS:
      return cosines(x, 0.35875, -0.48829, 0.14128, -0.01168);
    case COSINE:
      return Math.sin((Math.PI * (<f64>i + 0.5)) / (n + 1.0));
    case TRIANG:
      return (last & 1) === 1 ? (2.0 * <f64>min(i, last - i) + 1.0) / (n + 1.0) : (2.0 * <f64>min(i + 1, last - i + 1)) / (n + 2.0);
    case FLATTOP:
      return cosines(x, 0.21557895, -0.41663158, 0.277263158, -0.083578947) + 0.006947368 * Math.cos(4.0 * x);
    case NUTTALL:
      return cosines(x, 0.3635819, -0.4891775, 0.1365995, -0.0106411);
    case PARZEN: {
      const r = (2.0 * distance) / (n + 1.0);
      return distance <= n / 4.0 ? 1.0 - 6.0 * r * r * (1.0 - r) : 2.0 * (1.0 - r) * (1.0 - r) * (1.0 - r);
    }
    case BOHMAN:
      return share === 1.0 ? 0.0 : (1.0 - share) * Math.cos(Math.PI * share) + Math.sin(Math.PI * share) / Math.PI;
    case BARTHANN:
      return 0.62 - 0.24 * share + 0.38 * Math.cos(Math.PI * share);
    case LANCZOS:
      return share === 0.0 ? 1.0 : share === 1.0 ? 0.0 : Math.sin(Math.PI * share) / (Math.PI * share);
    case TUKEY:
      // The tapers are the outer `parameter` of the window, its middle is flat.
      return share <= 1.0 - parameter ? 1.0 : 0.5 - 0.5 * Math.cos((Math.PI * (1.0 - share)) / parameter);
    case KAISER:
      return besselI0(parameter * Math.sqrt(1.0 - share * share)) / besselI0(parameter);
    case GAUSSIAN:
      return Math.exp((-0.5 * distance * distance) / (parameter * parameter));
    case GENERAL_HAMMING:
      return cosines(x, parameter, parameter - 1.0, 0.0, 0.0);
    case EXPONENTIAL:
      return Math.exp(-distance / parameter);
    case SINE:
      return Math.sin(x / 2.0); // Kaldi's, which unlike scipy's cosine window begins at 0
    default:
      return 1.0;
  }
}

/** Writes n values of a window, f32, periodic or symmetric. */
export function window(kind: i32, n: i32, periodic: bool, parameter: f64, out: usize): void {
  const last = periodic && n > 1 ? n : n - 1;
  for (let i = 0; i < n; i++) store<f32>(out + (<usize>i << 2), <f32>windowValue(kind, i, last, parameter));
}
