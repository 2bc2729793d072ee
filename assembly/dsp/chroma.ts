// Chroma of a power spectrum as librosa.feature.chroma_stft computes it (after Ellis 2007, "Chroma feature analysis and synthesis"), and
// the tonal centroids of it (Harte, Sandler and Gasser 2006, "Detecting harmonic change in musical audio") as librosa.feature.tonnetz.
import { abs, add, div, lessThan, max as maxLanes, splat } from "./lanes";
import { denseRowsBlock } from "./spectral";
import { A0 } from "./tuning";

/** The octave that weighs most, and the standard deviation of the weights around it, in octaves. */
const CENTRE_OCTAVE: f64 = 5.0;
const OCTAVE_WIDTH: f64 = 2.0;
/** Smaller weights are left out: of float32's 24 bits they reach none, and their products would be denormal. */
const NEGLIGIBLE: f64 = 1e-12;
/** Tonal centroids of a frame. */
export const TONNETZ_VALUES: i32 = 6;
const WIDEST: usize = 16;

// @ts-ignore: decorator
@unmanaged
export class Chroma {
  classes: i32;
  bins: i32;
  /** Hz, the distance of the bins. */
  binHz: f64;
  /** Whether the tuning is estimated from each signal. */
  estimated: bool;
  /** classes x bins. */
  filters: usize;
  /** 6 x classes. */
  centroids: usize;
  /** `classes` values of T, then 6. */
  result: usize;
}

/** A tuning of NaN is estimated from each signal. */
export function chromaPlan(nFft: i32, binHz: f64, classes: i32, tuning: f64): Chroma {
  const plan = changetype<Chroma>(heap.alloc(offsetof<Chroma>()));
  plan.classes = classes;
  plan.bins = (nFft >> 1) + 1;
  plan.binHz = binHz;
  plan.estimated = isNaN(tuning);
  plan.filters = heap.alloc(<usize>(classes * (plan.bins + TONNETZ_VALUES)) << 2);
  plan.centroids = plan.filters + ((<usize>(classes * plan.bins)) << 2);
  plan.result = heap.alloc(<usize>(classes + TONNETZ_VALUES) * WIDEST);
  if (!plan.estimated) chromaFilters(classes, plan.bins, binHz, tuning, plan.filters);
  tonnetzMatrix(classes, plan.centroids);
  return plan;
}

export function chromaFree(plan: Chroma): void {
  heap.free(plan.filters);
  heap.free(plan.result);
  heap.free(changetype<usize>(plan));
}

/**
 * Writes classes x bins weights, f32, as librosa.filters.chroma: for each bin a Gaussian over the pitch classes around its own, as wide as
 * the bin, of Euclidean norm 1, times a Gaussian over octaves. Row 0 is C. `tuning` is in classes.
 */
export function chromaFilters(classes: i32, bins: i32, binHz: f64, tuning: f64, out: usize): void {
  const n = <f64>classes;
  const reference = A0 * Math.pow(2.0, tuning / n);
  const half = nearest<f64>(n / 2.0);
  const fromC = 3 * (classes / 12);
  for (let k = 0; k < bins; k++) {
    // The bin at 0 Hz, which has no pitch, is put one and a half octaves below bin 1.
    const bin = n * Math.log2((<f64>max(k, 1) * binHz) / reference) - (k === 0 ? 1.5 * n : 0.0);
    const width = k === 0 ? 1.5 * n : Math.max(n * Math.log2(<f64>(k + 1) / <f64>k), 1.0);
    let square = 0.0;
    for (let c = 0; c < classes; c++) square += bump(bin - <f64>c, width, n, half) * bump(bin - <f64>c, width, n, half);
    const octave = (bin / n - CENTRE_OCTAVE) / OCTAVE_WIDTH;
    const scale = Math.exp(-0.5 * octave * octave) / Math.sqrt(square);
    for (let c = 0; c < classes; c++) {
      const weight = bump(bin - <f64>c, width, n, half) * scale;
      const row = (c + classes - fromC) % classes;
      store<f32>(out + ((<usize>(row * bins + k)) << 2), weight < NEGLIGIBLE ? <f32>0 : <f32>weight);
    }
  }
}

/** exp(-(2 d / width)^2 / 2) of a distance d of pitch classes, brought into one octave around 0. */
function bump(distance: f64, width: f64, classes: f64, half: f64): f64 {
  const shifted = distance + half + 10.0 * classes;
  const d = (2.0 * (shifted - classes * Math.floor(shifted / classes) - half)) / width;
  return Math.exp(-0.5 * d * d);
}

/** Writes 6 x classes weights: sine and cosine on the circles of fifths, minor thirds and major thirds, the last of radius 0.5. */
function tonnetzMatrix(classes: i32, out: usize): void {
  for (let c = 0; c < classes; c++) {
    const semitone = (12.0 * <f64>c) / <f64>classes;
    for (let i = 0; i < TONNETZ_VALUES; i++) {
      const step = i < 2 ? 7.0 / 6.0 : i < 4 ? 3.0 / 2.0 : 2.0 / 3.0;
      const angle = Math.PI * (step * semitone - ((i & 1) === 0 ? 0.5 : 0.0));
      store<f32>(out + ((<usize>(i * classes + c)) << 2), <f32>((i < 4 ? 1.0 : 0.5) * Math.cos(angle)));
    }
  }
}

/** Writes to plan.result the chroma of a block of power spectra, the largest class of each frame 1, and behind them the tonal centroids. */
export function chromaBlock<T>(plan: Chroma, power: usize): void {
  const chroma = plan.result;
  const end = chroma + <usize>plan.classes * sizeof<T>();
  denseRowsBlock<T>(power, plan.classes, plan.bins, plan.filters, chroma);
  let largest = splat<T>(0);
  for (let at = chroma; at < end; at += sizeof<T>()) largest = maxLanes<T>(largest, abs<T>(load<T>(at)));
  scale<T>(chroma, plan.classes, largest);
  let sum = splat<T>(0);
  for (let at = chroma; at < end; at += sizeof<T>()) sum = add<T>(sum, load<T>(at));
  denseRowsBlock<T>(chroma, TONNETZ_VALUES, plan.classes, plan.centroids, end);
  scale<T>(end, TONNETZ_VALUES, sum);
}

/** Divides by a norm, except where it is zero or denormal (librosa.util.normalize leaves a silent frame as it is). */
function scale<T>(x: usize, count: i32, norm: T): void {
  const divisor = add<T>(norm, lessThan<T>(norm, splat<T>(<f32>1.17549435e-38)));
  for (let k: usize = 0; k < <usize>count * sizeof<T>(); k += sizeof<T>()) {
    store<T>(x + k, div<T>(load<T>(x + k), divisor));
  }
}
