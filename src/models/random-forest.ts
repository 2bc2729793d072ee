import type { Forest } from "../core/forest.ts";
import { ResidentForest } from "../core/resident-forest.ts";
import { DataError } from "../errors.ts";
import type { Matrix, Probabilities } from "../matrix.ts";
import { checkExamples, checkRows } from "./check.ts";
import { exampleWeights } from "./class-weight.ts";
import type { Classifier, FitOptions } from "./classifier.ts";
import { meanDecreaseInImpurity } from "./feature-importances.ts";
import { type FitPlan, fitBy, layOutRows } from "./fit-plan.ts";
import { forestOf, forestTensors } from "./forest-state.ts";
import { encodeLabels } from "./label-encoder.ts";
import {
  checkRandomForestOptions,
  columnsDrawn,
  RANDOM_FOREST_DEFAULTS,
  type RandomForestOptions,
  UNLIMITED,
} from "./random-forest-options.ts";
import type { Json, ModelState } from "./state.ts";
import { checkKind, classesOf, float64Of, optionsOf, withOptions } from "./state-reader.ts";

export interface ForestFitOptions extends FitOptions {
  /**
   * A forest whose trees become the first of this one's `nEstimators`; only the others are grown. Grown from the same examples and
   * with the same options, it makes no difference to the outcome. Its kind, seed, columns and classes must be the same.
   */
  warmStart?: RandomForestClassifier;
}

/** What a forest says of its training examples through the trees that did not see them. */
export interface OutOfBag {
  /** The share of right answers among the examples that some tree did not see. */
  readonly score: number;
  /** Class probabilities of every training example; a row of zeros where every tree saw it. */
  readonly decision: Probabilities;
}

/**
 * A random forest (Breiman 2001) as scikit-learn 1.2 builds it: Gini impurity, exact splits, bootstrap samples, the leaves' class
 * shares averaged. Learns from dense and sparse rows; equal values give equal forests. Random draws are emovox's own, so forests agree
 * with scikit-learn's in distribution, not tree by tree.
 *
 * @example
 * const forest = new RandomForestClassifier({ nEstimators: 50, seed: 1 });
 * forest.fit(matrixFromRows([[0], [1], [2], [3]]), ["low", "low", "high", "high"]);
 * forest.predictProba(matrixFromRows([[0.2]])).data; // mostly low: columns are high, low
 */
export class RandomForestClassifier implements Classifier {
  static readonly kind: string = "random-forest";
  readonly kind: string = RandomForestClassifier.kind;
  /** The trees are averaged. */
  readonly averaged = true;
  readonly options: Readonly<Required<RandomForestOptions>>;
  /** Whether thresholds are drawn rather than sought. */
  protected readonly drawsThresholds: boolean = false;
  #classes: readonly string[] = [];
  #forest: Forest | null = null;
  #resident: ResidentForest | null = null;
  #importances: Float64Array | null = null;
  #outOfBag: OutOfBag | null = null;

  /** @throws {OptionError} for an option that is unknown or out of range. */
  constructor(options: RandomForestOptions = {}) {
    this.options = { ...RANDOM_FOREST_DEFAULTS, ...options };
    checkRandomForestOptions(this.options);
  }

  get classes(): readonly string[] {
    return this.#classes;
  }

  /** The trees as plain arrays, or `null` before `fit`. */
  get forest(): Forest | null {
    return this.#forest;
  }

  /** Numbers a row that the trees give: one a class. */
  get outputs(): number {
    return this.#classes.length;
  }

  /** Mean decrease in impurity by column, summing to 1 (or all 0 when nothing was split); `null` before `fit` and after an import. */
  get featureImportances(): Float64Array | null {
    return this.#importances;
  }

  /** With the option `oobScore`, what `fit` found out of bag; `null` otherwise and after loading. */
  get outOfBag(): OutOfBag | null {
    return this.#outOfBag;
  }

  /** @throws {DataError} no rows, fewer than two classes, a class with one example, NaN, lengths that do not agree. */
  fit(x: Matrix, y: readonly string[], options: ForestFitOptions = {}): void {
    fitBy(this.planFit(x, y, options));
  }

  /**
   * What `fit` does, with the growing of the trees left out: `fitForest` of `emovox/parallel` has them grown by several threads.
   * @internal
   */
  planFit(x: Matrix, y: readonly string[], { sampleWeight, onProgress, warmStart }: ForestFitOptions = {}): FitPlan {
    checkExamples(x, y, sampleWeight);
    const labels = encodeLabels(y);
    const grown = warmStart && this.#growableFrom(warmStart, labels.classes, x.columns);
    const { options } = this;
    const balancedSubsample = options.classWeight === "balancedSubsample";
    const classWeight = options.classWeight === "balancedSubsample" ? null : options.classWeight;
    const weights = exampleWeights(labels, classWeight, sampleWeight);
    const growing = {
      nEstimators: options.nEstimators,
      classes: labels.classes.length,
      maxFeatures: columnsDrawn(options.maxFeatures, x.columns),
      maxDepth: options.maxDepth ?? UNLIMITED,
      minSamplesSplit: options.minSamplesSplit,
      minSamplesLeaf: options.minSamplesLeaf,
      drawsThresholds: this.drawsThresholds,
      maxBins: options.splitter === "histogram" ? options.maxBins : null,
      bootstrap: options.bootstrap,
      balancedSubsample,
      seed: options.seed >>> 0,
      treesPerCall: Math.min(8, Math.ceil(options.nEstimators / 64)), // some 64 reports of progress; memory for 8 trees
      onProgress,
      grown,
    };
    const before = warmStart?.featureImportances;
    return {
      x: layOutRows(x),
      target: labels.codes,
      weights,
      options: growing,
      take: ({ forest, gains }) => {
        this.#take(labels.classes, forest);
        // Trees from elsewhere come without importances, and so do forests grown on from them.
        if (before !== null) {
          this.#importances = meanDecreaseInImpurity(forest, gains, grown ? grown.offsets.length - 1 : 0, before);
        }
        this.#outOfBag = options.oobScore ? this.#leaveOut(x, labels.codes) : null;
      },
    };
  }

  predictProba(x: Matrix): Probabilities {
    const forest = this.#fitted();
    checkRows(x, forest.columns);
    this.#resident ??= new ResidentForest(forest, forest.classes, true);
    return { rows: x.rows, columns: forest.classes, data: this.#resident.predict(x) };
  }

  save(): ModelState {
    const forest = this.#fitted();
    const importances = this.#importances;
    const config = {
      options: { ...this.options } as Record<string, Json>,
      classes: this.#classes,
      columns: forest.columns,
      trees: forest.offsets.length - 1,
    };
    const tensors = forestTensors(forest);
    if (importances) tensors.featureImportances = { dtype: "F64", shape: [forest.columns], data: importances };
    return { kind: this.kind, config, tensors };
  }

  /** The forest that {@link save} wrote. @throws {ModelFileError} when a part is missing, out of range or does not fit the others. */
  static load(state: ModelState): RandomForestClassifier {
    checkKind(state, RandomForestClassifier.kind);
    return RandomForestClassifier.restore(state, (options) => new RandomForestClassifier(options));
  }

  /** A classifier from trees grown elsewhere; `options` say how they were grown. @throws {ModelFileError} for unknown options. */
  static fromForest(
    forest: Forest,
    classes: readonly string[],
    options: RandomForestOptions = {},
  ): RandomForestClassifier {
    const classifier = withOptions(() => new RandomForestClassifier(options));
    classifier.#take(classes, forest);
    return classifier;
  }

  /** What a state holds, in a classifier that `make` makes. */
  protected static restore<M extends RandomForestClassifier>(
    state: ModelState,
    make: (options: RandomForestOptions) => M,
  ): M {
    const classes = classesOf(state);
    const forest = forestOf(state, classes.length);
    const loaded = withOptions(() => make(optionsOf(state) as RandomForestOptions));
    loaded.#take(classes, forest);
    if (Object.hasOwn(state.tensors, "featureImportances")) {
      loaded.#importances = float64Of(state, "featureImportances", [forest.columns]);
    }
    return loaded;
  }

  /** The trees of a forest that this one can be grown on from. */
  #growableFrom(other: RandomForestClassifier, classes: readonly string[], columns: number): Required<Forest> {
    const { forest, options } = other;
    const trees = forest ? forest.offsets.length - 1 : 0;
    const cover = forest?.cover;
    if (!forest || !cover)
      throw new DataError("the forest of warmStart has no trees, or does not know how they were grown");
    const fits = other.kind === this.kind && options.seed === this.options.seed && forest.columns === columns;
    if (!fits || other.classes.join("\n") !== classes.join("\n")) {
      throw new DataError("the forest of warmStart is of another kind, seed, number of columns or other classes");
    }
    if (trees > this.options.nEstimators) {
      throw new DataError(`the forest of warmStart has ${trees} trees, but nEstimators is ${this.options.nEstimators}`);
    }
    return { ...forest, cover };
  }

  #take(classes: readonly string[], forest: Forest): void {
    this.#classes = classes;
    this.#forest = forest;
    this.#resident = null;
    this.#importances = null;
    this.#outOfBag = null;
  }

  #fitted(): Forest {
    if (!this.#forest) throw new DataError("the random forest has not learnt yet: call fit first");
    return this.#forest;
  }

  #leaveOut(x: Matrix, codes: Uint16Array): OutOfBag {
    const forest = this.#fitted();
    const { classes } = forest;
    this.#resident = new ResidentForest(forest, forest.classes, true);
    const { sums, treeCounts } = this.#resident.outOfBag(x, this.options.seed >>> 0);
    let answered = 0;
    let right = 0;
    for (let row = 0; row < x.rows; row++) {
      if (treeCounts[row] === 0) continue;
      const from = row * classes;
      let best = 0;
      for (let c = 0; c < classes; c++) {
        sums[from + c] /= treeCounts[row];
        if (sums[from + c] > sums[from + best]) best = c;
      }
      answered++;
      if (best === codes[row]) right++;
    }
    return { score: answered > 0 ? right / answered : 0, decision: { rows: x.rows, columns: classes, data: sums } };
  }
}
