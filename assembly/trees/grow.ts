// Trees as scikit-learn 1.2 grows them (DepthFirstTreeBuilder with BestSplitter or RandomSplitter, Gini or squared error): columns are drawn
// without replacement, constant ones are skipped and remembered for the subtree, thresholds lie midway between float32 neighbours.
import { binTrainingData } from "./bin-ranks";
import { Forest, addLeaf, addNode, addValue, endTree, newForest, setRight, startTree } from "./forest";
import { Grower, copySums, newGrower, releaseGrower, weightOf } from "./grower";
import { randomBelow } from "./random";
import { highOf, sumSquares, valueOf } from "./split";
import { divideDense, enterDense, splitDense } from "./split-dense";
import { divideSparse, splitSparse } from "./split-sparse";
import { TrainingData, layOutRows } from "./training-data";
import { Weighting, newWeighting, releaseWeighting, weighTargets, weighTree } from "./weighting";

const EPSILON: f64 = 2.220446049250313e-16;

/** A node that waits: i32 start, end, depth, parent (-1 for a left child), constants; then its weight by class from byte 24. */
const WAITING_TOTALS: usize = 24;

@unmanaged
class Builder {
  g: Grower;
  weighting: Weighting;
  forest: Forest;
  maxFeatures: i32;
  maxDepth: i32;
  minSamplesSplit: i32;
  /** i32 each: the columns, drawn constants first, then known constants, then the rest; and the constants in the order found. */
  columns: usize;
  constants: usize;
  stack: usize;
  stackSize: usize;
  stackCapacity: usize;
  entryBytes: usize;
  rootWeight: f64;
  /** Regression: f64 a row, or 0; and what leads from sums of targets back to means (see weighTargets). */
  y: usize;
  scales: usize;
}

/**
 * Grows the trees `from` to `to` - 1 of a forest. `classOf`: u16 a row, or `y`: f64 a row for regression (else 0), of one class; `sampleWeights`: f64 a row, class weights included.
 * With `drawsThresholds`, a column's threshold is drawn between its ends in the node (Geurts, Ernst and Wehenkel 2006, "Extremely randomized
 * trees"; scikit-learn's RandomSplitter) instead of sought. With `maxBins` above 0 it is sought between so many bins at most (see bin-ranks.ts). With `balanced`, classes are weighed anew in every bootstrap sample. Which trees one call grows does not change them.
 */
export function growForest(
  trainingData: usize,
  classOf: usize,
  y: usize,
  sampleWeights: usize,
  classes: i32,
  maxFeatures: i32,
  maxDepth: i32,
  minSamplesSplit: i32,
  minSamplesLeaf: i32,
  drawsThresholds: bool,
  maxBins: i32,
  bootstrap: bool,
  balanced: bool,
  seed: u32,
  from: i32,
  to: i32,
): usize {
  const data = changetype<TrainingData>(trainingData);
  const b = changetype<Builder>(heap.alloc(offsetof<Builder>()));
  const sums = y ? 2 : classes;
  if (maxBins > 0) binTrainingData(data, sampleWeights, maxBins);
  layOutRows(data);
  b.g = newGrower(data, sums, classOf);
  b.y = y;
  b.g.targets = y ? heap.alloc((data.rows as usize) << 3) : 0;
  b.scales = heap.alloc(16);
  b.g.minSamplesLeaf = minSamplesLeaf;
  b.weighting = newWeighting(data.rows, classes, classOf, sampleWeights, bootstrap, balanced, seed);
  b.g.drawsThresholds = drawsThresholds;
  b.g.random = b.weighting.random;
  b.forest = newForest(classes, to - from);
  b.maxFeatures = maxFeatures;
  b.maxDepth = maxDepth;
  b.minSamplesSplit = minSamplesSplit;
  b.columns = heap.alloc((data.columns as usize) << 2);
  b.constants = heap.alloc((data.columns as usize) << 2);
  b.entryBytes = WAITING_TOTALS + ((sums as usize) << 3);
  b.stackCapacity = b.entryBytes << 6;
  b.stack = heap.alloc(b.stackCapacity);
  for (let tree = from; tree < to; tree++) growTree(b, tree);
  heap.free(b.stack);
  heap.free(b.scales);
  if (y) heap.free(b.g.targets);
  heap.free(b.constants);
  heap.free(b.columns);
  const forest = b.forest;
  releaseWeighting(b.weighting);
  releaseGrower(b.g);
  heap.free(changetype<usize>(b));
  return changetype<usize>(forest);
}

function push(b: Builder, start: i32, end: i32, depth: i32, parent: i32, constants: i32, totals: usize): void {
  if (b.stackSize + b.entryBytes > b.stackCapacity) {
    b.stackCapacity <<= 1;
    b.stack = heap.realloc(b.stack, b.stackCapacity);
  }
  const entry = b.stack + b.stackSize;
  store<i32>(entry, start);
  store<i32>(entry, end, 4);
  store<i32>(entry, depth, 8);
  store<i32>(entry, parent, 12);
  store<i32>(entry, constants, 16);
  copySums(entry + WAITING_TOTALS, totals, b.g.classes);
  b.stackSize += b.entryBytes;
}

function growTree(b: Builder, tree: i32): void {
  const g = b.g;
  const columns = g.data.columns;
  const n = weighTree(b.weighting, g, tree);
  for (let c = 0; c < columns; c++) store<i32>(b.columns + ((c as usize) << 2), c);
  if (b.y) weighTargets(g, b.y, b.scales);
  b.rootWeight = weightOf(g, g.totals);
  startTree(b.forest);
  b.stackSize = 0;
  push(b, 0, n, 0, -1, 0, g.totals);
  while (b.stackSize > 0) {
    b.stackSize -= b.entryBytes;
    growNode(b, b.stack + b.stackSize);
  }
  endTree(b.forest);
}

function growNode(b: Builder, entry: usize): void {
  const g = b.g;
  const classes = g.classes;
  const start = load<i32>(entry);
  const end = load<i32>(entry, 4);
  const depth = load<i32>(entry, 8);
  const parent = load<i32>(entry, 12);
  let constants = load<i32>(entry, 16);
  copySums(g.totals, entry + WAITING_TOTALS, classes);
  const weight = weightOf(g, g.totals);
  const squares = sumSquares(g.totals, b.y ? 1 : classes);
  g.start = start;
  g.end = end;
  g.totalWeight = weight;
  g.totalSquares = squares;
  g.bestScore = -1;

  if (parent >= 0) setRight(b.forest, parent);
  // Whole weights are kept as they are; others as shares of the tree's.
  const cover = g.integral ? weight : weight / b.rootWeight;
  const n = end - start;
  const mayGrow = depth < b.maxDepth && n >= b.minSamplesSplit && n >= 2 * g.minSamplesLeaf;
  if (mayGrow && !isPure(b, squares, weight)) constants = searchColumns(b, constants);
  if (g.bestScore < 0) {
    if (b.y) addValue(b.forest, meanTarget(b, weight), cover);
    else addLeaf(b.forest, g.totals, weight, cover);
    return;
  }
  const gain = (g.bestScore - squares / weight) / b.rootWeight;
  const threshold = g.drawsThresholds ? g.bestThreshold : midway(g);
  const node = addNode(b.forest, g.bestColumn, threshold, gain, cover);
  const border = g.data.sparse ? divideSparse(g) : divideDense(g);
  // g.totals becomes the right child's; the left child's stand in g.left.
  for (let c: usize = 0; c < (classes as usize) << 3; c += 8) {
    store<f64>(g.totals + c, load<f64>(g.totals + c) - load<f64>(g.left + c));
  }
  push(b, border, end, depth + 1, node, constants, g.totals);
  push(b, start, border, depth + 1, -1, constants, g.left);
}

/** Whether the node's examples are of one class, or their targets equal. */
function isPure(b: Builder, squares: f64, weight: f64): bool {
  if (!b.y) return 1 - squares / (weight * weight) <= EPSILON;
  const samples = b.g.samples;
  const first = load<f64>(b.y + ((load<u32>(samples + ((b.g.start as usize) << 2)) as usize) << 3));
  for (let at = b.g.start + 1; at < b.g.end; at++) {
    if (load<f64>(b.y + ((load<u32>(samples + ((at as usize) << 2)) as usize) << 3)) !== first) return false;
  }
  return true;
}

function meanTarget(b: Builder, weight: f64): f64 {
  return load<f64>(b.scales) + load<f64>(b.g.totals) / weight / load<f64>(b.scales, 8);
}

/** Midway between the neighbours, in halves so that nothing overflows; never so high that the right neighbour goes left. */
function midway(g: Grower): f64 {
  const below = highOf(g, g.bestColumn, g.bestLeftRank) as f64;
  const above = valueOf(g, g.bestColumn, g.bestRightRank) as f64;
  const middle = below / 2 + above / 2;
  return middle === above ? below : middle;
}

/**
 * Draws columns (Fisher and Yates, partly) and keeps the best split in `b.g`. Goes on past `maxFeatures` until one drawn column varies.
 * Returns how many columns are known to be constant in the node, and so below it.
 */
function searchColumns(b: Builder, knownConstants: i32): i32 {
  const g = b.g;
  const columns = b.columns;
  const sparse = g.data.sparse;
  if (!sparse) enterDense(g);
  let undrawn = g.data.columns;
  let visited = 0;
  let found = 0;
  let drawnConstants = 0;
  let total = knownConstants;
  while (undrawn > total && (visited < b.maxFeatures || visited <= found + drawnConstants)) {
    visited++;
    let drawn = drawnConstants + (randomBelow(b.weighting.random, (undrawn - found - drawnConstants) as u32) as i32);
    if (drawn < knownConstants) {
      exchange(columns, drawnConstants++, drawn);
      continue;
    }
    drawn += found;
    const column = load<i32>(columns + ((drawn as usize) << 2));
    if (sparse ? splitSparse(g, column) : splitDense(g, column)) {
      exchange(columns, --undrawn, drawn);
    } else {
      exchange(columns, total++, drawn);
      found++;
    }
  }
  // The known constants keep their order for siblings and children; the new ones are noted behind them.
  const known = (knownConstants as usize) << 2;
  memory.copy(columns, b.constants, known);
  memory.copy(b.constants + known, columns + known, (found as usize) << 2);
  return total;
}

function exchange(items: usize, i: i32, j: i32): void {
  const a = items + ((i as usize) << 2);
  const b = items + ((j as usize) << 2);
  const item = load<i32>(a);
  store<i32>(a, load<i32>(b));
  store<i32>(b, item);
}
