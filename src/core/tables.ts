import { OptionError } from "../errors.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";
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

/** The longest frame that the features' options allow. */
const LONGEST_FRAME = 65536;

export interface MelOptions {
  /** Hz. */
  sampleRate: number;
  nFft: number;
  nMels: number;
  /** Hz; 0 when left out. */
  fMin?: number;
  /** Hz; half the sample rate when left out. */
  fMax?: number;
  /** HTK's mel scale instead of Slaney's. */
  htk?: boolean;
  /** `slaney`: every triangle has the same area; `null`: every triangle has height 1; a number p: every filter has p-norm 1, `inf` is infinity. */
  norm?: MelNorm;
}

export type MelNorm = "slaney" | "inf" | number | null;

/** The core's code of a norm: its p, 0 for none, -1 for Slaney's. @throws {OptionError} what is none of them */
export function normCode(name: string, norm: MelNorm): number {
  if (norm === null) return 0;
  if (norm === "slaney") return -1;
  if (norm === "inf") return Number.POSITIVE_INFINITY;
  if (typeof norm !== "number") {
    throw new OptionError(`${name} must be "inf", a number above 0 or null, not ${JSON.stringify(norm)}`);
  }
  expectRange(name, norm, 0.01, 1000);
  return norm;
}

/** Mel filters, nMels x (nFft / 2 + 1), as `librosa.filters.mel`. @throws {OptionError} an option out of range */
export function melFilterbank(options: MelOptions): DenseMatrix {
  const { sampleRate, nFft, nMels, fMin = 0, fMax = sampleRate / 2, htk = false, norm = "slaney" } = options;
  expectInteger("nFft", nFft, 1, LONGEST_FRAME);
  expectInteger("nMels", nMels, 1, 4096);
  expectRange("sampleRate", sampleRate, 1, 768000);
  expectRange("fMin", fMin, 0, sampleRate);
  expectRange("fMax", fMax, 0, sampleRate);
  if (fMin >= fMax) throw new OptionError(`fMin (${fMin} Hz) must be below fMax (${fMax} Hz)`);
  const code = normCode("norm", norm);
  const bins = (nFft >> 1) + 1;
  return scratch((memory) => {
    const out = memory.zeros(nMels * bins * 4);
    core.melFilterbank(sampleRate, nFft, nMels, fMin, fMax, htk, code, out);
    return denseMatrix(nMels, bins, f32(out, nMels * bins).slice());
  });
}

/** The octaves that chroma filters weigh, as `librosa.filters.chroma` names them. */
export interface ChromaOctaves {
  /** The octave above 27.5 Hz in the middle of the weights. */
  ctroct?: number;
  /** Their standard deviation in octaves; `null`: all octaves weigh alike. */
  octwidth?: number | null;
  /** Row 0 is C, else A. */
  baseC?: boolean;
}

/**
 * Chroma filters, nChroma x (nFft / 2 + 1), as `librosa.filters.chroma(sr=sampleRate, n_fft=nFft, n_chroma=nChroma, tuning=tuning, ...)`.
 * Weights below 1e-12 are 0.
 * @throws {OptionError} an option out of range
 */
export function chromaFilterbank(
  sampleRate: number,
  nFft: number,
  nChroma = 12,
  tuning = 0,
  { ctroct = 5, octwidth = 2, baseC = true }: ChromaOctaves = {},
): DenseMatrix {
  expectRange("sampleRate", sampleRate, 1, 768000);
  expectInteger("nFft", nFft, 2, LONGEST_FRAME);
  expectInteger("nChroma", nChroma, 1, 4096);
  expectRange("tuning", tuning, -1e3, 1e3);
  expectRange("ctroct", ctroct, 0, 20);
  if (octwidth !== null) expectRange("octwidth", octwidth, 0.01, 1000);
  const bins = (nFft >> 1) + 1;
  return scratch((memory) => {
    const out = memory.zeros(nChroma * bins * 4);
    const width = octwidth ?? Number.POSITIVE_INFINITY;
    core.chromaFilters(nChroma, bins, sampleRate / nFft, tuning, ctroct, width, baseC, out);
    return denseMatrix(nChroma, bins, f32(out, nChroma * bins).slice());
  });
}

/** The first `rows` rows of the DCT matrix of size `n`, as `scipy.fft.dct(numpy.eye(n), type, norm=norm, axis=0)`. @throws {OptionError} */
export function dctMatrix(rows: number, n: number, type: 1 | 2 | 3 = 2, norm: "ortho" | null = "ortho"): DenseMatrix {
  expectInteger("n", n, type === 1 ? 2 : 1, 4096);
  expectInteger("rows", rows, 1, n);
  return scratch((memory) => {
    const out = memory.zeros(rows * n * 4);
    core.dctMatrix(type, rows, n, norm === "ortho", out);
    return denseMatrix(rows, n, f32(out, rows * n).slice());
  });
}

/** What stands for frames before the first and behind the last: the modes of `scipy.signal.savgol_filter`. */
export type DeltaMode = "interp" | "nearest" | "mirror" | "constant" | "wrap";
/** In the order of the core's codes. */
export const deltaModes: readonly DeltaMode[] = ["interp", "nearest", "mirror", "constant", "wrap"];
export const deltaModeCode = (mode: DeltaMode): number => deltaModes.indexOf(mode);

/**
 * Deltas of the columns of `frames` (one row a frame), as `librosa.feature.delta`. At the ends `interp` goes on with the polynomial of the
 * outermost window, `nearest` repeats the outermost frame, `mirror` reflects the frames, `constant` takes zeros, `wrap` the other end.
 * @throws {OptionError} an even width, an order below 1, an unknown mode, or `interp` with fewer frames than the width
 */
export function delta(
  frames: DenseMatrix,
  { width = 9, order = 1, mode = "interp" as DeltaMode }: { width?: number; order?: number; mode?: DeltaMode } = {},
): DenseMatrix {
  if (width % 2 !== 1 || width < 3 || width > 9999)
    throw new OptionError(`the width of deltas must be odd, from 3 to 9999, not ${width}`);
  if (!Number.isInteger(order) || order < 1 || order >= width) {
    throw new OptionError(`the order of deltas must be an integer from 1 to ${width - 1}, not ${order}`);
  }
  if (deltaModeCode(mode) < 0) {
    throw new OptionError(`unknown mode of deltas "${String(mode)}"; known are ${deltaModes.join(", ")}`);
  }
  expectDeltaFrames(width, mode, frames.rows);
  return scratch((memory) => {
    const { rows, columns, data } = frames;
    const coefficients = memory.zeros(width * 8);
    core.deltaCoefficients(width, order, coefficients);
    const out = memory.zeros(data.length * 4);
    core.deltaColumns(
      memory.copy(data),
      columns,
      rows,
      columns,
      coefficients,
      width,
      deltaModeCode(mode),
      out,
      columns,
    );
    return denseMatrix(rows, columns, f32(out, data.length).slice());
  });
}

/** `interp` fits a polynomial to `width` frames, so there must be as many. @throws {OptionError} */
export function expectDeltaFrames(width: number, mode: DeltaMode, frames: number): void {
  if (mode === "interp" && frames < width) {
    throw new OptionError(
      `deltas over ${width} frames in mode "interp" need ${width} frames, but the audio has ${frames}; use deltaMode "nearest"`,
    );
  }
}

/**
 * Regression deltas of the columns of `frames` (one row a frame) as HTK and Kaldi's `add-deltas` define them:
 * `d[t] = sum(n (c[t + n] - c[t - n])) / (2 sum(n^2))`, n from 1 to `window`, the first and last frame repeated at the ends. An `order` above
 * 1 convolves that slope with itself and repeats the ends once, on `frames`, as Kaldi does; HTK, and `torchaudio.functional.compute_deltas`
 * twice over, repeat the ends of the deltas too, which differs in the first and last `order * window` rows.
 * @throws {OptionError} a window that is no integer from 1 to 1000, an order that is none from 1 to 10
 * @example
 * regressionDelta(matrixFromRows([[0], [1], [4], [9], [16]]), { window: 1 }).data; // [0.5, 2, 4, 6, 3.5]
 */
export function regressionDelta(
  frames: DenseMatrix,
  { window = 2, order = 1 }: { window?: number; order?: number } = {},
): DenseMatrix {
  expectInteger("the window of regression deltas", window, 1, 1000);
  expectInteger("the order of regression deltas", order, 1, 10);
  return scratch((memory) => {
    const { rows, columns, data } = frames;
    const out = memory.zeros(data.length * 4);
    regressionColumns(memory.copy(data), columns, rows, columns, window, order, out);
    return denseMatrix(rows, columns, f32(out, data.length).slice());
  });
}

/** {@link regressionDelta} in the core's memory: `columns` columns of `rows` rows that lie `stride` values apart, in x and in out. */
export function regressionColumns(
  x: number,
  columns: number,
  rows: number,
  stride: number,
  window: number,
  order: number,
  out: number,
): void {
  scratch((memory) => {
    const width = 2 * window * order + 1;
    const coefficients = memory.zeros(width * 8);
    core.regressionCoefficients(window, order, coefficients);
    core.deltaColumns(x, stride, rows, columns, coefficients, width, deltaModeCode("nearest"), out, stride);
  });
}

/** Every band of contrast must have a bin, the lowest one two, and must start below half the rate. @throws {OptionError} */
export function expectContrastBands(
  sampleRate: number,
  { nFft, contrastFMin, nBands }: { nFft: number; contrastFMin: number; nBands: number },
): void {
  const spacing = 1 / (nFft * (1 / sampleRate));
  if (contrastFMin < spacing) {
    throw new OptionError(
      `contrast: the lowest band, up to contrastFMin (${contrastFMin} Hz), holds no bin of ${spacing} Hz; raise contrastFMin or nFft`,
    );
  }
  const highest = contrastFMin * (1 << (nBands - 1));
  if (highest >= sampleRate / 2 || highest > (nFft >> 1) * spacing) {
    throw new OptionError(
      `contrast: the highest band starts at ${highest} Hz, not below half the sample rate of ${sampleRate} Hz; lower contrastFMin or nBands`,
    );
  }
}
