// Harmonic-percussive separation by median filtering (Fitzgerald 2010) as librosa.decompose.hpss: soft masks of the medians along
// time (harmonic) and along frequency (percussive).
import { add, div, greater, lanes, lessThan, mul, splat } from "./lanes";
import { runningMedian } from "./median";
import { median31WorkBytes, runningMedian31 } from "./median31";
import { blockToRows, rowsToBlock } from "./transpose";

/**
 * Masks of `frames` rows of `bins` magnitudes, `rowLength` values apart (a multiple of 4): the median over `timeWidth` frames is the
 * harmonic part, the median over `frequencyWidth` bins the percussive one. Writes the harmonic mask, or the percussive one. A part must
 * exceed the other by its margin, so that with margins over 1 something of the signal is left to neither (Driedger, Mueller and Disch 2014).
 */
export function hpssMask<T>(
  m: usize, frames: i32, bins: i32, rowLength: i32, timeWidth: i32, frequencyWidth: i32, power: f64,
  marginHarmonic: f64, marginPercussive: f64, percussive: bool, out: usize,
): void {
  const row = <usize>rowLength << 2;
  const bytes = <usize>frames * row;
  const across = heap.alloc(bytes);
  medianAlongTime<T>(m, frames, bins, row, timeWidth, out);
  medianAlongFrequency<T>(m, frames, bins, row, frequencyWidth, across);
  const split = marginHarmonic === 1.0 && marginPercussive === 1.0;
  if (percussive) softMasks<T>(across, out, bytes, power, <f32>marginPercussive, split, out);
  else softMasks<T>(out, across, bytes, power, <f32>marginHarmonic, split, out);
  heap.free(across);
}

function medianAlongTime<T>(m: usize, frames: i32, bins: i32, row: usize, width: i32, out: usize): void {
  const work = heap.alloc(max(<usize>width << 2, median31WorkBytes<T>()));
  if (width === 31) {
    for (let k: usize = 0; k < <usize>bins << 2; k += sizeof<T>()) {
      runningMedian31<T>(m + k, row, frames, out + k, row, work);
    }
  } else {
    for (let k: usize = 0; k < <usize>bins << 2; k += 4) runningMedian(m + k, row, frames, width, work, out + k);
  }
  heap.free(work);
}

/** Lanes are frames here, so that neighbouring windows can share their work. */
function medianAlongFrequency<T>(m: usize, frames: i32, bins: i32, row: usize, width: i32, out: usize): void {
  const work = heap.alloc(max(<usize>width << 2, median31WorkBytes<T>()));
  const block = heap.alloc(<usize>bins * sizeof<T>());
  memory.fill(block, 0, <usize>bins * sizeof<T>());
  const medians = heap.alloc(<usize>bins * sizeof<T>());
  for (let t = 0; t < frames; t += lanes<T>()) {
    const valid = min(lanes<T>(), frames - t);
    const at = <usize>t * row;
    if (width === 31) {
      rowsToBlock<T>(m + at, row, bins, valid, block);
      runningMedian31<T>(block, sizeof<T>(), bins, medians, sizeof<T>(), work);
      blockToRows<T>(medians, bins, valid, out + at, row);
    } else {
      for (let r = at; r < at + <usize>valid * row; r += row) runningMedian(m + r, 4, bins, width, work, out + r);
    }
  }
  heap.free(medians);
  heap.free(block);
  heap.free(work);
}

/**
 * Soft masks of a against b times a margin, with the given power: a^p / (a^p + b^p), of an infinite power 1 where a is larger and else 0;
 * where both are (nearly) zero, one half with `split`, else 0. As librosa.util.softmask.
 */
function softMasks<T>(a: usize, b: usize, bytes: usize, power: f64, margin: f32, split: bool, out: usize): void {
  if (power !== 2.0 || !split) {
    for (let i: usize = 0; i < bytes; i += 4) {
      store<f32>(out + i, softMask(load<f32>(a + i), load<f32>(b + i) * margin, power, split));
    }
    return;
  }
  const tiny = splat<T>(<f32>1.17549435e-38);
  for (let i: usize = 0; i < bytes; i += sizeof<T>()) {
    const u = load<T>(a + i);
    const v = load<T>(b + i);
    const z = greater<T>(u, v);
    // Where both are nearly zero, all three become 1.
    const silent = lessThan<T>(z, tiny);
    const scale = add<T>(z, silent);
    const x = div<T>(add<T>(u, silent), scale);
    const y = div<T>(add<T>(v, silent), scale);
    const square = mul<T>(x, x);
    store<T>(out + i, div<T>(square, add<T>(square, mul<T>(y, y))));
  }
}

function softMask(a: f32, b: f32, power: f64, split: bool): f32 {
  if (power === Infinity) return a > b ? 1 : 0;
  const z = a > b ? a : b;
  if (z < <f32>1.17549435e-38) return split ? 0.5 : 0;
  const x = <f32>Math.pow(a / z, power);
  const y = <f32>Math.pow(b / z, power);
  return x / (x + y);
}
