// All spectral features of a signal from one STFT, as librosa.feature computes each: blocks of frames go through power, mel, log and the
// spectral shapes abreast; what needs the whole utterance first (top_db) follows in a second pass over the log-mel energies.
import { deltaColumns } from "./delta";
import { onsetStrength } from "./flux";
import { Frames, column } from "./frames-plan";
import { lanes, logPositive, max as maxLanes, mul, splat, sub } from "./lanes";
import { shapesBlock, shapesFinish, shapesOfMagnitude, shapesPower, shapesWorkBytes } from "./shapes";
import { sparseRowsBlock } from "./sparse";
import {
  bandwidthBlock, bandwidthOfOrder, centroidBlock, denseRowsBlock, flatnessBlock, powerBlock, rolloffBlock,
} from "./spectral";
import { sqrtBlock, stftPowerBlock } from "./stft";
import { blockToRows } from "./transpose";

// Places in the table of output columns; a feature that is not wanted has column -1.
const STFT: i32 = 0;
const MEL: i32 = 1;
const LOGMEL: i32 = 2;
const MFCC: i32 = 3;
const DELTA: i32 = 4;
const DELTA2: i32 = 5;
const CENTROID: i32 = 6;
const BANDWIDTH: i32 = 7;
const ROLLOFF: i32 = 8;
const FLATNESS: i32 = 9;
// Places 10 to 14 are those of shapes.ts.
const ONSET: i32 = 15;

const DECIBELS: f32 = 4.342944819032518; // 10 / ln 10

/** Bytes of work space that `framesCompute` wants for so many frames. */
export function framesWorkBytes(plan: Frames, frames: i32): f64 {
  return (<f64>frames + 3.0) * <f64>(plan.nMels + plan.nMfcc) * 4.0 + shapesWorkBytes(plan.shapes, frames);
}

/**
 * Writes the features of a signal's `frames` frames to rows of `rowLength` values. One call takes the frames from `from`, a multiple of 4,
 * up to `to`, another one or `frames`; the calls go through the signal in order, and the last one writes what hangs on all frames. x
 * points to the first sample of frame `from` and must reach 3 hops behind the end of frame `to` - 1.
 */
export function framesCompute<T>(
  plan: Frames, x: usize, frames: i32, from: i32, to: i32, work: usize, out: usize, rowLength: i32,
): void {
  const hop = <usize>plan.stft.hop << 2;
  const row = <usize>rowLength << 2;
  const cepstral = column(plan, MFCC) >= 0 || column(plan, DELTA) >= 0 || column(plan, DELTA2) >= 0;
  const logMel = cepstral || column(plan, LOGMEL) >= 0 || column(plan, ONSET) >= 0;
  const mel = logMel || column(plan, MEL) >= 0;
  const magnitude =
    column(plan, STFT) >= 0 || column(plan, CENTROID) >= 0 || column(plan, BANDWIDTH) >= 0 ||
    column(plan, ROLLOFF) >= 0 || shapesOfMagnitude(plan.shapes) || (mel && plan.melPower !== 2.0) ||
    (column(plan, FLATNESS) >= 0 && plan.flatnessPower !== 2.0);
  const shapesWork = work + <usize>((frames + 3) & ~3) * (<usize>(plan.nMels + plan.nMfcc) << 2);
  let loudest = from === 0 ? <f32>-Infinity : plan.loudest;
  for (let t = from; t < to; t += lanes<T>()) {
    const valid = min(lanes<T>(), frames - t);
    const rows = out + <usize>t * row;
    const power = shapesPower(plan.shapes, plan.power, shapesWork, frames, t);
    stftPowerBlock<T>(plan.stft, x + <usize>(t - from) * hop, power);
    if (magnitude) {
      sqrtBlock<T>(power, plan.stft.bins, plan.magnitude);
      if (column(plan, STFT) >= 0) blockToRows<T>(plan.magnitude, plan.stft.bins, valid, rows + column4(plan, STFT), row);
      centroids<T>(plan, valid, rows, row);
    }
    shapesBlock<T>(plan.shapes, power, plan.magnitude, t, valid, shapesWork, rows, row);
    if (column(plan, FLATNESS) >= 0) {
      flatnessBlock<T>(spectrumTo<T>(plan, power, plan.flatnessPower), plan.stft.bins, plan.flatnessAmin, plan.result);
      for (let lane = 0; lane < valid; lane++) {
        const at = plan.result + (<usize>lane << 2);
        const flatness = Math.exp(load<f32>(at)) / <f64>load<f32>(at + sizeof<T>());
        store<f32>(rows + column4(plan, FLATNESS) + <usize>lane * row, <f32>flatness);
      }
    }
    if (mel) {
      sparseRowsBlock<T>(plan.mel, spectrumTo<T>(plan, power, plan.melPower), plan.result);
      if (column(plan, MEL) >= 0) blockToRows<T>(plan.result, plan.nMels, valid, rows + column4(plan, MEL), row);
      if (logMel) {
        const block = work + ((<usize>t * <usize>plan.nMels) << 2);
        loudest = Mathf.max(loudest, decibelBlock<T>(plan, valid, block));
      }
    }
  }
  plan.loudest = loudest;
  if (to < frames) return;
  if (logMel) secondPass<T>(plan, frames, loudest, work, out, row, cepstral);
  shapesFinish<T>(plan.shapes, frames, shapesWork, out, row);
}

// @ts-ignore: decorator
@inline
function column4(plan: Frames, feature: i32): usize {
  return <usize>column(plan, feature) << 2;
}

/** Where the block's magnitudes to the given power lie. */
function spectrumTo<T>(plan: Frames, power: usize, exponent: f64): usize {
  if (exponent === 2.0) return power;
  if (exponent === 1.0) return plan.magnitude;
  powerBlock<T>(plan.magnitude, plan.stft.bins, exponent, plan.raised);
  return plan.raised;
}

/** Centroid, bandwidth and roll-off. */
function centroids<T>(plan: Frames, valid: i32, rows: usize, row: usize): void {
  const bins = plan.stft.bins;
  if (column(plan, CENTROID) >= 0 || column(plan, BANDWIDTH) >= 0) {
    centroidBlock<T>(plan.magnitude, bins, plan.binHz, plan.result);
    if (column(plan, CENTROID) >= 0) blockToRows<T>(plan.result, 1, valid, rows + column4(plan, CENTROID), row);
    if (column(plan, BANDWIDTH) >= 0) {
      if (plan.bandwidthP === 2.0 && plan.bandwidthNorm) bandwidthBlock<T>(plan.magnitude, bins, plan.binHz, plan.result);
      else bandwidthOfOrder<T>(plan.magnitude, bins, plan.binHz, plan.bandwidthP, plan.bandwidthNorm, plan.result);
      blockToRows<T>(plan.result, 1, valid, rows + column4(plan, BANDWIDTH), row);
    }
  }
  if (column(plan, ROLLOFF) >= 0) {
    rolloffBlock<T>(plan.magnitude, bins, plan.binHz, plan.rolloffPercent, plan.result);
    blockToRows<T>(plan.result, 1, valid, rows + column4(plan, ROLLOFF), row);
  }
}

/** Mel energies in plan.result to decibels in `block`; returns the loudest of the valid frames. */
function decibelBlock<T>(plan: Frames, valid: i32, block: usize): f32 {
  const floor = splat<T>(plan.amin);
  const scale = splat<T>(DECIBELS);
  const ref = splat<T>(plan.refDb);
  let loudest = splat<T>(-Infinity);
  for (let m: usize = 0; m < <usize>plan.nMels * sizeof<T>(); m += sizeof<T>()) {
    const db = sub<T>(mul<T>(scale, logPositive<T>(maxLanes<T>(load<T>(plan.result + m), floor))), ref);
    store<T>(block + m, db);
    loudest = maxLanes<T>(loudest, db);
  }
  store<T>(plan.result, loudest);
  let result = load<f32>(plan.result);
  for (let lane = 1; lane < valid; lane++) result = Mathf.max(result, load<f32>(plan.result + (<usize>lane << 2)));
  return result;
}

/** Clips the log-mel energies topDb below the loudest, which may be the reference, and makes cepstra and their deltas of them. */
function secondPass<T>(
  plan: Frames, frames: i32, loudest: f32, work: usize, out: usize, row: usize, cepstral: bool,
): void {
  const floor = splat<T>(plan.topDb >= 0 ? loudest - plan.topDb : -Infinity);
  const cepstra = work + ((<usize>((frames + 3) & ~3) * <usize>plan.nMels) << 2);
  const cepstraRow = <usize>plan.nMfcc << 2;
  const deltas = column(plan, DELTA) >= 0 || column(plan, DELTA2) >= 0;
  for (let t = 0; t < frames; t += lanes<T>()) {
    const valid = min(lanes<T>(), frames - t);
    const block = work + ((<usize>t * <usize>plan.nMels) << 2);
    for (let m: usize = 0; m < <usize>plan.nMels * sizeof<T>(); m += sizeof<T>()) {
      store<T>(block + m, maxLanes<T>(load<T>(block + m), floor));
    }
    if (plan.refLoudest) {
      for (let m: usize = 0; m < <usize>plan.nMels * sizeof<T>(); m += sizeof<T>()) {
        store<T>(block + m, sub<T>(load<T>(block + m), splat<T>(loudest)));
      }
    }
    if (column(plan, LOGMEL) >= 0) {
      blockToRows<T>(block, plan.nMels, valid, out + column4(plan, LOGMEL) + <usize>t * row, row);
    }
    if (cepstral) {
      denseRowsBlock<T>(block, plan.nMfcc, plan.nMels, plan.dct, plan.result);
      if (column(plan, MFCC) >= 0) blockToRows<T>(plan.result, plan.nMfcc, valid, out + column4(plan, MFCC) + <usize>t * row, row);
      if (deltas) blockToRows<T>(plan.result, plan.nMfcc, valid, cepstra + <usize>t * cepstraRow, cepstraRow);
    }
  }
  if (column(plan, ONSET) >= 0) {
    onsetStrength<T>(plan.onset, work, frames, plan.result, out + column4(plan, ONSET), row);
  }
  if (!deltas) return;
  const rowLength = <i32>(row >> 2);
  if (column(plan, DELTA) >= 0) {
    deltaColumns(
      cepstra, plan.nMfcc, frames, plan.nMfcc, plan.delta1, plan.deltaWidth, plan.deltaMode,
      out + column4(plan, DELTA), rowLength,
    );
  }
  if (column(plan, DELTA2) >= 0) {
    deltaColumns(
      cepstra, plan.nMfcc, frames, plan.nMfcc, plan.delta2, plan.deltaWidth, plan.deltaMode,
      out + column4(plan, DELTA2), rowLength,
    );
  }
}
