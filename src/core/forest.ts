import { LeafTable } from "./leaf-table.ts";
import { f64, i32, learn } from "./learn.ts";

/**
 * A forest as plain arrays, all trees one after the other, nodes in pre-order: the left child of node `i` is node `i + 1`.
 * A row goes left where `x[feature] <= threshold`, x in float32, the threshold in float64.
 */
export interface Forest {
  readonly columns: number;
  /** Numbers a leaf: class probabilities, or 1 for regression and boosting. */
  readonly classes: number;
  /** Where each tree's nodes start, and where the last one ends: trees + 1 numbers. */
  readonly offsets: Int32Array;
  /** The column that a node asks for; -1 for a leaf. */
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  /** The right child, counted from the tree's first node; for a leaf its row in `leafValues`. */
  readonly right: Int32Array;
  /** One row of `classes` numbers a distinct leaf. */
  readonly leafValues: Float64Array;
  /**
   * The weight of the training examples that came to a node, above 0, in a unit of its tree's own: a leaf's is a float32, an inner node's the
   * sum of its children's. Explanations need it; a forest from elsewhere may lack it.
   */
  readonly cover?: Float64Array;
}

export interface GrowOptions {
  nEstimators: number;
  classes: number;
  /** Columns drawn at a node. */
  maxFeatures: number;
  maxDepth: number;
  minSamplesSplit: number;
  minSamplesLeaf: number;
  /** Whether a column's threshold is drawn (extra-trees) rather than sought. */
  drawsThresholds: boolean;
  /** Values of a column are told apart by so many bins at most; `null`: all are. */
  maxBins: number | null;
  bootstrap: boolean;
  /** Weighs the classes anew in every bootstrap sample. */
  balancedSubsample: boolean;
  seed: number;
  /** A forest with cover whose trees come first; only the others are grown. */
  grown?: Required<Forest>;
  /** Trees grown by one call of the core; makes no difference to the forest. */
  treesPerCall: number;
  onProgress?: (done: number) => void;
}

/** A forest and, node by node, the share of its tree's weight by which it decreased the impurity; 0 in trees grown before. */
export interface GrownForest {
  readonly forest: Forest;
  readonly gains: Float64Array;
}

/** What one call of the core grew; `ends` are the ends of the trees in the node arrays. */
export interface GrownTrees {
  readonly ends: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly right: Int32Array;
  readonly gains: Float64Array;
  readonly covers: Float64Array;
}

/** Takes over the trees of one call of the core; leaves are numbered anew in `leafTable`, so that equal ones are kept once. */
export function readTrees(pointer: number, classes: number, leafTable: LeafTable): GrownTrees {
  const [nodes, nodeCount, gains, covers, leaves, leafCount, offsets, trees] = new Uint32Array(
    learn().memory.buffer,
    pointer,
    8,
  );
  const leafRows = f64(leaves, leafCount * classes);
  const leafNumbers = new Int32Array(leafCount);
  for (let row = 0; row < leafCount; row++) leafNumbers[row] = leafTable.add(leafRows, row * classes);
  const feature = new Int32Array(nodeCount);
  const right = new Int32Array(nodeCount);
  const threshold = new Float64Array(nodeCount);
  const integers = i32(nodes, nodeCount * 4);
  const floats = f64(nodes, nodeCount * 2);
  for (let i = 0; i < nodeCount; i++) {
    feature[i] = integers[4 * i];
    right[i] = feature[i] < 0 ? leafNumbers[integers[4 * i + 1]] : integers[4 * i + 1];
    threshold[i] = floats[2 * i + 1];
  }
  return {
    ends: i32(offsets, trees + 1).slice(1),
    feature,
    threshold,
    right,
    gains: f64(gains, nodeCount).slice(),
    covers: f64(covers, nodeCount).slice(),
  };
}

export function joinTrees(
  parts: readonly GrownTrees[],
  columns: number,
  classes: number,
  leafTable: LeafTable,
): GrownForest {
  const nodes = parts.reduce((sum, part) => sum + part.feature.length, 0);
  const trees = parts.reduce((sum, part) => sum + part.ends.length, 0);
  const offsets = new Int32Array(trees + 1);
  const feature = new Int32Array(nodes);
  const threshold = new Float64Array(nodes);
  const right = new Int32Array(nodes);
  const gains = new Float64Array(nodes);
  const cover = new Float64Array(nodes);
  let tree = 0;
  let node = 0;
  for (const part of parts) {
    for (const end of part.ends) offsets[++tree] = node + end;
    feature.set(part.feature, node);
    threshold.set(part.threshold, node);
    right.set(part.right, node);
    gains.set(part.gains, node);
    cover.set(part.covers, node);
    node += part.feature.length;
  }
  const forest = { columns, classes, offsets, feature, threshold, right, leafValues: leafTable.toArray(), cover };
  sumCovers(forest);
  return { forest, gains };
}

/** Rounds the covers of leaves to float32, as they are saved, and makes those of inner nodes their sums. */
export function sumCovers({ offsets, feature, right, cover }: Required<Forest>): void {
  for (let tree = offsets.length - 2; tree >= 0; tree--) {
    for (let node = offsets[tree + 1] - 1; node >= offsets[tree]; node--) {
      cover[node] = feature[node] < 0 ? Math.fround(cover[node]) : cover[node + 1] + cover[offsets[tree] + right[node]];
    }
  }
}

/** What one thread grew: trees, whose leaves are rows of `leafValues`. */
export interface ForestPart {
  readonly trees: GrownTrees;
  readonly leafValues: Float64Array;
}

/** The right children of nodes, where leaves are numbered anew: as rows of `leafTable`, which takes over those of `leafValues`. */
function renumber(
  { feature, right }: Pick<GrownTrees, "feature" | "right">,
  leafValues: Float64Array,
  classes: number,
  leafTable: LeafTable,
): Int32Array {
  const numbers = Int32Array.from({ length: leafValues.length / classes }, (_, row) =>
    leafTable.add(leafValues, row * classes),
  );
  return right.map((child, node) => (feature[node] < 0 ? numbers[child] : child));
}

/** The trees of a forest grown before. */
export function grownBefore(forest: Required<Forest>, leafTable: LeafTable): GrownTrees {
  const { offsets, feature, threshold, leafValues, classes, cover } = forest;
  return {
    ends: offsets.slice(1),
    feature,
    threshold,
    right: renumber(forest, leafValues, classes, leafTable),
    gains: new Float64Array(feature.length),
    covers: cover,
  };
}

/** How many trees there are already, of those that growing is to give. */
export const treesBefore = ({ grown }: Pick<GrowOptions, "grown">): number => (grown ? grown.offsets.length - 1 : 0);

/**
 * The forest of all trees from `treesBefore(options)` on, in parts that are in order; to the bit what growing all in one thread gives.
 */
export function joinParts(parts: readonly ForestPart[], columns: number, options: GrowOptions): GrownForest {
  const { classes, grown } = options;
  const leafTable = new LeafTable(classes);
  const before = grown ? [grownBefore(grown, leafTable)] : [];
  const others = parts.map(({ trees, leafValues }) => ({
    ...trees,
    right: renumber(trees, leafValues, classes, leafTable),
  }));
  return joinTrees([...before, ...others], columns, classes, leafTable);
}
