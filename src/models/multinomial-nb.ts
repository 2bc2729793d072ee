import { log } from "../core/math.ts";
import { CountNaiveBayes, checkNaiveBayesOptions, type FeatureCounts, smoothedLogShares } from "./naive-bayes.ts";
import type { ModelState } from "./state.ts";
import { optionsOf, withOptions } from "./state-reader.ts";

/** Options of multinomial naive Bayes, named after scikit-learn's. */
export interface MultinomialNBOptions {
  /** Added to every count (Lidstone's smoothing; 1: Laplace's). 1 when left out. */
  alpha?: number;
  /** Whether the classes' frequencies count; otherwise all are alike. True when left out. */
  fitPrior?: boolean;
}

const DEFAULTS = { alpha: 1, fitPrior: true };

/**
 * Multinomial naive Bayes, equal to scikit-learn's `MultinomialNB`: a class's score is `log(share of its examples)` plus, for each feature,
 * its value times `log((count in the class + alpha) / sum)`. Values must not be negative when it learns. Learns from dense and sparse rows.
 *
 * @example
 * const bayes = new MultinomialNB();
 * bayes.fit(matrixFromRows([[3, 0], [2, 1], [0, 4], [1, 2]]), ["glad", "glad", "sad", "sad"]);
 * bayes.predictProba(matrixFromRows([[1, 0]])).data; // mostly glad: columns are glad, sad
 */
export class MultinomialNB extends CountNaiveBayes {
  static readonly kind = "multinomial-nb";
  readonly kind = MultinomialNB.kind;
  readonly options: Readonly<Required<MultinomialNBOptions>>;

  /** @throws {OptionError} for an option that is unknown or out of range. */
  constructor(options: MultinomialNBOptions = {}) {
    super();
    this.options = { ...DEFAULTS, ...options };
    checkNaiveBayesOptions(this.options, DEFAULTS);
  }

  /** The classifier that `save` wrote. @throws {ModelFileError} */
  static load(state: ModelState): MultinomialNB {
    return withOptions(() => new MultinomialNB(optionsOf(state) as MultinomialNBOptions)).restore(state);
  }

  protected logLikelihoods({ classes, columns, features, examples }: FeatureCounts) {
    const total = log(examples.reduce((sum, weight) => sum + weight, 0));
    return {
      featureLogProb: smoothedLogShares(features, columns, this.options.alpha),
      classLogPrior: examples.map((weight) => (this.options.fitPrior ? log(weight) - total : -log(classes))),
    };
  }
}
