import type { Prediction } from "emovox";

/** Facts of a loaded recogniser. */
export interface ModelFacts {
  readonly classes: readonly string[];
  readonly hears: boolean;
  readonly reads: boolean;
  readonly audioClasses: readonly string[];
  readonly textClasses: readonly string[];
  readonly bytes: number;
  readonly audioKind: string | null;
  readonly textKind: string | null;
  /** UAR of held-out speakers in %, where the file tells it. */
  readonly uar: number | null;
}

export interface JudgedWindow {
  /** Seconds at which it ends. */
  readonly seconds: number;
  readonly prediction: Prediction;
  /** Whether it is all that was said before a pause. */
  readonly utterance?: boolean;
}

export interface FramesOf {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

export interface Analysis {
  readonly seconds: number;
  readonly whole: Prediction;
  readonly windows: readonly JudgedWindow[];
  readonly frames: FramesOf;
  /** Of the whole: features and model. */
  readonly milliseconds: number;
}

/** What pulled the answer towards an emotion (above 0) or away from it. */
export interface Contribution {
  readonly name: string;
  readonly value: number;
}

export interface ExplanationOf {
  readonly emotion: string;
  readonly sound: readonly Contribution[] | null;
  readonly words: readonly Contribution[] | null;
  /** Why there is none. */
  readonly note: string | null;
}

export interface BenchmarkResult {
  readonly digestMilliseconds: number;
  /** Times real time. */
  readonly mfccSpeed: number;
  /** Of a window of 3 s: features, and the model. */
  readonly featureMilliseconds: number;
  readonly modelMilliseconds: number;
  readonly simd: boolean;
}

/** Every request has an answer; a sound that was analysed last is kept for `text` and `explain`. */
export interface Calls {
  load(model: Uint8Array | null): ModelFacts;
  /** Mono samples, or the bytes of a WAV file. */
  analyse(sound: { samples: Float32Array; sampleRate: number } | { wav: Uint8Array }, text: string): Promise<Analysis>;
  /** The whole again with another transcript; words alone when there is no sound. */
  predict(text: string, withSound: boolean): Promise<Prediction>;
  explain(text: string, withSound: boolean, emotion: string): Promise<ExplanationOf>;
  digest(): Promise<string>;
  benchmark(): Promise<BenchmarkResult>;
}

export interface Request {
  readonly id: number;
  readonly call: keyof Calls;
  readonly args: readonly unknown[];
}

export type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });
