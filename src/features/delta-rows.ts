import { columnCount, type FrameFeature, type FrameOptions } from "../core/frames.ts";
import { delta, expectDeltaFrames } from "../core/tables.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";

/**
 * Turns base rows (without deltas) that come piece by piece into the rows that were asked for, deltas included. A delta of a frame needs
 * half a width of frames behind it, so rows come that much later.
 */
export class DeltaRows {
  /** The features to be computed first: those asked for without deltas, and the MFCCs that deltas are made of. */
  readonly base: readonly FrameFeature[];
  /** Frames that must follow before a row is complete. */
  readonly lookAhead: number;
  readonly #features: readonly FrameFeature[];
  readonly #options: FrameOptions;
  /** Base rows from row `#from` on. */
  #rows: DenseMatrix = denseMatrix(0, 0);
  #from = 0;
  #next = 0;

  constructor(features: readonly FrameFeature[], options: FrameOptions) {
    this.#features = features;
    this.#options = options;
    const deltas = features.some(isDelta);
    const plain = features.filter((feature) => !isDelta(feature));
    // The MFCCs come first, so that they are found at column 0.
    this.base = deltas ? ["mfcc", ...plain.filter((feature) => feature !== "mfcc")] : plain;
    this.lookAhead = deltas ? options.deltaWidth >> 1 : 0;
  }

  push(rows: DenseMatrix): DenseMatrix {
    if (this.lookAhead === 0) return rows;
    this.#append(rows);
    const total = this.#from + this.#rows.rows;
    const { deltaWidth, deltaMode } = this.#options;
    const enough = deltaMode === "nearest" || total >= deltaWidth;
    return this.#emit(enough ? Math.max(this.#next, total - this.lookAhead) : this.#next, Number.POSITIVE_INFINITY);
  }

  finish(rows: DenseMatrix): DenseMatrix {
    if (this.lookAhead === 0) return rows;
    this.#append(rows);
    const total = this.#from + this.#rows.rows;
    if (total > 0) expectDeltaFrames(this.#options.deltaWidth, this.#options.deltaMode, total);
    return this.#emit(total, total);
  }

  #append(rows: DenseMatrix): void {
    const { columns } = rows;
    const from = Math.max(this.#from, Math.min(this.#next, this.#from + this.#rows.rows) - this.#options.deltaWidth);
    const kept = this.#rows.data.subarray((from - this.#from) * columns);
    const data = new Float32Array(kept.length + rows.data.length);
    data.set(kept);
    data.set(rows.data, kept.length);
    this.#rows = denseMatrix(data.length / columns, columns, data);
    this.#from = from;
  }

  /** Rows from the next one up to `end`; `total` is the number of all rows where it is known. */
  #emit(end: number, total: number): DenseMatrix {
    const count = end - this.#next;
    const { nMfcc } = this.#options;
    const baseColumns = this.#rows.columns;
    const columns = this.#features.reduce((sum, feature) => sum + columnCount(feature, this.#options), 0);
    const out = denseMatrix(count, columns);
    for (let r = 0; r < count; r++) {
      const t = this.#next + r;
      const row = this.#rows.data.subarray((t - this.#from) * baseColumns, (t - this.#from + 1) * baseColumns);
      let at = r * columns;
      let plain = nMfcc;
      for (const feature of this.#features) {
        const width = columnCount(feature, this.#options);
        if (isDelta(feature)) out.data.set(this.#delta(t, feature === "delta" ? 1 : 2, total), at);
        else if (feature === "mfcc") out.data.set(row.subarray(0, nMfcc), at);
        else {
          out.data.set(row.subarray(plain, plain + width), at);
          plain += width;
        }
        at += width;
      }
    }
    this.#next = end;
    return out;
  }

  /** The deltas of frame t: those of the middle of the window around it, its ends as the mode says. */
  #delta(t: number, order: number, total: number): Float32Array {
    const { deltaWidth: width, deltaMode, nMfcc } = this.#options;
    const half = width >> 1;
    const centre = deltaMode === "interp" ? Math.max(half, Math.min(t, total - 1 - half)) : t;
    const window = denseMatrix(width, nMfcc);
    for (let i = 0; i < width; i++) {
      const row = Math.max(0, Math.min(centre + i - half, total - 1));
      const at = (row - this.#from) * this.#rows.columns;
      window.data.set(this.#rows.data.subarray(at, at + nMfcc), i * nMfcc);
    }
    return delta(window, { width, order, mode: "nearest" }).data.subarray(half * nMfcc, (half + 1) * nMfcc);
  }
}

const isDelta = (feature: FrameFeature): boolean => feature === "delta" || feature === "delta2";
