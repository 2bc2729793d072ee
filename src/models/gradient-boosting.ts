import { boostTrees, marginsToProbabilities, outputsOf } from "../core/boost.ts";
import type { Forest } from "../core/forest.ts";
import { ResidentForest } from "../core/resident-forest.ts";
import { DataError, ModelFileError } from "../errors.ts";
import type { Matrix, Probabilities } from "../matrix.ts";
import { checkExamples, checkGroups, checkRows } from "./check.ts";
import { classWeights } from "./class-weight.ts";
import type { Classifier, FitOptions } from "./classifier.ts";
import { totalGain } from "./feature-importances.ts";
import { forestOf, forestTensors } from "./forest-state.ts";
import {
  checkGradientBoostingOptions,
  GRADIENT_BOOSTING_DEFAULTS,
  type GradientBoostingOptions,
} from "./gradient-boosting-options.ts";
import { type HeldOutPart, holdOutPart, holdOutShare, type SplitExamples } from "./early-stopping-part.ts";
import { encodeLabels } from "./label-encoder.ts";
import { UNLIMITED } from "./random-forest-options.ts";
import type { Json, ModelState } from "./state.ts";
import { checkKind, classesOf, float64Of, optionsOf, withOptions } from "./state-reader.ts";

export interface BoostingFitOptions extends FitOptions {
  /** Examples that tell when to end, for the option `earlyStoppingRounds`; a share of the others when left out. */
  heldOut?: HeldOutPart;
}

/**
 * Gradient-boosted trees as XGBoost 1.7 grows them with `tree_method="hist"` (Chen and Guestrin 2016): softmax loss, or logistic for two classes, gains
 * by gradients and hessians, values in bins. Margins start at 0. Learns from dense and sparse rows, and equal values give equal trees.
 * Bins are divided midway between training values, at quantiles of the training rows where there are more values than bins.
 *
 * @example
 * const boosting = new GradientBoostingClassifier({ nEstimators: 20, minChildWeight: 0 });
 * boosting.fit(matrixFromRows([[0], [1], [2], [3]]), ["low", "low", "high", "high"]);
 * boosting.predictProba(matrixFromRows([[0.2]])).data; // mostly low: columns are high, low
 */
export class GradientBoostingClassifier implements Classifier {
  static readonly kind = "gradient-boosting";
  readonly kind = GradientBoostingClassifier.kind;
  /** The trees are summed. */
  readonly averaged = false;
  readonly options: Readonly<Required<GradientBoostingOptions>>;
  #classes: readonly string[] = [];
  #forest: Forest | null = null;
  #resident: ResidentForest | null = null;
  #importances: Float64Array | null = null;
  #heldOutLoss: readonly number[] = [];

  /** @throws {OptionError} for an option that is unknown or out of range. */
  constructor(options: GradientBoostingOptions = {}) {
    this.options = { ...GRADIENT_BOOSTING_DEFAULTS, ...options };
    checkGradientBoostingOptions(this.options);
  }

  get classes(): readonly string[] {
    return this.#classes;
  }

  /** The trees, whose leaves hold one number, added to the margin of the class `tree % outputs`; `null` before `fit`. */
  get forest(): Forest | null {
    return this.#forest;
  }

  /** Margins a row: one a class, or that of the second class alone when there are two. */
  get outputs(): number {
    return outputsOf(this.#classes.length);
  }

  /** The gain of all splits by column, made to sum to 1 (all 0 when nothing was split); `null` before `fit`. */
  get featureImportances(): Float64Array | null {
    return this.#importances;
  }

  /** The mean log loss of the held-out part after each round of the last `fit`; empty without early stopping, and after loading. */
  get heldOutLoss(): readonly number[] {
    return this.#heldOutLoss;
  }

  /** @throws {DataError} no rows, fewer than two classes, a class with one example, NaN, lengths or held-out examples that do not agree. */
  fit(x: Matrix, y: readonly string[], { sampleWeight, groups, onProgress, heldOut }: BoostingFitOptions = {}): void {
    checkExamples(x, y, sampleWeight);
    checkGroups(x.rows, groups);
    const labels = encodeLabels(y);
    const { options } = this;
    const { earlyStoppingRounds, seed } = options;
    if (heldOut && earlyStoppingRounds === null) {
      throw new DataError(
        "held-out examples are of use with the option earlyStoppingRounds only: set it, or leave them out",
      );
    }
    let split: SplitExamples = { x, codes: labels.codes, isHeldOut: new Uint8Array(x.rows) };
    if (heldOut) split = holdOutPart(x, labels, heldOut);
    else if (earlyStoppingRounds !== null) split = holdOutShare(x, labels, options.validationFraction, seed, groups);
    const byClass = classWeights(labels, options.classWeight);
    const weights = Float64Array.from(split.codes, (code, i) => byClass[code] * (sampleWeight?.[i] ?? 1));
    const training = weights.map((weight, i) => (split.isHeldOut[i] ? 0 : weight));
    if (!training.some((weight) => weight > 0)) throw new DataError("every example with a weight is held out");
    const { forest, gains, heldOutLoss } = boostTrees(
      split.x,
      split.codes,
      training,
      weights.map((weight, i) => (split.isHeldOut[i] ? weight : 0)),
      {
        ...options,
        maxDepth: options.maxDepth ?? UNLIMITED,
        maxLeafNodes: options.maxLeafNodes ?? UNLIMITED,
        classes: labels.classes.length,
        seed: seed >>> 0,
        onProgress,
      },
    );
    this.#take(labels.classes, forest);
    this.#importances = totalGain(forest, gains);
    this.#heldOutLoss = heldOutLoss;
  }

  /** The sums of the trees, rows x outputs, of which the probabilities are the softmax (or the logistic function). @throws {DataError} */
  margins(x: Matrix): Float64Array {
    const forest = this.#fitted();
    checkRows(x, forest.columns);
    this.#resident ??= new ResidentForest(forest, this.outputs, false);
    return this.#resident.predict(x);
  }

  predictProba(x: Matrix): Probabilities {
    const columns = this.#classes.length;
    const margins = this.margins(x);
    return { rows: x.rows, columns, data: marginsToProbabilities(margins, x.rows, columns) };
  }

  save(): ModelState {
    const forest = this.#fitted();
    const config = {
      options: { ...this.options } as Record<string, Json>,
      classes: this.#classes,
      columns: forest.columns,
      trees: forest.offsets.length - 1,
    };
    const tensors = forestTensors(forest);
    if (this.#importances) {
      tensors.featureImportances = { dtype: "F64", shape: [forest.columns], data: this.#importances };
    }
    return { kind: this.kind, config, tensors };
  }

  /** The model that {@link save} wrote. @throws {ModelFileError} when a part is missing, out of range or does not fit the others. */
  static load(state: ModelState): GradientBoostingClassifier {
    checkKind(state, GradientBoostingClassifier.kind);
    const classes = classesOf(state);
    const forest = forestOf(state, 1);
    if ((forest.offsets.length - 1) % outputsOf(classes.length) !== 0) {
      throw new ModelFileError(`${forest.offsets.length - 1} trees cannot take turns at ${classes.length} classes`);
    }
    const loaded = withOptions(() => new GradientBoostingClassifier(optionsOf(state) as GradientBoostingOptions));
    loaded.#take(classes, forest);
    if (Object.hasOwn(state.tensors, "featureImportances")) {
      loaded.#importances = float64Of(state, "featureImportances", [forest.columns]);
    }
    return loaded;
  }

  #take(classes: readonly string[], forest: Forest): void {
    this.#classes = classes;
    this.#forest = forest;
    this.#resident = null;
    this.#importances = null;
    this.#heldOutLoss = [];
  }

  #fitted(): Forest {
    if (!this.#forest) throw new DataError("the boosted trees have not been grown yet: call fit first");
    return this.#forest;
  }
}
