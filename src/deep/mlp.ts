import type { Scalar, Tensor2D } from "@tensorflow/tfjs";
import { DataError, OptionError } from "../errors.ts";
import { type Matrix, type Probabilities, takeRows, toDense } from "../matrix.ts";
import { checkExamples, checkRows } from "../models/check.ts";
import { type ClassWeight, checkClassWeight, exampleWeights } from "../models/class-weight.ts";
import type { Classifier, FitOptions } from "../models/classifier.ts";
import { encodeLabels } from "../models/label-encoder.ts";
import type { Json, ModelState } from "../models/state.ts";
import { checkKind, classesOf, integerOf, optionsOf, withOptions } from "../models/state-reader.ts";
import { Random } from "../random.ts";
import { deepBackend, tf } from "./backend.ts";
import { orderedBatches, shuffledBatches } from "./batches.ts";
import { crossEntropy, softmax, targetsOf } from "./cross-entropy.ts";
import { initialParameters, type Layout, type Parameters, parametersOf, parameterTensors } from "./parameters.ts";
import { train, type TrainerHooks, type TrainingSummary, type Weights, weightsOf } from "./trainer.ts";

const activations = ["relu", "tanh", "logistic", "identity"] as const;

/** Options of a multilayer perceptron, named after scikit-learn's. */
export interface MLPOptions {
  /** Units of each hidden layer. [100] when left out. */
  hiddenLayerSizes?: readonly number[];
  activation?: (typeof activations)[number];
  /** Strength of the L2 penalty. 1e-4 when left out. */
  alpha?: number;
  /** Examples a step; 200, or all when there are fewer, when left out (`null`). */
  batchSize?: number | null;
  /** The step of Adam. 1e-3 when left out. */
  learningRateInit?: number;
  /** Epochs at most. 200 when left out. */
  maxIter?: number;
  /** Learning ends when the loss has not fallen by this for `nIterNoChange` epochs. 1e-4 when left out. */
  tol?: number;
  nIterNoChange?: number;
  classWeight?: ClassWeight;
  seed?: number;
}

const DEFAULTS: Required<MLPOptions> = {
  hiddenLayerSizes: [100],
  activation: "relu",
  alpha: 1e-4,
  batchSize: null,
  learningRateInit: 1e-3,
  maxIter: 200,
  tol: 1e-4,
  nIterNoChange: 10,
  classWeight: null,
  seed: 0,
};

const isCount = (n: unknown) => Number.isInteger(n) && (n as number) >= 1 && (n as number) <= 1_000_000;

function checkOptions(options: Required<MLPOptions>): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(DEFAULTS, name));
  if (unknown !== undefined) throw new OptionError(`a multilayer perceptron has no option "${unknown}"`);
  const { hiddenLayerSizes, activation, batchSize, seed } = options;
  if (!Array.isArray(hiddenLayerSizes) || !hiddenLayerSizes.every(isCount)) {
    throw new OptionError("hiddenLayerSizes must be a list of whole numbers of at least 1");
  }
  if (!activations.includes(activation)) {
    throw new OptionError(`activation is ${String(activation)}; it must be one of ${activations.join(", ")}`);
  }
  if (batchSize !== null && !isCount(batchSize)) {
    throw new OptionError(`batchSize is ${String(batchSize)}; it must be null or a whole number of at least 1`);
  }
  for (const name of ["maxIter", "nIterNoChange"] as const) {
    if (!isCount(options[name])) {
      throw new OptionError(`${name} is ${String(options[name])}; it must be a whole number of at least 1`);
    }
  }
  for (const name of ["alpha", "tol", "learningRateInit"] as const) {
    const value: unknown = options[name];
    const least = name === "learningRateInit" ? Number.MIN_VALUE : 0;
    if (typeof value !== "number" || !(value >= least && value < Infinity)) {
      throw new OptionError(
        `${name} is ${String(value)}; it must be a finite number ${least > 0 ? "above" : "of at least"} 0`,
      );
    }
  }
  if (!Number.isInteger(seed)) throw new OptionError(`seed is ${String(seed)}; it must be a whole number`);
  checkClassWeight(options.classWeight, ["balanced"]);
}

/** Rows that are predicted at once. */
const ROWS_AT_ONCE = 1024;

/**
 * A multilayer perceptron with a softmax output, trained by Adam: scikit-learn's `MLPClassifier` with its defaults, start and stopping
 * rule (two classes have an output each here). Learns from dense and sparse rows; `fit` and `predictProba` load TensorFlow.js.
 *
 * @example
 * const perceptron = new MLPClassifier({ hiddenLayerSizes: [8], learningRateInit: 0.05, seed: 1 });
 * await perceptron.fit(matrixFromRows([[0], [1], [2], [3]]), ["low", "low", "high", "high"]);
 * (await perceptron.predictProba(matrixFromRows([[3]]))).data; // mostly high: columns are high, low
 */
export class MLPClassifier implements Classifier {
  static readonly kind = "mlp";
  readonly kind = MLPClassifier.kind;
  readonly options: Readonly<Required<MLPOptions>>;
  #classes: readonly string[] = [];
  #columns = 0;
  #parameters: Parameters | null = null;
  #summary: TrainingSummary | null = null;

  /** @throws {OptionError} for an option that is unknown or out of range. */
  constructor(options: MLPOptions = {}) {
    this.options = { ...DEFAULTS, ...options };
    checkOptions(this.options);
  }

  get classes(): readonly string[] {
    return this.#classes;
  }

  /** How the training ended; `null` before `fit`, and after loading. */
  get summary(): TrainingSummary | null {
    return this.#summary;
  }

  /** @throws {DataError} no rows, fewer than two classes, a class with one example, NaN, lengths that do not agree; a loss that is not finite at once. */
  async fit(
    x: Matrix,
    y: readonly string[],
    { sampleWeight, ...hooks }: FitOptions & TrainerHooks = {},
  ): Promise<void> {
    checkExamples(x, y, sampleWeight);
    const labels = encodeLabels(y);
    const { seed, maxIter, learningRateInit, nIterNoChange, tol, classWeight } = this.options;
    const batchSize = Math.min(this.options.batchSize ?? 200, x.rows);
    await deepBackend();
    const parameters = initialParameters(this.#layout(x.columns, labels.classes.length), new Random(seed));
    const weights = exampleWeights(labels, classWeight, sampleWeight);
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / x.rows;
    const scaled = weights.map((weight) => weight / mean);
    const summary = await train(
      parameters,
      {
        batches: (random) => shuffledBatches(x.rows, batchSize, random),
        loss: (tensors, rows) => {
          const targets = targetsOf(labels.codes, scaled, rows, labels.classes.length);
          return tf.add(crossEntropy(this.#logits(tensors, x, rows), targets), this.#penalty(tensors, rows));
        },
      },
      {
        epochs: maxIter,
        learningRate: learningRateInit,
        schedule: "constant",
        warmup: 0,
        weightDecay: 0,
        clipNorm: null,
        patience: nIterNoChange + 1, // scikit-learn stops after more than so many
        tolerance: tol,
        monitor: "loss",
        seed,
      },
      hooks,
    );
    this.#summary = summary;
    this.#parameters = parameters;
    this.#classes = labels.classes;
    this.#columns = x.columns;
    hooks.onProgress?.(1);
  }

  async predictProba(x: Matrix): Promise<Probabilities> {
    const parameters = this.#fitted();
    checkRows(x, this.#columns);
    await deepBackend();
    const classes = this.#classes.length;
    const logits = new Float32Array(x.rows * classes);
    const weights = weightsOf(parameters);
    for (const rows of orderedBatches(x.rows, ROWS_AT_ONCE)) {
      tf.tidy(() => logits.set(this.#logits(weights, x, rows).dataSync(), rows[0] * classes));
    }
    tf.dispose(weights);
    return softmax(logits, classes);
  }

  save(): ModelState {
    const parameters = this.#fitted();
    const config = { options: this.options as unknown as Json, classes: this.#classes, columns: this.#columns };
    return { kind: this.kind, config, tensors: parameterTensors(parameters) };
  }

  /** The perceptron that {@link save} wrote. @throws {ModelFileError} when a part is missing, not finite or does not fit the others. */
  static load(state: ModelState): MLPClassifier {
    checkKind(state, MLPClassifier.kind);
    const classes = classesOf(state);
    const columns = integerOf(state, "columns", 1);
    const loaded = withOptions(() => new MLPClassifier(optionsOf(state) as MLPOptions));
    loaded.#parameters = parametersOf(state, loaded.#layout(columns, classes.length));
    loaded.#classes = classes;
    loaded.#columns = columns;
    return loaded;
  }

  /** Weights and biases of every layer. As in scikit-learn both start within the bounds of Glorot and Bengio (2010), for the logistic function within those by sqrt(3). */
  #layout(columns: number, classes: number): Layout {
    const { hiddenLayerSizes, activation } = this.options;
    const sizes = [columns, ...hiddenLayerSizes, classes];
    const layers = sizes.slice(1).map((outputs, i) => {
      const start = { bound: Math.sqrt((activation === "logistic" ? 2 : 6) / (sizes[i] + outputs)) };
      return [
        [`weight${i}`, { shape: [sizes[i], outputs], start }],
        [`bias${i}`, { shape: [outputs], start }],
      ] as const;
    });
    return Object.fromEntries(layers.flat());
  }

  #logits(weights: Weights, x: Matrix, rows: Int32Array): Tensor2D {
    const layers = this.options.hiddenLayerSizes.length + 1;
    let values = tf.tensor2d(toDense(takeRows(x, rows)).data, [rows.length, x.columns]) as Tensor2D;
    for (let i = 0; i < layers; i++) {
      values = tf.add(tf.matMul(values, weights[`weight${i}`] as Tensor2D), weights[`bias${i}`]);
      if (i < layers - 1) values = activate(values, this.options.activation);
    }
    return values;
  }

  /** The L2 penalty on the weights, not the biases, which scikit-learn divides by the examples of the batch. */
  #penalty(weights: Weights, rows: Int32Array): Scalar {
    const squares = Object.entries(weights).flatMap(([name, weight]) =>
      name.startsWith("weight") ? [tf.sum(tf.square(weight))] : [],
    );
    return tf.mul(tf.addN(squares), this.options.alpha / (2 * rows.length)) as Scalar;
  }

  #fitted(): Parameters {
    if (!this.#parameters) throw new DataError("the multilayer perceptron has not learnt yet: call fit first");
    return this.#parameters;
  }
}

function activate(values: Tensor2D, activation: MLPOptions["activation"]): Tensor2D {
  if (activation === "relu") return tf.relu(values);
  if (activation === "tanh") return tf.tanh(values);
  return activation === "logistic" ? tf.sigmoid(values) : values;
}
