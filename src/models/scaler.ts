import { DataError, ModelFileError } from "../errors.ts";
import { type DenseMatrix, denseMatrix, type Matrix } from "../matrix.ts";
import { checkMatrix, checkRows } from "./check.ts";
import type { ModelState } from "./state.ts";
import { checkKind, float64Of } from "./state-reader.ts";

/** What puts columns on a common scale: learnt from some rows, applied to others. */
export interface Scaler {
  readonly kind: string;
  /** Learns the statistics of the columns. @throws {DataError} no rows, or NaN. */
  fit(x: Matrix): this;
  /** The rows on the learnt scale. @throws {DataError} another number of columns, NaN, or no fit before. */
  transform(x: Matrix): DenseMatrix;
  save(): ModelState;
}

/** (value - shift) / scale by column, computed in float64 and rounded to float32. */
abstract class LinearScaler implements Scaler {
  abstract readonly kind: string;
  #shift: Float64Array | null = null;
  #scale: Float64Array | null = null;

  /** Shift and scale of dense columns; the scale of a constant column is 1, so that it comes out as 0. */
  protected abstract statistics(x: DenseMatrix): { shift: Float64Array; scale: Float64Array };

  fit(x: Matrix): this {
    checkMatrix(x);
    if (x.rows === 0) throw new DataError("there are no rows to learn a scale from");
    const { shift, scale } = this.statistics(requireDense(x));
    this.#shift = shift;
    this.#scale = scale;
    return this;
  }

  transform(x: Matrix): DenseMatrix {
    const { shift, scale } = this.fitted();
    checkRows(x, shift.length);
    const dense = requireDense(x);
    const scaled = denseMatrix(x.rows, x.columns);
    for (let i = 0, c = 0; i < scaled.data.length; i++, c = c + 1 === x.columns ? 0 : c + 1) {
      scaled.data[i] = (dense.data[i] - shift[c]) / scale[c];
    }
    return scaled;
  }

  save(): ModelState {
    const { shift, scale } = this.fitted();
    return {
      kind: this.kind,
      config: {},
      tensors: {
        shift: { dtype: "F64", shape: [shift.length], data: shift },
        scale: { dtype: "F64", shape: [scale.length], data: scale },
      },
    };
  }

  protected fitted(): { shift: Float64Array; scale: Float64Array } {
    if (!this.#shift || !this.#scale) throw new DataError("the scaler has not learnt yet: call fit first");
    return { shift: this.#shift, scale: this.#scale };
  }

  protected restore(state: ModelState): this {
    checkKind(state, this.kind);
    this.#shift = float64Of(state, "shift", [-1]);
    this.#scale = float64Of(state, "scale", [this.#shift.length]);
    if (!this.#scale.every((value) => value > 0)) throw new ModelFileError("a scale of the scaler is not above 0");
    return this;
  }
}

function requireDense(x: Matrix): DenseMatrix {
  if (x.kind === "dense") return x;
  throw new DataError("a scaler shifts columns and so needs dense rows; sparse ones would fill up");
}

/**
 * Columns with mean 0 and standard deviation 1 (of the population), as scikit-learn's `StandardScaler`.
 *
 * @example
 * const scaler = new StandardScaler().fit(matrixFromRows([[0], [2]]));
 * scaler.transform(matrixFromRows([[4]])).data; // [3]
 */
export class StandardScaler extends LinearScaler {
  static readonly kind = "standard-scaler";
  readonly kind = StandardScaler.kind;

  get mean(): Float64Array {
    return this.fitted().shift;
  }

  get scale(): Float64Array {
    return this.fitted().scale;
  }

  /** The scaler that `save` wrote. @throws {ModelFileError} */
  static load(state: ModelState): StandardScaler {
    return new StandardScaler().restore(state);
  }

  /** Two passes, so that a large mean does not swallow a small deviation (Chan, Golub and LeVeque 1983). */
  protected statistics({ rows, columns, data }: DenseMatrix) {
    const shift = new Float64Array(columns);
    const scale = new Float64Array(columns);
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let i = c; i < data.length; i += columns) sum += data[i];
      const mean = sum / rows;
      let squares = 0;
      let rest = 0;
      for (let i = c; i < data.length; i += columns) {
        squares += (data[i] - mean) * (data[i] - mean);
        rest += data[i] - mean;
      }
      const variance = (squares - (rest * rest) / rows) / rows;
      shift[c] = mean;
      scale[c] = isConstant(variance, mean, rows) ? 1 : Math.sqrt(variance);
    }
    return { shift, scale };
  }
}

/** scikit-learn's bound: below it a variance is but the rounding of a constant column's mean. */
function isConstant(variance: number, mean: number, rows: number): boolean {
  return variance <= rows * Number.EPSILON * variance + rows * mean * Number.EPSILON * (rows * mean * Number.EPSILON);
}

/**
 * Columns from 0 to 1 over the rows learnt from, as scikit-learn's `MinMaxScaler`; other rows may fall outside.
 *
 * @example
 * const scaler = new MinMaxScaler().fit(matrixFromRows([[0], [2]]));
 * scaler.transform(matrixFromRows([[3]])).data; // [1.5]
 */
export class MinMaxScaler extends LinearScaler {
  static readonly kind = "min-max-scaler";
  readonly kind = MinMaxScaler.kind;

  /** The scaler that `save` wrote. @throws {ModelFileError} */
  static load(state: ModelState): MinMaxScaler {
    return new MinMaxScaler().restore(state);
  }

  protected statistics({ columns, data }: DenseMatrix) {
    const shift = new Float64Array(columns).fill(Infinity);
    const scale = new Float64Array(columns).fill(-Infinity);
    for (let i = 0; i < data.length; i++) {
      const c = i % columns;
      shift[c] = Math.min(shift[c], data[i]);
      scale[c] = Math.max(scale[c], data[i]);
    }
    for (let c = 0; c < columns; c++) {
      const range = scale[c] - shift[c];
      scale[c] = range < 10 * Number.EPSILON ? 1 : range; // scikit-learn's bound
    }
    return { shift, scale };
  }
}

/** The scaler of a state, whatever its kind. @throws {ModelFileError} for an unknown kind or a state that is not sound. */
export function loadScaler(state: ModelState): Scaler {
  return state.kind === MinMaxScaler.kind ? MinMaxScaler.load(state) : StandardScaler.load(state);
}
