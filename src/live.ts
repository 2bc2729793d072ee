/**
 * Recognition from the microphone, in a page. This runs in the page's own thread; the core and the models are loaded by a worker.
 * The guide is `docs/live.md`.
 *
 * @example
 * import { createLiveRecognizer } from "emovox/live";
 *
 * const live = await createLiveRecognizer({ onUpdate: ({ prediction }) => console.log(prediction?.emotion) });
 * document.querySelector("button")!.onclick = () => live.start();
 *
 * @module emovox/live
 */
import { connectLiveRecognizer, type LiveRecognizer, type LiveRecognizerOptions } from "./live/live-recognizer.ts";

export type { CapturedSamples } from "./live/capture.ts";
export {
  connectLiveRecognizer,
  type LiveRecognizer,
  type LiveRecognizerOptions,
  type LiveState,
} from "./live/live-recognizer.ts";
export type { LiveSessionOptions } from "./live/live-session.ts";
export type { LiveReply, LiveRequest, LiveUpdate } from "./live/messages.ts";
export { MicrophoneError, type MicrophoneProblem } from "./live/microphone.ts";
export type { VoiceActivityOptions } from "./live/voice-activity.ts";

/**
 * A recogniser of what a microphone hears, on the device. Sound goes from the audio thread to a worker by a `MessagePort` (no
 * `SharedArrayBuffer`, no special headers); features and model run in the worker, so the page stays free.
 *
 * @throws {ModelFileError} a model that cannot be used
 * @example
 * const live = await createLiveRecognizer({ onUpdate: ({ prediction }) => show(prediction?.emotion ?? "…") });
 * button.onclick = () => live.start();
 */
export async function createLiveRecognizer(options: LiveRecognizerOptions = {}): Promise<LiveRecognizer> {
  // The worker lies beside this file in the package. Vite and webpack read this very expression.
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  try {
    return await connectLiveRecognizer(worker, options);
  } catch (error) {
    worker.terminate();
    throw error;
  }
}
