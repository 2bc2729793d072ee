import { AudioError } from "../errors.ts";
import { LONGEST_FFT } from "./fft.ts";
import { f32, scratch } from "./memory.ts";
import { core } from "./module.ts";

/**
 * Autocorrelation of a signal at the lags 0 to n - 1, not normalised (`librosa.autocorrelate`), after clipping away all that is
 * nearer to zero than `clipLevel`.
 * @throws {AudioError} more than 2^23 samples
 */
export function autocorrelate(samples: Float32Array, clipLevel = 0): Float32Array {
  const n = samples.length;
  if (2 * n > LONGEST_FFT)
    throw new AudioError(`${n} samples are too many for an autocorrelation over all lags (at most ${LONGEST_FFT / 2})`);
  return scratch((memory) => {
    const x = memory.copy(samples);
    core.autocorrelate(x, n, clipLevel, x);
    return f32(x, n).slice();
  });
}
