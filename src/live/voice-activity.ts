import { log } from "../core/math.ts";

/** How {@link VoiceActivity} decides. */
export interface VoiceActivityOptions {
  /** dB; a frame of speech is this much louder than the noise of the room. */
  readonly aboveNoise: number;
  /** dB below full scale; nothing quieter is speech. */
  readonly quietest: number;
  /** From 0 to 1; a frame is voiced when YIN's aperiodicity lies below it. */
  readonly voicedBelow: number;
  /** Frames for which speech goes on after the last voiced one: consonants and stops carry no pitch. */
  readonly hangover: number;
}

export const voiceActivityOptions: VoiceActivityOptions = {
  aboveNoise: 9,
  quietest: -55,
  voicedBelow: 0.4,
  hangover: 20,
};

/** dB below full scale: where the noise is taken to lie before anything was heard, and the loudest that noise may be. */
const FIRST_NOISE = -70;
const LOUDEST_NOISE = -35;
/** dB a frame by which the noise level rises: 3 dB a second in frames of 10 ms. */
const NOISE_RISE = 0.03;
const DECIBELS_PER_LOG = 20 / log(10);

/**
 * Tells frames with speech from those without, by energy and voicing: a frame is speech when it is louder than the noise of the room and
 * periodic, and stays speech for `hangover` frames after. The noise level follows every quieter frame at once and rises slowly, so that
 * it settles in the gaps between words (after minimum statistics, Martin 2001). Frames come every 10 ms.
 *
 * @example
 * const activity = new VoiceActivity();
 * activity.push(0.1, 0.02); // true: rms 0.1, nearly periodic
 * activity.push(0.1, 0.9); // true, by the hangover
 */
export class VoiceActivity {
  readonly #options: VoiceActivityOptions;
  #noise = FIRST_NOISE;
  #left = 0;

  constructor(options: Partial<VoiceActivityOptions> = {}) {
    this.#options = { ...voiceActivityOptions, ...options };
  }

  /** The level of the noise as estimated so far, in dB below full scale. */
  get noise(): number {
    return this.#noise;
  }

  /** Whether the next frame is speech. @param rms of its samples @param aperiodicity of YIN, near 0 for voiced frames */
  push(rms: number, aperiodicity: number): boolean {
    const { aboveNoise, quietest, voicedBelow, hangover } = this.#options;
    const level = DECIBELS_PER_LOG * log(Math.max(rms, 1e-6));
    this.#noise = Math.min(level, this.#noise + NOISE_RISE, LOUDEST_NOISE);
    const loud = level > Math.max(quietest, this.#noise + aboveNoise);
    this.#left = loud && aperiodicity < voicedBelow ? hangover + 1 : Math.max(0, this.#left - 1);
    return this.#left > 0;
  }
}
