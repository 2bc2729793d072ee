// Energy and zero crossings of frames of the padded signal x, as librosa.feature.rms and zero_crossing_rate.

import { canonical } from "../nan";

/** Writes sqrt(mean(x^2)) of each frame to out, `stride` values apart. */
export function rmsFrames(x: usize, frames: i32, frameLength: i32, hop: i32, out: usize, stride: i32): void {
  for (let t = 0; t < frames; t++) {
    const sum = sumOfSquares(x + (<usize>(t * hop) << 2), frameLength);
    store<f32>(out + (<usize>(t * stride) << 2), canonical<f32>(<f32>Math.sqrt(sum / <f64>frameLength)));
  }
}

/** In f64: four running sums of every fourth value, added in pairs, then the values that are left. */
// @ts-ignore: decorator
@inline
export function sumOfSquares(x: usize, n: i32): f64 {
  if (ASC_FEATURE_SIMD) {
    const whole = x + (<usize>(n & ~3) << 2);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let at = x;
    for (; at < whole; at += 16) {
      const v = v128.load(at);
      const a = f64x2.promote_low_f32x4(v);
      const b = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
      low = f64x2.add(low, f64x2.mul(a, a));
      high = f64x2.add(high, f64x2.mul(b, b));
    }
    const pairs = f64x2.add(low, high);
    return squaresFrom(at, x + (<usize>n << 2), f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1));
  }
  return sumOfSquaresScalar(x, n);
}

/** `sumOfSquares` without SIMD: the same sums in the same order. */
export function sumOfSquaresScalar(x: usize, n: i32): f64 {
  const whole = x + (<usize>(n & ~3) << 2);
  let s0 = 0.0;
  let s1 = 0.0;
  let s2 = 0.0;
  let s3 = 0.0;
  let at = x;
  for (; at < whole; at += 16) {
    const a = <f64>load<f32>(at);
    const b = <f64>load<f32>(at, 4);
    const c = <f64>load<f32>(at, 8);
    const d = <f64>load<f32>(at, 12);
    s0 += a * a;
    s1 += b * b;
    s2 += c * c;
    s3 += d * d;
  }
  return squaresFrom(at, x + (<usize>n << 2), s0 + s2 + (s1 + s3));
}

// @ts-ignore: decorator
@inline
function squaresFrom(from: usize, end: usize, sum: f64): f64 {
  for (let at = from; at < end; at += 4) {
    const v = <f64>load<f32>(at);
    sum += v * v;
  }
  return sum;
}

/**
 * Writes the share of samples of each frame whose sign differs from the sample's before them; |x| <= threshold counts as 0, and 0 as positive
 * with `zeroPos`, else as a sign of its own. With `pad` a frame's first sample counts as a crossing.
 */
export function zcrFrames(
  x: usize, frames: i32, frameLength: i32, hop: i32, zeroThreshold: f32, zeroPos: bool, pad: bool, out: usize, stride: i32,
): void {
  for (let t = 0; t < frames; t++) {
    const frame = x + (<usize>(t * hop) << 2);
    const end = frame + (<usize>frameLength << 2);
    let crossings = i32(pad);
    let at = frame + 4;
    if (ASC_FEATURE_SIMD && zeroPos) {
      const threshold = f32x4.splat(-zeroThreshold);
      let counts = i32x4.splat(0);
      for (; at + 16 <= end; at += 16) {
        const before = f32x4.lt(v128.load(at - 4), threshold);
        counts = i32x4.sub(counts, v128.xor(before, f32x4.lt(v128.load(at), threshold)));
      }
      crossings += i32x4.extract_lane(counts, 0) + i32x4.extract_lane(counts, 1);
      crossings += i32x4.extract_lane(counts, 2) + i32x4.extract_lane(counts, 3);
    }
    for (; at < end; at += 4) {
      const before = load<f32>(at - 4);
      const now = load<f32>(at);
      let crosses = before < -zeroThreshold !== now < -zeroThreshold;
      if (!zeroPos) crosses = crosses || before > zeroThreshold !== now > zeroThreshold;
      crossings += i32(crosses);
    }
    store<f32>(out + (<usize>(t * stride) << 2), <f32>crossings / <f32>frameLength);
  }
}
