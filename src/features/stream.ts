import type { FrameFeature } from "../core/frame-features.ts";
import type { KaldiFeature } from "../core/kaldi.ts";
import { Resampler } from "../core/resample.ts";
import { allFinite, paddedIndex } from "../core/signal.ts";
import { AudioError, OptionError } from "../errors.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";
import { DerivedRows } from "./derived-rows.ts";
import type { Extractor } from "./extractor.ts";
import { type FrameSource, kaldiSource, librosaSource, type Padding } from "./frame-source.ts";
import { resolveKaldiOptions } from "./kaldi.ts";
import { resolveFrameOptions } from "./options.ts";

/** Rows of frame-level features of a signal that comes piece by piece. */
export interface FrameStream {
  readonly names: readonly string[];
  /** Hz, of the samples that are pushed. */
  readonly sampleRate: number;
  /** Samples from a frame's centre (with `center`; else from its first sample) to the last one that its row waits for. */
  readonly latency: number;
  /** The rows that have become complete, maybe none. @throws {AudioError} samples that are NaN or infinite, or after `finish` */
  push(samples: Float32Array): DenseMatrix;
  /** The rows that the end of the signal makes complete. */
  finish(): DenseMatrix;
}

/**
 * A stream of the rows that `extractor.extract` gives for the whole signal: any division into pieces gives the very same bits. It keeps
 * a few frames of samples, however long it runs.
 *
 * @param sampleRate of the samples that are pushed, in Hz; they are resampled as they come when it is not the extractor's
 * @throws {OptionError} an extractor of utterances, a feature that needs the whole signal, or `topDb` other than null for features
 * in decibels
 * @example
 * const stream = createStream(createExtractor({ preset: "librosa", sampleRate: 16000, options: { topDb: null } }));
 * for (const chunk of chunks) show(stream.push(chunk));
 * show(stream.finish());
 */
export function createStream(extractor: Extractor, sampleRate = extractor.sampleRate): FrameStream {
  const stream = new Stream(sourceOf(extractor));
  const { names } = extractor;
  if (sampleRate === extractor.sampleRate) {
    const { latency } = stream;
    return { names, sampleRate, latency, push: (samples) => stream.push(samples), finish: () => stream.finish() };
  }
  const resampler = new Resampler(sampleRate, extractor.sampleRate).stream();
  return {
    names,
    sampleRate,
    latency: resampler.latency + Math.ceil((stream.latency * sampleRate) / extractor.sampleRate),
    push(samples) {
      if (!allFinite(samples)) throw new AudioError("the audio has samples that are NaN or infinite");
      return stream.push(resampler.push(samples));
    },
    finish() {
      const last = stream.push(resampler.finish());
      const rest = stream.finish();
      const data = new Float32Array(last.data.length + rest.data.length);
      data.set(last.data);
      data.set(rest.data, last.data.length);
      return denseMatrix(last.rows + rest.rows, names.length, data);
    },
  };
}

function sourceOf({ preset, level, features, options, sampleRate }: Extractor): FrameSource {
  if (level !== "frames") throw new OptionError("a stream gives rows of frames, not of utterances: use level frames");
  if (preset === "kaldi") {
    return kaldiSource(features as readonly KaldiFeature[], sampleRate, resolveKaldiOptions(options, sampleRate));
  }
  for (const feature of features) {
    const why = needsTheWhole(feature, options);
    if (why !== undefined) throw new OptionError(`${feature} cannot be streamed: ${why}`);
  }
  return librosaSource(features as readonly FrameFeature[], sampleRate, resolveFrameOptions(options, sampleRate));
}

/** Why a feature says nothing of a frame before the whole signal is known; undefined when it does. */
function needsTheWhole(feature: string, { topDb, tuning, contrastLinear }: Extractor["options"]): string | undefined {
  if (["pyin", "voiced"].includes(feature)) return "Viterbi decoding looks at the whole signal";
  if (["chroma", "tonnetz"].includes(feature) && tuning === null) {
    return "the tuning is estimated from the whole signal: give tuning a number";
  }
  const decibels = ["logmel", "mfcc", "delta", "delta2", "onset"].includes(feature);
  if ((decibels || (feature === "contrast" && contrastLinear !== true)) && topDb !== null) {
    return `topDb ${String(topDb)} hangs on the loudest frame of the whole signal: set topDb to null`;
  }
  return undefined;
}

class Stream {
  readonly latency: number;
  readonly #source: FrameSource;
  readonly #rows: DerivedRows;
  /** The last samples, from sample number `#from` of the signal on. */
  #kept = new Float32Array(0);
  #from = 0;
  #received = 0;
  #nextFrame = 0;
  #finished = false;

  constructor(source: FrameSource) {
    this.#source = source;
    this.#rows = new DerivedRows(source.parts, source.baseColumns);
    const { frameLength, firstSample, hopLength } = source;
    this.latency = frameLength + firstSample + this.#rows.lookAhead * hopLength;
  }

  push(samples: Float32Array): DenseMatrix {
    this.#expectOpen();
    if (!allFinite(samples)) throw new AudioError("the audio has samples that are NaN or infinite");
    this.#append(samples);
    const { frameLength, firstSample, hopLength } = this.#source;
    // Frames that do not reach the end; the beginning may be mirrored from as many samples as lie before it, and one more.
    const begun = this.#received > -firstSample;
    const ready = begun ? Math.floor((this.#received - frameLength - firstSample) / hopLength) + 1 : 0;
    return this.#rows.push(this.#compute(Math.max(ready, this.#nextFrame)));
  }

  finish(): DenseMatrix {
    this.#expectOpen();
    this.#finished = true;
    const frames = this.#received > 0 ? Math.max(this.#source.frames(this.#received), this.#nextFrame) : 0;
    return this.#rows.finish(this.#compute(frames));
  }

  #expectOpen(): void {
    if (this.#finished) throw new AudioError("the stream is finished; create another");
  }

  #append(samples: Float32Array): void {
    // What is still wanted: the next frame with those before it, and a frame's length behind the last sample for the mirrored end.
    const { frameLength, firstSample, hopLength, framesBefore } = this.#source;
    const received = this.#received + samples.length;
    const next = (this.#nextFrame - framesBefore) * hopLength + firstSample;
    const from = Math.max(this.#from, Math.min(next, received - 1 - frameLength, this.#received));
    const kept = new Float32Array(received - from);
    kept.set(this.#kept.subarray(from - this.#from));
    kept.set(samples, this.#received - from);
    this.#kept = kept;
    this.#from = from;
    this.#received = received;
  }

  /** Base rows from the next frame up to, not including, frame `end`. */
  #compute(end: number): DenseMatrix {
    const { baseColumns, framesBefore } = this.#source;
    const next = this.#nextFrame;
    this.#nextFrame = end;
    if (end === next) return denseMatrix(0, baseColumns);
    const first = Math.max(0, next - framesBefore);
    const rows = this.#source.compute(first, end - first, (start, length, padding) =>
      this.#cut(start, length, padding),
    );
    return denseMatrix(end - next, baseColumns, rows.data.subarray((next - first) * baseColumns));
  }

  #cut(start: number, length: number, padding: Padding): Float32Array {
    const n = this.#received;
    const cut = new Float32Array(length);
    for (let i = 0; i < length; i++) {
      const index = paddedIndex(start + i, n, padding);
      if (index >= 0) cut[i] = this.#kept[index - this.#from];
    }
    return cut;
  }
}
