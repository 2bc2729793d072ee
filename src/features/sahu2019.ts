import { autocorrelate } from "../core/autocorrelation.ts";
import { FrameComputer } from "../core/frames.ts";
import { Hpss } from "../core/hpss.ts";
import { type PadMode, signalMoments } from "../core/signal.ts";
import { librosaOptions, type OptionRecord, resolveFrameOptions } from "./options.ts";

export const sahu2019Names = [
  "sig_mean",
  "sig_std",
  "rmse_mean",
  "rmse_std",
  "silence",
  "harmonic",
  "auto_corr_max",
  "auto_corr_std",
] as const;

/** `reflect` is how librosa 0.7, which the published features were made with, pads its frames. */
export const sahu2019Options = { padMode: "reflect" } as const satisfies OptionRecord;

/** The smallest amplitude of the published code: it keeps the energy of silence off zero. */
const OFFSET = 1e-4;

/**
 * The eight utterance features of Sahu 2019 ("Multimodal Speech Emotion Recognition and Ambiguity Resolution", arXiv 1904.06022):
 * mean of |y| and standard deviation of y; mean and standard deviation of the frames' RMS of y + 1e-4 (2,048 samples, hop 512); the share
 * of frames whose RMS is at most 0.4 of that mean; 1,000 times the mean of the harmonic part; of the autocorrelation of y, centre-clipped
 * at 0.45 of the mean of |y|, 1,000 times the maximum over the length, and the standard deviation.
 */
export class Sahu2019 {
  readonly #rms: FrameComputer;
  readonly #hpss: Hpss;

  constructor(sampleRate: number, padMode: PadMode) {
    const options = resolveFrameOptions({ ...librosaOptions, padMode }, sampleRate);
    this.#rms = new FrameComputer(["rms"], sampleRate, options);
    this.#hpss = new Hpss({ padMode });
  }

  /** The eight values, in the order of {@link sahu2019Names}. @throws {AudioError} over 2^23 samples: cut the audio into utterances */
  compute(samples: Float32Array): Float32Array {
    const { meanAbsolute, std } = signalMoments(samples);
    const correlation = autocorrelate(samples, 0.45 * meanAbsolute);
    const raised = new Float32Array(samples.length);
    for (let i = 0; i < samples.length; i++) raised[i] = samples[i] + OFFSET;
    const rms = this.#rms.compute(raised).data;
    const energy = signalMoments(rms);
    const quiet = rms.reduce((count, value) => count + (value <= 0.4 * energy.mean ? 1 : 0), 0);
    let peak = Number.NEGATIVE_INFINITY;
    for (let lag = 0; lag < correlation.length; lag++) peak = Math.max(peak, correlation[lag]);
    return Float32Array.of(
      meanAbsolute,
      std,
      energy.mean,
      energy.std,
      quiet / rms.length,
      1000 * signalMoments(this.#hpss.harmonic(samples)).mean,
      (1000 * peak) / samples.length,
      signalMoments(correlation).std,
    );
  }
}
