import type { Matrix } from "../matrix.ts";
import { checkCapacity } from "./capacity.ts";
import { type GrownForest, type GrownTrees, joinTrees, readTrees } from "./forest.ts";
import { trainingData } from "./forest-grower.ts";
import { LeafTable } from "./leaf-table.ts";
import { f64, learn, scratch } from "./learn.ts";

export interface BoostOptions {
  classes: number;
  nEstimators: number;
  learningRate: number;
  l2: number;
  maxDepth: number;
  maxLeafNodes: number;
  minChildWeight: number;
  minSamplesLeaf: number;
  subsample: number;
  colsample: number;
  maxBins: number;
  seed: number;
  /** Boosting ends after so many rounds without a lower loss of the rows that are held out; `null`: it does not end early. */
  earlyStoppingRounds: number | null;
  onProgress?: (done: number) => void;
}

export interface Boosted extends GrownForest {
  /** The loss of the rows that are held out, after each round; empty when there are none. */
  readonly heldOutLoss: readonly number[];
}

const CELL_BYTES = 24;

/** Rows, ranks, values and bins, gradients, and the histograms of the nodes that wait. */
function checkTrainingSize(x: Matrix, { classes, maxBins, maxDepth, maxLeafNodes }: BoostOptions): void {
  const stored = x.kind === "dense" ? x.data.length : x.values.length;
  const cells = Math.min(x.columns * maxBins, stored + x.columns);
  // Depth first, a node and its sibling a level wait; no tree of bins is deep unless its leaves are limited.
  const waiting = 2 + Math.min(maxLeafNodes, maxDepth, 64);
  const histograms = waiting * cells * CELL_BYTES;
  // Sparse rows have one more, and a byte a cell, for nodes of few rows.
  const occurring = x.kind === "dense" ? 0 : (CELL_BYTES + 1) * cells;
  const rows = (x.kind === "dense" ? 13 : 49) * stored + (204 + 24 * classes) * x.rows;
  checkCapacity(rows + 40 * x.columns + histograms + occurring);
}

/** Fewest outputs that say the probabilities of so many classes. */
export const outputsOf = (classes: number): number => (classes === 2 ? 1 : classes);

/**
 * Grows trees by gradient boosting, one a round for each output. `weights` and `heldOut` weigh each row in training and in the loss that ends it
 * early; one of the two is 0. The arguments must have been checked. @throws {DataError} when they do not fit the core.
 */
export function boostTrees(
  x: Matrix,
  classOf: Uint16Array,
  weights: Float64Array,
  heldOut: Float64Array,
  options: BoostOptions,
): Boosted {
  checkTrainingSize(x, options);
  const { classes, nEstimators, earlyStoppingRounds } = options;
  const losses: number[] = [];
  const data = scratch((memory) => trainingData(memory, x));
  try {
    return scratch((memory) => {
      const booster =
        learn().newBooster(
          data,
          memory.copy(new Uint8Array(classOf.buffer, classOf.byteOffset, classOf.byteLength)),
          memory.copy(weights),
          memory.copy(heldOut),
          classes,
          options.learningRate,
          options.l2,
          options.maxDepth,
          options.maxLeafNodes,
          options.minChildWeight,
          options.minSamplesLeaf,
          options.subsample,
          options.colsample,
          options.maxBins,
          options.seed,
        ) >>> 0;
      const parts: GrownTrees[] = [];
      const leafTable = new LeafTable(1);
      let best = 0;
      for (let round = 0; round < nEstimators; round++) {
        const grown = learn().boostRound(booster) >>> 0;
        parts.push(readTrees(grown, 1, leafTable));
        learn().releaseForest(grown);
        options.onProgress?.((round + 1) / nEstimators);
        if (earlyStoppingRounds === null) continue;
        losses.push(learn().heldOutLoss(booster));
        if (losses[round] < losses[best]) best = round;
        if (round - best >= earlyStoppingRounds) break;
      }
      learn().releaseBooster(booster);
      const kept = earlyStoppingRounds === null ? parts : parts.slice(0, best + 1);
      return { ...joinTrees(kept, x.columns, 1, leafTable), heldOutLoss: losses };
    });
  } finally {
    learn().releaseTrainingData(data);
  }
}

/** Class probabilities (rows x classes) from margins (rows x outputs): logistic for two classes, else softmax. */
export function marginsToProbabilities(margins: Float64Array, rows: number, classes: number): Float64Array {
  checkCapacity(16 * rows * classes);
  return scratch((memory) => {
    const out = memory.zeros(rows * classes * 8);
    learn().marginsToProbabilities(memory.copy(margins), rows, outputsOf(classes), out);
    return f64(out, rows * classes).slice();
  });
}
