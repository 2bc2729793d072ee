import { AudioError } from "../errors.ts";
import type { DenseMatrix } from "../matrix.ts";
import { copyMatrix } from "./copy-matrix.ts";
import {
  columnNames,
  type FrameFeature,
  type FrameOptions,
  isSpectral,
  onsetAggregates,
  spectralFeatures,
} from "./frame-features.ts";
import { f32, MAX_VALUES, type Scratch, scratch } from "./memory.ts";
import { core } from "./module.ts";
import { type Run, SampleComputer } from "./pitch.ts";
import { freeWithOwner } from "./plan.ts";
import { PART, type PadMode, stage, stagePart } from "./signal.ts";
import { deltaModeCode, expectDeltaFrames } from "./deltas.ts";
import { expectContrastBands, normCode } from "./tables.ts";
import { windowCode, windowParameterOf } from "./windows.ts";

/** Frames that a block takes at once; the signal is padded so that the last block may reach over its end. */
const ABREAST = 4;

/** Copies to `pointer` `length` samples, from `start` on, of the signal padded for frames of that length. */
type StagePart = (frameLength: number, padMode: PadMode, pointer: number, length: number, start: number) => void;
/** Copies all of it, and `tail` zeros; gives the pointer. */
type StageWhole = (memory: Scratch, frameLength: number, padMode: PadMode, tail: number) => number;

/** Computes frame-level features of whole signals: tables are made once, one STFT serves all spectral features. */
export class FrameComputer {
  readonly names: readonly string[];
  readonly #features: readonly FrameFeature[];
  readonly #first: ReadonlyMap<FrameFeature, number>;
  readonly #options: FrameOptions;
  readonly #plan: number;
  readonly #samples: SampleComputer;

  /** @param options checked by the caller (see `resolveOptions`) */
  constructor(features: readonly FrameFeature[], sampleRate: number, options: FrameOptions) {
    const o = options;
    this.#features = features;
    this.#options = o;
    this.names = features.flatMap((feature) => columnNames(feature, o));
    const first = new Map<FrameFeature, number>();
    let column = 0;
    for (const feature of features) {
      first.set(feature, column);
      column += columnNames(feature, o).length;
    }
    this.#first = first;
    if (first.has("contrast")) expectContrastBands(sampleRate, o);
    const plan = scratch((memory) =>
      core.framesPlan(
        o.nFft,
        o.winLength,
        o.hopLength,
        windowCode(o.window),
        windowParameterOf(o.window, o.windowParameter),
        sampleRate,
        o.power,
        o.nMels,
        o.fMin,
        o.fMax,
        o.htk,
        normCode("norm", o.norm),
        o.amin,
        o.ref === "max" ? Number.NaN : o.ref,
        o.topDb ?? -1,
        o.nMfcc,
        o.dctType,
        o.dctNorm === "ortho",
        o.lifter,
        o.rollPercent,
        o.bandwidthP,
        o.bandwidthNorm,
        o.flatnessAmin,
        o.flatnessPower,
        o.deltaWidth,
        deltaModeCode(o.deltaMode),
        o.contrastFMin,
        o.nBands,
        o.quantile,
        o.contrastLinear,
        o.polyOrder,
        o.nChroma,
        o.tuning ?? Number.NaN,
        normCode("chromaNorm", o.chromaNorm),
        o.ctroct,
        o.octwidth ?? Number.POSITIVE_INFINITY,
        o.baseC,
        onsetDelay(o),
        o.onsetLag,
        o.onsetMaxSize,
        onsetAggregates.indexOf(o.onsetAggregate),
        memory.copy(Int32Array.from(spectralFeatures, (feature) => first.get(feature) ?? -1)),
      ),
    );
    this.#plan = plan;
    freeWithOwner(this, () => core.framesFree(plan));
    this.#samples = new SampleComputer(features, sampleRate, o);
  }

  /** Samples of the longest frame that the features take. */
  get longestFrame(): number {
    const { nFft, frameLength } = this.#options;
    const lengths = this.#features.map((feature) => (isSpectral(feature) ? nFft : frameLength));
    return Math.max(...lengths);
  }

  /** Frames before a frame that its features look back at. */
  get framesBefore(): number {
    if (this.#first.has("onset")) return onsetDelay(this.#options) + this.#options.onsetLag;
    return this.#first.has("flux") ? 1 : 0;
  }

  /** Number of frames of a signal of `n` samples: the fewest that any of the features has. */
  frames(n: number): number {
    const o = this.#options;
    const counts: number[] = [];
    if (this.#features.some(isSpectral)) counts.push(frameCount(n, o.nFft, o));
    if (this.#features.some((feature) => !isSpectral(feature))) counts.push(frameCount(n, o.frameLength, o));
    return Math.min(...counts);
  }

  /** Frames x columns, written to `into` where that is given. @throws {AudioError} when the signal is shorter than one frame, or longer than the core can hold */
  compute(samples: Float32Array, into?: Float32Array): DenseMatrix {
    const frames = this.frames(samples.length);
    const columns = this.names.length;
    const o = this.#options;
    if (frames < 1)
      throw new AudioError(`${samples.length} samples are fewer than one frame of ${Math.max(o.nFft, o.frameLength)}`);
    if (frames * columns > MAX_VALUES || samples.length > MAX_VALUES) {
      throw new AudioError(
        `${samples.length} samples give ${frames} x ${columns} values, more than fit; cut the audio into parts`,
      );
    }
    if (this.#first.has("delta") || this.#first.has("delta2")) expectDeltaFrames(o.deltaWidth, o.deltaMode, frames);
    const pad = (frameLength: number) => (o.center ? frameLength >> 1 : 0);
    return this.#compute(
      frames,
      (frameLength, padMode, pointer, length, start) =>
        stagePart(pointer, length, samples, start, pad(frameLength), padMode),
      (memory, frameLength, padMode, tail) => stage(memory, samples, pad(frameLength), padMode, tail).pointer,
      into,
    );
  }

  /**
   * Some frames of a longer signal: frame 0 from the first sample of `padded(frameLength, padMode)` on, which gives the samples of all
   * of them. Frames have the bits that they have in the whole.
   */
  computeFrames(frames: number, padded: (frameLength: number, padMode: PadMode) => Float32Array): DenseMatrix {
    // Asked for part by part, but cut out of the signal once.
    const cuts = new Map<string, Float32Array>();
    const cut = (frameLength: number, padMode: PadMode) => {
      const key = `${frameLength} ${padMode}`;
      const samples = cuts.get(key) ?? padded(frameLength, padMode);
      cuts.set(key, samples);
      return samples;
    };
    return this.#compute(
      frames,
      (frameLength, padMode, pointer, length, start) =>
        stagePart(pointer, length, cut(frameLength, padMode), start, 0, "constant"),
      (memory, frameLength, mode, tail) => stage(memory, cut(frameLength, mode), 0, "constant", tail).pointer,
    );
  }

  #compute(frames: number, part: StagePart, whole: StageWhole, into?: Float32Array): DenseMatrix {
    const columns = this.names.length;
    const { nFft, frameLength, hopLength, padMode, center } = this.#options;
    return scratch((memory) => {
      const out = memory.space(frames * columns * 4);
      const place = (feature: FrameFeature) => {
        const column = this.#first.get(feature);
        return column === undefined ? 0 : out + column * 4;
      };
      const runs: Run[] = this.#samples.runs(columns, place);
      if (this.#features.some(isSpectral)) {
        const bytes = core.framesWorkBytes(this.#plan, frames);
        if (bytes > 4 * MAX_VALUES) {
          throw new AudioError(`${frames} frames need more work space than fits; cut the audio into parts`);
        }
        const work = memory.space(bytes);
        const compute = (x: number, from: number, to: number) =>
          core.frames(this.#plan, x, frames, from, to, work, out, columns);
        runs.unshift({ frameLength: nFft, padMode, compute });
      }
      // What takes the same samples takes them while they are in the processor's cache.
      const same = (a: Run, b: Run) => a.frameLength === b.frameLength && (!center || a.padMode === b.padMode);
      for (const run of runs) {
        const together = runs.filter((other) => same(run, other));
        if (together[0] === run) computeParts(memory, frames, hopLength, together, part);
      }
      const tail = ABREAST * hopLength + Math.max(nFft, frameLength);
      this.#samples.compute(frames, columns, place, (mode) => whole(memory, frameLength, mode, tail));
      if (this.#options.onsetDetrend) this.#detrend(out, frames);
      core.canonicalFloats(out, frames * columns);
      return copyMatrix(frames, columns, f32(out, frames * columns), into);
    });
  }

  #detrend(out: number, frames: number): void {
    const column = this.#first.get("onset");
    if (column === undefined) return;
    const rows = f32(out, frames * this.names.length);
    const filter = dcBlocker();
    for (let at = column; at < rows.length; at += this.names.length) rows[at] = filter(rows[at]);
  }
}

/**
 * The filter that takes the constant part out of onset strength, `scipy.signal.lfilter([1, -1], [1, -0.99], x)`, one value after the other.
 */
export function dcBlocker(): (value: number) => number {
  let state = 0;
  return (value) => {
    const filtered = value + state;
    state = 0.99 * filtered - value;
    return filtered;
  };
}

/** Runs whose samples are the same, over all frames, from one part of the signal to the next. */
function computeParts(memory: Scratch, frames: number, hop: number, runs: readonly Run[], stage: StagePart): void {
  const [{ frameLength, padMode }] = runs;
  const most = ABREAST * Math.max(1, Math.floor(PART / (ABREAST * hop)));
  const samples = (count: number) => (ABREAST * Math.ceil(count / ABREAST) - 1) * hop + frameLength;
  const x = memory.space(samples(Math.min(frames, most)) * 4);
  for (let from = 0; from < frames; from += most) {
    const to = Math.min(from + most, frames);
    stage(frameLength, padMode, x, samples(to - from), from * hop);
    for (const { compute } of runs) compute(x, from, to);
  }
}

/** librosa.onset.onset_strength shifts by half a frame, in whole hops, when frames are centred. */
const onsetDelay = ({ center, onsetCenter, nFft, hopLength }: FrameOptions): number =>
  center && onsetCenter ? Math.floor(nFft / (2 * hopLength)) : 0;

function frameCount(n: number, frameLength: number, { center, hopLength }: FrameOptions): number {
  return core.frameCount(n, center ? frameLength >> 1 : 0, frameLength, hopLength);
}
