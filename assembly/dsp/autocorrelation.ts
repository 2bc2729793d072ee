// Autocorrelation of a whole signal through the FFT (Wiener and Khinchin), after optional centre clipping (Sondhi 1968).
import { canonicalNaN } from "../nan";
import { realFftForward, realFftFree, realFftInverse, realFftPlan } from "./rfft";

/** Moves every sample towards zero by `level`; those nearer than that become zero. */
// @ts-ignore: decorator
@inline
function centreClip(v: f32, level: f32): f32 {
  return v >= level ? v - level : v <= -level ? v + level : 0;
}

/** Writes sum_i c[i] c[i + lag] for 0 <= lag < n, c being x centre-clipped at `level` (0: not at all). x and out may be the same. */
export function autocorrelate(x: usize, n: i32, level: f32, out: usize): void {
  let length = 2;
  while (length < 2 * n) length <<= 1;
  const fft = realFftPlan(length);
  memory.fill(fft.inR, 0, <usize>length << 1);
  memory.fill(fft.inI, 0, <usize>length << 1);
  for (let i = 0; i < n; i++) {
    store<f32>(
      ((i & 1) === 0 ? fft.inR : fft.inI) + (<usize>(i >> 1) << 2),
      centreClip(load<f32>(x + (<usize>i << 2)), level),
    );
  }
  realFftForward<f32>(fft);
  for (let k: usize = 0; k < <usize>fft.bins << 2; k += 4) {
    const re = load<f32>(fft.re + k);
    const im = load<f32>(fft.im + k);
    store<f32>(fft.re + k, re * re + im * im);
    store<f32>(fft.im + k, 0);
  }
  const swapped = realFftInverse<f32>(fft);
  const even = swapped ? fft.workR : fft.inR;
  const odd = swapped ? fft.workI : fft.inI;
  for (let lag = 0; lag < n; lag++) {
    store<f32>(out + (<usize>lag << 2), load<f32>(((lag & 1) === 0 ? even : odd) + (<usize>(lag >> 1) << 2)));
  }
  canonicalNaN<f32>(out, n);
  realFftFree(fft);
}
