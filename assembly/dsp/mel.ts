// Mel filterbanks: triangles between neighbouring mel frequencies, evaluated at the bins; straight over Hz as librosa.filters.mel makes
// them, or over mel as Kaldi does.

import { canonical } from "../nan";

/** Hertz to mel: Slaney's scale (linear below 1 kHz, logarithmic above; Auditory Toolbox) or HTK's 2595 log10(1 + f / 700). */
export function hzToMel(hz: f64, htk: bool): f64 {
  if (htk) return 2595.0 * Math.log10(1.0 + hz / 700.0);
  return hz >= 1000.0 ? 15.0 + Math.log(hz / 1000.0) / (Math.log(6.4) / 27.0) : hz / (200.0 / 3.0);
}

/** The inverse of `hzToMel`. */
export function melToHz(mel: f64, htk: bool): f64 {
  if (htk) return 700.0 * (Math.pow(10.0, mel / 2595.0) - 1.0);
  return mel >= 15.0 ? 1000.0 * Math.exp((Math.log(6.4) / 27.0) * (mel - 15.0)) : (200.0 / 3.0) * mel;
}

export const NORM_NONE: i32 = 0;
/** Each triangle is divided by half its width in Hz, so that all have the same area. */
export const NORM_SLANEY: i32 = 1;

/** Writes nMels x (nFft / 2 + 1) weights, f32, row-major. */
export function melFilterbank(
  sampleRate: f64,
  nFft: i32,
  nMels: i32,
  fMin: f64,
  fMax: f64,
  htk: bool,
  norm: i32,
  out: usize,
): void {
  const bins = (nFft >> 1) + 1;
  const low = hzToMel(fMin, htk);
  const step = (hzToMel(fMax, htk) - low) / <f64>(nMels + 1);
  memory.fill(out, 0, <usize>(nMels * bins) << 2);
  for (let m = 0; m < nMels; m++) {
    const f0 = melToHz(low + step * <f64>m, htk);
    const f1 = melToHz(low + step * <f64>(m + 1), htk);
    const f2 = m + 2 === nMels + 1 ? melToHz(hzToMel(fMax, htk), htk) : melToHz(low + step * <f64>(m + 2), htk);
    const scale = norm === NORM_SLANEY ? 2.0 / (f2 - f0) : 1.0;
    // Outside the triangle the weights are zero; a bin more on each side, since the edges are rounded. What is no triangle is 0 / 0 somewhere.
    const triangle = f0 < f1 && f1 < f2;
    const from = triangle ? max(0, <i32>Math.floor((f0 * <f64>nFft) / sampleRate) - 1) : 0;
    const to = triangle ? min(bins, <i32>Math.ceil((f2 * <f64>nFft) / sampleRate) + 2) : bins;
    for (let k = from; k < to; k++) {
      const f = (<f64>k * sampleRate) / <f64>nFft;
      const weight = Math.max(0.0, Math.min((f - f0) / (f1 - f0), (f2 - f) / (f2 - f1)));
      store<f32>(out + ((<usize>(m * bins + k)) << 2), canonical<f32>(<f32>(weight * scale)));
    }
  }
}

/**
 * Writes Kaldi's filters (MelBanks in feat/mel-computations.cc), nMels x (nFft / 2 + 1), f32, row-major: triangles of height 1 that are
 * straight over mel. The Nyquist bin belongs to none. Kaldi's mel, 1127 ln(1 + f / 700), is HTK's times a constant, which cancels here.
 */
export function melBanks(sampleRate: f64, nFft: i32, nMels: i32, lowFreq: f64, highFreq: f64, out: usize): void {
  const bins = (nFft >> 1) + 1;
  const low = hzToMel(lowFreq, true);
  const step = (hzToMel(highFreq, true) - low) / <f64>(nMels + 1);
  memory.fill(out, 0, <usize>(nMels * bins) << 2);
  for (let k = 0; k < bins - 1; k++) {
    const place = (hzToMel((<f64>k * sampleRate) / <f64>nFft, true) - low) / step;
    for (let m = 0; m < nMels; m++) {
      const weight = Math.max(0.0, 1.0 - Math.abs(place - <f64>(m + 1)));
      store<f32>(out + (<usize>(m * bins + k) << 2), <f32>weight);
    }
  }
}
