import { exp, log } from "../core/math.ts";
import { DataError, OptionError } from "../errors.ts";
import { type Matrix, type Probabilities, toDense } from "../matrix.ts";
import { checkExamples, checkRows } from "./check.ts";
import type { Classifier, FitOptions } from "./classifier.ts";
import { encodeLabels } from "./label-encoder.ts";
import type { ModelState } from "./state.ts";
import { checkKind, classesOf, float64Of, integerOf } from "./state-reader.ts";

/** Below this a probability counts as this: a member that rules a class out must not decide alone. */
const LEAST = 1e-6;
const MAX_ROUNDS = 200;
const TOLERANCE = 1e-9;

/**
 * Late fusion: the product of several classifiers' probabilities, each raised to a weight of its own and the whole made to sum to 1
 * (a logarithmic opinion pool; Genest and Zidek 1986). It learns from what the members say of rows that were held out of them; the weights
 * (at least 0) minimise the log loss, which is convex in them, by Newton's method one weight at a time. A weight below 1 also
 * makes an overconfident member milder, and 0 ignores it.
 *
 * Its rows are the members' probabilities side by side, each with one column a class in ascending order of the names.
 *
 * @example
 * const pool = new LogOpinionPool(2);
 * pool.fit(matrixFromRows([[0.9, 0.1, 0.5, 0.5], [0.2, 0.8, 0.5, 0.5], [0.7, 0.3, 0.4, 0.6], [0.4, 0.6, 0.6, 0.4]]), ["a", "b", "a", "b"]);
 * pool.weights; // the first member counts, the second does not
 */
export class LogOpinionPool implements Classifier {
  static readonly kind = "log-opinion-pool";
  readonly kind = LogOpinionPool.kind;
  readonly members: number;
  #classes: readonly string[] = [];
  #weights: Float64Array = new Float64Array(0);

  /** @param members how many classifiers' probabilities stand side by side. @throws {OptionError} fewer than one */
  constructor(members: number) {
    if (!Number.isInteger(members) || members < 1) throw new OptionError(`a pool needs members, not ${members}`);
    this.members = members;
  }

  /** The classifier that `save` wrote. @throws {ModelFileError} */
  static load(state: ModelState): LogOpinionPool {
    checkKind(state, LogOpinionPool.kind);
    const pool = new LogOpinionPool(integerOf(state, "members", 1));
    pool.#classes = classesOf(state);
    pool.#weights = float64Of(state, "weights", [pool.members]);
    return pool;
  }

  get classes(): readonly string[] {
    return this.#classes;
  }

  /** The exponent of each member. */
  get weights(): Float64Array {
    return this.#weights.slice();
  }

  /** @throws {DataError} columns other than one a member and class, and what any `fit` throws */
  fit(x: Matrix, y: readonly string[], { sampleWeight }: FitOptions = {}): void {
    checkExamples(x, y, sampleWeight);
    const { classes, codes } = encodeLabels(y);
    const { members } = this;
    checkRows(x, members * classes.length);
    const logs = logarithms(x);
    const scores = new Float64Array(classes.length);
    const weights = new Float64Array(members).fill(1 / members);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      let largestStep = 0;
      for (let m = 0; m < members; m++) {
        let gradient = 0;
        let curvature = 0;
        codes.forEach((code, row) => {
          const own = logs.subarray((row * members + m) * classes.length, (row * members + m + 1) * classes.length);
          pooled(logs, row, weights, scores);
          let mean = 0;
          let square = 0;
          scores.forEach((p, c) => {
            mean += p * own[c];
            square += p * own[c] * own[c];
          });
          const weight = sampleWeight?.[row] ?? 1;
          gradient += weight * (mean - own[code]);
          curvature += weight * (square - mean * mean);
        });
        if (curvature <= 0) continue;
        const next = Math.max(0, weights[m] - gradient / curvature);
        largestStep = Math.max(largestStep, Math.abs(next - weights[m]));
        weights[m] = next;
      }
      if (largestStep < TOLERANCE) break;
    }
    this.#classes = classes;
    this.#weights = weights;
  }

  predictProba(x: Matrix): Probabilities {
    const columns = this.#classes.length;
    if (columns === 0) throw new DataError("this pool is not fitted yet: call fit first");
    checkRows(x, this.members * columns);
    const logs = logarithms(x);
    const data = new Float64Array(x.rows * columns);
    for (let row = 0; row < x.rows; row++) {
      pooled(logs, row, this.#weights, data.subarray(row * columns, (row + 1) * columns));
    }
    return { rows: x.rows, columns, data };
  }

  save(): ModelState {
    if (this.#classes.length === 0) throw new DataError("this pool is not fitted yet: call fit first");
    return {
      kind: this.kind,
      config: { members: this.members, classes: this.#classes },
      tensors: { weights: { dtype: "F64", shape: [this.members], data: this.weights } },
    };
  }
}

const logarithms = (x: Matrix): Float64Array => Float64Array.from(toDense(x).data, (p) => log(Math.max(LEAST, p)));

/** The pool's probabilities of a row, written to `out`. */
function pooled(logs: Float64Array, row: number, weights: Float64Array, out: Float64Array): void {
  const columns = out.length;
  out.fill(0);
  weights.forEach((weight, m) => {
    const from = (row * weights.length + m) * columns;
    for (let c = 0; c < columns; c++) out[c] += weight * logs[from + c];
  });
  const highest = Math.max(...out);
  let sum = 0;
  for (let c = 0; c < columns; c++) sum += out[c] = exp(out[c] - highest);
  for (let c = 0; c < columns; c++) out[c] /= sum;
}
