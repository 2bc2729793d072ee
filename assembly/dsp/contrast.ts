// Spectral contrast (Jiang et al. 2002, "Music type classification by spectral contrast feature") as librosa.feature.spectral_contrast
// computes it: in octave bands, the mean of the largest magnitudes over the mean of the smallest.
import {
  add, allAtMost, div, greater, lanes, lesser, logPositive, max as maxLanes, min as minLanes, mul, splat, sub,
} from "./lanes";
import { sortAscending } from "./sort";

const DECIBELS: f32 = 4.342944819032518; // 10 / ln 10
/** Up to so many extremes of a band are kept in order while its bins go by; of more, the band is sorted. */
const KEPT: i32 = 16;
const WIDEST: usize = 16;

// @ts-ignore: decorator
@unmanaged
export class Contrast {
  bands: i32;
  linear: bool;
  amin: f32;
  topDb: f32;
  /** i32 a band: first bin, bins, and how many of them count as the smallest and as the largest. */
  starts: usize;
  counts: usize;
  extremes: usize;
  /** KEPT smallest and KEPT largest values of T; then a band of one lane. */
  kept: usize;
  sorted: usize;
}

/** `nBands` octaves above fMin and what lies below it. Each band must have a bin (fMin at least their spacing) below half the rate. */
export function contrastPlan(
  sampleRate: f64, nFft: i32, fMin: f64, nBands: i32, quantile: f64, linear: bool, amin: f32, topDb: f32,
): Contrast {
  const plan = changetype<Contrast>(heap.alloc(offsetof<Contrast>()));
  plan.bands = nBands + 1;
  plan.linear = linear;
  plan.amin = amin;
  plan.topDb = topDb;
  const bins = (nFft >> 1) + 1;
  plan.starts = heap.alloc(<usize>plan.bands * 12);
  plan.counts = plan.starts + (<usize>plan.bands << 2);
  plan.extremes = plan.counts + (<usize>plan.bands << 2);
  // As numpy.fft.rfftfreq rounds: whether a bin on the edge of a band belongs to it hangs on the last bit.
  const spacing = 1.0 / (<f64>nFft * (1.0 / sampleRate));
  let low = 0.0;
  let high = fMin;
  for (let b = 0; b < plan.bands; b++) {
    let from = 0;
    while (from < bins && <f64>from * spacing < low) from++;
    let to = from;
    while (to < bins && <f64>to * spacing <= high) to++;
    // A band starts a bin early and ends a bin early; the last one ends with the spectrum.
    if (b > 0) from--;
    const last = b === nBands;
    const all = last ? bins - from : to - from;
    const count = last ? all : all - 1;
    store<i32>(plan.starts + (<usize>b << 2), from);
    store<i32>(plan.counts + (<usize>b << 2), count);
    store<i32>(plan.extremes + (<usize>b << 2), min(max(<i32>nearest<f64>(quantile * <f64>all), 1), count));
    low = high;
    high *= 2.0;
  }
  plan.kept = heap.alloc(2 * KEPT * WIDEST + (<usize>bins << 2));
  plan.sorted = plan.kept + 2 * KEPT * WIDEST;
  return plan;
}

export function contrastFree(plan: Contrast): void {
  heap.free(plan.starts);
  heap.free(plan.kept);
  heap.free(changetype<usize>(plan));
}

/** Values of T that `contrastBlock` writes a block. */
export function contrastValues(plan: Contrast): i32 {
  return 2 * plan.bands;
}

/** Writes of a block of magnitudes each band's peak, then each band's valley, in decibels unless the contrast is linear. */
export function contrastBlock<T>(plan: Contrast, magnitude: usize, out: usize): void {
  const bands = <usize>plan.bands;
  for (let b: usize = 0; b < bands; b++) {
    const x = magnitude + <usize>load<i32>(plan.starts + (b << 2)) * sizeof<T>();
    const count = load<i32>(plan.counts + (b << 2));
    const extremes = load<i32>(plan.extremes + (b << 2));
    const peak = out + b * sizeof<T>();
    if (extremes === 1) keepExtreme<T>(x, count, peak, peak + bands * sizeof<T>());
    else if (extremes === 2 && keepTwo<T>(x, count, peak, peak + bands * sizeof<T>())) continue;
    else if (extremes <= KEPT) keepExtremes<T>(plan, x, count, extremes, peak, peak + bands * sizeof<T>());
    else sortExtremes<T>(plan, x, count, extremes, peak, peak + bands * sizeof<T>());
  }
  if (plan.linear) return;
  for (let at: usize = 0; at < 2 * bands * sizeof<T>(); at += sizeof<T>()) {
    const value = maxLanes<T>(load<T>(out + at), splat<T>(plan.amin));
    store<T>(out + at, mul<T>(splat<T>(DECIBELS), logPositive<T>(value)));
  }
}

/** The largest and the smallest of `count` values of T, which are not negative; NaN where one of them is not finite. */
function keepExtreme<T>(x: usize, count: i32, peak: usize, valley: usize): void {
  let low = load<T>(x);
  let high = low;
  let odd = splat<T>(0);
  for (let i: usize = 0; i < <usize>count * sizeof<T>(); i += sizeof<T>()) {
    const value = load<T>(x + i);
    low = lesser<T>(low, value);
    high = greater<T>(high, value);
    odd = add<T>(odd, sub<T>(value, value));
  }
  store<T>(peak, add<T>(high, odd));
  store<T>(valley, add<T>(low, odd));
}

/**
 * Means of the two largest and the two smallest of `count` values of T, which are not negative, without a branch: at 16 kHz the widest band
 * asks for two. False, and nothing written, where one of the values is not finite.
 */
function keepTwo<T>(x: usize, count: i32, peak: usize, valley: usize): bool {
  let low = splat<T>(Infinity);
  let secondLow = low;
  let high = splat<T>(-Infinity);
  let secondHigh = high;
  let odd = splat<T>(0);
  for (let i: usize = 0; i < <usize>count * sizeof<T>(); i += sizeof<T>()) {
    const value = load<T>(x + i);
    secondLow = lesser<T>(secondLow, greater<T>(low, value));
    low = lesser<T>(low, value);
    secondHigh = greater<T>(secondHigh, lesser<T>(high, value));
    high = greater<T>(high, value);
    odd = add<T>(odd, sub<T>(value, value));
  }
  if (!allAtMost<T>(odd, splat<T>(0))) return false;
  store<T>(peak, div<T>(add<T>(secondHigh, high), splat<T>(2)));
  store<T>(valley, div<T>(add<T>(low, secondLow), splat<T>(2)));
  return true;
}

/** Means of the `extremes` largest and smallest of `count` values of T, by insertion; both are summed up from the smallest on. */
function keepExtremes<T>(plan: Contrast, x: usize, count: i32, extremes: i32, peak: usize, valley: usize): void {
  const small = plan.kept;
  const large = small + <usize>KEPT * sizeof<T>();
  const last = <usize>(extremes - 1) * sizeof<T>();
  for (let j: usize = 0; j <= last; j += sizeof<T>()) {
    store<T>(small + j, splat<T>(Infinity));
    store<T>(large + j, splat<T>(-Infinity));
  }
  for (let i: usize = 0; i < <usize>count * sizeof<T>(); i += sizeof<T>()) {
    const value = load<T>(x + i);
    // Inserting what is beyond the last kept changes nothing, so a lane does not depend on whether another one inserts.
    if (!allAtMost<T>(load<T>(small + last), value)) {
      let carried = value;
      for (let j: usize = 0; j <= last; j += sizeof<T>()) {
        const kept = load<T>(small + j);
        store<T>(small + j, minLanes<T>(kept, carried));
        carried = maxLanes<T>(kept, carried);
      }
    }
    if (!allAtMost<T>(value, load<T>(large + last))) {
      let carried = value;
      for (let j: usize = 0; j <= last; j += sizeof<T>()) {
        const kept = load<T>(large + j);
        store<T>(large + j, maxLanes<T>(kept, carried));
        carried = minLanes<T>(kept, carried);
      }
    }
  }
  let low = splat<T>(0);
  let high = splat<T>(0);
  for (let j: usize = 0; j <= last; j += sizeof<T>()) {
    low = add<T>(low, load<T>(small + j));
    high = add<T>(high, load<T>(large + last - j));
  }
  store<T>(peak, div<T>(high, splat<T>(<f32>extremes)));
  store<T>(valley, div<T>(low, splat<T>(<f32>extremes)));
}

/** The same for any number of extremes: sorts the band, lane by lane. */
function sortExtremes<T>(plan: Contrast, x: usize, count: i32, extremes: i32, peak: usize, valley: usize): void {
  for (let lane: usize = 0; lane < sizeof<T>(); lane += 4) {
    for (let i: usize = 0; i < <usize>count; i++) {
      store<f32>(plan.sorted + (i << 2), load<f32>(x + i * sizeof<T>() + lane));
    }
    sortAscending(plan.sorted, count);
    let low: f32 = 0;
    let high: f32 = 0;
    for (let i = 0; i < extremes; i++) {
      low += load<f32>(plan.sorted + (<usize>i << 2));
      high += load<f32>(plan.sorted + (<usize>(count - extremes + i) << 2));
    }
    store<f32>(peak + lane, high / <f32>extremes);
    store<f32>(valley + lane, low / <f32>extremes);
  }
}

/**
 * Writes peak minus valley of `frames` frames of the blocks that `contrastBlock` made, one row a frame. In decibels the peaks are first
 * clipped topDb below the loudest peak of all, and the valleys topDb below the loudest valley (librosa.power_to_db).
 */
export function contrastRows<T>(plan: Contrast, blocks: usize, frames: i32, out: usize, row: usize): void {
  const clipped = !plan.linear && plan.topDb >= 0;
  const peakFloor = clipped ? loudest<T>(plan, blocks, frames, 0) - plan.topDb : <f32>-Infinity;
  const valleyFloor = clipped ? loudest<T>(plan, blocks, frames, plan.bands) - plan.topDb : <f32>-Infinity;
  for (let t = 0; t < frames; t += lanes<T>()) {
    const block = blocks + <usize>(t * contrastValues(plan)) * 4;
    for (let b: usize = 0; b < <usize>plan.bands; b++) {
      const at = block + b * sizeof<T>();
      const peak = maxLanes<T>(load<T>(at), splat<T>(peakFloor));
      const valley = maxLanes<T>(load<T>(at + <usize>plan.bands * sizeof<T>()), splat<T>(valleyFloor));
      store<T>(at, sub<T>(peak, valley));
      for (let lane = 0; lane < min(lanes<T>(), frames - t); lane++) {
        store<f32>(out + <usize>(t + lane) * row + (b << 2), load<f32>(at + (<usize>lane << 2)));
      }
    }
  }
}

/** The largest of the values of all bands and frames that stand from value `first` of a block on. */
function loudest<T>(plan: Contrast, blocks: usize, frames: i32, first: i32): f32 {
  const bytes = <usize>contrastValues(plan) * 4;
  const whole = frames - (frames % lanes<T>());
  let lanewise = splat<T>(-Infinity);
  for (let t = 0; t < whole; t += lanes<T>()) {
    const block = blocks + <usize>t * bytes + <usize>first * sizeof<T>();
    for (let b: usize = 0; b < <usize>plan.bands; b++) lanewise = maxLanes<T>(lanewise, load<T>(block + b * sizeof<T>()));
  }
  store<T>(plan.kept, lanewise);
  let result = load<f32>(plan.kept);
  for (let lane = 1; lane < lanes<T>(); lane++) result = Mathf.max(result, load<f32>(plan.kept + (<usize>lane << 2)));
  for (let t = whole; t < frames; t++) {
    const block = blocks + <usize>whole * bytes + (<usize>(t - whole) << 2);
    for (let b = first; b < first + plan.bands; b++) result = Mathf.max(result, load<f32>(block + <usize>b * sizeof<T>()));
  }
  return result;
}
