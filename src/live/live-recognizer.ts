import { ModelFileError } from "../errors.ts";
import type { LiveSessionOptions } from "./live-session.ts";
import type { LiveReply, LiveRequest, LiveUpdate } from "./messages.ts";
import { MicrophoneError, type MicrophoneProblem, openMicrophone } from "./microphone.ts";
import { processorName, workletUrl } from "./worklet.ts";

/** What a live recogniser is at. */
export type LiveState =
  | { readonly status: "idle" }
  /** It waits for the person's permission, or for the browser. */
  | { readonly status: "starting" }
  | { readonly status: "listening" }
  /** The page is hidden, or the browser took the sound away (a call came in); it goes on by itself. */
  | { readonly status: "paused"; readonly reason: "hidden" | "interrupted" }
  /** It ended by itself; `start` may be tried again. */
  | { readonly status: "stopped"; readonly reason: MicrophoneProblem; readonly message: string };

export interface LiveRecognizerOptions extends Partial<LiveSessionOptions> {
  /** A recogniser's file; the package's own when left out. */
  readonly model?: Uint8Array;
  /** Whether a hidden page stops listening until it is seen again; default "pause". */
  readonly whenHidden?: "pause" | "continue";
  /** Where `dist/processor.js` is served, for pages whose Content-Security-Policy forbids `blob:`. */
  readonly workletUrl?: string | URL;
  /** Every `hopSeconds` while listening. */
  readonly onUpdate?: (update: LiveUpdate) => void;
  readonly onState?: (state: LiveState) => void;
}

/** Recognises from a microphone, or any other stream, while somebody speaks. */
export interface LiveRecognizer {
  readonly state: LiveState;
  readonly classes: readonly string[];
  /**
   * Begins to listen. Call it from a click: browsers give sound to people only.
   * @param stream other than the microphone's; it is not stopped at the end
   * @throws {MicrophoneError} `reason` says why; the state says the same
   */
  start(stream?: MediaStream): Promise<void>;
  /** Ends listening, and lets the microphone go. */
  stop(): Promise<void>;
  /** What was said, to be judged along with the sound; an empty text is none. */
  setText(text: string): void;
  /** Ends everything, the worker too. */
  close(): Promise<void>;
}

/**
 * As {@link createLiveRecognizer}, with a worker of one's own: one that imports `emovox/worker`, or calls `serveLive`.
 *
 * @throws {ModelFileError} a model that cannot be used
 * @example
 * const worker = new Worker(new URL("./my-worker.js", import.meta.url), { type: "module" }); // import "emovox/worker";
 * const live = await connectLiveRecognizer(worker, { onUpdate: ({ prediction }) => show(prediction?.emotion) });
 */
export async function connectLiveRecognizer(
  worker: Worker,
  options: LiveRecognizerOptions = {},
): Promise<LiveRecognizer> {
  return new Live(worker, options, await load(worker, options.model ?? null));
}

function load(worker: Worker, model: Uint8Array | null): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const ended = new AbortController();
    const { signal } = ended;
    worker.addEventListener(
      "message",
      ({ data }: MessageEvent<Partial<LiveReply>>) => {
        if (data.live === undefined) return;
        ended.abort();
        if (data.live === "ready" && data.classes) resolve(data.classes);
        else if (data.live === "error" && data.message !== undefined) reject(new ModelFileError(data.message));
      },
      { signal },
    );
    worker.addEventListener(
      "error",
      ({ message }) => {
        ended.abort();
        reject(new Error(`the worker cannot be started: ${message || "its file was not found"}`));
      },
      { signal },
    );
    send(worker, { live: "load", model });
  });
}

const send = (worker: Worker, request: LiveRequest, transfer: Transferable[] = []) =>
  worker.postMessage(request, transfer);

class Live implements LiveRecognizer {
  readonly classes: readonly string[];
  readonly #worker: Worker;
  readonly #options: LiveRecognizerOptions;
  readonly #closed = new AbortController();
  #state: LiveState = { status: "idle" };
  /** What is open while it listens; closed by `abort`. */
  #listening: AbortController | null = null;
  #context: AudioContext | null = null;

  constructor(worker: Worker, options: LiveRecognizerOptions, classes: readonly string[]) {
    this.#worker = worker;
    this.#options = options;
    this.classes = classes;
    const { signal } = this.#closed;
    worker.addEventListener("message", ({ data }: MessageEvent<LiveReply>) => this.#receive(data), { signal });
    if (options.whenHidden !== "continue") {
      document.addEventListener("visibilitychange", () => void this.#pauseOrGoOn(), { signal });
    }
  }

  get state(): LiveState {
    return this.#state;
  }

  async start(given?: MediaStream): Promise<void> {
    await this.stop();
    const listening = new AbortController();
    this.#listening = listening;
    this.#become({ status: "starting" });
    try {
      if (typeof AudioWorkletNode === "undefined") throw new MicrophoneError("unsupported");
      const stream = given ?? (await openMicrophone());
      if (given === undefined) {
        listening.signal.addEventListener("abort", () => stream.getTracks().forEach((track) => track.stop()));
      }
      // stop() may have been called while the person was asked.
      if (listening.signal.aborted) return stream.getTracks().forEach((track) => given ?? track.stop());
      await this.#connect(stream, listening.signal);
    } catch (error) {
      if (listening.signal.aborted) return;
      const problem = error instanceof MicrophoneError ? error : new MicrophoneError("failed", String(error));
      await this.#end({ status: "stopped", reason: problem.reason, message: problem.message });
      throw problem;
    }
  }

  async #connect(stream: MediaStream, signal: AbortSignal): Promise<void> {
    const context = new AudioContext({ latencyHint: "interactive" });
    this.#context = context;
    await context.audioWorklet.addModule(this.#options.workletUrl ?? workletUrl());
    if (signal.aborted) return void context.close();
    const node = new AudioWorkletNode(context, processorName, { numberOfInputs: 1, numberOfOutputs: 0 });
    signal.addEventListener("abort", () => node.port.postMessage(null));
    context.createMediaStreamSource(stream).connect(node);
    const { port1, port2 } = new MessageChannel();
    node.port.postMessage(port1, [port1]);
    const { windowSeconds, hopSeconds, minimumSeconds, wholeSeconds, voiceActivity } = this.#options;
    const options = defined({ windowSeconds, hopSeconds, minimumSeconds, wholeSeconds, voiceActivity });
    const request = { live: "listen", port: port2, sampleRate: Math.round(context.sampleRate), options } as const;
    send(this.#worker, request, [port2]);
    for (const track of stream.getAudioTracks()) {
      track.addEventListener("ended", () => void this.#end(stoppedBy(new MicrophoneError("unplugged"))), { signal });
    }
    context.addEventListener("statechange", () => this.#follow(context), { signal });
    await context.resume();
    this.#follow(context);
  }

  /** Takes over what the browser does to the sound. */
  #follow(context: AudioContext): void {
    if (context !== this.#context || context.state === "closed") return;
    if (context.state === "running") this.#become({ status: "listening" });
    else this.#become({ status: "paused", reason: document.hidden ? "hidden" : "interrupted" });
  }

  async #pauseOrGoOn(): Promise<void> {
    if (document.hidden) await this.#context?.suspend();
    else await this.#context?.resume();
  }

  #receive(reply: LiveReply): void {
    if (reply.live === "update" && this.#state.status === "listening") this.#options.onUpdate?.(reply.update);
    if (reply.live === "error") void this.#end(stoppedBy(new MicrophoneError("failed", reply.message)));
  }

  stop(): Promise<void> {
    return this.#end({ status: "idle" });
  }

  async #end(state: LiveState): Promise<void> {
    const context = this.#context;
    this.#context = null;
    if (this.#listening) send(this.#worker, { live: "stop" });
    this.#listening?.abort();
    this.#listening = null;
    if (context && context.state !== "closed") await context.close();
    if (this.#listening === null) this.#become(state);
  }

  setText(text: string): void {
    send(this.#worker, { live: "text", text });
  }

  async close(): Promise<void> {
    await this.stop();
    this.#closed.abort();
    this.#worker.terminate();
  }

  #become(state: LiveState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#options.onState?.(state);
  }
}

const stoppedBy = ({ reason, message }: MicrophoneError): LiveState => ({ status: "stopped", reason, message });

/** Only the entries that are given. */
function defined<T extends object>(entries: T): Partial<T> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as Partial<T>;
}
