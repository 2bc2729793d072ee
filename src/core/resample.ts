import { AudioError, OptionError } from "../errors.ts";
import { f32, MAX_VALUES, scratch } from "./memory.ts";
import { core } from "./module.ts";
import { freeWithOwner } from "./plan.ts";
import { SampleBuffer } from "./sample-buffer.ts";

/**
 * Changes the sample rate of signals by a polyphase Kaiser filter: pass-band to 0.9 of the lower Nyquist frequency, stop-band
 * at least 96 dB down from it on. Output sample m lies at the time of input sample m * from / to.
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
    return this.#resample(samples, 0, samples.length);
  }

  /**
   * Resamples a signal that comes piece by piece: any division gives the very bits of {@link process} on the whole. It keeps about two
   * blocks of samples.
   *
   * @example
   * const stream = new Resampler(48000, 16000).stream();
   * for (const piece of pieces) play(stream.push(piece));
   * play(stream.finish());
   */
  stream(): ResamplerStream {
    const resample = (samples: Float32Array, from: number, count: number) => this.#resample(samples, from, count);
    const identity = this.from === this.to;
    return new ResamplerStream(
      resample,
      identity ? 1 : core.resamplerStep(this.#plan),
      identity ? 0 : core.resamplerReach(this.#plan),
    );
  }

  /** The outputs of `count` samples from sample `from` of `samples` on; those around count too, and beyond there are zeros. */
  #resample(samples: Float32Array, from: number, count: number): Float32Array {
    if (this.from === this.to) return samples.slice(from, from + count);
    return scratch((memory) => {
      const margin = Math.max(core.resamplerMargin(this.#plan), from);
      const whole = margin - from + samples.length + margin;
      const start = memory.space(whole * 4);
      const x = f32(start, whole);
      x.fill(0, 0, margin - from);
      x.set(samples, margin - from);
      x.fill(0, margin - from + samples.length);
      const length = core.resampledLength(this.#plan, count);
      const out = memory.space(length * 4);
      core.resample(this.#plan, start + margin * 4, count, out);
      return f32(out, length).slice();
    });
  }
}

const NOTHING = new Float32Array(0);

/** See {@link Resampler.stream}. */
export class ResamplerStream {
  /** Input samples that must follow one before its outputs come, at most. */
  readonly latency: number;
  readonly #resample: (samples: Float32Array, from: number, count: number) => Float32Array;
  /** Input samples of a piece that can be resampled by itself, and those around it that count. */
  readonly #step: number;
  readonly #reach: number;
  readonly #kept = new SampleBuffer();
  /** The first sample of the next piece. */
  #next = 0;
  #finished = false;

  /** @param resample gives the outputs of `count` samples from sample `from` on */
  constructor(
    resample: (samples: Float32Array, from: number, count: number) => Float32Array,
    step: number,
    reach: number,
  ) {
    this.#resample = resample;
    this.#step = step;
    this.#reach = reach;
    this.latency = step + reach;
  }

  /** The outputs that have become certain. @throws {AudioError} after `finish` */
  push(samples: Float32Array): Float32Array {
    if (this.#finished) throw new AudioError("the stream is finished; create another");
    const kept = this.#kept;
    kept.append(samples);
    const steps = Math.floor((kept.received - this.#next - this.#reach) / this.#step);
    if (steps < 1) return NOTHING;
    const out = this.#resample(kept.view(), this.#next - kept.from, steps * this.#step);
    this.#next += steps * this.#step;
    kept.discardBefore(this.#next - this.#reach);
    return out;
  }

  /** The rest of the outputs: in all ceil(n * to / from). */
  finish(): Float32Array {
    if (this.#finished) throw new AudioError("the stream is finished; create another");
    this.#finished = true;
    const kept = this.#kept;
    return this.#resample(kept.view(), this.#next - kept.from, kept.received - this.#next);
  }
}
