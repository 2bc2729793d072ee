// The AudioWorklet processor "emovox-capture": sends what it hears to the port that it is given. It runs in the audio thread, so it does
// nothing but copy; resampling and all else happen in the worker at the other end. It plays nothing.
import { Capture } from "./capture.ts";

declare const currentFrame: number;
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

class CaptureProcessor extends AudioWorkletProcessor {
  #capture: Capture | null = null;
  #open = true;

  constructor() {
    super();
    this.port.addEventListener("message", ({ data }: MessageEvent<MessagePort | null>) => {
      if (data === null) {
        this.#open = false;
        return;
      }
      const capture = new Capture((message) => data.postMessage(message, [message.samples.buffer]));
      data.addEventListener("message", () => capture.acknowledge());
      data.start();
      this.#capture = capture;
    });
    this.port.start();
  }

  process([channels]: Float32Array[][]): boolean {
    this.#capture?.push(channels, currentFrame);
    return this.#open;
  }
}

registerProcessor("emovox-capture", CaptureProcessor);
