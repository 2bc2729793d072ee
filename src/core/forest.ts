import type { Matrix } from "../matrix.ts";
import { checkCapacity } from "./capacity.ts";
import { LeafTable } from "./leaf-table.ts";
import { f64, i32, type Scratch, scratch } from "./memory.ts";
import { core } from "./module.ts";

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

/** What growing takes at its peak: the rows, their ranks and values, and some 80 bytes a row for the tree in work. */
function checkTrainingSize(x: Matrix, { classes, treesPerCall }: GrowOptions): void {
  const stored = x.kind === "dense" ? x.data.length : x.values.length;
  // A tree has at most two nodes a row, of 32 bytes, and a leaf row for every second; buffers double as they grow.
  const trees = treesPerCall * x.rows * (128 + 8 * classes);
  checkCapacity((x.kind === "dense" ? 12 : 28) * stored + 80 * x.rows + 40 * x.columns + trees);
}

export function trainingData(memory: Scratch, x: Matrix): number {
  if (x.kind === "dense") return core.trainingDataDense(memory.copy(x.data), x.rows, x.columns) >>> 0;
  const { indptr, indices, values } = x;
  return (
    core.trainingDataSparse(memory.copy(indptr), memory.copy(indices), memory.copy(values), x.rows, x.columns) >>> 0
  );
}

/** Takes over the trees of one call of the core; leaves are numbered anew in `leafTable`, so that equal ones are kept once. */
export function readTrees(pointer: number, classes: number, leafTable: LeafTable): GrownTrees {
  const [nodes, nodeCount, gains, covers, leaves, leafCount, offsets, trees] = new Uint32Array(
    core.memory.buffer,
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

/** The trees of a forest grown before, their leaves numbered anew. */
function grownBefore(
  { offsets, feature, threshold, right, leafValues, classes, cover }: Required<Forest>,
  leaves: LeafTable,
): GrownTrees {
  const numbers = Int32Array.from({ length: leafValues.length / classes }, (_, row) =>
    leaves.add(leafValues, row * classes),
  );
  return {
    ends: offsets.slice(1),
    feature,
    threshold,
    right: right.map((child, node) => (feature[node] < 0 ? numbers[child] : child)),
    gains: new Float64Array(feature.length),
    covers: cover,
  };
}

/**
 * Grows a random forest. `target` numbers each row's class from 0 (u16) or is what a regression (of 1 class) is to tell (f64); `weights` are the sample weights, class weights included.
 * The arguments must have been checked: finite values, ascending indices, lengths that agree. @throws {DataError} when they do not fit the core.
 */
export function growForest(
  x: Matrix,
  target: Uint16Array | Float64Array,
  weights: Float64Array,
  options: GrowOptions,
): GrownForest {
  checkTrainingSize(x, options);
  const data = scratch((memory) => trainingData(memory, x));
  try {
    return scratch((memory) => {
      const targetPointer = memory.copy(new Uint8Array(target.buffer, target.byteOffset, target.byteLength));
      const isRegression = target instanceof Float64Array;
      const weightPointer = memory.copy(weights);
      const parts: GrownTrees[] = [];
      const leafTable = new LeafTable(options.classes);
      if (options.grown) parts.push(grownBefore(options.grown, leafTable));
      const first = options.grown ? options.grown.offsets.length - 1 : 0;
      for (let from = first; from < options.nEstimators; from += options.treesPerCall) {
        const to = Math.min(from + options.treesPerCall, options.nEstimators);
        const grown =
          core.growForest(
            data,
            isRegression ? 0 : targetPointer,
            isRegression ? targetPointer : 0,
            weightPointer,
            options.classes,
            options.maxFeatures,
            options.maxDepth,
            options.minSamplesSplit,
            options.minSamplesLeaf,
            options.drawsThresholds,
            options.bootstrap,
            options.balancedSubsample,
            options.seed,
            from,
            to,
          ) >>> 0;
        parts.push(readTrees(grown, options.classes, leafTable));
        core.releaseForest(grown);
        options.onProgress?.(to / options.nEstimators);
      }
      return joinTrees(parts, x.columns, options.classes, leafTable);
    });
  } finally {
    core.releaseTrainingData(data);
  }
}
