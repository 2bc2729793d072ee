import { Resampler, type ResamplerStream } from "../core/resample.ts";
import { allFinite } from "../core/signal.ts";
import { AudioError, OptionError } from "../errors.ts";
import { createExtractor } from "../features/extractor.ts";
import { createStream } from "../features/stream.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";
import { trimToSpeech } from "./trim-to-speech.ts";
import { VoiceActivity, type VoiceActivityOptions, voiceActivityOptions } from "./voice-activity.ts";

export interface LiveSessionOptions {
  /** Seconds; the longest stretch that is judged at once, from 2 to 4. */
  readonly windowSeconds: number;
  /** Seconds from one judgement to the next, from 0.05 to 2. */
  readonly hopSeconds: number;
  /** Seconds; the shortest stretch that is judged, from 0.5 to `windowSeconds`. */
  readonly minimumSeconds: number;
  /** Seconds; in the pause behind an utterance its last this many are judged once more at one go, from `windowSeconds` to 30. */
  readonly wholeSeconds: number;
  readonly voiceActivity: Partial<VoiceActivityOptions>;
}

export const liveSessionOptions: LiveSessionOptions = {
  windowSeconds: 3,
  hopSeconds: 0.25,
  minimumSeconds: 1,
  wholeSeconds: 15,
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
  /** Whether the window is a whole utterance, from its first sound to its last, told in the pause behind it. */
  readonly whole: boolean;
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
/** Where the edges of a whole utterance are looked for: this long (s) before its first voiced frame and behind its last frame of speech. */
const BEFORE = 0.3;
const BEHIND = 0.2;
/** dB below full scale; the edges of an utterance lie where it is louder than this, or than a louder room. */
const EDGE = -60;
/** A whole utterance is judged when it is at least this long (s). */
const SHORTEST_WHOLE = 0.5;
/** Kept beyond what may be cut (s): frames come later than their samples. */
const LATENCY = 0.5;

/**
 * Cuts sound that comes piece by piece into the windows that a recogniser judges: every `hopSeconds`, while somebody speaks, the last
 * `windowSeconds` of what was said, from the first word after a pause on; and in the pause, 0.6 s after the last word, once more all that was
 * said (`whole`), trimmed to where it is loud, so that live recognition ends with what the recogniser says of the utterance as a file.
 * Where nobody speaks there is nothing to judge. It keeps one utterance of samples, `wholeSeconds` at most, however long it runs.
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
  readonly #longestWhole: number;
  /** dB above the noise of the room. */
  readonly #aboveNoise: number;
  /** 16 kHz samples; `#length` of them, from sample number `#from` on. */
  readonly #kept: Float32Array;
  #length = 0;
  #from = 0;
  #rows: Float32Array[] = [];
  #pending = 0;
  #frame = 0;
  #spoken = 0;
  /** First frame of what is said at present; none in a pause. */
  #begin: number | null = null;
  /** Last frame of speech. */
  #last = 0;
  #silent = 0;
  /** What ended in this hop. */
  #ended: Float32Array | null = null;

  /** @param sampleRate of the samples that are pushed, in Hz. @throws {OptionError} */
  constructor(sampleRate: number, options: Partial<LiveSessionOptions> = {}) {
    const chosen = { ...liveSessionOptions, ...options };
    const { windowSeconds, hopSeconds, minimumSeconds, wholeSeconds, voiceActivity } = chosen;
    expectWithin("windowSeconds", windowSeconds, 2, 4);
    expectWithin("hopSeconds", hopSeconds, 0.05, 2);
    expectWithin("minimumSeconds", minimumSeconds, 0.5, windowSeconds);
    expectWithin("wholeSeconds", wholeSeconds, windowSeconds, 30);
    this.#resampler = new Resampler(sampleRate, liveSampleRate).stream();
    this.#piece = Math.ceil(sampleRate / 10);
    this.#activity = new VoiceActivity(voiceActivity);
    this.#hop = Math.round(hopSeconds * FRAMES_PER_SECOND);
    this.#longest = Math.round(windowSeconds * FRAMES_PER_SECOND);
    this.#shortest = Math.round(minimumSeconds * FRAMES_PER_SECOND);
    this.#longestWhole = Math.round(wholeSeconds * FRAMES_PER_SECOND);
    this.#aboveNoise = { ...voiceActivityOptions, ...voiceActivity }.aboveNoise;
    // Twice what may be cut, so that it is moved to the front seldom.
    const keep = wholeSeconds + LONGEST_PAUSE + BEFORE + hopSeconds + LATENCY;
    this.#kept = new Float32Array(2 * Math.ceil(keep * liveSampleRate));
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
    if (this.#length + samples.length > this.#kept.length) {
      const drop = this.#length - this.#kept.length / 2;
      this.#kept.copyWithin(0, drop, this.#length);
      this.#length -= drop;
      this.#from += drop;
    }
    this.#kept.set(samples, this.#length);
    this.#length += samples.length;
  }

  #listen(speech: boolean): void {
    if (speech) {
      this.#begin ??= Math.max(0, this.#frame - LEAD_IN * FRAMES_PER_SECOND);
      this.#last = this.#frame;
      this.#silent = 0;
      this.#spoken++;
    } else if (++this.#silent > LONGEST_PAUSE * FRAMES_PER_SECOND && this.#begin !== null) {
      this.#ended = this.#utterance(this.#begin);
      this.#begin = null;
    }
    this.#frame++;
  }

  /** What was said from frame `begin` on, from where it is loud to where it is no more; null when that is too short. */
  #utterance(begin: number): Float32Array | null {
    const end = this.#last + 1 + BEHIND * FRAMES_PER_SECOND;
    const first = begin - (BEFORE - LEAD_IN) * FRAMES_PER_SECOND;
    const earliest = end - this.#longestWhole - LATENCY * FRAMES_PER_SECOND;
    const cut = this.#cut(Math.max(0, Math.round(first), earliest), end);
    const said = trimToSpeech(cut, Math.max(EDGE, this.#activity.noise + this.#aboveNoise));
    if (said.length < SHORTEST_WHOLE * liveSampleRate) return null;
    return said.subarray(Math.max(0, said.length - this.#longestWhole * HOP_LENGTH));
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
    const ended = this.#ended;
    const window = ended ?? (speech && this.#frame - begin >= this.#shortest ? this.#cut(begin, this.#frame) : null);
    this.#ended = null;
    this.#rows = [];
    this.#pending = 0;
    this.#spoken = 0;
    return { seconds: this.#frame / FRAMES_PER_SECOND, speech, window, whole: ended !== null, frames };
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
