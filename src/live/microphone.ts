/** Why there is no sound; `message` is a sentence for the person who speaks. */
export type MicrophoneProblem =
  | "denied"
  | "no-microphone"
  | "busy"
  | "insecure"
  | "unplugged"
  | "unsupported"
  | "failed";

const messages: Readonly<Record<MicrophoneProblem, string>> = {
  denied: "The browser may not use the microphone. Allow it in the address bar, then start again.",
  "no-microphone": "No microphone was found. Plug one in, or choose a file.",
  busy: "The microphone cannot be opened; another program may be using it.",
  insecure: "Browsers give the microphone to pages from https or localhost only.",
  unplugged: "The microphone is gone: it was unplugged, or its permission was taken back.",
  unsupported: "This browser has no AudioWorklet; choose a file instead.",
  failed: "Listening failed.",
};

/** No sound from the microphone, for a typed reason. */
export class MicrophoneError extends Error {
  override name = "MicrophoneError";
  readonly reason: MicrophoneProblem;

  constructor(reason: MicrophoneProblem, detail?: string) {
    super(detail === undefined ? messages[reason] : `${messages[reason]} (${detail})`);
    this.reason = reason;
  }
}

const reasons: Readonly<Record<string, MicrophoneProblem>> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "no-microphone",
  OverconstrainedError: "no-microphone",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** The microphone's sound as it is: without echo cancelling, noise suppression and gain control. @throws {MicrophoneError} */
export async function openMicrophone(): Promise<MediaStream> {
  if (!globalThis.isSecureContext) throw new MicrophoneError("insecure");
  if (navigator.mediaDevices?.getUserMedia === undefined) throw new MicrophoneError("unsupported");
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const reason = reasons[error.name];
    throw reason ? new MicrophoneError(reason) : new MicrophoneError("failed", error.message);
  }
}
