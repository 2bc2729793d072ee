import { AudioError } from "../errors.ts";
import { expectInteger } from "./check.ts";
import { MAX_VALUES, scratch } from "./memory.ts";
import { core } from "./module.ts";
import { stage } from "./signal.ts";
import { windowCode } from "./windows.ts";

export interface TuningOptions {
  nFft?: number;
  /** Samples of the Hann window; `nFft` when left out. */
  winLength?: number;
  /** A quarter of `winLength` when left out. */
  hopLength?: number;
  /** Of the spectra whose peaks count: 1 magnitude, as librosa.estimate_tuning takes of a signal, 2 power, as its chroma_stft. */
  power?: 1 | 2;
  binsPerOctave?: number;
}

/**
 * By how much a signal is tuned above A4 = 440 Hz, as `librosa.estimate_tuning`: spectral peaks between 150 and 4,000 Hz, at least as high
 * as their median, vote for their distance to the nearest pitch, in steps of 0.01.
 *
 * @param samples mono; @param sampleRate Hz
 * @returns share of a pitch class (of a semitone with 12 of them), -0.5 to 0.49; 0 for a signal without peaks
 * @throws {OptionError} an option out of range
 * @throws {AudioError} more samples than the core can hold
 * @example
 * const cents = 100 * estimateTuning(samples, 16000);
 */
export function estimateTuning(samples: Float32Array, sampleRate: number, options: TuningOptions = {}): number {
  const { nFft = 2048, winLength = nFft, power = 1, binsPerOctave = 12 } = options;
  expectInteger("nFft", nFft, 4, 65536);
  expectInteger("winLength", winLength, 1, nFft);
  const { hopLength = Math.max(1, winLength >> 2) } = options;
  expectInteger("hopLength", hopLength, 1, 1 << 24);
  expectInteger("power", power, 1, 2);
  expectInteger("binsPerOctave", binsPerOctave, 1, 1200);
  const bins = (nFft >> 1) + 1;
  const frames = core.frameCount(samples.length, nFft >> 1, nFft, hopLength);
  const bytes = core.signalTuningWorkBytes(frames, bins);
  if (bytes > 4 * MAX_VALUES || samples.length > MAX_VALUES) {
    throw new AudioError(`${frames} spectra of ${samples.length} samples are more than fit; cut the audio into parts`);
  }
  return scratch((memory) => {
    const x = stage(memory, samples, nFft >> 1, "constant", 4 * hopLength + nFft);
    const work = memory.zeros(bytes);
    const plan = core.stftPlan(nFft, winLength, hopLength, windowCode("hann"), 0);
    const tuning = core.tuning(plan, x.pointer, frames, power, sampleRate / nFft, binsPerOctave, work);
    core.stftFree(plan);
    return tuning;
  });
}
