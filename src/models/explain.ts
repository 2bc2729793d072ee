import { explainTrees } from "../core/explain.ts";
import type { Forest } from "../core/forest.ts";
import { DataError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { checkRows } from "./check.ts";

/** A model that is a forest, as {@link explainForest} wants to know it. */
export interface TreeModel {
  readonly forest: Forest | null;
  /** Numbers that the trees say of a row: one a class, or 1 (regression, boosting of two classes). */
  readonly outputs: number;
  /** Whether the trees are averaged (forests) or summed (boosting). */
  readonly averaged: boolean;
}

/** Why a model said what it said, feature by feature. */
export interface Explanation {
  /** What the model says of a row of which nothing is known, by output. */
  readonly base: Float64Array;
  /** What each feature adds: rows x features x outputs, row-major. A row's values and `base` sum to what the model says of it. */
  readonly values: Float64Array;
}

/**
 * Exact Shapley values of a model of trees, by path-dependent TreeSHAP (Lundberg, Erion and Lee 2018, algorithm 2; the `shap` package's
 * `tree_path_dependent`). What is explained are class probabilities, predicted values of a regression, or the margins of boosting (the
 * logarithms of odds, before softmax). Takes time in proportion to rows, leaves and the square of the depth.
 *
 * @throws {DataError} before `fit`, for rows that do not fit, and for a forest from elsewhere that does not tell how many examples came
 *   to its nodes.
 *
 * @example
 * const forest = new RandomForestClassifier({ nEstimators: 10 });
 * forest.fit(matrixFromRows([[0], [1], [2], [3]]), ["low", "low", "high", "high"]);
 * const { base, values } = explainForest(forest, matrixFromRows([[3]]));
 * base[0] + values[0]; // the probability of forest.classes[0], which is "high"
 */
export function explainForest({ forest, outputs, averaged }: TreeModel, x: Matrix): Explanation {
  if (!forest) throw new DataError("the model has not learnt yet: call fit first");
  checkRows(x, forest.columns);
  const { cover } = forest;
  if (!cover) {
    throw new DataError(
      "the model does not tell how many examples came to its nodes, which explanations need: train it anew, or export it with weighted_n_node_samples",
    );
  }
  const explained = explainTrees({ ...forest, cover }, outputs, x);
  if (averaged) {
    const trees = forest.offsets.length - 1;
    for (const numbers of [explained.base, explained.values])
      for (let i = 0; i < numbers.length; i++) numbers[i] /= trees;
  }
  return explained;
}
