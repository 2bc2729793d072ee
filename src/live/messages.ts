import type { Prediction } from "../recognizer.ts";
import type { LiveSessionOptions } from "./live-session.ts";

/** What the page says to the worker; all messages of {@link createLiveRecognizer} have the key `live`. */
export type LiveRequest =
  /** Loads a recogniser: the bytes of its file, or the package's own. */
  | { readonly live: "load"; readonly model: Uint8Array | null }
  /** Listens to a port that gives `CapturedSamples`. */
  | {
      readonly live: "listen";
      readonly port: MessagePort;
      readonly sampleRate: number;
      readonly options: Partial<LiveSessionOptions>;
    }
  /** What was said meanwhile; an empty text is none. */
  | { readonly live: "text"; readonly text: string }
  | { readonly live: "stop" };

/** What was heard in one hop. */
export interface LiveUpdate {
  /** Seconds of sound since the start. */
  readonly seconds: number;
  /** Whether somebody spoke; when not there is nothing to judge. */
  readonly speech: boolean;
  /** Of the window that ends here; null in a pause and until enough was said. */
  readonly prediction: Prediction | null;
  /** Whether the window is a whole utterance, in the pause behind it: the last word on what was said. */
  readonly whole: boolean;
  /** Seconds of the window; 0 without one. */
  readonly windowSeconds: number;
  /** Milliseconds that features and model took; 0 without a window. */
  readonly milliseconds: number;
  /** Samples lost so far, because the audio thread or the worker fell behind. */
  readonly dropped: number;
  /** Windows that were not judged because the one before was not done. */
  readonly skipped: number;
  /** A row every 10 ms of `liveColumns`: rms, pitch, aperiodicity and log-mel bands; row-major. */
  readonly frames: { readonly rows: number; readonly columns: number; readonly data: Float32Array };
}

/** What the worker says. */
export type LiveReply =
  | { readonly live: "ready"; readonly classes: readonly string[]; readonly hears: boolean; readonly reads: boolean }
  | { readonly live: "update"; readonly update: LiveUpdate }
  | { readonly live: "error"; readonly name: string; readonly message: string };
