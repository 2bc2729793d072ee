import { DataError, InputError } from "../errors.ts";
import { type Prediction, Recognizer } from "../recognizer.ts";
import type { CapturedSamples } from "./capture.ts";
import { type LiveHop, LiveSession, liveSampleRate } from "./live-session.ts";
import type { LiveReply, LiveRequest, LiveUpdate } from "./messages.ts";

/** A worker's own scope, or what stands for one. */
export interface LiveScope {
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  postMessage(message: LiveReply): void;
}

/**
 * Makes a worker answer `createLiveRecognizer`: loads the recogniser, listens to the port of the audio thread, judges the windows.
 * Messages without the key `live` are left to others. `emovox/worker` is a worker that does this and nothing else.
 *
 * @param recognizerOf gives the recogniser for the bytes of a file, null for the package's own
 * @example
 * serveLive(self);
 */
export function serveLive(scope: LiveScope, recognizerOf = loadRecognizer): void {
  const server = new LiveServer(scope, recognizerOf);
  scope.addEventListener("message", ({ data }) => {
    if (typeof data !== "object" || data === null || !("live" in data)) return;
    try {
      server.handle(data as LiveRequest);
    } catch (error) {
      scope.postMessage(failure(error));
    }
  });
}

const loadRecognizer = (model: Uint8Array | null) => (model ? Recognizer.load(model) : new Recognizer());

function failure(error: unknown): LiveReply {
  const name = error instanceof InputError ? error.name : "Error";
  return { live: "error", name, message: error instanceof Error ? error.message : String(error) };
}

class LiveServer {
  readonly #scope: LiveScope;
  readonly #recognizerOf: (model: Uint8Array | null) => Recognizer;
  #recognizer: Recognizer | null = null;
  #port: MessagePort | null = null;
  #text = "";
  #dropped = 0;
  #skipped = 0;
  /** Windows that are being judged; one at a time. */
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(scope: LiveScope, recognizerOf: (model: Uint8Array | null) => Recognizer) {
    this.#scope = scope;
    this.#recognizerOf = recognizerOf;
  }

  handle(request: LiveRequest): void {
    if (request.live === "load") return this.#load(request.model);
    if (request.live === "text") {
      this.#text = request.text;
      return;
    }
    this.#port?.close();
    this.#port = null;
    if (request.live === "listen") this.#listen(request);
  }

  #load(model: Uint8Array | null): void {
    const recognizer = this.#recognizerOf(model);
    this.#recognizer = recognizer;
    const { classes, audio, text } = recognizer;
    this.#scope.postMessage({ live: "ready", classes, hears: audio !== undefined, reads: text !== undefined });
  }

  #listen({ port, sampleRate, options }: Extract<LiveRequest, { live: "listen" }>): void {
    if (!this.#recognizer?.audio) throw new DataError("this recogniser takes text only; it cannot listen");
    const session = new LiveSession(sampleRate, options);
    this.#port = port;
    this.#dropped = 0;
    this.#skipped = 0;
    port.addEventListener("message", ({ data: { samples, dropped } }: MessageEvent<CapturedSamples>) => {
      port.postMessage(null);
      this.#dropped += dropped;
      try {
        for (const hop of session.push(samples)) this.#enqueue(hop, port);
      } catch (error) {
        this.#scope.postMessage(failure(error));
      }
    });
    port.start();
  }

  /** Judges one hop after the other; a window that comes while another is judged is skipped, a whole utterance never; the hop is told all the same. */
  #enqueue(hop: LiveHop, port: MessagePort): void {
    const skip = hop.window !== null && !hop.whole && this.#waiting > 0;
    if (skip) this.#skipped++;
    else if (hop.window) this.#waiting++;
    const window = skip ? null : hop.window;
    this.#last = this.#last.then(() => this.#judge(hop, window, port));
  }

  async #judge(
    { seconds, speech, whole, frames }: LiveHop,
    window: Float32Array | null,
    port: MessagePort,
  ): Promise<void> {
    const start = performance.now();
    let prediction: Prediction | null = null;
    try {
      if (window && this.#recognizer && port === this.#port) {
        const text = this.#text.trim() === "" ? undefined : this.#text;
        prediction = await this.#recognizer.predict({ samples: window, sampleRate: liveSampleRate, text });
      }
    } catch (error) {
      this.#scope.postMessage(failure(error));
    }
    if (window) this.#waiting--;
    if (port !== this.#port) return;
    const update: LiveUpdate = {
      seconds,
      speech,
      prediction,
      whole: whole && prediction !== null,
      windowSeconds: window ? window.length / liveSampleRate : 0,
      milliseconds: window ? performance.now() - start : 0,
      dropped: this.#dropped,
      skipped: this.#skipped,
      frames: { rows: frames.rows, columns: frames.columns, data: frames.data },
    };
    this.#scope.postMessage({ live: "update", update });
  }
}
