import type { FrameFeature } from "../core/frame-features.ts";
import type { KaldiFeature } from "../core/kaldi.ts";
import { Resampler } from "../core/resample.ts";
import { SampleBuffer } from "../core/sample-buffer.ts";
import { type PadMode, paddedIndex } from "../core/signal.ts";
import { AudioError, OptionError } from "../errors.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";
import { DerivedRows } from "./derived-rows.ts";
import type { Extractor } from "./extractor.ts";
import { type FrameSource, kaldiSource, librosaSource } from "./frame-source.ts";
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
      expectFinite(samples);
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
    if (options.subtractMean === true) {
      throw new OptionError("subtractMean cannot be streamed: the mean is that of the whole signal; set it to false");
    }
    return kaldiSource(features as readonly KaldiFeature[], sampleRate, resolveKaldiOptions(options, sampleRate));
  }
  for (const feature of features) {
    const why = needsTheWhole(feature, options);
    if (why !== undefined) throw new OptionError(`${feature} cannot be streamed: ${why}`);
  }
  return librosaSource(features as readonly FrameFeature[], sampleRate, resolveFrameOptions(options, sampleRate));
}

/** Why a feature says nothing of a frame before the whole signal is known; undefined when it does. */
function needsTheWhole(feature: string, options: Extractor["options"]): string | undefined {
  const { topDb, ref, tuning, contrastLinear, deltaMode } = options;
  if (["pyin", "voiced"].includes(feature)) return "Viterbi decoding looks at the whole signal";
  if (["chroma", "tonnetz"].includes(feature) && tuning === null) {
    return "the tuning is estimated from the whole signal: give tuning a number";
  }
  const decibels = ["logmel", "mfcc", "delta", "delta2", "onset"].includes(feature);
  if ((decibels || (feature === "contrast" && contrastLinear !== true)) && topDb !== null) {
    return `topDb ${String(topDb)} hangs on the loudest frame of the whole signal: set topDb to null`;
  }
  if (decibels && ref === "max") return "ref max is the loudest frame of the whole signal: give ref a number";
  if (["delta", "delta2"].includes(feature) && deltaMode === "wrap") {
    return "deltaMode wrap takes the end of the signal for what lies before its beginning: use another deltaMode";
  }
  return undefined;
}

/** As the core's `allFinite`, without a way there and back for pieces of a few samples. @throws {AudioError} */
function expectFinite(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i++) {
    if (samples[i] - samples[i] !== 0) throw new AudioError("the audio has samples that are NaN or infinite");
  }
}

class Stream {
  readonly latency: number;
  readonly #source: FrameSource;
  readonly #rows: DerivedRows;
  readonly #kept = new SampleBuffer();
  /** What a push gives that completes no row, and the base rows of no frame. */
  readonly #none: DenseMatrix;
  #nextFrame = 0;
  #finished = false;

  constructor(source: FrameSource) {
    this.#source = source;
    this.#rows = new DerivedRows(source.parts, source.baseColumns);
    const { frameLength, firstSample, hopLength } = source;
    this.#none = denseMatrix(
      0,
      source.parts.reduce((sum, { columns }) => sum + columns, 0),
    );
    this.latency = frameLength + firstSample + this.#rows.lookAhead * hopLength;
  }

  push(samples: Float32Array): DenseMatrix {
    this.#expectOpen();
    expectFinite(samples);
    this.#append(samples);
    const { frameLength, firstSample, hopLength } = this.#source;
    const { received } = this.#kept;
    // Frames that do not reach the end; the beginning may be mirrored from as many samples as lie before it, and one more.
    const begun = received > -firstSample;
    const ready = begun ? Math.floor((received - frameLength - firstSample) / hopLength) + 1 : 0;
    if (ready <= this.#nextFrame) return this.#none;
    return this.#rows.push(this.#compute(ready));
  }

  finish(): DenseMatrix {
    this.#expectOpen();
    this.#finished = true;
    const { received } = this.#kept;
    const frames = received > 0 ? Math.max(this.#source.frames(received), this.#nextFrame) : 0;
    return this.#rows.finish(this.#compute(frames));
  }

  #expectOpen(): void {
    if (this.#finished) throw new AudioError("the stream is finished; create another");
  }

  #append(samples: Float32Array): void {
    // What is still wanted: the next frame with those before it, and a frame's length behind the last sample for the mirrored end.
    const { frameLength, firstSample, hopLength, framesBefore } = this.#source;
    const kept = this.#kept;
    const received = kept.received + samples.length;
    const next = (this.#nextFrame - framesBefore) * hopLength + firstSample;
    kept.discardBefore(Math.min(next, received - 1 - frameLength));
    kept.append(samples);
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

  #cut(start: number, length: number, padding: PadMode): Float32Array {
    const kept = this.#kept;
    const n = kept.received;
    const cut = new Float32Array(length);
    const from = Math.min(Math.max(-start, 0), length);
    const to = Math.max(Math.min(n - start, length), from);
    if (to > from) cut.set(kept.view(start + from, start + to), from);
    const outside = (i: number) => {
      const index = paddedIndex(start + i, n, padding);
      if (index >= 0) cut[i] = kept.at(index);
    };
    for (let i = 0; i < from; i++) outside(i);
    for (let i = to; i < length; i++) outside(i);
    return cut;
  }
}
