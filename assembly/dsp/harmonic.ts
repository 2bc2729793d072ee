// The harmonic (or percussive) part of a signal: STFT, median masks, inverse STFT (librosa.effects.harmonic and percussive).
import { hpssMask } from "./hpss";
import { istftBlock, istftNormalise } from "./istft";
import { lanes, mul } from "./lanes";
import { powerBlock, sqrtBlock, Stft, stftBlock } from "./stft";

/** Magnitudes of `frames` frames of the padded signal x, row-major; x must reach 3 hops behind the last frame. */
export function stftMagnitudes<T>(plan: Stft, x: usize, frames: i32, out: usize): void {
  const bins = <usize>plan.bins;
  const block = heap.alloc(bins * sizeof<T>());
  for (let t = 0; t < frames; t += lanes<T>()) {
    stftBlock<T>(plan, x + ((<usize>(t * plan.hop)) << 2));
    powerBlock<T>(plan.fft, block);
    sqrtBlock<T>(block, plan.bins, block);
    for (let lane = 0; lane < min(lanes<T>(), frames - t); lane++) {
      const row = out + ((<usize>(t + lane) * bins) << 2);
      for (let k: usize = 0; k < bins; k++)
        store<f32>(row + (k << 2), load<f32>(block + k * sizeof<T>() + ((<usize>lane) << 2)));
    }
  }
  heap.free(block);
}

/**
 * Writes the part of the padded signal x (n samples, 3 hops of zeros behind them) that the mask lets through, padding included.
 */
export function hpssSignal<T>(
  plan: Stft,
  x: usize,
  n: i32,
  frames: i32,
  timeWidth: i32,
  frequencyWidth: i32,
  power: f64,
  percussive: bool,
  out: usize,
): void {
  const bins = <usize>plan.bins;
  const magnitudes = heap.alloc((<usize>frames * bins) << 2);
  const mask = heap.alloc((<usize>frames * bins) << 2);
  stftMagnitudes<T>(plan, x, frames, magnitudes);
  hpssMask(magnitudes, frames, plan.bins, timeWidth, frequencyWidth, power, percussive, mask);
  heap.free(magnitudes);
  const lane4 = heap.alloc(sizeof<T>());
  memory.fill(out, 0, (<usize>n) << 2);
  for (let t = 0; t < frames; t += lanes<T>()) {
    const valid = min(lanes<T>(), frames - t);
    stftBlock<T>(plan, x + ((<usize>(t * plan.hop)) << 2));
    for (let k: usize = 0; k < bins; k++) {
      for (let lane = 0; lane < lanes<T>(); lane++) {
        const row = <usize>min(t + lane, frames - 1) * bins;
        store<f32>(lane4 + ((<usize>lane) << 2), load<f32>(mask + ((row + k) << 2)));
      }
      const m = load<T>(lane4);
      store<T>(plan.fft.re + k * sizeof<T>(), mul<T>(load<T>(plan.fft.re + k * sizeof<T>()), m));
      store<T>(plan.fft.im + k * sizeof<T>(), mul<T>(load<T>(plan.fft.im + k * sizeof<T>()), m));
    }
    istftBlock<T>(plan, valid, out + ((<usize>(t * plan.hop)) << 2));
  }
  heap.free(lane4);
  heap.free(mask);
  istftNormalise(plan, frames, n, out);
}
