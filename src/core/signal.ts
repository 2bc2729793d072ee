import { OptionError } from "../errors.ts";
import { f32, f64, type Scratch, scratch } from "./memory.ts";
import { core } from "./module.ts";

/** How a signal goes on beyond its ends, by numpy.pad's names. */
export type PadMode = "constant" | "reflect" | "edge" | "symmetric";
export const padModes: readonly PadMode[] = ["constant", "reflect", "edge", "symmetric"];

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

/**
 * Copies into the core, to `pointer`, `length` samples of a signal that is padded by `pad` samples on each side: those from sample `start`
 * of the padded signal on, and zeros behind its end.
 */
export function stagePart(
  pointer: number,
  length: number,
  samples: Float32Array,
  start: number,
  pad: number,
  mode: PadMode,
): void {
  const n = samples.length;
  const part = f32(pointer, length);
  const offset = start - pad;
  const from = Math.min(Math.max(-offset, 0), length);
  const to = Math.max(Math.min(n - offset, length), from);
  part.set(samples.subarray(from + offset, to + offset), from);
  const outside = (i: number) => {
    const index = i + offset < n + pad ? paddedIndex(i + offset, n, mode) : -1;
    part[i] = index < 0 ? 0 : samples[index];
  };
  for (let i = 0; i < from; i++) outside(i);
  for (let i = to; i < length; i++) outside(i);
}

/** Samples that the core takes at a time where it can: a part and its spectra stay in the processor's cache. */
export const PART = 1 << 15;

/** True when no sample is NaN or infinite. */
export function allFinite(samples: Float32Array): boolean {
  return scratch((memory) => {
    const pointer = memory.space(Math.min(samples.length, PART) * 4);
    for (let from = 0; from < samples.length; from += PART) {
      const part = samples.subarray(from, from + PART);
      f32(pointer, part.length).set(part);
      if (core.allFinite(pointer, part.length) !== 1) return false;
    }
    return true;
  });
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
export function paddedIndex(i: number, n: number, mode: PadMode): number {
  if (i >= 0 && i < n) return i;
  if (mode === "constant") return -1;
  if (mode === "edge" || n === 1) return i < 0 ? 0 : n - 1;
  const period = mode === "reflect" ? 2 * (n - 1) : 2 * n;
  const j = ((i % period) + period) % period;
  return j < n ? j : period - j - (mode === "reflect" ? 0 : 1);
}
