import { fitLogistic, type LogisticFit } from "../core/logistic.ts";
import { ResidentLinear } from "../core/resident-linear.ts";
import { DataError, ModelFileError, OptionError } from "../errors.ts";
import type { Matrix, Probabilities } from "../matrix.ts";
import { checkExamples, checkRows } from "./check.ts";
import { type ClassWeight, checkClassWeight, exampleWeights } from "./class-weight.ts";
import type { Classifier, FitOptions } from "./classifier.ts";
import { encodeLabels } from "./label-encoder.ts";
import { dequantise, type Quantised, quantise } from "./quantise.ts";
import type { Json, ModelState, Tensor } from "./state.ts";
import { checkKind, classesOf, float64Of, integerOf, optionsOf, tensorOf, withOptions } from "./state-reader.ts";

/** Options of a logistic regression, named after scikit-learn's. */
export interface LogisticRegressionOptions {
  /** `l2`: half the sum of squares; `l1`: the sum of magnitudes, which brings many coefficients to 0. `l2` when left out. */
  penalty?: "l2" | "l1";
  /** Inverse of the strength of the penalty. 1 when left out. */
  C?: number;
  /** The fit ends when no element of the gradient (of the objective over C; with L1 of the pseudo-gradient) is larger. 1e-4 when left out. */
  tol?: number;
  /** Steps at most. 1000 when left out (scikit-learn: 100, at which text does not always converge). */
  maxIter?: number;
  classWeight?: ClassWeight;
  /** Whether each class has an intercept, which is not penalised. True when left out. */
  fitIntercept?: boolean;
  /** 8: the fitted coefficients are rounded to 255 levels a class, for a file an eighth as large. 64 when left out. */
  coefBits?: 8 | 64;
}

const DEFAULTS: Required<LogisticRegressionOptions> = {
  penalty: "l2",
  C: 1,
  tol: 1e-4,
  maxIter: 1000,
  classWeight: null,
  fitIntercept: true,
  coefBits: 64,
};

function checkOptions(options: Required<LogisticRegressionOptions>): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(DEFAULTS, name));
  if (unknown !== undefined) throw new OptionError(`a logistic regression has no option "${unknown}"`);
  const { penalty, C, tol, maxIter, fitIntercept } = options;
  if (penalty !== "l1" && penalty !== "l2") throw new OptionError(`penalty is ${String(penalty)}; it must be l2 or l1`);
  // The bounds keep C and 1 / C, and sums of squares over them, far from the ends of float64.
  if (!(C >= 1e-12 && C <= 1e12)) throw new OptionError(`C is ${C}; it must be from 1e-12 to 1e12`);
  if (!(tol > 0 && tol < Infinity)) throw new OptionError(`tol is ${tol}; it must be above 0`);
  if (!Number.isInteger(maxIter) || maxIter < 1 || maxIter > 2147483647) {
    throw new OptionError(`maxIter is ${maxIter}; it must be a whole number of at least 1`);
  }
  if (typeof fitIntercept !== "boolean")
    throw new OptionError(`fitIntercept is ${String(fitIntercept)}; it must be true or false`);
  if (options.coefBits !== 8 && options.coefBits !== 64) {
    throw new OptionError(`coefBits is ${String(options.coefBits)}; it must be 8 or 64`);
  }
  checkClassWeight(options.classWeight, ["balanced"]);
}

/**
 * Multinomial logistic regression, fitted by L-BFGS in float64: it minimises `C * sum(weight * -log p[y]) + |coef|^2 / 2`, or with the L1
 * penalty, by OWL-QN (Andrew and Gao 2007), `C * sum(weight * -log p[y]) + |coef|_1`, as scikit-learn's `LogisticRegression` does. Two classes have
 * a row of coefficients each, the one the negative of the other; scikit-learn keeps their difference alone, and that is what is
 * penalised. Learns from dense and sparse rows.
 *
 * @example
 * const regression = new LogisticRegression({ C: 10 });
 * regression.fit(matrixFromRows([[0], [1], [2], [3]]), ["low", "low", "high", "high"]);
 * regression.predictProba(matrixFromRows([[3]])).data; // mostly high: columns are high, low
 */
export class LogisticRegression implements Classifier {
  static readonly kind = "logistic-regression";
  readonly kind = LogisticRegression.kind;
  readonly options: Readonly<Required<LogisticRegressionOptions>>;
  #classes: readonly string[] = [];
  #columns = 0;
  #fit: LogisticFit | null = null;
  #resident: ResidentLinear | null = null;
  /** The coefficients as they are saved with `coefBits: 8`. */
  #quantised: Quantised | null = null;

  /** @throws {OptionError} for an option that is unknown or out of range. */
  constructor(options: LogisticRegressionOptions = {}) {
    this.options = { ...DEFAULTS, ...options };
    checkOptions(this.options);
  }

  get classes(): readonly string[] {
    return this.#classes;
  }

  /** Coefficients, classes x columns, row-major. @throws {DataError} before `fit`. */
  get coef(): Float64Array {
    return this.#fitted().coef;
  }

  /** One a class. @throws {DataError} before `fit`. */
  get intercept(): Float64Array {
    return this.#fitted().intercept;
  }

  /** How the fit ended: its objective, its steps, and whether it met `tol`. @throws {DataError} before `fit`. */
  get summary(): Pick<LogisticFit, "objective" | "iterations" | "converged"> {
    const { objective, iterations, converged } = this.#fitted();
    return { objective, iterations, converged };
  }

  /** @throws {DataError} no rows, fewer than two classes, a class with one example, NaN, lengths that do not agree. */
  fit(x: Matrix, y: readonly string[], { sampleWeight, onProgress }: FitOptions = {}): void {
    checkExamples(x, y, sampleWeight);
    const labels = encodeLabels(y);
    const { penalty, C, tol, maxIter, fitIntercept, classWeight, coefBits } = this.options;
    // Two classes have w and -w, whose squares sum to half of that of their difference, which is what scikit-learn penalises.
    const share = penalty === "l2" && labels.classes.length === 2 ? 0.5 : 1;
    const found = fitLogistic(x, labels.codes, exampleWeights(labels, classWeight, sampleWeight), {
      classes: labels.classes.length,
      c: C * share,
      penalty,
      tol,
      maxIter,
      fitIntercept,
      onProgress,
    });
    const fitted = { ...found, objective: found.objective / share };
    this.#quantised = coefBits === 8 ? quantise(fitted.coef, x.columns) : null;
    this.#fit = this.#quantised ? { ...fitted, coef: dequantise(this.#quantised) } : fitted;
    this.#resident = null;
    this.#classes = labels.classes;
    this.#columns = x.columns;
  }

  predictProba(x: Matrix): Probabilities {
    const { coef, intercept } = this.#fitted();
    checkRows(x, this.#columns);
    this.#resident ??= new ResidentLinear(coef, intercept);
    return { rows: x.rows, columns: intercept.length, data: this.#resident.predictProba(x) };
  }

  save(): ModelState {
    const { coef, intercept, objective, iterations, converged } = this.#fitted();
    return {
      kind: this.kind,
      config: {
        options: { ...this.options } as Record<string, Json>,
        classes: this.#classes,
        columns: this.#columns,
        summary: { objective, iterations, converged },
      },
      tensors: {
        ...this.#coefTensors(coef, intercept.length),
        intercept: { dtype: "F64", shape: [intercept.length], data: intercept },
      },
    };
  }

  #coefTensors(coef: Float64Array, classes: number): Record<string, Tensor> {
    const shape = [classes, this.#columns];
    if (!this.#quantised) return { coef: { dtype: "F64", shape, data: coef } };
    return {
      coef: { dtype: "I8", shape, data: this.#quantised.levels },
      scale: { dtype: "F64", shape: [classes], data: this.#quantised.scales },
    };
  }

  /** The regression that {@link save} wrote. @throws {ModelFileError} when a part is missing, out of range or does not fit the others. */
  static load(state: ModelState): LogisticRegression {
    checkKind(state, LogisticRegression.kind);
    const classes = classesOf(state);
    const columns = integerOf(state, "columns", 1);
    const options = optionsOf(state) as LogisticRegressionOptions;
    const shape = [classes.length, columns];
    const quantised: Quantised | null =
      options.coefBits === 8
        ? {
            levels: tensorOf(state, "coef", ["I8"], shape).data as Int8Array,
            scales: float64Of(state, "scale", [classes.length]),
          }
        : null;
    const coef = quantised ? dequantise(quantised) : float64Of(state, "coef", shape);
    const intercept = float64Of(state, "intercept", [classes.length]);
    const { objective, iterations, converged } = (state.config.summary ?? {}) as Record<string, Json>;
    if (typeof objective !== "number" || typeof iterations !== "number" || typeof converged !== "boolean") {
      throw new ModelFileError('the model\'s "summary" must have objective, iterations and converged');
    }
    const loaded = withOptions(() => new LogisticRegression(options));
    loaded.#fit = { coef, intercept, objective, iterations, converged };
    loaded.#quantised = quantised;
    loaded.#classes = classes;
    loaded.#columns = columns;
    return loaded;
  }

  #fitted(): LogisticFit {
    if (!this.#fit) throw new DataError("the logistic regression has not learnt yet: call fit first");
    return this.#fit;
  }
}
