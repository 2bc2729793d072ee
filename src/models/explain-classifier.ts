import { DataError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import type { Classifier } from "./classifier.ts";
import { type Explanation, explainForest } from "./explain.ts";
import { explainLinear } from "./explain-linear.ts";
import { GradientBoostingClassifier } from "./gradient-boosting.ts";
import { LinearSVC } from "./linear-svc.ts";
import { LogisticRegression } from "./logistic-regression.ts";
import { CountNaiveBayes } from "./naive-bayes.ts";
import { RandomForestClassifier } from "./random-forest.ts";

/** Why a classifier said what it said; the outputs are its classes. */
export interface ClassifierExplanation extends Explanation {
  /**
   * What `base` and `values` are in: probabilities (forests), or scores of which the softmax gives the probabilities (boosting, logistic
   * regression, naive Bayes). Those of a support vector machine are decision values, from which its calibrator makes probabilities.
   */
  readonly unit: "probability" | "score";
}

/**
 * The contribution of every feature to every class: TreeSHAP for trees (see {@link explainForest}), products for linear models (see
 * {@link explainLinear}). Where a model has one score for two classes, that of the first is its negative (of boosting's log odds each
 * gets half, so that the softmax holds).
 *
 * @returns values are rows x features x classes, row-major.
 * @throws {DataError} a classifier that is neither, is not fitted, or rows that do not fit
 *
 * @example
 * const { unit, base, values } = explainClassifier(classifier, x);
 */
export function explainClassifier(classifier: Classifier, x: Matrix): ClassifierExplanation {
  const single = classifier.classes.length === 2;
  if (classifier instanceof RandomForestClassifier) {
    return { unit: "probability", ...explainForest(classifier, x) };
  }
  if (classifier instanceof GradientBoostingClassifier) {
    const explained = explainForest(classifier, x);
    return { unit: "score", ...(single ? mirrored(explained, 0.5) : explained) };
  }
  if (classifier instanceof LinearSVC) {
    const explained = explainLinear(classifier, x);
    return { unit: "score", ...(single ? mirrored(explained, 1) : explained) };
  }
  if (classifier instanceof LogisticRegression) return { unit: "score", ...explainLinear(classifier, x) };
  if (classifier instanceof CountNaiveBayes) {
    const model = { coef: classifier.featureLogProb, intercept: classifier.classLogPrior };
    return { unit: "score", ...explainLinear(model, x) };
  }
  throw new DataError(
    `a model of the kind "${classifier.kind}" cannot be explained feature by feature; those of trees and linear ones can`,
  );
}

/** Whether {@link explainClassifier} knows what moves the classifier. */
export const isExplainable = (classifier: Classifier): boolean =>
  [RandomForestClassifier, GradientBoostingClassifier, LinearSVC, LogisticRegression, CountNaiveBayes].some(
    (kind) => classifier instanceof kind,
  );

/** One output made two, the first the negative of the second. */
function mirrored({ base, values }: Explanation, scale: number): Explanation {
  const both = (numbers: Float64Array): Float64Array =>
    Float64Array.from({ length: 2 * numbers.length }, (_, i) => (i % 2 ? scale : -scale) * numbers[i >> 1]);
  return { base: both(base), values: both(values) };
}
