import { AudioError } from "../errors.ts";
import type { DenseMatrix } from "../matrix.ts";
import { copyMatrix } from "./copy-matrix.ts";
import { f32, MAX_VALUES, scratch } from "./memory.ts";
import { core } from "./module.ts";
import { freeWithOwner } from "./plan.ts";
import { regressionColumns } from "./deltas.ts";
import { type WindowKind, windowCode, windowParameterOf } from "./windows.ts";

/** The features of Kaldi that the core computes itself, in the order of its table of columns; the others are deltas of them. */
const baseFeatures = ["fbank", "mfcc", "energy"] as const;
type BaseFeature = (typeof baseFeatures)[number];

/** What each delta is made of, and how many times over. */
export const kaldiDeltas = {
  delta: ["mfcc", 1],
  delta2: ["mfcc", 2],
  fbank_delta: ["fbank", 1],
  fbank_delta2: ["fbank", 2],
} as const satisfies Record<string, readonly [BaseFeature, number]>;

export const kaldiFeatures = [...baseFeatures, "delta", "delta2", "fbank_delta", "fbank_delta2"] as const;
export type KaldiFeature = (typeof kaldiFeatures)[number];

/** Every option of Kaldi's features, after the flags of compute-fbank-feats, compute-mfcc-feats and add-deltas. */
export interface KaldiOptions {
  /** Samples. */
  winLength: number;
  /** Samples from frame to frame. */
  hopLength: number;
  /** Samples of the transform, even, at least winLength. */
  nFft: number;
  window: WindowKind;
  /** Of the blackman window. */
  blackmanCoeff: number;
  /** Only frames that lie wholly in the signal; otherwise a frame for every hop, the signal mirrored at its ends. */
  snipEdges: boolean;
  removeDcOffset: boolean;
  preemphasisCoefficient: number;
  numMelBins: number;
  /** Hz. */
  lowFreq: number;
  /** Hz. */
  highFreq: number;
  /** Hz, where vocal tract length normalisation bends; a warp of 1 is none. */
  vtlnLow: number;
  vtlnHigh: number;
  vtlnWarp: number;
  /** `fbank` of power, not magnitude. */
  usePower: boolean;
  /** `fbank` as natural logarithm. */
  useLogFbank: boolean;
  numCeps: number;
  cepstralLifter: number;
  /** The log energy as a column of `fbank` and in the place of C0. */
  useEnergy: boolean;
  /** The energy before pre-emphasis and window. */
  rawEnergy: boolean;
  energyFloor: number;
  /** Energy or C0 as the last column. */
  htkCompat: boolean;
  /** Each column less its mean over the whole signal, before deltas are made of it. */
  subtractMean: boolean;
  /** Frames on each side that deltas are regressions over. */
  deltaWindow: number;
}

/** Frames that a block takes at once; there is room behind the signal for the last block to reach over its end. */
const ABREAST = 4;
/** PAD_SYMMETRIC of the core. */
const SYMMETRIC = 3;

/** Computes Kaldi's features of whole signals or parts of them; tables are made once. */
export class KaldiComputer {
  readonly names: readonly string[];
  /** The sample that frame 0 begins with: 0, or with `snipEdges` false half a window less half a hop before it. */
  readonly firstSample: number;
  readonly #features: readonly KaldiFeature[];
  /** First column of each feature; those that only deltas need stand behind the last column asked for. */
  readonly #first: ReadonlyMap<KaldiFeature, number>;
  /** Columns, those included. */
  readonly #width: number;
  readonly #options: KaldiOptions;
  readonly #plan: number;

  /** @param options checked by the caller (see `resolveKaldiOptions`) */
  constructor(features: readonly KaldiFeature[], sampleRate: number, options: KaldiOptions) {
    const o = options;
    this.#features = features;
    this.#options = o;
    this.names = features.flatMap((feature) => kaldiColumns(feature, o));
    this.firstSample = o.snipEdges ? 0 : (o.hopLength >> 1) - (o.winLength >> 1);
    const first = new Map<KaldiFeature, number>();
    let column = 0;
    for (const feature of [...features, ...features.filter(isDelta).map((feature) => kaldiDeltas[feature][0])]) {
      if (first.has(feature)) continue;
      first.set(feature, column);
      column += kaldiColumns(feature, o).length;
    }
    this.#first = first;
    this.#width = column;
    const plan = scratch((memory) =>
      core.kaldiPlan(
        sampleRate,
        o.winLength,
        o.hopLength,
        o.nFft,
        windowCode(o.window),
        windowParameterOf(o.window, o.window === "blackman" ? o.blackmanCoeff : null),
        o.removeDcOffset,
        o.preemphasisCoefficient,
        o.numMelBins,
        o.lowFreq,
        o.highFreq,
        o.vtlnLow,
        o.vtlnHigh,
        o.vtlnWarp,
        o.usePower,
        o.useLogFbank,
        o.numCeps,
        o.cepstralLifter,
        o.useEnergy,
        o.rawEnergy,
        o.energyFloor,
        o.htkCompat,
        memory.copy(Int32Array.from(baseFeatures, (feature) => first.get(feature) ?? -1)),
      ),
    );
    this.#plan = plan;
    freeWithOwner(this, () => core.kaldiFree(plan));
  }

  /** Number of frames of a signal of `n` samples. */
  frames(n: number): number {
    const { winLength, hopLength, snipEdges } = this.#options;
    if (snipEdges) return n < winLength ? 0 : 1 + Math.floor((n - winLength) / hopLength);
    return Math.floor((n + (hopLength >> 1)) / hopLength);
  }

  /** Frames x columns. @throws {AudioError} when the signal has no frame, or is longer than the core can hold */
  compute(samples: Float32Array, into?: Float32Array): DenseMatrix {
    const n = samples.length;
    const frames = this.frames(n);
    const { winLength, hopLength, snipEdges } = this.#options;
    if (frames < 1) {
      const needed = snipEdges ? `one frame of ${winLength}` : `half a hop of ${hopLength}`;
      throw new AudioError(`${n} samples are fewer than ${needed}`);
    }
    if (frames * this.#width > MAX_VALUES || n > MAX_VALUES) {
      throw new AudioError(
        `${n} samples give ${frames} x ${this.#width} values, more than fit; cut the audio into parts`,
      );
    }
    const end = this.firstSample + (frames - 1) * hopLength + winLength;
    const before = Math.max(0, -this.firstSample);
    const { subtractMean } = this.#options;
    return this.#compute(
      frames,
      samples,
      before,
      Math.max(0, end - n),
      Math.max(0, this.firstSample),
      subtractMean,
      into,
    );
  }

  /**
   * Some frames of a longer signal; `samples` begin with the first sample of the first of them and hold them all. The frames have the
   * bits that they have in the whole without `subtractMean`; deltas take the ends of the part for those of the signal.
   */
  computeFrames(frames: number, samples: Float32Array): DenseMatrix {
    return this.#compute(frames, samples, 0, 0, 0, false);
  }

  /** @param before samples to mirror at the beginning @param behind samples to mirror at the end @param skip samples before the first frame */
  #compute(
    frames: number,
    samples: Float32Array,
    before: number,
    behind: number,
    skip: number,
    subtractMean: boolean,
    into?: Float32Array,
  ): DenseMatrix {
    const { winLength, hopLength } = this.#options;
    const width = this.#width;
    return scratch((memory) => {
      const tail = ABREAST * hopLength + winLength;
      const x = memory.zeros((before + samples.length + behind + tail) * 4);
      core.padSignal(memory.copy(samples), samples.length, before, behind, SYMMETRIC, tail, x);
      const out = memory.zeros(frames * width * 4);
      core.kaldi(this.#plan, x + skip * 4, frames, out, width);
      if (subtractMean) subtractMeans(f32(out, frames * width), frames, width);
      for (const feature of this.#features.filter(isDelta)) this.#deltas(feature, frames, out);
      return this.#kept(frames, f32(out, frames * width), into);
    });
  }

  #deltas(feature: keyof typeof kaldiDeltas, frames: number, out: number): void {
    const [base, order] = kaldiDeltas[feature];
    const columns = kaldiColumns(base, this.#options).length;
    const at = (name: KaldiFeature) => out + (this.#first.get(name) ?? 0) * 4;
    regressionColumns(at(base), columns, frames, this.#width, this.#options.deltaWindow, order, at(feature));
  }

  /** The columns that were asked for. */
  #kept(frames: number, rows: Float32Array, into?: Float32Array): DenseMatrix {
    const columns = this.names.length;
    // Those that others are made from are behind them in each row.
    for (let t = 1; columns < this.#width && t < frames; t++) {
      rows.copyWithin(t * columns, t * this.#width, t * this.#width + columns);
    }
    return copyMatrix(frames, columns, rows.subarray(0, frames * columns), into);
  }
}

/** Takes its mean from each of the columns. What deltas will be written to is 0 still. */
function subtractMeans(rows: Float32Array, frames: number, width: number): void {
  for (let column = 0; column < width; column++) {
    let sum = 0;
    for (let at = column; at < rows.length; at += width) sum += rows[at];
    for (let at = column; at < rows.length; at += width) rows[at] -= sum / frames;
  }
}

const isDelta = (feature: KaldiFeature): feature is keyof typeof kaldiDeltas => Object.hasOwn(kaldiDeltas, feature);

/** The names of a feature's columns, where the energy stands and C0 included. */
export function kaldiColumns(feature: KaldiFeature, o: KaldiOptions): string[] {
  if (feature === "energy") return ["energy"];
  if (isDelta(feature)) {
    const [base] = kaldiDeltas[feature];
    return kaldiColumns(base, o).map((name) => name.replace(base, feature));
  }
  const bands = feature === "fbank";
  const names = Array.from({ length: bands ? o.numMelBins : o.numCeps }, (_, k) => `${feature}_${k}`);
  if (o.useEnergy) names.splice(0, bands ? 0 : 1, `${feature}_energy`);
  if (o.htkCompat && (o.useEnergy || !bands)) names.push(...names.splice(0, 1));
  return names;
}
