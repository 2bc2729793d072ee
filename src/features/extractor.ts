import { type FrameFeature, frameFeatures } from "../core/frame-features.ts";
import { FrameComputer } from "../core/frames.ts";
import { functionalNames, functionals } from "../core/functionals.ts";
import { KaldiComputer, type KaldiFeature, kaldiFeatures } from "../core/kaldi.ts";
import { keepRecent } from "../core/plan.ts";
import { Resampler } from "../core/resample.ts";
import { allFinite, checkPadMode, type PadMode } from "../core/signal.ts";
import { AudioError, OptionError } from "../errors.ts";
import type { DenseMatrix } from "../matrix.ts";
import { copyMatrix } from "../core/copy-matrix.ts";
import { EmovoxFeatures, emovoxOptions, emovoxSampleRate } from "./emovox.ts";
import { kaldiNames, kaldiOptions, resolveKaldiOptions } from "./kaldi.ts";
import { librosaOptions, mergeOptions, type OptionRecord, resolveFrameOptions } from "./options.ts";
import { Sahu2019, sahu2019Names, sahu2019Options } from "./sahu2019.ts";

export const presets = ["librosa", "kaldi", "sahu2019", "emovox"] as const;
export type Preset = (typeof presets)[number];
export type Level = "frames" | "utterance";

export interface ExtractorRequest {
  preset: Preset;
  /** Hz, the rate that the features are computed at; the emovox preset has its own. */
  sampleRate?: number;
  /** One row a frame, or one row of functionals; the preset's own when left out. */
  level?: Level;
  /** Of {@link frameFeatures} or librosa's names for them (librosa preset), of {@link kaldiFeatures} (kaldi preset). */
  features?: readonly string[];
  /** Laid over the preset's options. */
  options?: OptionRecord;
}

/** Turns signals into rows of features. All that decides the values is in `preset`, `sampleRate`, `level`, `features` and `options`. */
export interface Extractor {
  readonly preset: Preset;
  readonly sampleRate: number;
  readonly level: Level;
  readonly features: readonly string[];
  readonly options: OptionRecord;
  /** The columns' names. */
  readonly names: readonly string[];
  /** 64 bits in hex over everything above: equal for extractors that give equal rows. */
  readonly hash: string;
  /**
   * @param samples mono, in [-1, 1)
   * @param sampleRate of the samples in Hz; they are resampled when it is not the extractor's
   * @param out where the rows are written to, so that many signals need one array; the result's `data` is its beginning
   * @throws {AudioError} no samples, samples that are NaN or infinite, fewer than the features need
   * @throws {DataError} `out` is shorter than the rows
   */
  extract(samples: Float32Array, sampleRate?: number, out?: Float32Array): DenseMatrix;
}

/** librosa's function names for what has a shorter one here. */
const aliases: Readonly<Record<string, FrameFeature>> = {
  melspectrogram: "mel",
  spectral_centroid: "centroid",
  spectral_bandwidth: "bandwidth",
  spectral_rolloff: "rolloff",
  spectral_flatness: "flatness",
  zero_crossing_rate: "zcr",
  spectral_contrast: "contrast",
  poly_features: "poly",
  chroma_stft: "chroma",
  onset_strength: "onset",
};

/**
 * @throws {OptionError} an unknown preset, feature, option or level, or a value out of range
 * @example
 * const extractor = createExtractor({ preset: "librosa", sampleRate: 16000, features: ["mfcc"], options: { nMfcc: 13 } });
 * const { rows, columns, data } = extractor.extract(samples);
 */
export function createExtractor(request: ExtractorRequest): Extractor {
  // JSON has null for NaN and infinity, which would pass for the option null.
  const numbers = (_: string, value: unknown) => (typeof value === "number" ? `number ${value}` : value);
  return keepRecent(JSON.stringify(request, numbers), () => newExtractor(request));
}

function newExtractor(request: ExtractorRequest): Extractor {
  switch (request.preset) {
    case "librosa":
      return librosaExtractor(request);
    case "kaldi":
      return kaldiExtractor(request);
    case "sahu2019":
      return utteranceExtractor(request, sahu2019Options, rateOf(request), (options, sampleRate) => {
        const computer = new Sahu2019(sampleRate, padModeOf(options));
        return { names: sahu2019Names, compute: (samples) => computer.compute(samples) };
      });
    case "emovox":
      if ((request.sampleRate ?? emovoxSampleRate) !== emovoxSampleRate) {
        throw new OptionError(
          `the emovox preset works at ${emovoxSampleRate} Hz, not ${request.sampleRate}; leave the sample rate out`,
        );
      }
      return utteranceExtractor(request, emovoxOptions, emovoxSampleRate, (options) => new EmovoxFeatures(options));
    default:
      throw new OptionError(`unknown preset "${String(request.preset)}"; known are ${presets.join(", ")}`);
  }
}

function librosaExtractor(request: ExtractorRequest): Extractor {
  const sampleRate = rateOf(request);
  const features = unique((request.features ?? ["mfcc"]).map(featureOf));
  const options = mergeOptions(librosaOptions, request.options ?? {});
  const computer = new FrameComputer(features, sampleRate, resolveFrameOptions(options, sampleRate));
  return frameExtractor(request, { sampleRate, features, options }, computer);
}

function kaldiExtractor(request: ExtractorRequest): Extractor {
  const sampleRate = rateOf(request);
  const features = unique((request.features ?? ["mfcc"]).map(kaldiFeatureOf));
  const options = mergeOptions(kaldiOptions, kaldiNames(request.options ?? {}));
  const computer = new KaldiComputer(features, sampleRate, resolveKaldiOptions(options, sampleRate));
  return frameExtractor(request, { sampleRate, features, options }, computer);
}

function unique<F extends string>(features: readonly F[]): F[] {
  if (features.length === 0) throw new OptionError("no feature is named");
  return [...new Set(features)];
}

/** Rows of frames, or the one row of their functionals. */
function frameExtractor(
  { preset, level = "frames" }: ExtractorRequest,
  settings: Pick<Extractor, "sampleRate" | "features" | "options">,
  computer: { readonly names: readonly string[]; compute: Compute },
): Extractor {
  const names =
    level === "frames" ? computer.names : computer.names.flatMap((name) => functionalNames.map((f) => `${name}_${f}`));
  const compute: Compute = (samples, out) =>
    level === "frames"
      ? computer.compute(samples, out)
      : copyMatrix(1, names.length, functionals(computer.compute(samples)), out);
  const { sampleRate, features, options } = settings;
  return assemble({ preset, sampleRate, level, features, options, names }, compute);
}

interface UtteranceComputer {
  readonly names: readonly string[];
  compute(samples: Float32Array): Float32Array;
}

function utteranceExtractor(
  request: ExtractorRequest,
  defaults: OptionRecord,
  sampleRate: number,
  create: (options: OptionRecord, sampleRate: number) => UtteranceComputer,
): Extractor {
  const { preset } = request;
  if ((request.level ?? "utterance") !== "utterance") {
    throw new OptionError(
      `the ${preset} preset has one row an utterance; for rows of frames use the librosa or kaldi preset`,
    );
  }
  if (request.features !== undefined) {
    throw new OptionError(
      `the features of the ${preset} preset are fixed; to choose features use the librosa or kaldi preset`,
    );
  }
  const options = mergeOptions(defaults, request.options ?? {});
  const computer = create(options, sampleRate);
  const { names } = computer;
  return assemble({ preset, sampleRate, level: "utterance", features: [], options, names }, (samples, out) =>
    copyMatrix(1, names.length, canonicalNaN(computer.compute(samples)), out),
  );
}

/** Gives every NaN the same bits, as the core does; what JavaScript computes has an engine's own. */
function canonicalNaN(values: Float32Array): Float32Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) words[i] = 0x7fc00000;
  return values;
}

type Compute = (samples: Float32Array, out?: Float32Array) => DenseMatrix;
type Description = Pick<Extractor, "preset" | "sampleRate" | "level" | "features" | "options" | "names">;

function assemble(description: Description, compute: Compute): Extractor {
  const { sampleRate } = description;
  const resamplers = new Map<number, Resampler>();
  const toOwnRate = (samples: Float32Array, from: number) => {
    if (from === sampleRate) return samples;
    const resampler = resamplers.get(from) ?? new Resampler(from, sampleRate);
    resamplers.set(from, resampler);
    return resampler.process(samples);
  };
  return {
    ...description,
    hash: hash64(JSON.stringify(description)),
    extract(samples, from = sampleRate, out?: Float32Array) {
      if (samples.length === 0) throw new AudioError("the audio has 0 samples");
      if (!allFinite(samples)) throw new AudioError("the audio has samples that are NaN or infinite");
      return compute(toOwnRate(samples, from), out);
    },
  };
}

function rateOf({ preset, sampleRate }: ExtractorRequest): number {
  if (sampleRate === undefined || !Number.isInteger(sampleRate) || sampleRate < 1000 || sampleRate > 768000) {
    throw new OptionError(`the ${preset} preset needs a sample rate from 1000 to 768000 Hz, not ${String(sampleRate)}`);
  }
  return sampleRate;
}

function featureOf(name: string): FrameFeature {
  const feature = aliases[name] ?? name;
  if (!(frameFeatures as readonly string[]).includes(feature)) {
    throw new OptionError(`unknown feature "${name}"; known are ${frameFeatures.join(", ")}`);
  }
  return feature as FrameFeature;
}

function kaldiFeatureOf(name: string): KaldiFeature {
  if (!(kaldiFeatures as readonly string[]).includes(name)) {
    throw new OptionError(`unknown feature "${name}"; known are ${kaldiFeatures.join(", ")}`);
  }
  return name as KaldiFeature;
}

function padModeOf({ padMode }: OptionRecord): PadMode {
  checkPadMode(padMode as PadMode);
  return padMode as PadMode;
}

/** FNV-1a with 64 bits (Fowler, Noll and Vo) over UTF-16 code units. */
function hash64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}
