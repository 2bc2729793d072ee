import { OptionError } from "../errors.ts";
import { f32, scratch } from "./memory.ts";
import { core } from "./module.ts";
import { freeWithOwner } from "./plan.ts";

/** The longest transform; a plan of it takes about 50 times its length in bytes. */
export const LONGEST_FFT = 1 << 24;

/**
 * FFT of real signals of one length, even or odd; powers of two are fastest. Single precision.
 *
 * @example
 * const fft = new RealFft(512);
 * const { re, im } = fft.forward(new Float32Array(512).fill(1)); // re[0] is 512, all else about 0
 */
export class RealFft {
  readonly length: number;
  /** Number of bins, `floor(length / 2) + 1`. */
  readonly bins: number;
  readonly #plan: number;

  /** @throws {OptionError} a length that is no integer from 1 to 2^24 */
  constructor(length: number) {
    if (!Number.isInteger(length) || length < 1 || length > LONGEST_FFT) {
      throw new OptionError(`an FFT's length must be an integer from 1 to ${LONGEST_FFT}, not ${length}`);
    }
    this.length = length;
    this.bins = (length >> 1) + 1;
    const plan = core.realFftPlan(length);
    this.#plan = plan;
    freeWithOwner(this, () => core.realFftFree(plan));
  }

  /** The spectrum of `length` samples: `bins` real and imaginary parts, not scaled. */
  forward(samples: Float32Array): { re: Float32Array; im: Float32Array } {
    expectLength("samples", samples, this.length);
    return scratch((memory) => {
      const x = memory.copy(samples);
      const re = memory.zeros(this.bins * 4);
      const im = memory.zeros(this.bins * 4);
      core.rfft(this.#plan, x, re, im);
      return { re: f32(re, this.bins).slice(), im: f32(im, this.bins).slice() };
    });
  }

  /** The `length` samples of a spectrum, scaled by 1 / length. */
  inverse(re: Float32Array, im: Float32Array): Float32Array {
    expectLength("re", re, this.bins);
    expectLength("im", im, this.bins);
    return scratch((memory) => {
      const x = memory.zeros(this.length * 4);
      core.irfft(this.#plan, memory.copy(re), memory.copy(im), x);
      return f32(x, this.length).slice();
    });
  }
}

function expectLength(name: string, values: Float32Array, length: number): void {
  if (values.length !== length) throw new OptionError(`${name} must have ${length} values, not ${values.length}`);
}
