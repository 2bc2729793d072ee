// The inverse STFT by windowed overlap-add, normalised by the sum of the squared windows (Griffin and Lim 1984), as librosa.istft.
import { canonicalNaN } from "../nan";
import { lanes } from "./lanes";
import { realFftInverse } from "./rfft";
import { Stft } from "./stft";

/** Adds the block of spectra in plan.fft to the signal at `out`, frame l from sample l * hop on; only the first `valid` frames. */
export function istftBlock<T>(plan: Stft, valid: i32, out: usize): void {
  const swapped = realFftInverse<T>(plan.fft);
  const even = (plan.nFft & 1) === 0;
  const re = swapped ? plan.fft.workR : plan.fft.inR;
  const im = swapped ? plan.fft.workI : plan.fft.inI;
  for (let lane = 0; lane < min(lanes<T>(), valid); lane++) {
    const frame = out + ((<usize>(lane * plan.hop)) << 2);
    for (let i = plan.from; i < plan.to; i++) {
      const base = even && (i & 1) === 1 ? im : re;
      const value = load<f32>(base + <usize>(even ? i >> 1 : i) * sizeof<T>() + ((<usize>lane) << 2));
      const at = (<usize>i) << 2;
      store<f32>(frame + at, load<f32>(frame + at) + value * load<f32>(plan.window + at));
    }
  }
}

/** Divides a signal of n samples, the overlap-add of `frames` frames, by the sum of their squared windows where it is not tiny. */
export function istftNormalise(plan: Stft, frames: i32, n: i32, signal: usize): void {
  const sums = heap.alloc((<usize>n) << 2);
  memory.fill(sums, 0, (<usize>n) << 2);
  for (let t = 0; t < frames; t++) {
    const frame = sums + ((<usize>(t * plan.hop)) << 2);
    const end = min(plan.to, n - t * plan.hop);
    for (let i = plan.from; i < end; i++) {
      const w = load<f32>(plan.window + ((<usize>i) << 2));
      store<f32>(frame + ((<usize>i) << 2), load<f32>(frame + ((<usize>i) << 2)) + w * w);
    }
  }
  for (let i: usize = 0; i < (<usize>n) << 2; i += 4) {
    const sum = load<f32>(sums + i);
    if (sum > <f32>1.17549435e-38) store<f32>(signal + i, load<f32>(signal + i) / sum);
  }
  canonicalNaN<f32>(signal, n);
  heap.free(sums);
}
