import type { Forest } from "../src/core/forest.ts";
import type { DenseMatrix } from "../src/matrix.ts";

/** The plain interpreter that the core's prediction is held equal to. */
export function predictForest(forest: Forest, x: DenseMatrix): Float64Array {
  const { offsets, feature, threshold, right, leafValues, classes } = forest;
  const trees = offsets.length - 1;
  const out = new Float64Array(x.rows * classes);
  for (let row = 0; row < x.rows; row++) {
    for (let tree = 0; tree < trees; tree++) {
      let node = offsets[tree];
      while (feature[node] >= 0) {
        const goesLeft = x.data[row * x.columns + feature[node]] <= threshold[node];
        node = goesLeft ? node + 1 : offsets[tree] + right[node];
      }
      for (let c = 0; c < classes; c++) out[row * classes + c] += leafValues[right[node] * classes + c];
    }
    for (let c = 0; c < classes; c++) out[row * classes + c] /= trees;
  }
  return out;
}

interface GrowingRules {
  maxDepth: number;
  minSamplesSplit: number;
  minSamplesLeaf: number;
}

/** The sum over both sides of squared class weight over weight: the higher, the purer. */
function purity(rows: readonly number[], codes: ArrayLike<number>, weights: ArrayLike<number>): number {
  const sums: number[] = [];
  let total = 0;
  for (const row of rows) {
    sums[codes[row]] = (sums[codes[row]] ?? 0) + weights[row];
    total += weights[row];
  }
  return rows.length === 0 ? 0 : sums.reduce((sum, weight) => sum + weight * weight, 0) / total;
}

/**
 * Checks the first tree of a forest that was grown without bootstrap on all columns: every node was split exactly when the rules ask for it, by a
 * split than which brute force finds no better; every leaf holds its rows' class shares. Returns what is wrong, or null.
 */
export function faultOfTree(
  forest: Forest,
  x: DenseMatrix,
  codes: ArrayLike<number>,
  weights: ArrayLike<number>,
  rules: GrowingRules,
): string | null {
  const { feature, threshold, right, leafValues, classes } = forest;
  const value = (row: number, c: number) => x.data[row * x.columns + c];
  const visit = (node: number, rows: number[], depth: number): string | null => {
    let best = -1;
    const pure = rows.every((row) => codes[row] === codes[rows[0]]);
    const mayGrow =
      !pure &&
      depth < rules.maxDepth &&
      rows.length >= rules.minSamplesSplit &&
      rows.length >= 2 * rules.minSamplesLeaf;
    for (let c = 0; c < (mayGrow ? x.columns : 0); c++) {
      for (const border of new Set(rows.map((row) => value(row, c)))) {
        const left = rows.filter((row) => value(row, c) <= border);
        const rest = rows.filter((row) => value(row, c) > border);
        if (Math.min(left.length, rest.length) < rules.minSamplesLeaf) continue;
        best = Math.max(best, purity(left, codes, weights) + purity(rest, codes, weights));
      }
    }
    if (feature[node] < 0) {
      if (best >= 0) return `node ${node} should have been split`;
      const total = rows.reduce((sum, row) => sum + weights[row], 0);
      for (let c = 0; c < classes; c++) {
        const share = rows.reduce((sum, row) => sum + (codes[row] === c ? weights[row] : 0), 0) / total;
        if (Math.abs(share - leafValues[right[node] * classes + c]) > 1e-12)
          return `leaf ${node} has another share of ${c}`;
      }
      return null;
    }
    const left = rows.filter((row) => value(row, feature[node]) <= threshold[node]);
    const rest = rows.filter((row) => value(row, feature[node]) > threshold[node]);
    const score = purity(left, codes, weights) + purity(rest, codes, weights);
    if (Math.min(left.length, rest.length) < rules.minSamplesLeaf) return `node ${node} leaves too few on a side`;
    if (!(Math.abs(score - best) <= 1e-9 * best)) return `node ${node} scores ${score}, the best ${best}`;
    const below = Math.max(...left.map((row) => value(row, feature[node])));
    const above = Math.min(...rest.map((row) => value(row, feature[node])));
    if (threshold[node] !== below / 2 + above / 2) return `the threshold of node ${node} is not midway`;
    return visit(node + 1, left, depth + 1) ?? visit(right[node], rest, depth + 1);
  };
  return visit(
    0,
    Array.from({ length: x.rows }, (_, row) => row),
    0,
  );
}
