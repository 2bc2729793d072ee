import type { Matrix } from "../matrix.ts";
import { checkCapacity } from "./capacity.ts";
import {
  type ForestPart,
  type GrownForest,
  type GrownTrees,
  type GrowOptions,
  grownBefore,
  joinTrees,
  readTrees,
  treesBefore,
} from "./forest.ts";
import { LeafTable } from "./leaf-table.ts";
import { learn, scratch } from "./learn.ts";
import { Scratch } from "./memory.ts";

/**
 * What growing takes at its peak: the rows, their ranks and values, which stored values of sparse rows are of which node (16 bytes each, and as much of
 * records), and some 80 bytes a row for the tree in work.
 */
function checkTrainingSize(x: Matrix, { classes, treesPerCall }: GrowOptions): void {
  const stored = x.kind === "dense" ? x.data.length : x.values.length;
  // A tree has at most two nodes a row, of 32 bytes, and a leaf row for every second; buffers double as they grow.
  const trees = treesPerCall * x.rows * (128 + 8 * classes);
  checkCapacity((x.kind === "dense" ? 12 : 60) * stored + 80 * x.rows + 40 * x.columns + trees);
}

export function trainingData(memory: Scratch, x: Matrix): number {
  if (x.kind === "dense") return learn().trainingDataDense(memory.copy(x.data), x.rows, x.columns) >>> 0;
  const { indptr, indices, values } = x;
  return (
    learn().trainingDataSparse(memory.copy(indptr), memory.copy(indices), memory.copy(values), x.rows, x.columns) >>> 0
  );
}

/**
 * Examples laid out in the core, for trees to be grown from. `target` numbers each row's class from 0 (u16) or is what a regression (of 1 class) is to
 * tell (f64); `weights` are the sample weights, class weights included. The arguments must have been checked: finite values, ascending indices,
 * lengths that agree.
 */
export class ForestGrower {
  readonly #options: GrowOptions;
  readonly #memory = new Scratch(learn());
  readonly #isRegression: boolean;
  #data = 0;
  #target = 0;
  #weights = 0;

  /** @throws {DataError} when the examples do not fit the core. */
  constructor(x: Matrix, target: Uint16Array | Float64Array, weights: Float64Array, options: GrowOptions) {
    checkTrainingSize(x, options);
    this.#options = options;
    this.#isRegression = target instanceof Float64Array;
    try {
      this.#data = scratch((memory) => trainingData(memory, x));
      this.#target = this.#memory.copy(new Uint8Array(target.buffer, target.byteOffset, target.byteLength));
      this.#weights = this.#memory.copy(weights);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** The trees `from` to `to` - 1, whatever was grown before them; their leaves are rows of `leafTable`. */
  grow(from: number, to: number, leafTable: LeafTable): GrownTrees {
    const options = this.#options;
    const grown =
      learn().growForest(
        this.#data,
        this.#isRegression ? 0 : this.#target,
        this.#isRegression ? this.#target : 0,
        this.#weights,
        options.classes,
        options.maxFeatures,
        options.maxDepth,
        options.minSamplesSplit,
        options.minSamplesLeaf,
        options.drawsThresholds,
        options.maxBins ?? 0,
        options.bootstrap,
        options.balancedSubsample,
        options.seed,
        from,
        to,
      ) >>> 0;
    const trees = readTrees(grown, options.classes, leafTable);
    learn().releaseForest(grown);
    return trees;
  }

  /** The trees `from` to `to` - 1 by themselves, to be sent to another thread. */
  growPart(from: number, to: number): ForestPart {
    const leafTable = new LeafTable(this.#options.classes);
    return { trees: this.grow(from, to, leafTable), leafValues: leafTable.toArray() };
  }

  /** Frees the core's memory; nothing can be grown any more. */
  release(): void {
    if (this.#data !== 0) learn().releaseTrainingData(this.#data);
    this.#data = 0;
    this.#memory.release();
  }
}

/** Grows a random forest; the arguments are those of {@link ForestGrower}. @throws {DataError} when they do not fit the core. */
export function growForest(
  x: Matrix,
  target: Uint16Array | Float64Array,
  weights: Float64Array,
  options: GrowOptions,
): GrownForest {
  const { classes, nEstimators, treesPerCall, grown } = options;
  const grower = new ForestGrower(x, target, weights, options);
  try {
    const leafTable = new LeafTable(classes);
    const parts = grown ? [grownBefore(grown, leafTable)] : [];
    for (let from = treesBefore(options); from < nEstimators; from += treesPerCall) {
      const to = Math.min(from + treesPerCall, nEstimators);
      parts.push(grower.grow(from, to, leafTable));
      options.onProgress?.(to / nEstimators);
    }
    return joinTrees(parts, x.columns, classes, leafTable);
  } finally {
    grower.release();
  }
}
