/** Samples from the audio thread, or word that some are missing. */
export interface CapturedSamples {
  /** Mono. */
  readonly samples: Float32Array<ArrayBuffer>;
  /** Samples lost right before these: the audio thread was late, or the receiver too slow. */
  readonly dropped: number;
}

/** Samples a message: 43 ms at 48 kHz. */
const CHUNK = 2048;
/** Samples a call of the audio thread (Web Audio API 1.1, "render quantum"). */
const QUANTUM = 128;
/** Messages that may wait for the receiver before samples are dropped: 2.7 s at 48 kHz. */
const MOST_WAITING = 64;

/**
 * What the audio thread does: mixes to mono, sends every {@link CHUNK} samples, and counts what is lost instead of letting a
 * slow receiver's messages pile up. The receiver acknowledges each message. A source that is silent may come without channels
 * (Firefox's do): that is silence, and time goes on, or the pause behind an utterance would never be heard.
 */
export class Capture {
  readonly #send: (message: CapturedSamples) => void;
  #chunk = new Float32Array(CHUNK);
  #filled = 0;
  #waiting = 0;
  #dropped = 0;
  #nextFrame = -1;

  constructor(send: (message: CapturedSamples) => void) {
    this.#send = send;
  }

  /** @param channels one array a channel, none for silence @param frame number of the first sample since the audio context began */
  push(channels: readonly Float32Array[], frame: number): void {
    // Before the first sound there is no source yet, and nothing is silent.
    if (channels.length === 0 && this.#nextFrame < 0) return;
    const length = channels[0]?.length ?? QUANTUM;
    // A browser that is late skips frames.
    if (this.#nextFrame >= 0 && frame > this.#nextFrame) this.#dropped += frame - this.#nextFrame;
    this.#nextFrame = frame + length;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.#chunk[this.#filled++] = sum / Math.max(1, channels.length);
      if (this.#filled === CHUNK) this.#flush();
    }
  }

  /** The receiver has taken a message. */
  acknowledge(): void {
    this.#waiting--;
  }

  #flush(): void {
    this.#filled = 0;
    if (this.#waiting >= MOST_WAITING) {
      this.#dropped += CHUNK;
      return;
    }
    this.#waiting++;
    this.#send({ samples: this.#chunk, dropped: this.#dropped });
    this.#dropped = 0;
    this.#chunk = new Float32Array(CHUNK);
  }
}
