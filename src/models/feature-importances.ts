import type { Forest } from "../core/forest.ts";

/**
 * Mean decrease in impurity (Breiman et al. 1984; scikit-learn's `feature_importances_`): by column, the decrease of all its nodes, made to
 * sum to 1 in each tree, averaged over the trees that were split at all, and made to sum to 1 again.
 *
 * @param gains for every node the share of its tree's weight by which it decreased the impurity.
 * @param before the importances of the trees before the tree numbered `firstTree`, whose gains are not known.
 */
export function meanDecreaseInImpurity(
  { columns, offsets, feature }: Forest,
  gains: Float64Array,
  firstTree = 0,
  before: Float64Array = new Float64Array(columns),
): Float64Array {
  let split = 0;
  for (let tree = 0; tree < firstTree; tree++) if (feature[offsets[tree]] >= 0) split++;
  const mean = before.map((importance) => importance * split);
  const ofTree = new Float64Array(columns);
  for (let tree = firstTree; tree + 1 < offsets.length; tree++) {
    ofTree.fill(0);
    for (let node = offsets[tree]; node < offsets[tree + 1]; node++)
      if (feature[node] >= 0) ofTree[feature[node]] += gains[node];
    normalize(ofTree);
    for (let c = 0; c < columns; c++) mean[c] += ofTree[c];
  }
  normalize(mean);
  return mean;
}

/** By column, the gain of all nodes of all trees, made to sum to 1 (XGBoost's `total_gain`). */
export function totalGain({ columns, feature }: Forest, gains: Float64Array): Float64Array {
  const total = new Float64Array(columns);
  feature.forEach((column, node) => {
    if (column >= 0) total[column] += gains[node];
  });
  normalize(total);
  return total;
}

function normalize(values: Float64Array): void {
  let sum = 0;
  for (const value of values) sum += value;
  if (sum > 0) for (let i = 0; i < values.length; i++) values[i] /= sum;
}
