import { AudioError, OptionError } from "../errors.ts";
import { f32, MAX_VALUES, scratch } from "./memory.ts";
import { core } from "./module.ts";
import { freeWithOwner } from "./plan.ts";

/**
 * Changes the sample rate of signals by a polyphase Kaiser filter: pass-band to 0.9 of the lower Nyquist frequency, stop-band
 * 100 dB down from it on. Output sample m lies at the time of input sample m * from / to.
 *
 * @example
 * const resampler = new Resampler(48000, 16000);
 * resampler.process(samples); // a third as many
 */
export class Resampler {
  readonly from: number;
  readonly to: number;
  readonly #plan: number;

  /** @param from @param to sample rates in Hz, integers from 1 to 768,000. @throws {OptionError} */
  constructor(from: number, to: number) {
    for (const rate of [from, to]) {
      if (!Number.isInteger(rate) || rate < 1 || rate > 768000) {
        throw new OptionError(`a sample rate must be an integer from 1 to 768000 Hz, not ${rate}`);
      }
    }
    if (from / to > 256) throw new OptionError(`cannot resample from ${from} to ${to} Hz: the ratio is over 256`);
    this.from = from;
    this.to = to;
    const plan = core.resamplerPlan(from, to);
    this.#plan = plan;
    freeWithOwner(this, () => core.resamplerFree(plan));
  }

  /** The signal at the new rate, ceil(n * to / from) samples; the signal itself when the rates are equal. */
  process(samples: Float32Array): Float32Array {
    if (this.from === this.to) return samples;
    const length = Math.ceil((samples.length * this.to) / this.from);
    if (length > MAX_VALUES) throw new AudioError(`${samples.length} samples are too many to resample in one piece`);
    return scratch((memory) => {
      const margin = core.resamplerMargin(this.#plan);
      const x = memory.zeros((samples.length + 2 * margin) * 4) + margin * 4;
      f32(x, samples.length).set(samples);
      const count = core.resampledLength(this.#plan, samples.length);
      const out = memory.zeros(count * 4);
      core.resample(this.#plan, x, samples.length, out);
      return f32(out, count).slice();
    });
  }
}
