// Autocorrelation of a whole signal through the FFT (Wiener and Khinchin), after optional centre clipping (Sondhi 1968).
import { canonicalNaN } from "../nan";
import { realFftForwardSingle, realFftInverseSingle } from "./fft-single";
import { realFftFree, realFftPlan } from "./rfft";

/** Moves every sample towards zero by `level`; those nearer than that become zero. */
// @ts-ignore: decorator
@inline
function centreClip(v: f32, level: f32): f32 {
  return v >= level ? v - level : v <= -level ? v + level : 0;
}

/** The shortest length from `least` on that is 1, 9 / 8, 5 / 4, 3 / 2 or 15 / 8 times a power of two, at least 36. */
function transformLength(least: i32): i32 {
  let power = 64;
  while (power < least) power <<= 1;
  const step = power >> 4;
  if (9 * step >= least) return 9 * step;
  if (10 * step >= least) return 10 * step;
  if (12 * step >= least) return 12 * step;
  return 15 * step >= least ? 15 * step : power;
}

/** Writes sum_i c[i] c[i + lag] for 0 <= lag < n, c being x centre-clipped at `level` (0: not at all). x and out may be the same. */
export function autocorrelate(x: usize, n: i32, level: f32, out: usize): void {
  const fft = realFftPlan(transformLength(2 * n));
  const clipped = heap.alloc(<usize>fft.n << 2);
  const end = <usize>n << 2;
  for (let i: usize = 0; i < end; i += 4) store<f32>(clipped + i, centreClip(load<f32>(x + i), level));
  memory.fill(clipped + end, 0, (<usize>fft.n << 2) - end);
  realFftForwardSingle(fft, clipped, fft.re, fft.im);
  heap.free(clipped);
  const whole = (<usize>n >> 1) << 2;
  for (let k: usize = 0; k < <usize>fft.bins << 2; k += 4) {
    const re = load<f32>(fft.re + k);
    const im = load<f32>(fft.im + k);
    store<f32>(fft.re + k, re * re + im * im);
  }
  memory.fill(fft.im, 0, <usize>fft.bins << 2);
  const swapped = realFftInverseSingle(fft);
  const even = swapped ? fft.workR : fft.inR;
  const odd = swapped ? fft.workI : fft.inI;
  for (let i: usize = 0; i < whole; i += 4) {
    store<f32>(out + (i << 1), load<f32>(even + i));
    store<f32>(out + (i << 1), load<f32>(odd + i), 4);
  }
  if ((n & 1) === 1) store<f32>(out + (whole << 1), load<f32>(even + whole));
  canonicalNaN<f32>(out, n);
  realFftFree(fft);
}
