import { paddedIndex } from "../core/signal.ts";
import type { DeltaMode } from "../core/deltas.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";

/** A feature of a row that is asked for: columns of the base row as they are, or deltas of them over neighbouring rows. */
export interface RowPart {
  /** Its columns in the base row, or the columns that it is a delta of. */
  readonly from: number;
  readonly columns: number;
  readonly delta?: RowDelta;
  /** What becomes of each value, one row after the other. */
  readonly filter?: (value: number) => number;
}

export interface RowDelta {
  /** Rows on each side that it looks at. */
  readonly half: number;
  /** At the ends: see {@link delta}. */
  readonly ends: DeltaMode;
  /** The deltas of every row of a part of the signal; only those of its middle row count. */
  of(rows: DenseMatrix): DenseMatrix;
  /** @throws when so few rows have no deltas */
  expect?(rows: number): void;
}

/**
 * Turns base rows that come piece by piece into the rows that were asked for. Deltas look at rows behind, so a row comes
 * `lookAhead` rows late.
 */
export class DerivedRows {
  readonly lookAhead: number;
  readonly #parts: readonly RowPart[];
  readonly #columns: number;
  /** Whether the base rows are the rows that were asked for. */
  readonly #plain: boolean;
  /** Base rows from row number `#from` on. */
  #rows: DenseMatrix;
  #from = 0;
  #next = 0;

  constructor(parts: readonly RowPart[], baseColumns: number) {
    this.#parts = parts;
    this.#columns = parts.reduce((sum, { columns }) => sum + columns, 0);
    this.#plain = isPlain(parts);
    this.#rows = denseMatrix(0, baseColumns);
    this.lookAhead = Math.max(0, ...parts.map(({ delta }) => delta?.half ?? 0));
  }

  push(rows: DenseMatrix): DenseMatrix {
    if (this.#plain) return rows;
    this.#append(rows);
    const total = this.#from + this.#rows.rows;
    // Until the first whole window has come, the beginning's deltas are not known.
    const begun = this.#parts.every(({ delta }) => delta?.ends !== "interp" || total > 2 * delta.half);
    return this.#emit(begun ? Math.max(this.#next, total - this.lookAhead) : this.#next, Number.POSITIVE_INFINITY);
  }

  finish(rows: DenseMatrix): DenseMatrix {
    if (this.#plain) return rows;
    this.#append(rows);
    const total = this.#from + this.#rows.rows;
    if (total > 0) for (const { delta } of this.#parts) delta?.expect?.(total);
    return this.#emit(total, total);
  }

  #append(rows: DenseMatrix): void {
    const { columns } = this.#rows;
    const from = Math.max(this.#from, this.#next - 2 * this.lookAhead - 1);
    const kept = this.#rows.data.subarray((from - this.#from) * columns);
    const data = new Float32Array(kept.length + rows.data.length);
    data.set(kept);
    data.set(rows.data, kept.length);
    this.#rows = denseMatrix(data.length / columns, columns, data);
    this.#from = from;
  }

  /** Rows from the next one up to `end`; `total` is the number of all rows where it is known. */
  #emit(end: number, total: number): DenseMatrix {
    const out = denseMatrix(end - this.#next, this.#columns);
    for (let r = 0; r < out.rows; r++) {
      let at = r * this.#columns;
      for (const part of this.#parts) {
        const row = part.delta
          ? this.#delta(this.#next + r, part, part.delta, total)
          : this.#base(this.#next + r, part);
        out.data.set(part.filter ? row.map(part.filter) : row, at);
        at += part.columns;
      }
    }
    this.#next = end;
    return out;
  }

  #base(row: number, { from, columns }: RowPart): Float32Array {
    const at = (row - this.#from) * this.#rows.columns + from;
    return this.#rows.data.subarray(at, at + columns);
  }

  #delta(row: number, part: RowPart, { half, ends, of }: RowDelta, total: number): Float32Array {
    const { columns } = part;
    const centre = ends === "interp" ? Math.max(half, Math.min(row, total - 1 - half)) : row;
    const around = denseMatrix(2 * half + 1, columns);
    for (let i = -half; i <= half; i++) {
      const neighbour = neighbourOf(centre + i, total, ends);
      if (neighbour >= 0) around.data.set(this.#base(neighbour, part), (i + half) * columns);
    }
    return of(around).data.subarray(half * columns, (half + 1) * columns);
  }
}

/** True when the parts are the columns of the base rows as they stand there. */
function isPlain(parts: readonly RowPart[]): boolean {
  let next = 0;
  for (const { from, columns, delta, filter } of parts) {
    if (delta !== undefined || filter !== undefined || from !== next) return false;
    next += columns;
  }
  return true;
}

/** The row that stands for row i, before, in or behind `total` rows (infinite while they are not known); -1 for one of zeros. */
function neighbourOf(i: number, total: number, ends: DeltaMode): number {
  if (ends === "constant") return i < total ? i : -1;
  // While more rows are to come there are more than a window reaches back.
  if (ends === "mirror") return i < 0 && total === Number.POSITIVE_INFINITY ? -i : paddedIndex(i, total, "reflect");
  return Math.max(0, Math.min(i, total - 1));
}
