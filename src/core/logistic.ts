import type { Matrix } from "../matrix.ts";
import { checkCapacity } from "./capacity.ts";
import { f64, i32, type Scratch, scratch } from "./memory.ts";
import { core } from "./module.ts";
import { freeWithOwner } from "./plan.ts";

export interface LogisticOptions {
  classes: number;
  c: number;
  fitIntercept: boolean;
  tol: number;
  maxIter: number;
  onProgress?: (done: number) => void;
}

export interface LogisticFit {
  /** classes x columns, row-major. */
  readonly coef: Float64Array;
  /** One a class; zeros without an intercept. */
  readonly intercept: Float64Array;
  /** C * sum(weight * -log p) + |coef|^2 / 2. */
  readonly objective: number;
  readonly iterations: number;
  /** Whether the largest |gradient| came down to `tol`. */
  readonly converged: boolean;
}

const RUNNING = 0;
const CONVERGED = 1;
const ITERATIONS_PER_CALL = 10;

/** L-BFGS keeps 26 vectors as long as the coefficients. */
const VECTORS = 26;

const sizeOf = (x: Matrix) => (x.kind === "dense" ? 4 * x.data.length : 8 * x.values.length + 4 * x.rows);

function copyRows(memory: Scratch, x: Matrix): { indptr: number; indices: number; values: number } {
  if (x.kind === "dense") return { indptr: 0, indices: 0, values: memory.copy(x.data) };
  return { indptr: memory.copy(x.indptr), indices: memory.copy(x.indices), values: memory.copy(x.values) };
}

/** The core lays coefficients out column by column, classes side by side, padded to an even number; the intercept comes last. */
const strideOf = (classes: number) => classes + (classes % 2);

/**
 * Fits a multinomial logistic regression by L-BFGS. `classOf` numbers each row's class from 0; `weights` are the sample weights,
 * class weights included. The arguments must have been checked.
 * @throws {DataError} when they do not fit the core.
 */
export function fitLogistic(
  x: Matrix,
  classOf: Uint16Array,
  weights: Float64Array,
  options: LogisticOptions,
): LogisticFit {
  const { classes, fitIntercept, maxIter } = options;
  checkCapacity(sizeOf(x) + 10 * x.rows + VECTORS * 8 * (x.columns + 1) * strideOf(classes));
  return scratch((memory) => {
    const { indptr, indices, values } = copyRows(memory, x);
    const classPointer = memory.copy(new Uint8Array(classOf.buffer, classOf.byteOffset, classOf.byteLength));
    const weightPointer = memory.copy(weights);
    const fit =
      core.newLogistic(
        indptr,
        indices,
        values,
        x.rows,
        x.columns,
        classes,
        classPointer,
        weightPointer,
        options.c,
        fitIntercept,
      ) >>> 0;
    try {
      let status = RUNNING;
      for (let done = 0; done < maxIter && status === RUNNING; done += ITERATIONS_PER_CALL) {
        status = core.runLogistic(fit, Math.min(ITERATIONS_PER_CALL, maxIter - done), options.tol);
        options.onProgress?.(status === RUNNING ? Math.min(done + ITERATIONS_PER_CALL, maxIter) / maxIter : 1);
      }
      return readFit(fit, x.columns, options, status === CONVERGED);
    } finally {
      core.releaseLogistic(fit);
    }
  });
}

function readFit(
  fit: number,
  columns: number,
  { classes, fitIntercept }: LogisticOptions,
  converged: boolean,
): LogisticFit {
  const [pointer, stride, iterations] = i32(fit, 3);
  const objective = f64(fit + 16, 1)[0];
  const laid = f64(pointer >>> 0, (columns + (fitIntercept ? 1 : 0)) * stride);
  const coef = new Float64Array(classes * columns);
  for (let c = 0; c < classes; c++) for (let j = 0; j < columns; j++) coef[c * columns + j] = laid[j * stride + c];
  const intercept = new Float64Array(classes);
  if (fitIntercept) intercept.set(laid.subarray(columns * stride, columns * stride + classes));
  return { coef, intercept, objective, iterations, converged };
}

/** Coefficients laid out in the core's memory, ready to predict; its memory is freed when it is collected. */
export class ResidentLogistic {
  readonly #coefficients: number;
  readonly #classes: number;

  /** @param coef classes x columns, row-major. @param intercept one a class. */
  constructor(coef: Float64Array, intercept: Float64Array) {
    const classes = intercept.length;
    const columns = coef.length / classes;
    const stride = strideOf(classes);
    checkCapacity((columns + 1) * stride * 8);
    this.#classes = classes;
    const pointer = core.alloc((columns + 1) * stride * 8) >>> 0;
    this.#coefficients = pointer;
    freeWithOwner(this, () => core.release(pointer));
    const laid = f64(pointer, (columns + 1) * stride).fill(0);
    for (let c = 0; c < classes; c++) for (let j = 0; j < columns; j++) laid[j * stride + c] = coef[c * columns + j];
    laid.set(intercept, columns * stride);
  }

  /** Class probabilities, rows x classes. */
  predictProba(x: Matrix): Float64Array {
    const classes = this.#classes;
    checkCapacity(sizeOf(x) + x.rows * classes * 8);
    return scratch((memory) => {
      const { indptr, indices, values } = copyRows(memory, x);
      const out = memory.zeros(x.rows * classes * 8);
      core.predictLogistic(indptr, indices, values, x.rows, x.columns, classes, this.#coefficients, true, out);
      return f64(out, x.rows * classes).slice();
    });
  }
}
