import { OptionError } from "../errors.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";
import { expectInteger } from "./check.ts";
import { f32, scratch } from "./memory.ts";
import { core } from "./module.ts";

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
