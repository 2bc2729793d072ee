import type { Forest } from "../src/core/forest.ts";
import type { TreeModel } from "../src/models/explain.ts";

/** What one tree is expected to say when the features of `known` (bits) are those of `row`; where another is asked for, by cover. */
function expectedLeaf(forest: Required<Forest>, tree: number, row: ArrayLike<number>, known: number): number[] {
  const { offsets, feature, threshold, right, leafValues, classes, cover } = forest;
  const visit = (node: number): number[] => {
    if (feature[node] < 0) return [...leafValues.subarray(right[node] * classes, (right[node] + 1) * classes)];
    const children = [node + 1, offsets[tree] + right[node]];
    if ((known >> feature[node]) & 1) return visit(children[row[feature[node]] <= threshold[node] ? 0 : 1]);
    const [low, high] = children.map(visit);
    const [a, b] = children.map((child) => cover[child] / cover[node]);
    return low.map((value, c) => a * value + b * high[c]);
  };
  return visit(offsets[tree]);
}

/** Shapley values by their definition, over all subsets of the features: features x outputs. */
export function bruteShapley({ forest, outputs, averaged }: TreeModel, row: ArrayLike<number>): number[] {
  const { columns, offsets, classes } = forest as Forest;
  const trees = offsets.length - 1;
  const worth = Array.from({ length: 1 << columns }, (_, known) => {
    const sum = Array.from({ length: outputs }, () => 0);
    for (let tree = 0; tree < trees; tree++) {
      const leaf = expectedLeaf(forest as Required<Forest>, tree, row, known);
      leaf.forEach((value, c) => {
        sum[classes === 1 ? tree % outputs : c] += averaged ? value / trees : value;
      });
    }
    return sum;
  });
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  const values = Array.from({ length: columns * outputs }, () => 0);
  for (let f = 0; f < columns; f++) {
    for (let known = 0; known < 1 << columns; known++) {
      if ((known >> f) & 1) continue;
      const size = known.toString(2).replaceAll("0", "").length;
      const weight = (factorial(size) * factorial(columns - size - 1)) / factorial(columns);
      for (let c = 0; c < outputs; c++)
        values[f * outputs + c] += weight * (worth[known | (1 << f)][c] - worth[known][c]);
    }
  }
  return values;
}
