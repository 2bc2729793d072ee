import { AudioError, OptionError } from "../errors.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";
import { expectInteger, expectRange } from "./check.ts";
import { RealFft } from "./fft.ts";
import { pow } from "./math.ts";
import { MAX_VALUES } from "./memory.ts";
import { allFinite, checkPadMode, type PadMode, paddedIndex } from "./signal.ts";
import { type WindowKind, windowFunction } from "./windows.ts";

export interface StftOptions {
  nFft?: number;
  /** `nFft` when left out; a shorter window stands in the middle of a frame. */
  winLength?: number;
  /** A quarter of `winLength` when left out. */
  hopLength?: number;
  window?: WindowKind;
  /** What scipy has in a tuple with the window's name. */
  windowParameter?: number | null;
  /** Frames are centred on their samples, the signal padded by half a frame on each side. */
  center?: boolean;
  padMode?: PadMode;
}

/** A complex spectrogram, frames x bins. */
export interface ComplexSpectrogram {
  readonly re: DenseMatrix;
  readonly im: DenseMatrix;
}

/**
 * The short-time Fourier transform and its inverse, as `librosa.stft` and `librosa.istft` (Griffin and Lim 1984: windowed overlap-add,
 * divided by the sum of the squared windows).
 *
 * @example
 * const stft = new Stft({ nFft: 512, hopLength: 128 });
 * const spectra = stft.forward(samples); // spectra.re.rows frames of 257 bins
 * const again = stft.inverse(spectra, samples.length); // the samples, to about 1e-7
 */
export class Stft {
  readonly #fft: RealFft;
  readonly #window: Float32Array;
  readonly #hop: number;
  readonly #pad: number;
  readonly #padMode: PadMode;

  /** @throws {OptionError} an option out of range */
  constructor(options: StftOptions = {}) {
    const { nFft = 2048, winLength = nFft, window = "hann", windowParameter = null } = options;
    expectInteger("nFft", nFft, 2, 65536);
    expectInteger("winLength", winLength, 1, nFft);
    const { hopLength = Math.max(1, winLength >> 2), center = true, padMode = "constant" } = options;
    expectInteger("hopLength", hopLength, 1, 1 << 24);
    checkPadMode(padMode);
    this.#fft = new RealFft(nFft);
    this.#window = new Float32Array(nFft);
    this.#window.set(windowFunction(window, winLength, true, windowParameter), (nFft - winLength) >> 1);
    this.#hop = hopLength;
    this.#pad = center ? nFft >> 1 : 0;
    this.#padMode = padMode;
  }

  /** @throws {AudioError} samples that are NaN or infinite, fewer than one frame, or more than fit */
  forward(samples: Float32Array): ComplexSpectrogram {
    if (!allFinite(samples)) throw new AudioError("the audio has samples that are NaN or infinite");
    const { length, bins } = this.#fft;
    const frames = Math.floor((samples.length + 2 * this.#pad - length) / this.#hop) + 1;
    if (samples.length === 0 || frames < 1) {
      throw new AudioError(`${samples.length} samples are fewer than one frame of ${length}`);
    }
    if (frames * bins > MAX_VALUES) {
      throw new AudioError(
        `${samples.length} samples give ${frames} x ${bins} values, more than fit; cut the audio into parts`,
      );
    }
    const re = denseMatrix(frames, bins);
    const im = denseMatrix(frames, bins);
    const frame = new Float32Array(length);
    for (let t = 0; t < frames; t++) {
      for (let i = 0; i < length; i++) {
        const index = paddedIndex(t * this.#hop + i - this.#pad, samples.length, this.#padMode);
        frame[i] = index < 0 ? 0 : samples[index] * this.#window[i];
      }
      const spectrum = this.#fft.forward(frame);
      re.data.set(spectrum.re, t * bins);
      im.data.set(spectrum.im, t * bins);
    }
    return { re, im };
  }

  /**
   * The signal of a spectrogram with the same options.
   * @param length its samples; what all frames hold, without the padding, when left out
   * @throws {OptionError} another number of bins, parts of different sizes, a length that is none
   * @throws {AudioError} values that are NaN or infinite
   */
  inverse({ re, im }: ComplexSpectrogram, length?: number): Float32Array {
    const { length: nFft, bins } = this.#fft;
    if (re.columns !== bins || im.columns !== bins || re.rows !== im.rows) {
      const sizes = `${re.rows} x ${re.columns} and ${im.rows} x ${im.columns}`;
      throw new OptionError(`re and im must have as many frames of ${bins} bins, not ${sizes}`);
    }
    if (!allFinite(re.data) || !allFinite(im.data))
      throw new AudioError("the spectra have values that are NaN or infinite");
    const total = re.rows === 0 ? 0 : nFft + this.#hop * (re.rows - 1);
    const wanted = length ?? Math.max(0, total - 2 * this.#pad);
    expectInteger("length", wanted, 0, MAX_VALUES);
    const sums = new Float64Array(total);
    const weights = new Float64Array(total);
    for (let t = 0; t < re.rows; t++) {
      const frame = this.#fft.inverse(
        re.data.subarray(t * bins, (t + 1) * bins),
        im.data.subarray(t * bins, (t + 1) * bins),
      );
      for (let i = 0, at = t * this.#hop; i < nFft; i++, at++) {
        sums[at] += frame[i] * this.#window[i];
        weights[at] += this.#window[i] * this.#window[i];
      }
    }
    // Where no window reaches librosa leaves the sum as it is, too.
    return Float32Array.from({ length: wanted }, (_, i) => {
      const at = i + this.#pad;
      if (at >= total) return 0;
      return weights[at] > TINY ? sums[at] / weights[at] : sums[at];
    });
  }
}

/** numpy.finfo(numpy.float32).tiny */
const TINY = 1.1754943508222875e-38;

/**
 * Magnitudes, to a power, and phases of a spectrogram, as `librosa.magphase`: the phase is a number of magnitude 1, which is 1 where the
 * magnitude is 0.
 *
 * @example
 * const { magnitude, phase } = magphase(new Stft().forward(samples));
 */
export function magphase(
  { re, im }: ComplexSpectrogram,
  power = 1,
): { magnitude: DenseMatrix; phase: ComplexSpectrogram } {
  expectRange("power", power, 0.01, 100);
  const magnitude = denseMatrix(re.rows, re.columns);
  const phase = { re: denseMatrix(re.rows, re.columns), im: denseMatrix(re.rows, re.columns) };
  for (let i = 0; i < re.data.length; i++) {
    const m = Math.sqrt(re.data[i] * re.data[i] + im.data[i] * im.data[i]);
    magnitude.data[i] = power === 1 ? m : power === 2 ? m * m : pow(m, power);
    phase.re.data[i] = m === 0 ? 1 : re.data[i] / m;
    phase.im.data[i] = m === 0 ? 0 : im.data[i] / m;
  }
  return { magnitude, phase };
}
