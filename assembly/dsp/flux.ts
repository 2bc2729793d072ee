// Spectral flux, and the same over mel bands in decibels: onset strength.
import { add, lanes, max, oneFrameEarlier, splat, sub } from "./lanes";
import { symmetricIndex } from "./pad";
import { sortAscending } from "./sort";

/**
 * Writes, for each frame of a block of `count` values of T, by how much its values rose over those of the frame before in all:
 * sum max(0, x_t - x_t-1), the half-wave rectified L1 flux of Dixon ("Onset detection revisited", DAFx 2006). The f32 of the
 * frame before the block's first lie `step` bytes apart from `before` on.
 */
export function fluxBlock<T>(x: usize, before: usize, step: usize, count: i32, out: usize): void {
  let sum = splat<T>(0);
  for (let k: usize = 0; k < <usize>count; k++) {
    const now = load<T>(x + k * sizeof<T>());
    sum = add<T>(sum, max<T>(splat<T>(0), sub<T>(now, oneFrameEarlier<T>(now, before + k * step))));
  }
  store<T>(out, sum);
}

/** How the rises of a frame's bands become one number. */
export const AGGREGATE_MEAN: i32 = 0;
export const AGGREGATE_MEDIAN: i32 = 1;
export const AGGREGATE_MAX: i32 = 2;

// @ts-ignore: decorator
@unmanaged
export class Onset {
  nMels: i32;
  /** Frames that onset strength is late by, because a frame hears an onset as soon as its end reaches it. */
  delay: i32;
  /** Frames between those that are compared. */
  lag: i32;
  /** Neighbouring bands whose loudest an earlier frame is compared by. */
  maxSize: i32;
  aggregate: i32;
  /** f32 a band: its rise. */
  rises: usize;
}

export function onsetPlan(nMels: i32, delay: i32, lag: i32, maxSize: i32, aggregate: i32): Onset {
  const plan = changetype<Onset>(heap.alloc(offsetof<Onset>()));
  plan.nMels = nMels;
  plan.delay = delay;
  plan.lag = lag;
  // As many neighbours as that are all bands, mirrored.
  plan.maxSize = min(maxSize, 2 * nMels);
  plan.aggregate = aggregate;
  plan.rises = heap.alloc(<usize>nMels << 2);
  return plan;
}

export function onsetFree(plan: Onset): void {
  heap.free(plan.rises);
  heap.free(changetype<usize>(plan));
}

/** Writes the onset strength of `frames` frames from their bands in decibels (blocks of T), as librosa.onset.onset_strength. */
export function onsetStrength<T>(plan: Onset, logMel: usize, frames: i32, scratch: usize, out: usize, row: usize): void {
  if (plan.lag === 1 && plan.maxSize === 1 && plan.aggregate === AGGREGATE_MEAN) {
    meanRises<T>(logMel, plan.nMels, frames, plan.delay, scratch, out, row);
    return;
  }
  for (let t = 0; t < frames; t++) {
    const now = t - plan.delay;
    const at = out + <usize>t * row;
    if (now < plan.lag) store<f32>(at, 0);
    else store<f32>(at, strength<T>(plan, bandsOf<T>(plan, logMel, now), bandsOf<T>(plan, logMel, now - plan.lag)));
  }
}

/** Where the first band of frame t lies; the next ones follow by T. */
function bandsOf<T>(plan: Onset, logMel: usize, t: i32): usize {
  const lane = t % lanes<T>();
  return logMel + ((<usize>(t - lane) * <usize>plan.nMels + <usize>lane) << 2);
}

/** The aggregate of the rises of one frame over the earlier one, whose bands a maximum filter widens. */
function strength<T>(plan: Onset, now: usize, before: usize): f32 {
  const n = plan.nMels;
  let sum = 0.0;
  for (let m = 0; m < n; m++) {
    let reference: f32 = -Infinity;
    // As scipy.ndimage.maximum_filter1d: an even size reaches one band further down, and the ends are mirrored, repeated.
    for (let k = m - (plan.maxSize >> 1); k < m - (plan.maxSize >> 1) + plan.maxSize; k++) {
      reference = Mathf.max(reference, load<f32>(before + <usize>symmetricIndex(k, n) * sizeof<T>()));
    }
    const rise = Mathf.max(0, load<f32>(now + <usize>m * sizeof<T>()) - reference);
    store<f32>(plan.rises + (<usize>m << 2), rise);
    sum += <f64>rise;
  }
  if (plan.aggregate === AGGREGATE_MEAN) return <f32>(sum / <f64>n);
  // Behind a sum of NaN one band is none, and there is no order.
  if (isNaN(sum)) return NaN;
  sortAscending(plan.rises, n);
  const upper = load<f32>(plan.rises + (<usize>(plan.aggregate === AGGREGATE_MAX ? n - 1 : n >> 1) << 2));
  if (plan.aggregate === AGGREGATE_MAX || (n & 1) === 1) return upper;
  return (load<f32>(plan.rises + (<usize>((n >> 1) - 1) << 2)) + upper) / 2;
}

/** The mean rises over the frame before, `delay` frames later, frames abreast. */
function meanRises<T>(
  logMel: usize, nMels: i32, frames: i32, delay: i32, scratch: usize, out: usize, row: usize,
): void {
  const abreast = <i32>(sizeof<T>() >> 2);
  for (let t = 0; t < min(delay, frames); t++) store<f32>(out + <usize>t * row, 0);
  for (let t = 0; t < frames - delay; t += abreast) {
    const block = logMel + ((<usize>t * <usize>nMels) << 2);
    // The first frame follows none: its difference to itself is 0.
    const before = t === 0 ? block : block - <usize>nMels * sizeof<T>() + sizeof<T>() - 4;
    fluxBlock<T>(block, before, sizeof<T>(), nMels, scratch);
    for (let lane = 0; lane < min(abreast, frames - delay - t); lane++) {
      const strength = load<f32>(scratch + ((<usize>lane) << 2)) / <f32>nMels;
      store<f32>(out + <usize>(t + lane + delay) * row, strength);
    }
  }
}
