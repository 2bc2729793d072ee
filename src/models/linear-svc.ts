import { ResidentLinear } from "../core/resident-linear.ts";
import { fitLinearSvm, type LinearSvmFit } from "../core/svm.ts";
import { DataError, ModelFileError } from "../errors.ts";
import { type Matrix, type Probabilities, takeRows } from "../matrix.ts";
import { applyCalibrator, type Calibrator, calibratorFromJson, calibratorToJson, fitCalibrator } from "./calibrator.ts";
import { checkExamples, checkGroups, checkRows } from "./check.ts";
import { classWeights } from "./class-weight.ts";
import type { Classifier, FitOptions } from "./classifier.ts";
import { innerFolds } from "./inner-folds.ts";
import { type EncodedLabels, encodeLabels } from "./label-encoder.ts";
import { checkLinearSvcOptions, LINEAR_SVC_DEFAULTS, type LinearSVCOptions } from "./linear-svc-options.ts";
import type { Scores } from "./scores.ts";
import type { Json, ModelState } from "./state.ts";
import { checkKind, classesOf, float64Of, integerOf, optionsOf, withOptions } from "./state-reader.ts";

/** Held-out parts that give the scores which probabilities are fitted on. */
const FOLDS = 5;

/**
 * Linear support vector machines with squared hinge loss, one class against the rest, by dual coordinate descent (Hsieh et al. 2008): it
 * minimises `|w|^2 / 2 + C * sum(weight * max(0, 1 - y w.x)^2)` for each class, as scikit-learn's `LinearSVC` and liblinear do. As there,
 * the intercept is the weight of a column of `interceptScaling`, and so is penalised. Learns from dense and sparse rows.
 *
 * Probabilities are fitted within `fit`, on the decision values of rows that were held out (five stratified folds, of whole groups where
 * `fit` is given groups: no speaker then stands on both sides); the boundaries themselves learn from all rows.
 *
 * @example
 * const machine = new LinearSVC({ C: 0.5, classWeight: "balanced" });
 * machine.fit(matrixFromRows([[0], [1], [2], [3]]), ["low", "low", "high", "high"]);
 * machine.predictProba(matrixFromRows([[3]])).data; // mostly high: columns are high, low
 */
export class LinearSVC implements Classifier {
  static readonly kind = "linear-svc";
  readonly kind = LinearSVC.kind;
  readonly options: Readonly<Required<LinearSVCOptions>>;
  #classes: readonly string[] = [];
  #columns = 0;
  #fit: LinearSvmFit | null = null;
  #calibrator: Calibrator = { method: "temperature", temperature: 1 };
  #resident: ResidentLinear | null = null;

  /** @throws {OptionError} for an option that is unknown or out of range. */
  constructor(options: LinearSVCOptions = {}) {
    this.options = { ...LINEAR_SVC_DEFAULTS, ...options };
    checkLinearSvcOptions(this.options);
  }

  get classes(): readonly string[] {
    return this.#classes;
  }

  /** One row a class, row-major; two classes have one row, which speaks for the second. @throws {DataError} before `fit`. */
  get coef(): Float64Array {
    return this.#fitted().coef;
  }

  /** One a row of `coef`. @throws {DataError} before `fit`. */
  get intercept(): Float64Array {
    return this.#fitted().intercept;
  }

  /** The most passes over the rows that a class took, and whether all met `tol`. @throws {DataError} before `fit`. */
  get summary(): Pick<LinearSvmFit, "iterations" | "converged"> {
    const { iterations, converged } = this.#fitted();
    return { iterations, converged };
  }

  /** @throws {DataError} no rows, fewer than two classes, a class with one example, NaN, lengths that do not agree. */
  fit(x: Matrix, y: readonly string[], { sampleWeight, groups, onProgress }: FitOptions = {}): void {
    checkExamples(x, y, sampleWeight);
    checkGroups(x.rows, groups);
    const labels = encodeLabels(y);
    const report = (part: number) => (done: number) => onProgress?.((part + done) / (FOLDS + 1));
    this.#calibrator = this.#calibrate(x, labels, sampleWeight, groups, report);
    this.#fit = this.#fitRows(x, labels, labels.codes, sampleWeight, report(FOLDS));
    this.#resident = null;
    this.#classes = labels.classes;
    this.#columns = x.columns;
  }

  /**
   * Distances from the boundaries in units of their margins, one column a class; for two classes one column, positive for the second.
   * @throws {DataError} a column count other than that of `fit`, NaN, or no fit before.
   */
  decisionFunction(x: Matrix): Scores {
    const { coef, intercept } = this.#fitted();
    checkRows(x, this.#columns);
    this.#resident ??= new ResidentLinear(coef, intercept);
    return { rows: x.rows, columns: intercept.length, data: this.#resident.scores(x) };
  }

  predictProba(x: Matrix): Probabilities {
    const scores = this.decisionFunction(x);
    return applyCalibrator(this.#calibrator, scores);
  }

  save(): ModelState {
    const { coef, intercept, iterations, converged } = this.#fitted();
    return {
      kind: this.kind,
      config: {
        options: { ...this.options } as Record<string, Json>,
        classes: this.#classes,
        columns: this.#columns,
        summary: { iterations, converged },
        calibrator: calibratorToJson(this.#calibrator),
      },
      tensors: {
        coef: { dtype: "F64", shape: [intercept.length, this.#columns], data: coef },
        intercept: { dtype: "F64", shape: [intercept.length], data: intercept },
      },
    };
  }

  /** The machine that {@link save} wrote. @throws {ModelFileError} when a part is missing, out of range or does not fit the others. */
  static load(state: ModelState): LinearSVC {
    checkKind(state, LinearSVC.kind);
    const classes = classesOf(state);
    const columns = integerOf(state, "columns", 1);
    const boundaries = classes.length === 2 ? 1 : classes.length;
    const { iterations, converged } = (state.config.summary ?? {}) as Record<string, Json>;
    if (typeof iterations !== "number" || typeof converged !== "boolean") {
      throw new ModelFileError('the model\'s "summary" must have iterations and converged');
    }
    const loaded = withOptions(() => new LinearSVC(optionsOf(state) as LinearSVCOptions));
    const coef = float64Of(state, "coef", [boundaries, columns]);
    loaded.#fit = { coef, intercept: float64Of(state, "intercept", [boundaries]), iterations, converged };
    loaded.#calibrator = calibratorFromJson(state.config.calibrator, boundaries);
    loaded.#classes = classes;
    loaded.#columns = columns;
    return loaded;
  }

  #calibrate(
    x: Matrix,
    labels: EncodedLabels,
    sampleWeight: ArrayLike<number> | undefined,
    groups: readonly string[] | undefined,
    report: (part: number) => (done: number) => void,
  ): Calibrator {
    const { codes, classes } = labels;
    const weights = Float64Array.from(codes, (_, i) => sampleWeight?.[i] ?? 1);
    const columns = classes.length === 2 ? 1 : classes.length;
    const held = { rows: x.rows, columns, data: new Float64Array(x.rows * columns) };
    const divided = innerFolds(labels, { folds: FOLDS, seed: this.options.seed, groups, least: 1 });
    for (const [f, { train, test }] of divided.entries()) {
      const fit = this.#fitRows(
        takeRows(x, train),
        labels,
        Uint16Array.from(train, (row) => codes[row]),
        Float64Array.from(train, (row) => weights[row]),
        report(f),
      );
      const scores = new ResidentLinear(fit.coef, fit.intercept).scores(takeRows(x, test));
      test.forEach((row, i) => held.data.set(scores.subarray(i * columns, (i + 1) * columns), row * columns));
    }
    return fitCalibrator(this.options.calibration, held, codes, weights);
  }

  #fitRows(
    x: Matrix,
    labels: EncodedLabels,
    codes: Uint16Array,
    sampleWeight: ArrayLike<number> | undefined,
    onProgress: (done: number) => void,
  ): LinearSvmFit {
    const { C, tol, maxIter, fitIntercept, interceptScaling, seed, classWeight } = this.options;
    return fitLinearSvm(x, codes, sampleWeight, {
      classes: labels.classes.length,
      c: C,
      classWeights: classWeights(labels, classWeight),
      interceptScaling: fitIntercept ? interceptScaling : 0,
      tol,
      maxIter,
      seed: seed >>> 0,
      onProgress,
    });
  }

  #fitted(): LinearSvmFit {
    if (!this.#fit) throw new DataError("the support vector machine has not learnt yet: call fit first");
    return this.#fit;
  }
}
