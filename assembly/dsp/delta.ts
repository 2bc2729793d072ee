// Deltas as librosa.feature.delta: the order-th derivative of a least-squares polynomial of that degree over `width` frames
// (Savitzky and Golay 1964). Its coefficients are order! p / <p, p> with p the monic Gram polynomial of that degree.

import { canonical } from "../nan";

export const DELTA_INTERP: i32 = 0;
export const DELTA_NEAREST: i32 = 1;

/** Writes the filter's `width` coefficients, f64; width is odd and larger than order >= 1. */
export function deltaCoefficients(width: i32, order: i32, out: usize): void {
  const half = width >> 1;
  const bytes = (<usize>width) << 3;
  let before = heap.alloc(bytes);
  let now = heap.alloc(bytes);
  memory.fill(before, 0, bytes);
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(now + i, 1.0);
  let square = <f64>width;
  let ratio = 0.0;
  for (let degree = 0; degree < order; degree++) {
    let next = 0.0;
    for (let i = 0; i < width; i++) {
      const at = (<usize>i) << 3;
      const p = <f64>(i - half) * load<f64>(now + at) - ratio * load<f64>(before + at);
      store<f64>(before + at, p);
      next += p * p;
    }
    const swap = before;
    before = now;
    now = swap;
    ratio = next / square;
    square = next;
  }
  let factorial = 1.0;
  for (let k = 2; k <= order; k++) factorial *= <f64>k;
  for (let i: usize = 0; i < bytes; i += 8) store<f64>(out + i, (factorial * load<f64>(now + i)) / square);
  heap.free(before);
  heap.free(now);
}

/**
 * Writes the 2 * half * order + 1 coefficients, f64, of HTK's regression over `half` frames on each side, `order` times over, as Kaldi's
 * DeltaFeatures convolves them. One regression is the least-squares slope over 2 * half + 1 frames.
 */
export function regressionCoefficients(half: i32, order: i32, out: usize): void {
  const width = 2 * half + 1;
  const slope = heap.alloc((<usize>width) << 3);
  deltaCoefficients(width, 1, slope);
  memory.copy(out, slope, (<usize>width) << 3);
  let length = width;
  for (let k = 1; k < order; k++) {
    // From the last coefficient down, so that those which are still to be read are not yet overwritten.
    for (let j = length + width - 2; j >= 0; j--) {
      let sum = 0.0;
      for (let i = max(0, j - length + 1); i < min(width, j + 1); i++) {
        sum += load<f64>(slope + ((<usize>i) << 3)) * load<f64>(out + ((<usize>(j - i)) << 3));
      }
      store<f64>(out + ((<usize>j) << 3), sum);
    }
    length += width - 1;
  }
  heap.free(slope);
}

/**
 * Deltas of `columns` columns of a row-major matrix with `frames` rows, `xStride` values a row. At the ends, NEAREST repeats the
 * first and last frame; INTERP (frames >= width) takes the polynomial of the outermost window, whose derivative of that order
 * is constant.
 */
export function deltaColumns(
  x: usize,
  xStride: i32,
  frames: i32,
  columns: i32,
  coefficients: usize,
  width: i32,
  mode: i32,
  out: usize,
  outStride: i32,
): void {
  const half = width >> 1;
  for (let t = 0; t < frames; t++) {
    const centre = mode === DELTA_INTERP ? min(max(t, half), frames - 1 - half) : t;
    for (let c = 0; c < columns; c++) {
      let sum = 0.0;
      for (let i = 0; i < width; i++) {
        const row = min(max(centre + i - half, 0), frames - 1);
        sum += load<f64>(coefficients + ((<usize>i) << 3)) * <f64>load<f32>(x + ((<usize>(row * xStride + c)) << 2));
      }
      store<f32>(out + ((<usize>(t * outStride + c)) << 2), canonical<f32>(<f32>sum));
    }
  }
}
