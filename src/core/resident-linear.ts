import type { Matrix } from "../matrix.ts";
import { checkCapacity } from "./capacity.ts";
import { f64, learn, scratch } from "./learn.ts";
import { freeWithOwner } from "./plan.ts";
import { copyRows, sizeOf } from "./rows.ts";

/** The core lays coefficients out column by column, classes side by side, padded to an even number; the intercept comes last. */
export const strideOf = (classes: number): number => classes + (classes % 2);

/** A linear model laid out in the core's memory, ready to predict; its memory is freed when it is collected. */
export class ResidentLinear {
  readonly #coefficients: number;
  readonly #classes: number;

  /** @param coef classes x columns, row-major. @param intercept one a class. */
  constructor(coef: Float64Array, intercept: Float64Array) {
    const classes = intercept.length;
    const columns = coef.length / classes;
    const stride = strideOf(classes);
    checkCapacity((columns + 1) * stride * 8);
    this.#classes = classes;
    const home = learn();
    const pointer = home.alloc((columns + 1) * stride * 8) >>> 0;
    this.#coefficients = pointer;
    freeWithOwner(this, () => home.release(pointer));
    const laid = f64(pointer, (columns + 1) * stride).fill(0);
    for (let c = 0; c < classes; c++) for (let j = 0; j < columns; j++) laid[j * stride + c] = coef[c * columns + j];
    laid.set(intercept, columns * stride);
  }

  /** W x + b, rows x classes. */
  scores(x: Matrix): Float64Array {
    return this.#predict(x, false);
  }

  /** Softmax of the scores, rows x classes. */
  predictProba(x: Matrix): Float64Array {
    return this.#predict(x, true);
  }

  #predict(x: Matrix, bySoftmax: boolean): Float64Array {
    const classes = this.#classes;
    checkCapacity(sizeOf(x) + x.rows * classes * 8);
    return scratch((memory) => {
      const { indptr, indices, values } = copyRows(memory, x);
      const out = memory.zeros(x.rows * classes * 8);
      learn().predictLinear(indptr, indices, values, x.rows, x.columns, classes, this.#coefficients, bySoftmax, out);
      return f64(out, x.rows * classes).slice();
    });
  }
}
