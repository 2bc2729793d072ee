import type { Matrix } from "../matrix.ts";
import { checkCapacity } from "./capacity.ts";
import { f64, i32, learn, scratch } from "./learn.ts";
import { strideOf } from "./resident-linear.ts";
import { copyRows, sizeOf } from "./rows.ts";

export interface LogisticOptions {
  classes: number;
  c: number;
  penalty: "l1" | "l2";
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
  /** C * sum(weight * -log p) + |coef|^2 / 2, or + |coef|_1. */
  readonly objective: number;
  readonly iterations: number;
  /** Whether the largest |gradient| (with L1: slope downhill) came down to `tol`. */
  readonly converged: boolean;
}

const RUNNING = 0;
const CONVERGED = 1;
const ITERATIONS_PER_CALL = 10;

/** L-BFGS keeps 26 vectors as long as the coefficients, OWL-QN one more. */
const VECTORS = 27;

/**
 * Fits a multinomial logistic regression by L-BFGS, with an L1 penalty by OWL-QN. `classOf` numbers each row's class from 0; `weights` are the sample weights,
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
      learn().newLogistic(
        indptr,
        indices,
        values,
        x.rows,
        x.columns,
        classes,
        classPointer,
        weightPointer,
        options.c,
        options.penalty === "l1",
        fitIntercept,
      ) >>> 0;
    try {
      let status = RUNNING;
      for (let done = 0; done < maxIter && status === RUNNING; done += ITERATIONS_PER_CALL) {
        status = learn().runLogistic(fit, Math.min(ITERATIONS_PER_CALL, maxIter - done), options.tol);
        options.onProgress?.(status === RUNNING ? Math.min(done + ITERATIONS_PER_CALL, maxIter) / maxIter : 1);
      }
      return readFit(fit, x.columns, options, status === CONVERGED);
    } finally {
      learn().releaseLogistic(fit);
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
