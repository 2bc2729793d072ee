// The browser's own speech recognition: only after consent, since it may send the sound away.

interface RecognitionResult {
  readonly isFinal: boolean;
  readonly 0: { readonly transcript: string };
}
interface Recognition extends EventTarget {
  continuous: boolean;
  interimResults: boolean;
  lang: string;
  start(): void;
  stop(): void;
}
type RecognitionConstructor = new () => Recognition;

const browser = globalThis as unknown as {
  SpeechRecognition?: RecognitionConstructor;
  webkitSpeechRecognition?: RecognitionConstructor;
};

/** Whether this browser can write down speech. */
export const canDictate = (): boolean => (browser.SpeechRecognition ?? browser.webkitSpeechRecognition) !== undefined;

/** Writes down what is said until it is told to stop. @param hear gets all that was said so far */
export function dictate(hear: (text: string) => void, fail: (reason: string) => void): () => void {
  const Constructor = browser.SpeechRecognition ?? browser.webkitSpeechRecognition;
  if (!Constructor) return () => {};
  const recognition = new Constructor();
  recognition.continuous = true;
  recognition.interimResults = true;
  recognition.lang = "en-US";
  recognition.addEventListener("result", (event) => {
    const { results } = event as Event & { results: ArrayLike<RecognitionResult> };
    hear(Array.from(results, (result) => result[0].transcript.trim()).join(" "));
  });
  recognition.addEventListener("error", (event) => fail((event as Event & { error: string }).error));
  recognition.start();
  return () => recognition.stop();
}
