import { AudioError, OptionError } from "../errors.ts";
import type { FrameFeature, FrameOptions } from "./frame-features.ts";
import { floorToFloat32 } from "./float32.ts";
import { f32 } from "./memory.ts";
import { core } from "./module.ts";
import { freeWithOwner } from "./plan.ts";
import type { PadMode } from "./signal.ts";

/** The features that come from the samples themselves, in frames of `frameLength` samples. */
export const sampleFeatures = [
  "rms",
  "zcr",
  "yin",
  "aperiodicity",
  "pyin",
  "voiced",
  "voiced_prob",
  "hnr",
  "voicing",
] as const;

export interface PitchOptions {
  /** Samples a frame of the features from the samples. */
  frameLength: number;
  /** Bounds of the pitch in Hz, of all features that look for a period. */
  yinFMin: number;
  yinFMax: number;
  /** Of `yin` and `aperiodicity`. */
  troughThreshold: number;
  /** The others are of `pyin`, `voiced` and `voiced_prob`. */
  nThresholds: number;
  betaA: number;
  betaB: number;
  boltzmannParameter: number;
  /** Semitones. */
  resolution: number;
  /** Octaves per second. */
  maxTransitionRate: number;
  switchProb: number;
  noTroughProb: number;
  /** What `pyin` is where it is unvoiced: `nan`, a number, or with `null` the pitch of the most likely path all the same. */
  fillNa: "nan" | number | null;
  /** Magnitudes up to this are 0 to `zcr`. */
  zcrThreshold: number;
  /** Whether 0 is positive to `zcr`, or a sign of its own. */
  zeroPos: boolean;
  /** Whether a frame's first sample counts as a crossing. */
  zcrPad: boolean;
}

const yinFeatures: readonly FrameFeature[] = ["yin", "aperiodicity"];
const pyinFeatures: readonly FrameFeature[] = ["pyin", "voiced", "voiced_prob"];
const hnrFeatures: readonly FrameFeature[] = ["hnr", "voicing"];

/** What the candidates of pYIN may take: a third of the memory that WebAssembly can address. */
const MOST_PYIN_BYTES = 1.4e9;

/** Where a feature's first column of the first frame lies; 0 when it is not wanted. */
type Place = (feature: FrameFeature) => number;

/** Frames `from` to `to` of some feature, from x, the first sample of frame `from` of a signal padded in that mode. */
export interface Run {
  readonly frameLength: number;
  readonly padMode: PadMode;
  compute(x: number, from: number, to: number): void;
}

/** Computes the features that come from the samples; those that hang on YIN's difference function share it. */
export class SampleComputer {
  readonly #options: FrameOptions;
  readonly #pitch: number = 0;
  readonly #hnr: number = 0;

  /** @throws {OptionError} a frame that holds no period between yinFMin and yinFMax */
  constructor(features: readonly FrameFeature[], sampleRate: number, options: FrameOptions) {
    const o = options;
    this.#options = o;
    const wants = (some: readonly FrameFeature[]) => some.some((feature) => features.includes(feature));
    const probabilistic = wants(pyinFeatures);
    if (wants(yinFeatures) || probabilistic) {
      expectPeriod(sampleRate, o, o.frameLength - 1);
      const pitch = core.pitchPlan(
        sampleRate,
        o.frameLength,
        o.hopLength,
        o.yinFMin,
        o.yinFMax,
        o.troughThreshold,
        o.nThresholds,
        o.betaA,
        o.betaB,
        o.boltzmannParameter,
        Math.ceil(1 / o.resolution),
        o.maxTransitionRate,
        o.switchProb,
        o.noTroughProb,
        o.fillNa === null,
        probabilistic,
      );
      this.#pitch = pitch;
      freeWithOwner(this, () => core.pitchFree(pitch));
    }
    if (wants(hnrFeatures)) {
      expectPeriod(sampleRate, o, o.frameLength >> 1);
      const hnr = core.hnrPlan(sampleRate, o.frameLength, o.hopLength, o.yinFMin, o.yinFMax);
      this.#hnr = hnr;
      freeWithOwner(this, () => core.hnrFree(hnr));
    }
  }

  /** What can be computed from one part of the signal after the other. @param stride see `compute` */
  runs(stride: number, place: Place): Run[] {
    const { frameLength, hopLength, padMode, zcrThreshold, zeroPos, zcrPad } = this.#options;
    const at = (first: number, from: number) => first + from * stride * 4;
    const [zcr, rms] = [place("zcr"), place("rms")];
    const runs: Run[] = [];
    if (zcr) {
      const threshold = floorToFloat32(zcrThreshold);
      const compute = (x: number, from: number, to: number) =>
        core.zcrFrames(x, to - from, frameLength, hopLength, threshold, zeroPos, zcrPad, at(zcr, from), stride);
      runs.push({ frameLength, padMode: "edge", compute });
    }
    if (rms) {
      const compute = (x: number, from: number, to: number) =>
        core.rmsFrames(x, to - from, frameLength, hopLength, at(rms, from), stride);
      runs.push({ frameLength, padMode, compute });
    }
    return runs;
  }

  /**
   * Computes the others.
   *
   * @param stride values between a feature's value in one frame and in the next
   * @param padded gives the pointer of the signal padded in a mode, long enough for all frames and three hops more
   * @throws {AudioError} more frames than pYIN can hold
   */
  compute(frames: number, stride: number, place: Place, padded: (padMode: PadMode) => number): void {
    if (!this.#pitch && !this.#hnr) return;
    const { padMode, fillNa } = this.#options;
    const x = padded(padMode);
    if (this.#pitch) {
      if (core.pitchWorkBytes(this.#pitch, frames) > MOST_PYIN_BYTES)
        throw new AudioError(`${frames} frames are more than fit for pyin; cut the audio into parts`);
      const [yin, depth] = yinFeatures.map(place);
      const [pyin, voiced, voicedProb] = pyinFeatures.map(place);
      core.pitch(this.#pitch, x, frames, stride, yin, depth, pyin, voiced, voicedProb);
      if (pyin && typeof fillNa === "number") {
        const values = f32(pyin, (frames - 1) * stride + 1);
        for (let at = 0; at < values.length; at += stride) if (Number.isNaN(values[at])) values[at] = fillNa;
      }
    }
    if (this.#hnr) {
      const [hnr, voicing] = hnrFeatures.map(place);
      core.hnr(this.#hnr, x, frames, stride, hnr, voicing);
    }
  }
}

/** @throws {OptionError} when no period of up to `longest` samples lies between the bounds */
function expectPeriod(sampleRate: number, { yinFMin, yinFMax, frameLength }: FrameOptions, longest: number): void {
  if (Math.floor(sampleRate / yinFMax) < Math.min(Math.ceil(sampleRate / yinFMin), longest)) return;
  throw new OptionError(
    `a frame of ${frameLength} samples at ${sampleRate} Hz holds no period between yinFMin (${yinFMin} Hz) and yinFMax (${yinFMax} Hz)`,
  );
}
