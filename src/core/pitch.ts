import { AudioError, OptionError } from "../errors.ts";
import type { FrameFeature, FrameOptions } from "./frame-features.ts";
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
    const { frameLength, hopLength, padMode } = this.#options;
    const run = (first: number, mode: PadMode, kernel: typeof core.rmsFrames): Run => ({
      frameLength,
      padMode: mode,
      compute: (x, from, to) => kernel(x, to - from, frameLength, hopLength, first + from * stride * 4, stride),
    });
    const [zcr, rms] = [place("zcr"), place("rms")];
    return [zcr && run(zcr, "edge", core.zcrFrames), rms && run(rms, padMode, core.rmsFrames)].filter((r) => r !== 0);
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
    const x = padded(this.#options.padMode);
    if (this.#pitch) {
      if (core.pitchWorkBytes(this.#pitch, frames) > MOST_PYIN_BYTES)
        throw new AudioError(`${frames} frames are more than fit for pyin; cut the audio into parts`);
      const [yin, depth] = yinFeatures.map(place);
      const [pyin, voiced, voicedProb] = pyinFeatures.map(place);
      core.pitch(this.#pitch, x, frames, stride, yin, depth, pyin, voiced, voicedProb);
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
