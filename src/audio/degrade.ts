import { RealFft } from "../core/fft.ts";
import { exp } from "../core/math.ts";
import { Resampler } from "../core/resample.ts";
import { OptionError } from "../errors.ts";
import type { Random } from "../random.ts";
import { decodeMuLaw } from "./g711.ts";

/**
 * The signal in white Gaussian noise. Silence stays silent: it has no power that noise could be set against.
 *
 * @param snr power of the whole signal over that of the noise, in dB
 * @returns as many samples, a new array
 * @example
 * const noisy = addNoise(samples, 10, new Random(1));
 */
export function addNoise(samples: Float32Array, snr: number, random: Random): Float32Array<ArrayBuffer> {
  if (!Number.isFinite(snr)) throw new OptionError(`snr must be a number of dB, not ${snr}`);
  let power = 0;
  for (const sample of samples) power += sample * sample;
  const deviation = Math.sqrt(power / samples.length) * exp((-snr * Math.LN10) / 20);
  return Float32Array.from(samples, (sample) => sample + deviation * random.normal());
}

/**
 * The signal behind a narrow-band telephone line: 8 kHz (what lies above 4 kHz is gone) and the 256 steps of mu-law (ITU-T G.711), then
 * its own rate again.
 *
 * @param sampleRate in Hz
 * @returns as many samples
 */
export function telephone(samples: Float32Array, sampleRate: number): Float32Array {
  const line = new Resampler(sampleRate, 8000).process(samples);
  const received = new Resampler(8000, sampleRate).process(Float32Array.from(line, nearestMuLaw));
  const out = new Float32Array(samples.length);
  out.set(received.subarray(0, out.length));
  return out;
}

/** The values that mu-law has, ascending; both zeros are one. */
const muLawValues = Float32Array.from(new Set(Array.from({ length: 256 }, (_, byte) => decodeMuLaw(byte)))).sort();

function nearestMuLaw(sample: number): number {
  let low = 0;
  let high = muLawValues.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (muLawValues[middle] <= sample) low = middle;
    else high = middle;
  }
  return sample - muLawValues[low] <= muLawValues[high] - sample ? muLawValues[low] : muLawValues[high];
}

/**
 * The signal as an overdriven input gives it: the loudest samples are cut off at one level.
 *
 * @param share of the samples that are cut off, in [0, 1)
 * @returns as many samples
 */
export function clip(samples: Float32Array, share: number): Float32Array<ArrayBuffer> {
  if (!(share >= 0 && share < 1)) throw new OptionError(`the share that is clipped must be in [0, 1), not ${share}`);
  const loudness = Float32Array.from(samples, Math.abs).sort();
  const level = loudness[Math.max(0, Math.ceil(samples.length * (1 - share)) - 1)];
  return Float32Array.from(samples, (sample) => Math.max(-level, Math.min(level, sample)));
}

/**
 * The signal in a room that a computer made up: direct sound, and behind it Gaussian noise that decays by 60 dB in `reverberationTime`
 * and carries as much energy as the direct sound (Polack 1988: late reverberation is such noise).
 *
 * @param reverberationTime RT60 in seconds
 * @returns as many samples; the tail is cut off
 */
export function reverberate(
  samples: Float32Array,
  sampleRate: number,
  reverberationTime: number,
  random: Random,
): Float32Array<ArrayBuffer> {
  if (!(reverberationTime > 0 && reverberationTime <= 10)) {
    throw new OptionError(`a reverberation time must be over 0 and at most 10 s, not ${reverberationTime}`);
  }
  return convolve(samples, roomResponse(Math.ceil(reverberationTime * sampleRate), random));
}

function roomResponse(length: number, random: Random): Float32Array {
  // 60 dB are a factor of 1000 in amplitude.
  const tail = Float64Array.from({ length }, (_, n) => random.normal() * exp((-n / length) * Math.LN10 * 3));
  const energy = tail.reduce((sum, value) => sum + value * value, 0);
  const response = Float32Array.from(tail, (value) => value / Math.sqrt(energy));
  response[0] = 1;
  return response;
}

/** The first `samples.length` samples of the convolution, block by block through the FFT (overlap-add). */
function convolve(samples: Float32Array, response: Float32Array): Float32Array<ArrayBuffer> {
  let size = 1024;
  while (size < 4 * response.length) size *= 2;
  const fft = new RealFft(size);
  const step = size - response.length + 1;
  const padded = new Float32Array(size);
  padded.set(response);
  const room = fft.forward(padded);
  const out = new Float32Array(samples.length);
  for (let start = 0; start < samples.length; start += step) {
    padded.fill(0);
    padded.set(samples.subarray(start, start + step));
    const { re, im } = fft.forward(padded);
    for (let k = 0; k < re.length; k++) {
      const real = re[k] * room.re[k] - im[k] * room.im[k];
      im[k] = re[k] * room.im[k] + im[k] * room.re[k];
      re[k] = real;
    }
    const piece = fft.inverse(re, im);
    const end = Math.min(size, out.length - start);
    for (let n = 0; n < end; n++) out[start + n] += piece[n];
  }
  return out;
}
