import type { Matrix } from "../matrix.ts";
import { checkCapacity } from "./capacity.ts";
import { LeafTable } from "./leaf-table.ts";
import { f64, i32, type Scratch, scratch } from "./memory.ts";
import { core } from "./module.ts";

/**
 * A classification forest as plain arrays, all trees one after the other, nodes in pre-order: the left child of node `i` is node `i + 1`.
 * A row goes left where `x[feature] <= threshold`, x in float32, the threshold in float64.
 */
export interface Forest {
  readonly columns: number;
  readonly classes: number;
  /** Where each tree's nodes start, and where the last one ends: trees + 1 numbers. */
  readonly offsets: Int32Array;
  /** The column that a node asks for; -1 for a leaf. */
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  /** The right child, counted from the tree's first node; for a leaf its row in `leafValues`. */
  readonly right: Int32Array;
  /** Class probabilities, one row of `classes` numbers a distinct leaf. */
  readonly leafValues: Float64Array;
}

export interface GrowOptions {
  nEstimators: number;
  classes: number;
  /** Columns drawn at a node. */
  maxFeatures: number;
  maxDepth: number;
  minSamplesSplit: number;
  minSamplesLeaf: number;
  bootstrap: boolean;
  /** Weighs the classes anew in every bootstrap sample. */
  balancedSubsample: boolean;
  seed: number;
  /** Trees grown by one call of the core; makes no difference to the forest. */
  treesPerCall: number;
  onProgress?: (done: number) => void;
}

/** A forest and, node by node, the share of its tree's weight by which it decreased the impurity. */
export interface GrownForest {
  readonly forest: Forest;
  readonly gains: Float64Array;
}

const NODE_BYTES = 16;

/** What one call of the core grew; `ends` are the ends of the trees in the node arrays. */
interface GrownTrees {
  readonly ends: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly right: Int32Array;
  readonly gains: Float64Array;
}

/** What growing takes at its peak: the rows, their ranks and values, and some 64 bytes a row for the tree in work. */
function checkTrainingSize(x: Matrix, { classes, treesPerCall }: GrowOptions): void {
  const stored = x.kind === "dense" ? x.data.length : x.values.length;
  // A tree has at most two nodes a row, of 24 bytes, and a leaf row for every second; buffers double as they grow.
  const trees = treesPerCall * x.rows * (96 + 8 * classes);
  checkCapacity((x.kind === "dense" ? 12 : 28) * stored + 64 * x.rows + 40 * x.columns + trees);
}

function checkPredictionSize(x: Matrix, classes: number): void {
  const stored = x.kind === "dense" ? x.data.length : 2 * x.values.length + x.columns;
  checkCapacity(4 * stored + x.rows * (8 + 8 * classes));
}

function trainingData(memory: Scratch, x: Matrix): number {
  if (x.kind === "dense") return core.trainingDataDense(memory.copy(x.data), x.rows, x.columns) >>> 0;
  const { indptr, indices, values } = x;
  return (
    core.trainingDataSparse(memory.copy(indptr), memory.copy(indices), memory.copy(values), x.rows, x.columns) >>> 0
  );
}

/** Takes over the trees of one call of the core; leaves are numbered anew in `leafTable`, so that equal ones are kept once. */
function readTrees(pointer: number, classes: number, leafTable: LeafTable): GrownTrees {
  const [nodes, nodeCount, gains, leaves, leafCount, offsets, trees] = new Uint32Array(core.memory.buffer, pointer, 7);
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
  };
}

function joinTrees(parts: readonly GrownTrees[], columns: number, classes: number, leafTable: LeafTable): GrownForest {
  const nodes = parts.reduce((sum, part) => sum + part.feature.length, 0);
  const trees = parts.reduce((sum, part) => sum + part.ends.length, 0);
  const offsets = new Int32Array(trees + 1);
  const feature = new Int32Array(nodes);
  const threshold = new Float64Array(nodes);
  const right = new Int32Array(nodes);
  const gains = new Float64Array(nodes);
  let tree = 0;
  let node = 0;
  for (const part of parts) {
    for (const end of part.ends) offsets[++tree] = node + end;
    feature.set(part.feature, node);
    threshold.set(part.threshold, node);
    right.set(part.right, node);
    gains.set(part.gains, node);
    node += part.feature.length;
  }
  return { forest: { columns, classes, offsets, feature, threshold, right, leafValues: leafTable.toArray() }, gains };
}

/**
 * Grows a random forest. `classOf` numbers each row's class from 0; `weights` are the sample weights, class weights included.
 * The arguments must have been checked: finite values, ascending indices, lengths that agree. @throws {DataError} when they do not fit the core.
 */
export function growForest(x: Matrix, classOf: Uint16Array, weights: Float64Array, options: GrowOptions): GrownForest {
  checkTrainingSize(x, options);
  const data = scratch((memory) => trainingData(memory, x));
  try {
    return scratch((memory) => {
      const classPointer = memory.copy(new Uint8Array(classOf.buffer, classOf.byteOffset, classOf.byteLength));
      const weightPointer = memory.copy(weights);
      const parts: GrownTrees[] = [];
      const leafTable = new LeafTable(options.classes);
      for (let from = 0; from < options.nEstimators; from += options.treesPerCall) {
        const to = Math.min(from + options.treesPerCall, options.nEstimators);
        const grown =
          core.growForest(
            data,
            classPointer,
            weightPointer,
            options.classes,
            options.maxFeatures,
            options.maxDepth,
            options.minSamplesSplit,
            options.minSamplesLeaf,
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

interface Resident {
  nodes: number;
  offsets: number;
  leaves: number;
  trees: number;
}

const abandoned = new FinalizationRegistry<Resident>(({ nodes, offsets, leaves }) => {
  core.release(nodes);
  core.release(offsets);
  core.release(leaves);
});

/** A forest laid out in the core's memory, ready to predict; its memory is freed when it is collected. */
export class ResidentForest {
  readonly #forest: Forest;
  readonly #resident: Resident;

  constructor(forest: Forest) {
    this.#forest = forest;
    const { feature, right, threshold, offsets, leafValues } = forest;
    const count = feature.length;
    const nodes = core.alloc(count * NODE_BYTES) >>> 0;
    const offsetsPointer = core.alloc(offsets.byteLength) >>> 0;
    const leaves = core.alloc(leafValues.byteLength) >>> 0;
    const integers = i32(nodes, count * 4);
    const floats = f64(nodes, count * 2);
    for (let i = 0; i < count; i++) {
      integers[4 * i] = feature[i];
      integers[4 * i + 1] = right[i];
      floats[2 * i + 1] = threshold[i];
    }
    i32(offsetsPointer, offsets.length).set(offsets);
    f64(leaves, leafValues.length).set(leafValues);
    this.#resident = { nodes, offsets: offsetsPointer, leaves, trees: offsets.length - 1 };
    abandoned.register(this, this.#resident);
  }

  /** Class probabilities, rows x classes: the mean over the trees of the leaves that a row comes to. */
  predictProba(x: Matrix): Float64Array {
    const { nodes, offsets, trees, leaves } = this.#resident;
    const { classes } = this.#forest;
    checkPredictionSize(x, classes);
    return scratch((memory) => {
      const out = memory.zeros(x.rows * classes * 8);
      const values = memory.copy(x.kind === "dense" ? x.data : x.values);
      if (x.kind === "dense") {
        core.predictForestDense(nodes, offsets, trees, leaves, classes, values, x.rows, x.columns, out);
      } else {
        const indptr = memory.copy(x.indptr);
        const indices = memory.copy(x.indices);
        core.predictForestSparse(
          nodes,
          offsets,
          trees,
          leaves,
          classes,
          indptr,
          indices,
          values,
          x.rows,
          x.columns,
          out,
        );
      }
      return f64(out, x.rows * classes).slice();
    });
  }

  /**
   * For the very rows that a bootstrapped forest of `seed` was grown from: the sum of the leaves of the trees that did not see a row
   * (rows x classes), and the number of those trees.
   */
  outOfBag(x: Matrix, seed: number): { sums: Float64Array; treeCounts: Int32Array } {
    const { nodes, offsets, trees, leaves } = this.#resident;
    const { classes } = this.#forest;
    checkPredictionSize(x, classes);
    return scratch((memory) => {
      const sums = memory.zeros(x.rows * classes * 8);
      const counts = memory.zeros(x.rows * 4);
      const values = memory.copy(x.kind === "dense" ? x.data : x.values);
      const indptr = x.kind === "csr" ? memory.copy(x.indptr) : 0;
      const indices = x.kind === "csr" ? memory.copy(x.indices) : 0;
      core.outOfBag(
        nodes,
        offsets,
        trees,
        leaves,
        classes,
        indptr,
        indices,
        values,
        x.rows,
        x.columns,
        seed,
        sums,
        counts,
      );
      return { sums: f64(sums, x.rows * classes).slice(), treeCounts: i32(counts, x.rows).slice() };
    });
  }
}
