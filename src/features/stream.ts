import { FrameComputer, type FrameFeature, type FrameOptions } from "../core/frames.ts";
import { allFinite, type PadMode, reflectIndex } from "../core/signal.ts";
import { AudioError, OptionError } from "../errors.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";
import { DeltaRows } from "./delta-rows.ts";
import type { Extractor } from "./extractor.ts";
import { resolveFrameOptions } from "./options.ts";

/** Rows of frame-level features of a signal that comes piece by piece. */
export interface FrameStream {
  readonly names: readonly string[];
  /** Hz, of the samples that are pushed. */
  readonly sampleRate: number;
  /** Samples that must follow the centre of a frame before its row comes: half a frame, and the frames that deltas look ahead. */
  readonly latency: number;
  /** The rows that have become complete, maybe none. @throws {AudioError} samples that are NaN or infinite, or after `finish` */
  push(samples: Float32Array): DenseMatrix;
  /** The rows that the end of the signal makes complete. */
  finish(): DenseMatrix;
}

/** Features that look at the whole signal before they say anything of a frame. */
const wholeSignal: Readonly<Partial<Record<string, string>>> = {
  pyin: "Viterbi decoding",
  voiced: "Viterbi decoding",
  voiced_prob: "Viterbi decoding",
};

/** Features on decibels, whose floor `topDb` hangs on the loudest frame of the whole. */
const decibelFeatures = new Set(["logmel", "mfcc", "delta", "delta2", "onset"]);

/**
 * A stream of the rows that `extractor.extract` gives for the whole signal: any division into pieces gives the very same bits. It keeps
 * a few frames of samples, however long it runs.
 *
 * @throws {OptionError} an extractor of utterances, a feature that needs the whole signal, or `topDb` other than null for features
 * in decibels
 * @example
 * const stream = createStream(createExtractor({ preset: "librosa", sampleRate: 16000, options: { topDb: null } }));
 * for (const chunk of chunks) show(stream.push(chunk));
 * show(stream.finish());
 */
export function createStream(extractor: Extractor): FrameStream {
  const { preset, level, features, options, sampleRate, names } = extractor;
  if (preset !== "librosa" || level !== "frames")
    throw new OptionError("a stream gives rows of frames: use the librosa preset at level frames");
  for (const feature of features) {
    const why = wholeSignal[feature];
    if (why !== undefined) throw new OptionError(`${feature} cannot be streamed: its ${why} needs the whole signal`);
    if (decibelFeatures.has(feature) && options.topDb !== null) {
      throw new OptionError(
        `${feature} cannot be streamed with topDb ${options.topDb}, which looks at the whole signal: set topDb to null`,
      );
    }
  }
  const stream = new Stream(features as readonly FrameFeature[], sampleRate, resolveFrameOptions(options, sampleRate));
  return {
    names,
    sampleRate,
    latency: stream.latency,
    push: (samples) => stream.push(samples),
    finish: () => stream.finish(),
  };
}

class Stream {
  readonly latency: number;
  readonly #computer: FrameComputer;
  readonly #options: FrameOptions;
  readonly #deltas: DeltaRows;
  /** The longest frame of the features asked for, and the most samples of padding. */
  readonly #frameLength: number;
  readonly #pad: number;
  /** The last samples, from sample number `#from` of the signal on. */
  #kept = new Float32Array(0);
  #from = 0;
  #received = 0;
  #nextFrame = 0;
  #finished = false;

  constructor(features: readonly FrameFeature[], sampleRate: number, options: FrameOptions) {
    this.#options = options;
    this.#deltas = new DeltaRows(features, options);
    this.#computer = new FrameComputer(this.#deltas.base, sampleRate, options);
    this.#frameLength = this.#computer.longestFrame;
    this.#pad = options.center ? this.#frameLength >> 1 : 0;
    this.latency = this.#frameLength - this.#pad + this.#deltas.lookAhead * options.hopLength;
  }

  push(samples: Float32Array): DenseMatrix {
    if (this.#finished) throw new AudioError("the stream is finished; create another");
    if (!allFinite(samples)) throw new AudioError("the audio has samples that are NaN or infinite");
    this.#append(samples);
    const { hopLength } = this.#options;
    // The last frame that neither reaches the end nor is padded from samples that are still to come.
    const ready =
      this.#received > this.#pad ? Math.floor((this.#received - this.#frameLength + this.#pad) / hopLength) + 1 : 0;
    return this.#deltas.push(this.#compute(Math.max(ready, this.#nextFrame)));
  }

  finish(): DenseMatrix {
    if (this.#finished) throw new AudioError("the stream is finished; create another");
    this.#finished = true;
    const frames = this.#received > 0 ? Math.max(this.#computer.frames(this.#received), this.#nextFrame) : 0;
    return this.#deltas.finish(this.#compute(frames));
  }

  #append(samples: Float32Array): void {
    // What the next frames and the mirrored end still want: the next frame on, and a padding's worth behind the last sample.
    const { hopLength } = this.#options;
    const wanted = Math.min(
      this.#nextFrame * hopLength - this.#pad,
      this.#received + samples.length - 1 - this.#frameLength,
    );
    const from = Math.max(this.#from, Math.min(wanted, this.#received));
    const kept = new Float32Array(this.#received + samples.length - from);
    kept.set(this.#kept.subarray(from - this.#from));
    kept.set(samples, this.#received - from);
    this.#kept = kept;
    this.#from = from;
    this.#received += samples.length;
  }

  /** Base rows from the next frame up to, not including, frame `end`. */
  #compute(end: number): DenseMatrix {
    const first = this.#nextFrame;
    this.#nextFrame = end;
    if (end === first) return denseMatrix(0, this.#computer.names.length);
    return this.#computer.computeFrames(end - first, (frameLength, padMode) =>
      this.#segment(first, end - first, frameLength, padMode),
    );
  }

  /** The padded samples of `frames` frames of `frameLength` samples. */
  #segment(first: number, frames: number, frameLength: number, padMode: PadMode): Float32Array {
    const { hopLength, center } = this.#options;
    const start = first * hopLength - (center ? frameLength >> 1 : 0);
    const segment = new Float32Array((frames - 1) * hopLength + frameLength);
    for (let i = 0; i < segment.length; i++) segment[i] = this.#sample(start + i, padMode);
    return segment;
  }

  #sample(index: number, padMode: PadMode): number {
    const n = this.#received;
    if (index >= 0 && index < n) return this.#kept[index - this.#from];
    if (padMode === "constant") return 0;
    return this.#kept[(padMode === "edge" ? (index < 0 ? 0 : n - 1) : reflectIndex(index, n)) - this.#from];
  }
}
