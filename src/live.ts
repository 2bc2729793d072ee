// emovox live, in a page: what runs in the page's own thread; the core and the models are loaded by the worker.
export type { CapturedSamples } from "./live/capture.ts";
export {
  createLiveRecognizer,
  type LiveRecognizer,
  type LiveRecognizerOptions,
  type LiveState,
} from "./live/live-recognizer.ts";
export type { LiveSessionOptions } from "./live/live-session.ts";
export type { LiveReply, LiveRequest, LiveUpdate } from "./live/messages.ts";
export { MicrophoneError, type MicrophoneProblem } from "./live/microphone.ts";
export type { VoiceActivityOptions } from "./live/voice-activity.ts";
