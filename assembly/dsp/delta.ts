// Deltas as librosa.feature.delta: the order-th derivative of a least-squares polynomial of that degree over `width` frames
// (Savitzky and Golay 1964). Its coefficients are order! p / <p, p> with p the monic Gram polynomial of that degree.

import { canonical } from "../nan";
import { reflectIndex } from "./pad";

export const DELTA_INTERP: i32 = 0;
export const DELTA_NEAREST: i32 = 1;
export const DELTA_MIRROR: i32 = 2;
export const DELTA_CONSTANT: i32 = 3;
export const DELTA_WRAP: i32 = 4;

/** The frame of n that stands for frame i, before, in or behind them, under a mode of scipy.ndimage; -1 for one of zeros. */
function neighbour(i: i32, n: i32, mode: i32): i32 {
  if (i >= 0 && i < n) return i;
  if (mode === DELTA_MIRROR) return reflectIndex(i, n);
  if (mode === DELTA_CONSTANT) return -1;
  if (mode === DELTA_WRAP) return ((i % n) + n) % n;
  return i < 0 ? 0 : n - 1;
}

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
 * first and last frame, MIRROR reflects the frames without repeating them, CONSTANT takes zeros and WRAP the other end; INTERP
 * (frames >= width) takes the polynomial of the outermost window, whose derivative of that order is constant.
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
  const inner = max(frames - half, half);
  for (let t = 0; t < frames; t++) {
    if (t >= half && t < inner) {
      // All rows are there: the same sums, column by column without a look at the ends.
      const rows = x + (<usize>((t - half) * xStride) << 2);
      innerDeltas(rows, xStride, columns, coefficients, width, out + (<usize>(t * outStride) << 2));
      continue;
    }
    const centre = mode === DELTA_INTERP ? min(max(t, half), frames - 1 - half) : t;
    for (let c = 0; c < columns; c++) {
      let sum = 0.0;
      for (let i = 0; i < width; i++) {
        const row = neighbour(centre + i - half, frames, mode);
        if (row < 0) continue;
        sum += load<f64>(coefficients + ((<usize>i) << 3)) * <f64>load<f32>(x + ((<usize>(row * xStride + c)) << 2));
      }
      store<f32>(out + ((<usize>(t * outStride + c)) << 2), canonical<f32>(<f32>sum));
    }
  }
}

/** Deltas of one frame; x points to the first row of its window. */
// @ts-ignore: decorator
@inline
function innerDeltas(x: usize, xStride: i32, columns: i32, coefficients: usize, width: i32, out: usize): void {
  const row = <usize>xStride << 2;
  const end = coefficients + (<usize>width << 3);
  let c: usize = 0;
  if (ASC_FEATURE_SIMD) {
    for (; c + 4 <= <usize>columns; c += 4) {
      let low = f64x2.splat(0);
      let high = f64x2.splat(0);
      for (let k = coefficients, at = x + (c << 2); k < end; k += 8, at += row) {
        const values = v128.load(at);
        const weight = v128.load64_splat(k);
        low = f64x2.add(low, f64x2.mul(weight, f64x2.promote_low_f32x4(values)));
        high = f64x2.add(high, f64x2.mul(weight, f64x2.promote_low_f32x4(v128.shuffle<f32>(values, values, 2, 3, 2, 3))));
      }
      const a = f32x4.demote_f64x2_zero(low);
      const b = f32x4.demote_f64x2_zero(high);
      v128.store(out + (c << 2), canonicalLanes(v128.shuffle<f32>(a, b, 0, 1, 4, 5)));
    }
  }
  for (; c < <usize>columns; c++) {
    let sum = 0.0;
    for (let k = coefficients, at = x + (c << 2); k < end; k += 8, at += row) {
      sum += load<f64>(k) * <f64>load<f32>(at);
    }
    store<f32>(out + (c << 2), canonical<f32>(<f32>sum));
  }
}

/** NaN in one bit pattern, as `canonical`. */
// @ts-ignore: decorator
@inline
function canonicalLanes(x: v128): v128 {
  return v128.bitselect(x, f32x4.splat(NaN), f32x4.eq(x, x));
}
