import type { Forest } from "../core/forest.ts";
import { ResidentForest } from "../core/resident-forest.ts";
import { DataError, OptionError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { checkExamples, checkRows } from "./check.ts";
import type { FitOptions } from "./classifier.ts";
import { meanDecreaseInImpurity } from "./feature-importances.ts";
import { type FitPlan, fitBy, layOutRows } from "./fit-plan.ts";
import { forestOf, forestTensors } from "./forest-state.ts";
import {
  checkRandomForestOptions,
  columnsDrawn,
  RANDOM_FOREST_DEFAULTS,
  type RandomForestOptions,
  UNLIMITED,
} from "./random-forest-options.ts";
import type { Json, ModelState } from "./state.ts";
import { checkKind, float64Of, optionsOf, withOptions } from "./state-reader.ts";

/** Options of a regression forest: those of a random forest, but for those that speak of classes. */
export type RegressionForestOptions = Omit<RandomForestOptions, "oobScore" | "classWeight">;

/** scikit-learn's defaults: every node looks at all columns. */
const DEFAULTS: Required<RegressionForestOptions> = {
  nEstimators: RANDOM_FOREST_DEFAULTS.nEstimators,
  maxFeatures: "all",
  maxDepth: RANDOM_FOREST_DEFAULTS.maxDepth,
  minSamplesSplit: RANDOM_FOREST_DEFAULTS.minSamplesSplit,
  minSamplesLeaf: RANDOM_FOREST_DEFAULTS.minSamplesLeaf,
  splitter: RANDOM_FOREST_DEFAULTS.splitter,
  maxBins: RANDOM_FOREST_DEFAULTS.maxBins,
  bootstrap: RANDOM_FOREST_DEFAULTS.bootstrap,
  seed: RANDOM_FOREST_DEFAULTS.seed,
};

/** Beyond this, weights times targets could overflow. */
const LARGEST_TARGET = 1e100;

/**
 * A random forest for numbers (Breiman 2001) as scikit-learn 1.2's `RandomForestRegressor` builds it: squared error, exact splits, bootstrap
 * samples, the leaves' means averaged. Sums of targets are exact in units of about 2^-51 of their spread, whatever the order of the rows.
 *
 * @example
 * const forest = new RandomForestRegressor({ nEstimators: 50 });
 * forest.fit(matrixFromRows([[0], [1], [2], [3]]), [0, 1, 4, 9]);
 * forest.predict(matrixFromRows([[3]]))[0]; // near 9
 */
export class RandomForestRegressor {
  static readonly kind = "random-forest-regressor";
  readonly kind = RandomForestRegressor.kind;
  /** Numbers a row, and that the trees are averaged. */
  readonly outputs = 1;
  readonly averaged = true;
  readonly options: Readonly<Required<RegressionForestOptions>>;
  #forest: Forest | null = null;
  #resident: ResidentForest | null = null;
  #importances: Float64Array | null = null;

  /** @throws {OptionError} for an option that is unknown or out of range. */
  constructor(options: RegressionForestOptions = {}) {
    const unknown = Object.keys(options).find((name) => !Object.hasOwn(DEFAULTS, name));
    if (unknown !== undefined) throw new OptionError(`a regression forest has no option "${unknown}"`);
    this.options = { ...DEFAULTS, ...options };
    checkRandomForestOptions({ ...RANDOM_FOREST_DEFAULTS, ...this.options });
  }

  /** The trees, whose leaves hold one number, or `null` before `fit`. */
  get forest(): Forest | null {
    return this.#forest;
  }

  /** Mean decrease in squared error by column, summing to 1 (or all 0 when nothing was split); `null` before `fit`. */
  get featureImportances(): Float64Array | null {
    return this.#importances;
  }

  /**
   * Learns from the rows of `x` and their targets `y`.
   * @throws {DataError} no rows, NaN, infinite or huge values, lengths that do not agree.
   */
  fit(x: Matrix, y: ArrayLike<number>, options: FitOptions = {}): void {
    fitBy(this.planFit(x, y, options));
  }

  /**
   * What `fit` does, with the growing of the trees left out: `fitForest` of `emovox/parallel` has them grown by several threads.
   * @internal
   */
  planFit(x: Matrix, y: ArrayLike<number>, { sampleWeight, onProgress }: FitOptions = {}): FitPlan {
    checkExamples(x, Array.from(y, String), sampleWeight);
    const targets = Float64Array.from(y);
    const wrong = targets.findIndex((value) => !(Math.abs(value) <= LARGEST_TARGET));
    if (wrong >= 0) {
      throw new DataError(
        `the target of row ${wrong} is ${y[wrong]}; targets are finite and at most ${LARGEST_TARGET}`,
      );
    }
    const { options } = this;
    return {
      x: layOutRows(x),
      target: targets,
      weights: Float64Array.from(targets, (_, i) => sampleWeight?.[i] ?? 1),
      options: {
        ...options,
        classes: 1,
        maxFeatures: columnsDrawn(options.maxFeatures, x.columns),
        maxDepth: options.maxDepth ?? UNLIMITED,
        drawsThresholds: false,
        maxBins: options.splitter === "histogram" ? options.maxBins : null,
        balancedSubsample: false,
        seed: options.seed >>> 0,
        treesPerCall: Math.min(8, Math.ceil(options.nEstimators / 64)),
        onProgress,
      },
      take: ({ forest, gains }) => this.#take(forest, meanDecreaseInImpurity(forest, gains)),
    };
  }

  /** What the trees say of each row, on average. @throws {DataError} a column count other than that of `fit`, NaN, or no fit before. */
  predict(x: Matrix): Float64Array {
    const forest = this.#fitted();
    checkRows(x, forest.columns);
    this.#resident ??= new ResidentForest(forest, 1, true);
    return this.#resident.predict(x);
  }

  /** All that `predict` needs, to be written by `saveModel`. */
  save(): ModelState {
    const forest = this.#fitted();
    const tensors = forestTensors(forest);
    if (this.#importances) {
      tensors.featureImportances = { dtype: "F64", shape: [forest.columns], data: this.#importances };
    }
    const trees = forest.offsets.length - 1;
    const options = { ...this.options } as Record<string, Json>;
    return { kind: this.kind, config: { options, columns: forest.columns, trees }, tensors };
  }

  /** The forest that {@link save} wrote. @throws {ModelFileError} when a part is missing, out of range or does not fit the others. */
  static load(state: ModelState): RandomForestRegressor {
    checkKind(state, RandomForestRegressor.kind);
    const forest = forestOf(state, 1);
    const loaded = withOptions(() => new RandomForestRegressor(optionsOf(state) as RegressionForestOptions));
    const hasImportances = Object.hasOwn(state.tensors, "featureImportances");
    loaded.#take(forest, hasImportances ? float64Of(state, "featureImportances", [forest.columns]) : null);
    return loaded;
  }

  #take(forest: Forest, importances: Float64Array | null): void {
    this.#forest = forest;
    this.#resident = null;
    this.#importances = importances;
  }

  #fitted(): Forest {
    if (!this.#forest) throw new DataError("the regression forest has not learnt yet: call fit first");
    return this.#forest;
  }
}
