import { ResidentLinear } from "../core/resident-linear.ts";
import { log } from "../core/math.ts";
import { DataError, OptionError } from "../errors.ts";
import type { Matrix, Probabilities } from "../matrix.ts";
import { checkExamples, checkRows } from "./check.ts";
import type { Classifier, FitOptions } from "./classifier.ts";
import { encodeLabels } from "./label-encoder.ts";
import type { Json, ModelState } from "./state.ts";
import { checkKind, classesOf, float64Of, integerOf } from "./state-reader.ts";

/** How much of each feature each class had, examples counted with their weights. */
export interface FeatureCounts {
  readonly classes: number;
  readonly columns: number;
  /** classes x columns, row-major. */
  readonly features: Float64Array;
  /** The weight of each class's examples. */
  readonly examples: Float64Array;
}

/** A linear model of log-probabilities. */
export interface LogLikelihoods {
  /** classes x columns, row-major. */
  readonly featureLogProb: Float64Array;
  /** One a class. */
  readonly classLogPrior: Float64Array;
}

/** scikit-learn's bound: a smoothing below it would let a logarithm run to minus infinity. */
const SMALLEST_ALPHA = 1e-10;

/** @throws {OptionError} */
export function checkNaiveBayesOptions(
  options: { readonly alpha: number },
  defaults: { readonly [name: string]: Json },
): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(defaults, name)) throw new OptionError(`a naive Bayes classifier has no option "${name}"`);
    if (typeof value !== typeof defaults[name]) {
      throw new OptionError(`${name} is ${String(value)}; it must be a ${typeof defaults[name]}`);
    }
  }
  if (!(options.alpha >= SMALLEST_ALPHA && options.alpha < Infinity)) {
    throw new OptionError(`alpha is ${options.alpha}; it must be at least ${SMALLEST_ALPHA}`);
  }
}

/** What the naive Bayes classifiers of counts have in common: they differ in what they make of the counts. */
export abstract class CountNaiveBayes implements Classifier {
  abstract readonly kind: string;
  abstract readonly options: object;
  #classes: readonly string[] = [];
  #fit: LogLikelihoods | null = null;
  #resident: ResidentLinear | null = null;

  get classes(): readonly string[] {
    return this.#classes;
  }

  /** What one more of each feature adds to each class's score, classes x columns. @throws {DataError} before `fit`. */
  get featureLogProb(): Float64Array {
    return this.#fitted().featureLogProb;
  }

  /** What each class's score starts from. @throws {DataError} before `fit`. */
  get classLogPrior(): Float64Array {
    return this.#fitted().classLogPrior;
  }

  /** @throws {DataError} negative values, no rows, fewer than two classes, a class with one example, NaN, lengths that do not agree. */
  fit(x: Matrix, y: readonly string[], { sampleWeight, onProgress }: FitOptions = {}): void {
    checkExamples(x, y, sampleWeight);
    checkCounts(x);
    const labels = encodeLabels(y);
    const counts = countFeatures(x, labels.codes, labels.classes.length, sampleWeight);
    const weightless = counts.examples.indexOf(0);
    if (weightless >= 0) throw new DataError(`the examples of the class "${labels.classes[weightless]}" all weigh 0`);
    this.#fit = this.logLikelihoods(counts);
    this.#resident = null;
    this.#classes = labels.classes;
    onProgress?.(1);
  }

  predictProba(x: Matrix): Probabilities {
    const { featureLogProb, classLogPrior } = this.#fitted();
    checkRows(x, this.#columns());
    this.#resident ??= new ResidentLinear(featureLogProb, classLogPrior);
    return { rows: x.rows, columns: classLogPrior.length, data: this.#resident.predictProba(x) };
  }

  save(): ModelState {
    const { featureLogProb, classLogPrior } = this.#fitted();
    const classes = this.#classes.length;
    const columns = this.#columns();
    return {
      kind: this.kind,
      config: { options: { ...this.options } as Record<string, Json>, classes: this.#classes, columns },
      tensors: {
        featureLogProb: { dtype: "F64", shape: [classes, columns], data: featureLogProb },
        classLogPrior: { dtype: "F64", shape: [classes], data: classLogPrior },
      },
    };
  }

  protected abstract logLikelihoods(counts: FeatureCounts): LogLikelihoods;

  /** Takes what `save` wrote. @throws {ModelFileError} */
  protected restore(state: ModelState): this {
    checkKind(state, this.kind);
    this.#classes = classesOf(state);
    const shape = [this.#classes.length, integerOf(state, "columns", 1)];
    this.#fit = {
      featureLogProb: float64Of(state, "featureLogProb", shape),
      classLogPrior: float64Of(state, "classLogPrior", [shape[0]]),
    };
    return this;
  }

  #columns(): number {
    const { featureLogProb, classLogPrior } = this.#fitted();
    return featureLogProb.length / classLogPrior.length;
  }

  #fitted(): LogLikelihoods {
    if (!this.#fit) throw new DataError("the naive Bayes classifier has not learnt yet: call fit first");
    return this.#fit;
  }
}

function checkCounts(x: Matrix): void {
  const values = x.kind === "csr" ? x.values : x.data;
  const negative = values.find((value) => value < 0);
  if (negative === undefined) return;
  throw new DataError(
    `naive Bayes learns from counts, or shares such as TF-IDF, but a value is ${negative}; MinMaxScaler makes dense rows fit`,
  );
}

function countFeatures(
  x: Matrix,
  codes: Uint16Array,
  classes: number,
  sampleWeight?: ArrayLike<number>,
): FeatureCounts {
  const { rows, columns } = x;
  const features = new Float64Array(classes * columns);
  const examples = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    const weight = sampleWeight?.[row] ?? 1;
    const own = codes[row] * columns;
    examples[codes[row]] += weight;
    if (x.kind === "dense") {
      for (let c = 0; c < columns; c++) features[own + c] += weight * x.data[row * columns + c];
    } else {
      for (let i = x.indptr[row]; i < x.indptr[row + 1]; i++) features[own + x.indices[i]] += weight * x.values[i];
    }
  }
  return { classes, columns, features, examples };
}

/** log(count + alpha) - log(their sum), row by row of classes x columns. */
export function smoothedLogShares(counts: Float64Array, columns: number, alpha: number): Float64Array {
  const logs = new Float64Array(counts.length);
  for (let at = 0; at < counts.length; at += columns) {
    let sum = 0;
    for (let i = at; i < at + columns; i++) sum += counts[i] + alpha;
    const logSum = log(sum);
    for (let i = at; i < at + columns; i++) logs[i] = log(counts[i] + alpha) - logSum;
  }
  return logs;
}
