import { OptionError } from "../errors.ts";
import { f32, f64, type Scratch, scratch } from "./memory.ts";
import { core } from "./module.ts";

export type PadMode = "constant" | "reflect" | "edge";
const padModes: readonly PadMode[] = ["constant", "reflect", "edge"];

/** @throws {OptionError} an unknown way to pad, listing the known ones */
export function checkPadMode(mode: PadMode): void {
  if (!padModes.includes(mode)) {
    throw new OptionError(`unknown padMode "${String(mode)}"; known are ${padModes.join(", ")}`);
  }
}

/** A padded signal in the core's memory. */
export interface Staged {
  readonly pointer: number;
  /** Samples, padding included, the tail of zeros not. */
  readonly length: number;
}

/** Copies `samples` into the core with `pad` samples on each side and `tail` zeros behind. */
export function stage(memory: Scratch, samples: Float32Array, pad: number, mode: PadMode, tail: number): Staged {
  const length = samples.length + 2 * pad;
  const pointer = memory.space((length + tail) * 4);
  const raw = pointer + pad * 4;
  f32(raw, samples.length).set(samples);
  core.padSignal(raw, samples.length, pad, pad, padModes.indexOf(mode), tail, pointer);
  return { pointer, length };
}

/** True when no sample is NaN or infinite. */
export function allFinite(samples: Float32Array): boolean {
  return scratch((memory) => core.allFinite(memory.copy(samples), samples.length) === 1);
}

/** Mean of |x|, standard deviation (of the population) and mean of a signal. */
export function signalMoments(samples: Float32Array): { meanAbsolute: number; std: number; mean: number } {
  return scratch((memory) => {
    const out = memory.zeros(24);
    core.signalMoments(memory.copy(samples), samples.length, out);
    const [meanAbsolute, std, mean] = f64(out, 3);
    return { meanAbsolute, std, mean };
  });
}

/**
 * The sample of a signal of n that stands at index i, before, in or behind it, under one of numpy.pad's modes; -1 where the padding is
 * zero. `reflect` mirrors without repeating the ends, `symmetric` repeats them.
 */
export function paddedIndex(i: number, n: number, mode: PadMode | "symmetric"): number {
  if (i >= 0 && i < n) return i;
  if (mode === "constant") return -1;
  if (mode === "edge" || n === 1) return i < 0 ? 0 : n - 1;
  const period = mode === "reflect" ? 2 * (n - 1) : 2 * n;
  const j = ((i % period) + period) % period;
  return j < n ? j : period - j - (mode === "reflect" ? 0 : 1);
}
