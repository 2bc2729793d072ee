// Deviation of a signal from A4 = 440 Hz, as librosa.estimate_tuning: the peaks of the spectra (parabolic interpolation, Smith's
// "Spectral audio signal processing"), and the fullest bin of a histogram of how far they lie from the nearest pitch.
import { lanes } from "./lanes";
import { sqrtBlock, Stft, stftPowerBlock } from "./stft";

/** Hz: four octaves below A4 = 440 Hz. */
export const A0: f64 = 27.5;
/** Peaks are looked for in this range, Hz, where they exceed this share of the frame's largest value (librosa.piptrack's defaults). */
const LOWEST: f64 = 150.0;
const HIGHEST: f64 = 4000.0;
const THRESHOLD: f32 = 0.1;
/** Bins of the histogram, each a hundredth of a pitch class. */
const STEPS: i32 = 100;
const COUNTERS: usize = 256 * 4;

/** Bytes of work space for the peaks of so many frames. */
export function tuningWorkBytes(frames: i32, bins: i32): f64 {
  // Two neighbours cannot both be local maxima.
  return <f64>frames * <f64>((bins >> 1) + 1) * 8.0 + <f64>COUNTERS;
}

/**
 * The tuning, in [-0.5, 0.5) of a class, of spectra in blocks of `abreast` frames, `bins` values each; 0 where there is no peak. Only
 * peaks at least as high as their median count.
 */
export function tuningOfSpectra(
  spectra: usize, frames: i32, bins: i32, abreast: i32, binHz: f64, classes: i32, work: usize,
): f64 {
  const heights = work + COUNTERS;
  const places = heights + ((<usize>frames * <usize>((bins >> 1) + 1)) << 2);
  let peaks = 0;
  for (let t = 0; t < frames; t++) {
    const lane = t % abreast;
    const spectrum = spectra + ((<usize>(t - lane) * <usize>bins + <usize>lane) << 2);
    peaks = findPeaks(spectrum, <usize>abreast << 2, bins, binHz, heights, places, peaks);
  }
  if (peaks === 0) return 0.0;
  const threshold = median(heights, peaks, work);
  memory.fill(work, 0, COUNTERS);
  for (let p: usize = 0; p < <usize>peaks << 2; p += 4) {
    if (!(load<f32>(heights + p) >= threshold)) continue;
    const pitch = <f64>classes * Math.log2((<f64>load<f32>(places + p) * binHz) / A0);
    const above = pitch - Math.floor(pitch);
    count(work + (<usize>histogramBin(above >= 0.5 ? above - 1.0 : above) << 2));
  }
  let fullest = 0;
  for (let i = 1; i < STEPS; i++) {
    if (load<i32>(work + (<usize>i << 2)) > load<i32>(work + (<usize>fullest << 2))) fullest = i;
  }
  return edge(fullest);
}

// @ts-ignore: decorator
@inline
function count(counter: usize): void {
  store<i32>(counter, load<i32>(counter) + 1);
}

// @ts-ignore: decorator
@inline
function edge(i: i32): f64 {
  return <f64>i * 0.01 - 0.5;
}

function histogramBin(residual: f64): i32 {
  const i = min(max(<i32>Math.floor((residual + 0.5) * <f64>STEPS), 0), STEPS - 1);
  if (residual < edge(i)) return max(i - 1, 0);
  return residual >= edge(i + 1) ? min(i + 1, STEPS - 1) : i;
}

/** Appends height and place (in bins) of a spectrum's peaks to the `peaks` found so far; its values lie `step` bytes apart. */
function findPeaks(
  spectrum: usize, step: usize, bins: i32, binHz: f64, heights: usize, places: usize, peaks: i32,
): i32 {
  let largest: f32 = 0;
  for (let k = 0; k < bins; k++) largest = Mathf.max(largest, load<f32>(spectrum + <usize>k * step));
  const threshold = THRESHOLD * largest;
  const first = max(<i32>Math.ceil(LOWEST / binHz), 1);
  for (let k = first; k < bins - 1 && <f64>k * binHz < HIGHEST; k++) {
    const at = spectrum + <usize>k * step;
    const value = load<f32>(at);
    const before = load<f32>(at - step);
    const behind = load<f32>(at + step);
    if (!(value > threshold && value > before && value >= behind)) continue;
    const slope = (behind - before) / 2;
    const curvature = behind + before - 2 * value;
    const shift = Mathf.abs(slope) < Mathf.abs(curvature) ? -slope / curvature : <f32>0;
    store<f32>(heights + (<usize>peaks << 2), value + <f32>0.5 * slope * shift);
    store<f32>(places + (<usize>peaks << 2), <f32>k + shift);
    peaks++;
  }
  return peaks;
}

/** The median of n positive values: the mean of the two in the middle where n is even. */
function median(x: usize, n: i32, counters: usize): f32 {
  const above = select(x, n, n >> 1, counters);
  return (n & 1) === 1 ? above : (select(x, n, (n >> 1) - 1, counters) + above) / 2;
}

/** The value of that rank among n positive ones, whose bits are in their order: its bytes are found one by one, from the highest on. */
function select(x: usize, n: i32, rank: i32, counters: usize): f32 {
  let bits: u32 = 0;
  let known: u32 = 0;
  let left = rank;
  for (let shift: u32 = 32; shift > 0; ) {
    shift -= 8;
    memory.fill(counters, 0, COUNTERS);
    for (let i: usize = 0; i < <usize>n << 2; i += 4) {
      const value = load<u32>(x + i);
      if ((value & known) === bits) count(counters + <usize>(((value >>> shift) & 255) << 2));
    }
    let byte: u32 = 0;
    while (byte < 255 && left >= load<i32>(counters + <usize>(byte << 2))) {
      left -= load<i32>(counters + <usize>(byte << 2));
      byte++;
    }
    bits |= byte << shift;
    known |= (<u32>255) << shift;
  }
  return reinterpret<f32>(bits);
}

/** The tuning of `frames` frames of the padded signal x from their magnitudes (power 1) or powers (2). */
export function signalTuning<T>(
  plan: Stft, x: usize, frames: i32, power: i32, binHz: f64, classes: i32, work: usize,
): f64 {
  const block = <usize>plan.bins * sizeof<T>();
  for (let t = 0; t < frames; t += lanes<T>()) {
    const out = work + <usize>(t / lanes<T>()) * block;
    stftPowerBlock<T>(plan, x + ((<usize>t * <usize>plan.hop) << 2), out);
    if (power === 1) sqrtBlock<T>(out, plan.bins, out);
  }
  const peaks = work + <usize>((frames + 3) & ~3) * (<usize>plan.bins << 2);
  return tuningOfSpectra(work, frames, plan.bins, lanes<T>(), binHz, classes, peaks);
}

/** Bytes of work space of `signalTuning`. */
export function signalTuningWorkBytes(frames: i32, bins: i32): f64 {
  return (<f64>frames + 3.0) * <f64>bins * 4.0 + tuningWorkBytes(frames, bins);
}
