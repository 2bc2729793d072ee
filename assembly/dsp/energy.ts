// Energy and zero crossings of frames of the padded signal x, as librosa.feature.rms and zero_crossing_rate.

import { canonical } from "../nan";

/** Writes sqrt(mean(x^2)) of each frame to out, `stride` values apart. */
export function rmsFrames(x: usize, frames: i32, frameLength: i32, hop: i32, out: usize, stride: i32): void {
  for (let t = 0; t < frames; t++) {
    const frame = x + ((<usize>(t * hop)) << 2);
    let sum = 0.0;
    for (let i: usize = 0; i < (<usize>frameLength) << 2; i += 4) {
      const v = <f64>load<f32>(frame + i);
      sum += v * v;
    }
    store<f32>(out + ((<usize>(t * stride)) << 2), canonical<f32>(<f32>Math.sqrt(sum / <f64>frameLength)));
  }
}

const ZERO_THRESHOLD: f32 = 1e-10;

/** Writes the share of samples of each frame whose sign bit differs from the sample's before them; |x| <= 1e-10 counts as +0. */
export function zcrFrames(x: usize, frames: i32, frameLength: i32, hop: i32, out: usize, stride: i32): void {
  for (let t = 0; t < frames; t++) {
    const frame = x + ((<usize>(t * hop)) << 2);
    let crossings = 0;
    let before = load<f32>(frame) < -ZERO_THRESHOLD;
    for (let i: usize = 4; i < (<usize>frameLength) << 2; i += 4) {
      const negative = load<f32>(frame + i) < -ZERO_THRESHOLD;
      crossings += i32(negative !== before);
      before = negative;
    }
    store<f32>(out + ((<usize>(t * stride)) << 2), <f32>crossings / <f32>frameLength);
  }
}
