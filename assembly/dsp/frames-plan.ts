// What the spectral features of a signal need before the first frame: tables, filters and the places of the output columns.
import { dctMatrix } from "./dct";
import { deltaCoefficients } from "./delta";
import { Onset, onsetFree, onsetPlan } from "./flux";
import { melFilterbank } from "./mel";
import { Shapes, shapesFree, shapesPlan } from "./shapes";
import { SparseRows, sparseRows, sparseRowsFree } from "./sparse";
import { Stft, stftFree, stftPlan } from "./stft";

const FEATURES: i32 = 16;
const WIDEST: usize = 16;

// @ts-ignore: decorator
@unmanaged
export class Frames {
  stft: Stft;
  binHz: f32;
  /** 1: the mel filters weigh magnitudes, 2: powers, else magnitudes to this power. */
  melPower: f64;
  nMels: i32;
  nMfcc: i32;
  amin: f32;
  /** 10 log10 of max(amin, ref); 0 where the loudest of the signal is the reference. */
  refDb: f32;
  refLoudest: bool;
  /** Negative: no limit. */
  topDb: f32;
  rolloffPercent: f32;
  bandwidthP: f64;
  bandwidthNorm: bool;
  flatnessAmin: f32;
  flatnessPower: f64;
  deltaWidth: i32;
  deltaMode: i32;
  /** i32 a feature: its first output column, or -1. */
  columns: usize;
  mel: SparseRows;
  /** nMfcc x nMels, the lifter included. */
  dct: usize;
  delta1: usize;
  delta2: usize;
  shapes: Shapes;
  onset: Onset;
  /** `bins` values of T for power, for magnitude, for another power, and max(nMels, nMfcc) for results. */
  power: usize;
  magnitude: usize;
  raised: usize;
  result: usize;
  /** The largest log-mel energy of the frames so far. */
  loudest: f32;
}

/** A `ref` of NaN is the loudest of the signal; see melFilterbank for `norm`, chroma.ts for `chromaNorm`, flux.ts for what is of onsets. */
export function framesPlan(
  nFft: i32, winLength: i32, hop: i32, windowKind: i32, windowParameter: f64, sampleRate: f64,
  melPower: f64, nMels: i32, fMin: f64, fMax: f64, htk: bool, norm: f64,
  amin: f64, ref: f64, topDb: f64, nMfcc: i32, dctType: i32, dctOrtho: bool, lifter: f64,
  rolloffPercent: f64, bandwidthP: f64, bandwidthNorm: bool, flatnessAmin: f64, flatnessPower: f64, deltaWidth: i32, deltaMode: i32,
  contrastFMin: f64, nBands: i32, quantile: f64, contrastLinear: bool, polyOrder: i32,
  nChroma: i32, tuning: f64, chromaNorm: f64, ctroct: f64, octwidth: f64, baseC: bool,
  onsetDelay: i32, onsetLag: i32, onsetMaxSize: i32, onsetAggregate: i32, columns: usize,
): Frames {
  const plan = changetype<Frames>(heap.alloc(offsetof<Frames>()));
  plan.stft = stftPlan(nFft, winLength, hop, windowKind, windowParameter);
  plan.binHz = <f32>(sampleRate / <f64>nFft);
  plan.melPower = melPower;
  plan.nMels = nMels;
  plan.nMfcc = nMfcc;
  plan.amin = <f32>amin;
  plan.refLoudest = isNaN(ref);
  plan.refDb = plan.refLoudest ? 0 : <f32>(10.0 * Math.log10(Math.max(amin, ref)));
  plan.topDb = <f32>topDb;
  plan.rolloffPercent = <f32>rolloffPercent;
  plan.bandwidthP = bandwidthP;
  plan.bandwidthNorm = bandwidthNorm;
  plan.flatnessAmin = <f32>flatnessAmin;
  plan.flatnessPower = flatnessPower;
  plan.deltaWidth = deltaWidth;
  plan.deltaMode = deltaMode;
  plan.columns = heap.alloc(<usize>FEATURES << 2);
  memory.copy(plan.columns, columns, <usize>FEATURES << 2);
  plan.mel = sparseMel(plan, sampleRate, fMin, fMax, htk, norm);
  plan.dct = heap.alloc(<usize>(nMfcc * nMels) << 2);
  dctMatrix(dctType, nMfcc, nMels, dctOrtho, plan.dct);
  if (lifter > 0.0) liftRows(plan, lifter);
  plan.delta1 = heap.alloc(<usize>deltaWidth << 3);
  plan.delta2 = heap.alloc(<usize>deltaWidth << 3);
  deltaCoefficients(deltaWidth, 1, plan.delta1);
  deltaCoefficients(deltaWidth, 2, plan.delta2);
  plan.shapes = shapesPlan(
    plan.columns, nFft, sampleRate, contrastFMin, nBands, quantile, contrastLinear, plan.amin, plan.topDb, polyOrder,
    nChroma, tuning, chromaNorm, ctroct, octwidth, baseC,
  );
  plan.onset = onsetPlan(nMels, onsetDelay, onsetLag, onsetMaxSize, onsetAggregate);
  const bins = <usize>plan.stft.bins * WIDEST;
  plan.power = heap.alloc(3 * bins + <usize>max(max(nMels, nMfcc), 2) * WIDEST);
  plan.magnitude = plan.power + bins;
  plan.raised = plan.magnitude + bins;
  plan.result = plan.raised + bins;
  return plan;
}

function sparseMel(plan: Frames, sampleRate: f64, fMin: f64, fMax: f64, htk: bool, norm: f64): SparseRows {
  const bins = plan.stft.bins;
  const dense = heap.alloc(<usize>(plan.nMels * bins) << 2);
  melFilterbank(sampleRate, plan.stft.nFft, plan.nMels, fMin, fMax, htk, norm, dense);
  const filters = sparseRows(dense, plan.nMels, bins);
  heap.free(dense);
  return filters;
}

/** Cepstral liftering: coefficient k times 1 + lifter / 2 sin(pi (k + 1) / lifter). */
function liftRows(plan: Frames, lifter: f64): void {
  for (let k = 0; k < plan.nMfcc; k++) {
    const factor = 1.0 + (lifter / 2.0) * Math.sin((Math.PI * <f64>(k + 1)) / lifter);
    for (let m = 0; m < plan.nMels; m++) {
      const at = plan.dct + (<usize>(k * plan.nMels + m) << 2);
      store<f32>(at, <f32>(<f64>load<f32>(at) * factor));
    }
  }
}

export function framesFree(plan: Frames): void {
  stftFree(plan.stft);
  shapesFree(plan.shapes);
  onsetFree(plan.onset);
  heap.free(plan.columns);
  sparseRowsFree(plan.mel);
  heap.free(plan.dct);
  heap.free(plan.delta1);
  heap.free(plan.delta2);
  heap.free(plan.power);
  heap.free(changetype<usize>(plan));
}

// @ts-ignore: decorator
@inline
export function column(plan: Frames, feature: i32): i32 {
  return load<i32>(plan.columns + (<usize>feature << 2));
}
