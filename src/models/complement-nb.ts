import { CountNaiveBayes, checkNaiveBayesOptions, type FeatureCounts, smoothedLogShares } from "./naive-bayes.ts";
import type { ModelState } from "./state.ts";
import { optionsOf, withOptions } from "./state-reader.ts";

/** Options of complement naive Bayes, named after scikit-learn's. */
export interface ComplementNBOptions {
  /** Added to every count. 1 when left out. */
  alpha?: number;
  /** Whether each class's weights are divided by their sum, so that classes with long texts do not weigh more. False when left out. */
  norm?: boolean;
}

const DEFAULTS = { alpha: 1, norm: false };

/**
 * Complement naive Bayes (Rennie, Shih, Teevan and Karger 2003, "Tackling the poor assumptions of naive Bayes text classifiers"), equal to
 * scikit-learn's `ComplementNB`: a feature speaks for a class as far as it is rare in all the others, which suits classes of unequal size.
 * Priors do not count. Values must not be negative when it learns. Learns from dense and sparse rows.
 *
 * @example
 * const bayes = new ComplementNB({ norm: true });
 * bayes.fit(matrixFromRows([[3, 0], [2, 1], [0, 4], [1, 2]]), ["glad", "glad", "sad", "sad"]);
 * bayes.predictProba(matrixFromRows([[1, 0]])).data; // mostly glad: columns are glad, sad
 */
export class ComplementNB extends CountNaiveBayes {
  static readonly kind = "complement-nb";
  readonly kind = ComplementNB.kind;
  readonly options: Readonly<Required<ComplementNBOptions>>;

  /** @throws {OptionError} for an option that is unknown or out of range. */
  constructor(options: ComplementNBOptions = {}) {
    super();
    this.options = { ...DEFAULTS, ...options };
    checkNaiveBayesOptions(this.options, DEFAULTS);
  }

  /** The classifier that `save` wrote. @throws {ModelFileError} */
  static load(state: ModelState): ComplementNB {
    return withOptions(() => new ComplementNB(optionsOf(state) as ComplementNBOptions)).restore(state);
  }

  protected logLikelihoods({ classes, columns, features }: FeatureCounts) {
    const all = new Float64Array(columns);
    features.forEach((count, i) => (all[i % columns] += count));
    const complement = features.map((count, i) => all[i % columns] - count);
    const logs = smoothedLogShares(complement, columns, this.options.alpha);
    return {
      featureLogProb: this.options.norm ? dividedBySums(logs, columns) : logs.map((value) => -value),
      classLogPrior: new Float64Array(classes),
    };
  }
}

/** Each row over its sum; with one column, whose logarithm is 0, rows stay 0. */
function dividedBySums(logs: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(logs.length / columns);
  logs.forEach((value, i) => (sums[Math.floor(i / columns)] += value));
  return logs.map((value, i) => (value === 0 ? 0 : value / sums[Math.floor(i / columns)]));
}
