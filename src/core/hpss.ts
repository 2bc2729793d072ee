import { AudioError } from "../errors.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";
import { expectInteger, expectRange } from "./check.ts";
import { f32, MAX_VALUES, type Scratch, scratch } from "./memory.ts";
import { core } from "./module.ts";
import { freeWithOwner } from "./plan.ts";
import { checkPadMode, stage } from "./signal.ts";
import type { StftOptions } from "./stft.ts";
import { windowCode, windowParameterOf } from "./windows.ts";

export interface HpssOptions extends StftOptions {
  /** Frames and bins that the medians run over. */
  kernelSize?: number | readonly [time: number, frequency: number];
  /** Exponent of the soft masks; infinity for masks of 0 and 1. */
  power?: number;
  /** How many times the other a part must be, at least 1: with more, a rest is left to neither. */
  margin?: number | readonly [harmonic: number, percussive: number];
}

/** Frames x bins: the share of each bin of the STFT that goes to a part. */
export interface HpssMasks {
  harmonic: DenseMatrix;
  percussive: DenseMatrix;
}

/**
 * Separates signals into a harmonic and a percussive part by median filtering of the spectrogram, as `librosa.effects.hpss`.
 *
 * @example
 * const hpss = new Hpss();
 * const voiced = hpss.harmonic(samples); // as long as samples
 */
export class Hpss {
  readonly #options: Required<Pick<HpssOptions, "nFft" | "hopLength" | "center" | "padMode" | "power">> & {
    kernel: readonly [number, number];
    margins: readonly [number, number];
  };
  readonly #plan: number;

  /** @throws {OptionError} an option out of range */
  constructor(options: HpssOptions = {}) {
    const {
      nFft = 2048,
      winLength = nFft,
      hopLength = winLength >> 2,
      window = "hann",
      windowParameter = null,
      center = true,
      padMode = "constant",
    } = options;
    const { kernelSize = 31, power = 2, margin = 1 } = options;
    const kernel = typeof kernelSize === "number" ? ([kernelSize, kernelSize] as const) : kernelSize;
    const margins = typeof margin === "number" ? ([margin, margin] as const) : margin;
    expectInteger("nFft", nFft, 2, 65536);
    expectInteger("winLength", winLength, 1, nFft);
    expectInteger("hopLength", hopLength, 1, 1 << 24);
    for (const size of kernel) expectInteger("kernelSize", size, 1, 1 << 16);
    checkPadMode(padMode);
    if (power !== Number.POSITIVE_INFINITY) expectRange("power", power, 1e-3, 1e3);
    for (const value of margins) expectRange("margin", value, 1, 1e6);
    this.#options = { nFft, hopLength, center, padMode, power, kernel, margins };
    const parameter = windowParameterOf(window, windowParameter);
    const plan = core.stftPlan(nFft, winLength, hopLength, windowCode(window), parameter);
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

  /**
   * The masks of both parts, as `librosa.decompose.hpss(S, mask=True)` of the magnitudes that the feature `stft` has with the same options;
   * the magnitudes times a mask are a part's spectrogram.
   */
  masks(samples: Float32Array): HpssMasks {
    return { harmonic: this.#mask(samples, false), percussive: this.#mask(samples, true) };
  }

  #part(samples: Float32Array, percussive: boolean): Float32Array {
    const { nFft, center } = this.#options;
    return scratch((memory) => {
      const out = memory.zeros((samples.length + 2 * nFft) * 4);
      this.#separate(memory, samples, percussive, false, out);
      return f32(out + (center ? nFft >> 1 : 0) * 4, samples.length).slice();
    });
  }

  #mask(samples: Float32Array, percussive: boolean): DenseMatrix {
    const frames = this.#frames(samples.length);
    const bins = (this.#options.nFft >> 1) + 1;
    return scratch((memory) => {
      const out = memory.zeros(frames * bins * 4);
      this.#separate(memory, samples, percussive, true, out);
      return denseMatrix(frames, bins, f32(out, frames * bins).slice());
    });
  }

  #frames(n: number): number {
    const { nFft, hopLength, center } = this.#options;
    const frames = core.frameCount(n, center ? nFft >> 1 : 0, nFft, hopLength);
    if (frames < 1) throw new AudioError(`${n} samples are fewer than one frame of ${nFft}`);
    if (frames * ((nFft >> 1) + 1) > MAX_VALUES) {
      throw new AudioError(`${n} samples cannot be separated in one piece; cut the audio into parts`);
    }
    return frames;
  }

  #separate(memory: Scratch, samples: Float32Array, percussive: boolean, mask: boolean, out: number): void {
    const { nFft, hopLength, center, padMode, power, kernel, margins } = this.#options;
    const frames = this.#frames(samples.length);
    const x = stage(memory, samples, center ? nFft >> 1 : 0, padMode, 4 * hopLength + nFft);
    const [time, frequency] = kernel;
    core.hpss(
      this.#plan,
      x.pointer,
      x.length,
      frames,
      time,
      frequency,
      power,
      margins[0],
      margins[1],
      percussive,
      mask,
      out,
    );
  }
}
