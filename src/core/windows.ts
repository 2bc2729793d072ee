import { OptionError } from "../errors.ts";
import { expectInteger, expectRange } from "./check.ts";
import { f32, MAX_VALUES, scratch } from "./memory.ts";
import { core } from "./module.ts";

/** The windows of {@link windowFunction}, by the names of scipy and Kaldi. */
export const windowKinds = [
  "hann",
  "hamming",
  "blackman",
  "bartlett",
  "povey",
  "boxcar",
  "blackmanharris",
  "cosine",
  "triang",
  "flattop",
  "nuttall",
  "parzen",
  "bohman",
  "barthann",
  "lanczos",
  "tukey",
  "kaiser",
  "gaussian",
  "general_hamming",
  "exponential",
  "sine",
] as const;
/** One of {@link windowKinds}. */
export type WindowKind = (typeof windowKinds)[number];

/** The code of a window in the core. @throws {OptionError} an unknown window, listing the known ones */
export function windowCode(kind: WindowKind): number {
  const code = windowKinds.indexOf(kind);
  if (code < 0) throw new OptionError(`unknown window "${kind}"; known are ${windowKinds.join(", ")}`);
  return code;
}

/** The windows that take a number, which scipy has in a tuple with the name: its range, and scipy's default where there is one. */
const windowParameters: Partial<Record<WindowKind, readonly [low: number, high: number, byDefault?: number]>> = {
  kaiser: [0, 500],
  gaussian: [1e-3, 1e6],
  general_hamming: [0, 1],
  tukey: [0, 1, 0.5],
  exponential: [1e-3, 1e6, 1],
  // Kaldi's blackman-coeff; scipy's window has always this one.
  blackman: [0, 1, 0.42],
};

/**
 * The number that the core computes a window with.
 * @throws {OptionError} one out of range, none where the window has no default, or one for a window that takes none
 */
export function windowParameterOf(kind: WindowKind, parameter: number | null): number {
  const [low, high, byDefault] = windowParameters[kind] ?? [];
  if (low === undefined || high === undefined) {
    if (parameter === null) return 0;
    throw new OptionError(`the window ${kind} takes no windowParameter, but it is ${parameter}`);
  }
  const value = parameter ?? byDefault;
  if (value === undefined) {
    throw new OptionError(`the window ${kind} needs windowParameter, a number from ${low} to ${high}`);
  }
  expectRange("windowParameter", value, low, high);
  return value;
}

/**
 * A window function of `length` values, as `scipy.signal.get_window(kind, length, fftbins=periodic)`; `povey` and `sine` are Kaldi's.
 *
 * @param parameter of kaiser (beta), gaussian (standard deviation), general_hamming (alpha), tukey (alpha, 0.5) and exponential (tau, 1),
 * for which scipy has a tuple; of blackman, Kaldi's coefficient (0.42)
 * @throws {OptionError} an unknown window, a length or a parameter out of range
 * @example
 * windowFunction("hann", 4); // [0, 0.5, 1, 0.5]
 */
export function windowFunction(
  kind: WindowKind,
  length: number,
  periodic = true,
  parameter: number | null = null,
): Float32Array {
  const code = windowCode(kind);
  const value = windowParameterOf(kind, parameter);
  expectInteger("length", length, 0, MAX_VALUES);
  return scratch((memory) => {
    const out = memory.zeros(length * 4);
    core.window(code, length, periodic, value, out);
    return f32(out, length).slice();
  });
}
