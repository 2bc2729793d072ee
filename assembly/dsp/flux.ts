// Spectral flux, and the same over mel bands in decibels: onset strength.
import { add, max, oneFrameEarlier, splat, sub } from "./lanes";

/**
 * Writes, for each frame of a block of `count` values of T, by how much its values rose over those of the frame before in all:
 * sum max(0, x_t - x_t-1), the half-wave rectified L1 flux of Dixon ("Onset detection revisited", DAFx 2006). The f32 of the
 * frame before the block's first lie `step` bytes apart from `before` on.
 */
export function fluxBlock<T>(x: usize, before: usize, step: usize, count: i32, out: usize): void {
  let sum = splat<T>(0);
  for (let k: usize = 0; k < <usize>count; k++) {
    const now = load<T>(x + k * sizeof<T>());
    sum = add<T>(sum, max<T>(splat<T>(0), sub<T>(now, oneFrameEarlier<T>(now, before + k * step))));
  }
  store<T>(out, sum);
}

/**
 * Writes the onset strength of `frames` frames, as librosa.onset.onset_strength with lag 1 and max_size 1: the mean rise of the `nMels`
 * bands of `logMel` (blocks of T), `delay` frames later, because a frame hears an onset as soon as its end reaches it.
 */
export function onsetStrength<T>(
  logMel: usize, nMels: i32, frames: i32, delay: i32, scratch: usize, out: usize, row: usize,
): void {
  const abreast = <i32>(sizeof<T>() >> 2);
  for (let t = 0; t < min(delay, frames); t++) store<f32>(out + <usize>t * row, 0);
  for (let t = 0; t < frames - delay; t += abreast) {
    const block = logMel + ((<usize>t * <usize>nMels) << 2);
    // The first frame follows none: its difference to itself is 0.
    const before = t === 0 ? block : block - <usize>nMels * sizeof<T>() + sizeof<T>() - 4;
    fluxBlock<T>(block, before, sizeof<T>(), nMels, scratch);
    for (let lane = 0; lane < min(abreast, frames - delay - t); lane++) {
      const strength = load<f32>(scratch + ((<usize>lane) << 2)) / <f32>nMels;
      store<f32>(out + <usize>(t + lane + delay) * row, strength);
    }
  }
}
