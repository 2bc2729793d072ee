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

export const NORM_NONE: f64 = 0.0;
/** Each triangle is divided by half its width in Hz, so that all have the same area. */
export const NORM_SLANEY: f64 = -1.0;

/** Writes nMels x (nFft / 2 + 1) weights, f32, row-major. A `norm` above 0 is a p: each row is divided by its p-norm, as librosa.util.normalize. */
export function melFilterbank(
  sampleRate: f64,
  nFft: i32,
  nMels: i32,
  fMin: f64,
  fMax: f64,
  htk: bool,
  norm: f64,
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
    if (norm > 0.0) normalise(out + ((<usize>(m * bins)) << 2), bins, norm);
  }
}

/** Divides n values by their p-norm (the largest magnitude where p is infinite), unless it is 0 or denormal. */
function normalise(x: usize, n: i32, p: f64): void {
  const end = x + (<usize>n << 2);
  const length = pNorm(x, 4, n, p);
  if (!(length >= 1.1754943508222875e-38)) return;
  for (let at = x; at < end; at += 4) store<f32>(at, <f32>(<f64>load<f32>(at) / length));
}

/** The p-norm of n values that lie `step` bytes apart. */
export function pNorm(x: usize, step: usize, n: i32, p: f64): f64 {
  let sum = 0.0;
  const end = x + <usize>n * step;
  for (let at = x; at < end; at += step) {
    const value = Math.abs(<f64>load<f32>(at));
    if (p === Infinity) sum = Math.max(sum, value);
    else if (p === 1.0) sum += value;
    else if (p === 2.0) sum += value * value;
    else sum += Math.pow(value, p);
  }
  return p === Infinity || p === 1.0 ? sum : p === 2.0 ? Math.sqrt(sum) : Math.pow(sum, 1.0 / p);
}

/**
 * Writes Kaldi's filters (MelBanks in feat/mel-computations.cc), nMels x (nFft / 2 + 1), f32, row-major: triangles of height 1 that are
 * straight over mel. The Nyquist bin belongs to none. Kaldi's mel, 1127 ln(1 + f / 700), is HTK's times a constant, which cancels here.
 * A `warp` other than 1 moves the corners of the triangles by vocal tract length normalisation between vtlnLow and vtlnHigh (see `warped`).
 */
export function melBanks(
  sampleRate: f64, nFft: i32, nMels: i32, lowFreq: f64, highFreq: f64, vtlnLow: f64, vtlnHigh: f64, warp: f64, out: usize,
): void {
  const bins = (nFft >> 1) + 1;
  const low = hzToMel(lowFreq, true);
  const step = (hzToMel(highFreq, true) - low) / <f64>(nMels + 1);
  memory.fill(out, 0, <usize>(nMels * bins) << 2);
  if (warp !== 1.0) {
    for (let m = 0; m < nMels; m++) {
      const left = warpedMel(low + step * <f64>m, lowFreq, highFreq, vtlnLow, vtlnHigh, warp);
      const centre = warpedMel(low + step * <f64>(m + 1), lowFreq, highFreq, vtlnLow, vtlnHigh, warp);
      const right = warpedMel(low + step * <f64>(m + 2), lowFreq, highFreq, vtlnLow, vtlnHigh, warp);
      for (let k = 0; k < bins - 1; k++) {
        const mel = hzToMel((<f64>k * sampleRate) / <f64>nFft, true);
        if (!(mel > left && mel < right)) continue;
        const weight = mel <= centre ? (mel - left) / (centre - left) : (right - mel) / (right - centre);
        store<f32>(out + (<usize>(m * bins + k) << 2), <f32>weight);
      }
    }
    return;
  }
  for (let k = 0; k < bins - 1; k++) {
    const place = (hzToMel((<f64>k * sampleRate) / <f64>nFft, true) - low) / step;
    for (let m = 0; m < nMels; m++) {
      const weight = Math.max(0.0, 1.0 - Math.abs(place - <f64>(m + 1)));
      store<f32>(out + (<usize>(m * bins + k) << 2), <f32>weight);
    }
  }
}

function warpedMel(mel: f64, lowFreq: f64, highFreq: f64, vtlnLow: f64, vtlnHigh: f64, warp: f64): f64 {
  return hzToMel(warped(melToHz(mel, true), lowFreq, highFreq, vtlnLow, vtlnHigh, warp), true);
}

/**
 * Kaldi's warping of frequencies (MelBanks::VtlnWarpFreq): f / warp in the middle, and straight lines on both sides that keep the ends of the
 * range where they are, so that no filter is empty. The corners lie where the larger of a frequency and its image reaches vtlnHigh,
 * the smaller vtlnLow.
 */
function warped(f: f64, lowFreq: f64, highFreq: f64, vtlnLow: f64, vtlnHigh: f64, warp: f64): f64 {
  if (f < lowFreq || f > highFreq) return f;
  const lower = vtlnLow * Math.max(1.0, warp);
  const upper = vtlnHigh * Math.min(1.0, warp);
  if (f < lower) return lowFreq + ((lower / warp - lowFreq) / (lower - lowFreq)) * (f - lowFreq);
  if (f < upper) return f / warp;
  return highFreq + ((highFreq - upper / warp) / (highFreq - upper)) * (f - highFreq);
}
