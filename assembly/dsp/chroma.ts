// Chroma of a power spectrum as librosa.feature.chroma_stft computes it (after Ellis 2007, "Chroma feature analysis and synthesis"), and
// the tonal centroids of it (Harte, Sandler and Gasser 2006, "Detecting harmonic change in musical audio") as librosa.feature.tonnetz.
import { abs, add, div, lessThan, max as maxLanes, splat } from "./lanes";
import { pNorm } from "./mel";
import { denseRowsBlock } from "./spectral";
import { A0 } from "./tuning";

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
  /** The p of the norm that a frame's classes are divided by; 0: none. */
  norm: f64;
  /** The octave above 27.5 Hz that weighs most, and the standard deviation of the weights around it, in octaves. */
  centreOctave: f64;
  octaveWidth: f64;
  /** Row 0 is C, else A. */
  baseC: bool;
  /** classes x bins. */
  filters: usize;
  /** 6 x classes. */
  centroids: usize;
  /** `classes` values of T, then 6. */
  result: usize;
}

/** A tuning of NaN is estimated from each signal. With an infinite `octaveWidth` all octaves weigh alike. */
export function chromaPlan(
  nFft: i32, binHz: f64, classes: i32, tuning: f64, norm: f64, centreOctave: f64, octaveWidth: f64, baseC: bool,
): Chroma {
  const plan = changetype<Chroma>(heap.alloc(offsetof<Chroma>()));
  plan.classes = classes;
  plan.bins = (nFft >> 1) + 1;
  plan.binHz = binHz;
  plan.estimated = isNaN(tuning);
  plan.norm = norm;
  plan.centreOctave = centreOctave;
  plan.octaveWidth = octaveWidth;
  plan.baseC = baseC;
  plan.filters = heap.alloc(<usize>(classes * (plan.bins + TONNETZ_VALUES)) << 2);
  plan.centroids = plan.filters + ((<usize>(classes * plan.bins)) << 2);
  plan.result = heap.alloc(<usize>(classes + TONNETZ_VALUES) * WIDEST);
  if (!plan.estimated) chromaFiltersOf(plan, tuning);
  tonnetzMatrix(classes, plan.centroids);
  return plan;
}

export function chromaFree(plan: Chroma): void {
  heap.free(plan.filters);
  heap.free(plan.result);
  heap.free(changetype<usize>(plan));
}

/** Writes the filters of a plan for a tuning. */
export function chromaFiltersOf(plan: Chroma, tuning: f64): void {
  chromaFilters(
    plan.classes, plan.bins, plan.binHz, tuning, plan.centreOctave, plan.octaveWidth, plan.baseC, plan.filters,
  );
}

/**
 * Writes classes x bins weights, f32, as librosa.filters.chroma: for each bin a Gaussian over the pitch classes around its own, as wide as
 * the bin, of Euclidean norm 1, times a Gaussian over octaves. Row 0 is C with `baseC`, else A. `tuning` is in classes.
 */
export function chromaFilters(
  classes: i32, bins: i32, binHz: f64, tuning: f64, centreOctave: f64, octaveWidth: f64, baseC: bool, out: usize,
): void {
  const n = <f64>classes;
  const reference = A0 * Math.pow(2.0, tuning / n);
  const half = nearest<f64>(n / 2.0);
  const fromC = baseC ? 3 * (classes / 12) : 0;
  for (let k = 0; k < bins; k++) {
    // The bin at 0 Hz, which has no pitch, is put one and a half octaves below bin 1.
    const bin = n * Math.log2((<f64>max(k, 1) * binHz) / reference) - (k === 0 ? 1.5 * n : 0.0);
    const width = k === 0 ? 1.5 * n : Math.max(n * Math.log2(<f64>(k + 1) / <f64>k), 1.0);
    let square = 0.0;
    for (let c = 0; c < classes; c++) square += bump(bin - <f64>c, width, n, half) * bump(bin - <f64>c, width, n, half);
    const octave = (bin / n - centreOctave) / octaveWidth;
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

/** Writes to plan.result the chroma of a block of power spectra, the norm of each frame 1, and behind them the tonal centroids. */
export function chromaBlock<T>(plan: Chroma, power: usize): void {
  const chroma = plan.result;
  const end = chroma + <usize>plan.classes * sizeof<T>();
  denseRowsBlock<T>(power, plan.classes, plan.bins, plan.filters, chroma);
  if (plan.norm === Infinity) {
    let largest = splat<T>(0);
    for (let at = chroma; at < end; at += sizeof<T>()) largest = maxLanes<T>(largest, abs<T>(load<T>(at)));
    scale<T>(chroma, plan.classes, largest);
  } else if (plan.norm > 0.0) {
    // The places of the centroids, which come later, take the norms.
    for (let lane: usize = 0; lane < sizeof<T>(); lane += 4) {
      store<f32>(end + lane, <f32>pNorm(chroma + lane, sizeof<T>(), plan.classes, plan.norm));
    }
    scale<T>(chroma, plan.classes, load<T>(end));
  }
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
