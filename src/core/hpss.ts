import { AudioError } from "../errors.ts";
import { expectInteger, expectRange } from "./check.ts";
import { f32, MAX_VALUES, scratch } from "./memory.ts";
import { core } from "./module.ts";
import { freeWithOwner } from "./plan.ts";
import { checkPadMode, type PadMode, stage } from "./signal.ts";
import { type WindowKind, windowCode } from "./tables.ts";

export interface HpssOptions {
  nFft?: number;
  winLength?: number;
  hopLength?: number;
  window?: WindowKind;
  padMode?: PadMode;
  /** Frames and bins that the medians run over. */
  kernelSize?: number | readonly [time: number, frequency: number];
  /** Exponent of the soft masks. */
  power?: number;
}

/**
 * Separates signals into a harmonic and a percussive part by median filtering of the spectrogram, as `librosa.effects.hpss`.
 *
 * @example
 * const hpss = new Hpss();
 * const voiced = hpss.harmonic(samples); // as long as samples
 */
export class Hpss {
  readonly #options: Required<Omit<HpssOptions, "kernelSize">> & { kernel: readonly [number, number] };
  readonly #plan: number;

  /** @throws {OptionError} an option out of range */
  constructor(options: HpssOptions = {}) {
    const {
      nFft = 2048,
      winLength = nFft,
      hopLength = winLength >> 2,
      window = "hann",
      padMode = "constant",
    } = options;
    const { kernelSize = 31, power = 2 } = options;
    const kernel = typeof kernelSize === "number" ? ([kernelSize, kernelSize] as const) : kernelSize;
    expectInteger("nFft", nFft, 2, 65536);
    expectInteger("winLength", winLength, 1, nFft);
    expectInteger("hopLength", hopLength, 1, 1 << 24);
    for (const size of kernel) expectInteger("kernelSize", size, 1, 1 << 16);
    checkPadMode(padMode);
    expectRange("power", power, 1e-3, 1e3);
    this.#options = { nFft, winLength, hopLength, window, padMode, power, kernel };
    const plan = core.stftPlan(nFft, winLength, hopLength, windowCode(window));
    this.#plan = plan;
    freeWithOwner(this, () => core.stftFree(plan));
  }

  /** The harmonic part, as long as `samples`. */
  harmonic(samples: Float32Array): Float32Array {
    return this.#part(samples, false);
  }

  /** The percussive part, as long as `samples`. */
  percussive(samples: Float32Array): Float32Array {
    return this.#part(samples, true);
  }

  #part(samples: Float32Array, percussive: boolean): Float32Array {
    const { nFft, hopLength, padMode, power, kernel } = this.#options;
    const pad = nFft >> 1;
    const frames = core.frameCount(samples.length, pad, nFft, hopLength);
    if (frames < 1 || frames * (pad + 1) > MAX_VALUES) {
      throw new AudioError(`${samples.length} samples cannot be separated in one piece; cut the audio into parts`);
    }
    return scratch((memory) => {
      const x = stage(memory, samples, pad, padMode, 4 * hopLength + nFft);
      const out = memory.zeros((x.length + nFft) * 4);
      core.hpss(this.#plan, x.pointer, x.length, frames, kernel[0], kernel[1], power, percussive, out);
      return f32(out + pad * 4, samples.length).slice();
    });
  }
}
