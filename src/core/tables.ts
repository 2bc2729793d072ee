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
] as const;
/** One of {@link windowKinds}. */
export type WindowKind = (typeof windowKinds)[number];

/** The code of a window in the core. @throws {OptionError} an unknown window, listing the known ones */
export function windowCode(kind: WindowKind): number {
  const code = windowKinds.indexOf(kind);
  if (code < 0) throw new OptionError(`unknown window "${kind}"; known are ${windowKinds.join(", ")}`);
  return code;
}

/**
 * A window function of `length` values, as `scipy.signal.get_window(kind, length, fftbins=periodic)`; `povey` is Kaldi's.
 *
 * @example
 * windowFunction("hann", 4); // [0, 0.5, 1, 0.5]
 */
export function windowFunction(kind: WindowKind, length: number, periodic = true): Float32Array {
  const code = windowCode(kind);
  expectInteger("length", length, 0, MAX_VALUES);
  return scratch((memory) => {
    const out = memory.zeros(length * 4);
    core.window(code, length, periodic, out);
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
  /** `slaney`: every triangle has the same area; `null`: every triangle has height 1. */
  norm?: "slaney" | null;
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
  const bins = (nFft >> 1) + 1;
  return scratch((memory) => {
    const out = memory.zeros(nMels * bins * 4);
    core.melFilterbank(sampleRate, nFft, nMels, fMin, fMax, htk, norm === null ? 0 : 1, out);
    return denseMatrix(nMels, bins, f32(out, nMels * bins).slice());
  });
}

/**
 * Chroma filters, nChroma x (nFft / 2 + 1), as `librosa.filters.chroma(sr=sampleRate, n_fft=nFft, n_chroma=nChroma, tuning=tuning)`; row 0
 * is C. Weights below 1e-12 are 0.
 */
export function chromaFilterbank(sampleRate: number, nFft: number, nChroma = 12, tuning = 0): DenseMatrix {
  expectRange("sampleRate", sampleRate, 1, 768000);
  expectInteger("nFft", nFft, 2, LONGEST_FRAME);
  expectInteger("nChroma", nChroma, 1, 4096);
  expectRange("tuning", tuning, -1e3, 1e3);
  const bins = (nFft >> 1) + 1;
  return scratch((memory) => {
    const out = memory.zeros(nChroma * bins * 4);
    core.chromaFilters(nChroma, bins, sampleRate / nFft, tuning, out);
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

const deltaModes = ["interp", "nearest"] as const;
export type DeltaMode = (typeof deltaModes)[number];
export const deltaModeCode = (mode: DeltaMode): number => deltaModes.indexOf(mode);

/**
 * Deltas of the columns of `frames` (one row a frame), as `librosa.feature.delta`.
 * @throws {OptionError} an even width, an order below 1, or `interp` with fewer frames than the width
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
