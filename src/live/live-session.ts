import { Resampler, type ResamplerStream } from "../core/resample.ts";
import { allFinite } from "../core/signal.ts";
import { AudioError, OptionError } from "../errors.ts";
import { createExtractor } from "../features/extractor.ts";
import { createStream } from "../features/stream.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";
import { VoiceActivity, type VoiceActivityOptions } from "./voice-activity.ts";

export interface LiveSessionOptions {
  /** Seconds; the longest stretch that is judged at once, from 2 to 4. */
  readonly windowSeconds: number;
  /** Seconds from one judgement to the next, from 0.05 to 2. */
  readonly hopSeconds: number;
  /** Seconds; the shortest stretch that is judged, from 0.5 to `windowSeconds`. */
  readonly minimumSeconds: number;
  readonly voiceActivity: Partial<VoiceActivityOptions>;
}

export const liveSessionOptions: LiveSessionOptions = {
  windowSeconds: 3,
  hopSeconds: 0.25,
  minimumSeconds: 1,
  voiceActivity: {},
};

/** What became known with one hop. */
export interface LiveHop {
  /** Seconds of sound from the start of the session to the end of this hop. */
  readonly seconds: number;
  /** Whether somebody spoke in this hop. */
  readonly speech: boolean;
  /** 16 kHz mono, to be judged; null when there is nothing to judge. */
  readonly window: Float32Array | null;
  /** A row every 10 ms; columns {@link liveColumns}. */
  readonly frames: DenseMatrix;
}

/** Hz, of the windows. */
export const liveSampleRate = 16000;
const HOP_LENGTH = 160;
const FRAMES_PER_SECOND = liveSampleRate / HOP_LENGTH;
const N_MELS = 64;

// Frames of 25 ms and pitch frames of 64 ms, as in the emovox preset; what is in decibels streams without topDb.
const extractor = () =>
  createExtractor({
    preset: "librosa",
    sampleRate: liveSampleRate,
    features: ["rms", "yin", "aperiodicity", "logmel"],
    options: {
      nFft: 512,
      winLength: 400,
      hopLength: HOP_LENGTH,
      nMels: N_MELS,
      topDb: null,
      frameLength: 1024,
      yinFMin: 55,
      yinFMax: 600,
    },
  });

/** The lowest and highest sample of the 10 ms, `rms`, `yin` (pitch, Hz), `aperiodicity` and the log-mel bands in dB. */
export const liveColumns: readonly string[] = [
  "lowest",
  "highest",
  "rms",
  "yin",
  "aperiodicity",
  ...Array.from({ length: N_MELS }, (_, band) => `logmel_${band}`),
];

/** A pause longer than this (s) ends what is said; the next word begins a new window. */
const LONGEST_PAUSE = 0.6;
/** Kept before the first voiced frame (s): the consonant that it begins with. */
const LEAD_IN = 0.15;

/**
 * Cuts sound that comes piece by piece into the windows that a recogniser judges: every `hopSeconds`, while somebody speaks, the last
 * `windowSeconds` of what was said, from the first word after a pause on. Where nobody speaks there is nothing to judge. It keeps one
 * window of samples, however long it runs.
 *
 * @example
 * const session = new LiveSession(48000);
 * for (const hop of session.push(samples)) {
 *   if (hop.window) show(await recognizer.predict({ samples: hop.window, sampleRate: 16000 }));
 * }
 */
export class LiveSession {
  readonly #resampler: ResamplerStream;
  /** Samples that are taken at once; a tenth of a second. */
  readonly #piece: number;
  readonly #stream = createStream(extractor());
  readonly #activity: VoiceActivity;
  /** Frames. */
  readonly #hop: number;
  readonly #longest: number;
  readonly #shortest: number;
  /** 16 kHz samples from sample number `#from` on. */
  #kept = new Float32Array(0);
  #from = 0;
  #rows: Float32Array[] = [];
  #pending = 0;
  #frame = 0;
  #spoken = 0;
  /** First frame of what is said at present; none in a pause. */
  #begin: number | null = null;
  #silent = 0;

  /** @param sampleRate of the samples that are pushed, in Hz. @throws {OptionError} */
  constructor(sampleRate: number, options: Partial<LiveSessionOptions> = {}) {
    const { windowSeconds, hopSeconds, minimumSeconds, voiceActivity } = { ...liveSessionOptions, ...options };
    expectWithin("windowSeconds", windowSeconds, 2, 4);
    expectWithin("hopSeconds", hopSeconds, 0.05, 2);
    expectWithin("minimumSeconds", minimumSeconds, 0.5, windowSeconds);
    this.#resampler = new Resampler(sampleRate, liveSampleRate).stream();
    this.#piece = Math.ceil(sampleRate / 10);
    this.#activity = new VoiceActivity(voiceActivity);
    this.#hop = Math.round(hopSeconds * FRAMES_PER_SECOND);
    this.#longest = Math.round(windowSeconds * FRAMES_PER_SECOND);
    this.#shortest = Math.round(minimumSeconds * FRAMES_PER_SECOND);
  }

  /** The hops that these samples complete. @throws {AudioError} samples that are NaN or infinite */
  push(samples: Float32Array): LiveHop[] {
    if (!allFinite(samples)) throw new AudioError("the audio has samples that are NaN or infinite");
    const hops: LiveHop[] = [];
    for (let at = 0; at < samples.length; at += this.#piece) {
      hops.push(...this.#pushPiece(samples.subarray(at, at + this.#piece)));
    }
    return hops;
  }

  #pushPiece(samples: Float32Array): LiveHop[] {
    const resampled = this.#resampler.push(samples);
    this.#append(resampled);
    const { rows, columns, data } = this.#stream.push(resampled);
    const hops: LiveHop[] = [];
    for (let t = 0; t < rows; t++) {
      const row = data.subarray(t * columns, (t + 1) * columns);
      this.#rows.push(row);
      this.#listen(this.#activity.push(row[0], row[2]));
      if (++this.#pending === this.#hop) hops.push(this.#endHop());
    }
    return hops;
  }

  #append(samples: Float32Array): void {
    const keep = (this.#longest + this.#hop) * HOP_LENGTH + liveSampleRate / 2;
    const drop = Math.max(0, this.#kept.length + samples.length - keep);
    const kept = new Float32Array(this.#kept.length + samples.length - drop);
    if (drop < this.#kept.length) {
      kept.set(this.#kept.subarray(drop));
      kept.set(samples, this.#kept.length - drop);
    } else kept.set(samples.subarray(drop - this.#kept.length));
    this.#kept = kept;
    this.#from += drop;
  }

  #listen(speech: boolean): void {
    if (speech) {
      this.#begin ??= Math.max(0, this.#frame - LEAD_IN * FRAMES_PER_SECOND);
      this.#silent = 0;
      this.#spoken++;
    } else if (++this.#silent > LONGEST_PAUSE * FRAMES_PER_SECOND) this.#begin = null;
    this.#frame++;
  }

  #endHop(): LiveHop {
    const columns = liveColumns.length;
    const frames = denseMatrix(this.#rows.length, columns);
    const first = this.#frame - this.#rows.length;
    this.#rows.forEach((row, t) => {
      const samples = this.#cut(first + t, first + t + 1);
      frames.data.set([samples.reduce(lower), samples.reduce(higher)], t * columns);
      frames.data.set(row, t * columns + 2);
    });
    const speech = this.#spoken > 0;
    const begin = Math.max(this.#begin ?? this.#frame, this.#frame - this.#longest);
    const window = speech && this.#frame - begin >= this.#shortest ? this.#cut(begin, this.#frame) : null;
    this.#rows = [];
    this.#pending = 0;
    this.#spoken = 0;
    return { seconds: this.#frame / FRAMES_PER_SECOND, speech, window, frames };
  }

  /** The samples of the frames from `begin` up to, not including, `end`. */
  #cut(begin: number, end: number): Float32Array {
    return this.#kept.slice(begin * HOP_LENGTH - this.#from, end * HOP_LENGTH - this.#from);
  }
}

const lower = (a: number, b: number): number => Math.min(a, b);
const higher = (a: number, b: number): number => Math.max(a, b);

function expectWithin(name: string, value: number, low: number, high: number): void {
  if (value >= low && value <= high) return;
  throw new OptionError(`${name} must be from ${low} to ${high} seconds, not ${value}`);
}
