import { type PitchOptions, sampleFeatures } from "./pitch.ts";
import type { PadMode } from "./signal.ts";
import type { DeltaMode } from "./deltas.ts";
import type { MelNorm } from "./tables.ts";
import type { WindowKind } from "./windows.ts";

/** The frame-level features, in the order of the core's table of columns. */
export const spectralFeatures = [
  "stft",
  "mel",
  "logmel",
  "mfcc",
  "delta",
  "delta2",
  "centroid",
  "bandwidth",
  "rolloff",
  "flatness",
  "contrast",
  "flux",
  "poly",
  "chroma",
  "tonnetz",
  "onset",
] as const;
export const frameFeatures = [...spectralFeatures, ...sampleFeatures] as const;
export type FrameFeature = (typeof frameFeatures)[number];

/** Every option of the frame-level features, after librosa's arguments. */
export interface FrameOptions extends PitchOptions {
  nFft: number;
  winLength: number;
  hopLength: number;
  window: WindowKind;
  /** What scipy has in a tuple with the window's name: kaiser's beta, gaussian's deviation, and so on. */
  windowParameter: number | null;
  center: boolean;
  padMode: PadMode;
  /** Exponent of the magnitudes that the mel filters weigh: 2 power. */
  power: number;
  nMels: number;
  fMin: number;
  fMax: number;
  htk: boolean;
  norm: MelNorm;
  /** What 0 dB is; `max`: the largest mel energy of the signal. */
  ref: number | "max";
  amin: number;
  topDb: number | null;
  nMfcc: number;
  dctType: number;
  dctNorm: "ortho" | null;
  lifter: number;
  deltaWidth: number;
  deltaMode: DeltaMode;
  rollPercent: number;
  /** Order of `bandwidth`, and whether the magnitudes are divided by their sum for it. */
  bandwidthP: number;
  bandwidthNorm: boolean;
  flatnessAmin: number;
  /** Exponent of the magnitudes that `flatness` is of. */
  flatnessPower: number;
  /** Hz, the upper end of the lowest band of `contrast`. */
  contrastFMin: number;
  /** Octaves of `contrast` above that. */
  nBands: number;
  /** Share of a band's bins that its peak, and its valley, are the mean of. */
  quantile: number;
  /** `contrast` as a difference of magnitudes instead of decibels. */
  contrastLinear: boolean;
  /** Degree of the polynomial of `poly`. */
  polyOrder: number;
  nChroma: number;
  /** Of `chroma` and `tonnetz`, in pitch classes from A4 = 440 Hz; `null`: estimated from each signal. */
  tuning: number | null;
  /** Norm of a frame's `chroma`. */
  chromaNorm: "inf" | number | null;
  /** The octave above 27.5 Hz that weighs most, and the standard deviation of the weights in octaves (`null`: all alike). */
  ctroct: number;
  octwidth: number | null;
  /** `chroma_0` is C, else A. */
  baseC: boolean;
  /** Frames between those that `onset` compares. */
  onsetLag: number;
  /** Bands whose loudest an earlier frame is compared by. */
  onsetMaxSize: number;
  onsetAggregate: "mean" | "median" | "max";
  /** `onset` without its constant part. */
  onsetDetrend: boolean;
  /** With `center`: `onset` later by half a frame. */
  onsetCenter: boolean;
}

/** How the rises of a frame's bands become one number, in the order of the core's codes. */
export const onsetAggregates: readonly FrameOptions["onsetAggregate"][] = ["mean", "median", "max"];

/** True for what comes from the spectrum, false for what comes from the samples. */
export const isSpectral = (feature: FrameFeature): boolean => (spectralFeatures as readonly string[]).includes(feature);

/** How many columns a feature has. */
export function columnCount(feature: FrameFeature, o: FrameOptions): number {
  const counts: Partial<Record<FrameFeature, number>> = {
    stft: (o.nFft >> 1) + 1,
    mel: o.nMels,
    logmel: o.nMels,
    mfcc: o.nMfcc,
    delta: o.nMfcc,
    delta2: o.nMfcc,
    contrast: o.nBands + 1,
    poly: o.polyOrder + 1,
    chroma: o.nChroma,
    tonnetz: 6,
  };
  return counts[feature] ?? 1;
}

const severalColumns: ReadonlySet<FrameFeature> = new Set([
  "stft",
  "mel",
  "logmel",
  "mfcc",
  "delta",
  "delta2",
  "contrast",
  "poly",
  "chroma",
  "tonnetz",
]);

/** The names of a feature's columns: `mfcc_0` and on where there can be several. */
export function columnNames(feature: FrameFeature, o: FrameOptions): string[] {
  const several = severalColumns.has(feature);
  return several ? Array.from({ length: columnCount(feature, o) }, (_, k) => `${feature}_${k}`) : [feature];
}
