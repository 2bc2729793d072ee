import { OptionError } from "../errors.ts";
import { f32 } from "./memory.ts";
import { core } from "./module.ts";
import { freeWithOwner } from "./plan.ts";

/** The longest transform; a plan of it takes about 60 times its length in bytes. */
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
  /** Samples, real and imaginary parts, one behind the other. */
  readonly #buffer: number;
  #view: Float32Array;

  /** @throws {OptionError} a length that is no integer from 1 to 2^24 */
  constructor(length: number) {
    if (!Number.isInteger(length) || length < 1 || length > LONGEST_FFT) {
      throw new OptionError(`an FFT's length must be an integer from 1 to ${LONGEST_FFT}, not ${length}`);
    }
    this.length = length;
    this.bins = (length >> 1) + 1;
    const plan = core.realFftPlan(length);
    const buffer = core.alloc((length + 2 * this.bins) * 4);
    this.#plan = plan;
    this.#buffer = buffer;
    this.#view = f32(buffer, length + 2 * this.bins);
    freeWithOwner(this, () => {
      core.release(buffer);
      core.realFftFree(plan);
    });
  }

  /** The spectrum of `length` samples: `bins` real and imaginary parts, not scaled. */
  forward(samples: Float32Array): { re: Float32Array; im: Float32Array } {
    expectLength("samples", samples, this.length);
    const { length, bins } = this;
    const view = this.#values();
    view.set(samples);
    core.rfft(this.#plan, this.#buffer, this.#re, this.#im);
    return { re: view.slice(length, length + bins), im: view.slice(length + bins) };
  }

  /** The `length` samples of a spectrum, scaled by 1 / length. */
  inverse(re: Float32Array, im: Float32Array): Float32Array {
    expectLength("re", re, this.bins);
    expectLength("im", im, this.bins);
    const view = this.#values();
    view.set(re, this.length);
    view.set(im, this.length + this.bins);
    core.irfft(this.#plan, this.#re, this.#im, this.#buffer);
    return view.slice(0, this.length);
  }

  get #re(): number {
    return this.#buffer + this.length * 4;
  }

  get #im(): number {
    return this.#re + this.bins * 4;
  }

  /** The buffer's values; a view of its own only when the core's memory has grown since. */
  #values(): Float32Array {
    if (this.#view.length === 0) this.#view = f32(this.#buffer, this.length + 2 * this.bins);
    return this.#view;
  }
}

function expectLength(name: string, values: Float32Array, length: number): void {
  if (values.length !== length) throw new OptionError(`${name} must have ${length} values, not ${values.length}`);
}
