// Trees as scikit-learn 1.2 grows them (DepthFirstTreeBuilder with BestSplitter or RandomSplitter, Gini or squared error): columns are drawn
// without replacement, constant ones are skipped and remembered for the subtree, thresholds lie midway between float32 neighbours.
import { binTrainingData } from "./bin-ranks";
import { ColumnOrder, newColumnOrder, releaseColumnOrder, searchColumns, startOrder } from "./draw-columns";
import { Forest, addLeaf, addNode, addValue, endTree, newForest, setRight, startTree } from "./forest";
import { Grower, copySums, newGrower, releaseGrower, weightOf } from "./grower";
import { NodeColumns, enterColumns, partColumns, startColumns } from "./node-columns";
import { layOutRows } from "./row-layout";
import { highOf, sumSquares, valueOf } from "./split";
import { divideDense, enterDense } from "./split-dense";
import { divideSparse } from "./split-sparse";
import { TrainingData } from "./training-data";
import { WaitingNode, WaitingNodes, newWaitingNodes, peek, pop, push, releaseWaitingNodes, totalsOf } from "./waiting";
import { Weighting, newWeighting, releaseWeighting, weighTargets, weighTree } from "./weighting";

const EPSILON: f64 = 2.220446049250313e-16;

@unmanaged
class Builder {
  g: Grower;
  weighting: Weighting;
  forest: Forest;
  order: ColumnOrder;
  waiting: WaitingNodes;
  maxDepth: i32;
  minSamplesSplit: i32;
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
  b.order = newColumnOrder(data.columns, maxFeatures);
  b.waiting = newWaitingNodes(sums);
  b.maxDepth = maxDepth;
  b.minSamplesSplit = minSamplesSplit;
  for (let tree = from; tree < to; tree++) growTree(b, tree);
  heap.free(b.scales);
  if (y) heap.free(b.g.targets);
  const forest = b.forest;
  releaseWaitingNodes(b.waiting);
  releaseColumnOrder(b.order);
  releaseWeighting(b.weighting);
  releaseGrower(b.g);
  heap.free(changetype<usize>(b));
  return changetype<usize>(forest);
}

function growTree(b: Builder, tree: i32): void {
  const g = b.g;
  const waiting = b.waiting;
  const n = weighTree(b.weighting, g, tree);
  startOrder(b.order);
  if (b.y) weighTargets(g, b.y, b.scales);
  b.rootWeight = weightOf(g, g.totals);
  startTree(b.forest);
  const root = pushNode(b, 0, n, 0, -1, 0, g.totals);
  if (g.data.sparse) {
    startColumns(g.columns, g.slotOf);
    giveColumns(root, 0, g.columns.end, g.columns.top, 0, 0);
  }
  while (waiting.size > 0) growNode(b, pop(waiting));
  endTree(b.forest);
}

function pushNode(b: Builder, start: i32, end: i32, depth: i32, parent: i32, constants: i32, totals: usize): WaitingNode {
  const node = push(b.waiting, totals);
  node.start = start;
  node.end = end;
  node.depth = depth;
  node.parent = parent;
  node.constants = constants;
  node.grows = mayGrow(b, start, end, depth, totals);
  return node;
}

function growNode(b: Builder, waiting: WaitingNode): void {
  const g = b.g;
  const classes = g.classes;
  const start = waiting.start;
  const end = waiting.end;
  const depth = waiting.depth;
  let constants = waiting.constants;
  copySums(g.totals, totalsOf(waiting), classes);
  const weight = weightOf(g, g.totals);
  const squares = sumSquares(g.totals, b.y ? 1 : classes);
  g.start = start;
  g.end = end;
  g.totalWeight = weight;
  g.totalSquares = squares;
  g.bestScore = -1;

  if (waiting.parent >= 0) setRight(b.forest, waiting.parent);
  // Whole weights are kept as they are; others as shares of the tree's.
  const cover = g.integral ? weight : weight / b.rootWeight;
  if (waiting.grows) {
    if (g.data.sparse) takeColumns(g.columns, waiting);
    else enterDense(g);
    constants = searchColumns(b.order, g, constants);
  }
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
  pushNode(b, border, end, depth + 1, node, constants, g.totals);
  pushNode(b, start, border, depth + 1, -1, constants, g.left);
  if (g.data.sparse) shareColumns(g, peek(b.waiting, 0), peek(b.waiting, 1));
}

function takeColumns(columns: NodeColumns, node: WaitingNode): void {
  enterColumns(columns, node.firstRecord, node.endRecord, node.topRecord, node.changedFrom, node.changedTo);
}

function giveColumns(node: WaitingNode, first: u32, end: u32, top: u32, changedFrom: u32, changedTo: u32): void {
  node.firstRecord = first;
  node.endRecord = end;
  node.topRecord = top;
  node.changedFrom = changedFrom;
  node.changedTo = changedTo;
}

/** Shares the records of the node in work among its children; those of the left one are done with before the right one is grown. */
function shareColumns(g: Grower, left: WaitingNode, right: WaitingNode): void {
  if (!left.grows && !right.grows) return;
  const columns = g.columns;
  const leftIsSmaller = left.end - left.start <= right.end - right.start;
  const smaller = leftIsSmaller ? left : right;
  const top = columns.top;
  partColumns(columns, g.samples + ((smaller.start as usize) << 2), smaller.end - smaller.start);
  const end = smaller.grows ? columns.top : top;
  giveColumns(smaller, top, end, end, top, end);
  if (leftIsSmaller) giveColumns(right, columns.first, columns.end, top, top, end);
  else giveColumns(left, columns.first, columns.end, end, end, end);
}

/** Whether a node with such sums may be divided: not too deep nor too small, and not pure. */
function mayGrow(b: Builder, start: i32, end: i32, depth: i32, sums: usize): bool {
  const g = b.g;
  const n = end - start;
  if (depth >= b.maxDepth || n < b.minSamplesSplit || n < 2 * g.minSamplesLeaf) return false;
  return !(b.y ? isEven(b, start, end) : isPure(g, sums));
}

function isPure(g: Grower, sums: usize): bool {
  const weight = weightOf(g, sums);
  return 1 - sumSquares(sums, g.classes) / (weight * weight) <= EPSILON;
}

/** Whether the targets of the examples are equal. */
function isEven(b: Builder, start: i32, end: i32): bool {
  const samples = b.g.samples;
  const first = load<f64>(b.y + ((load<u32>(samples + ((start as usize) << 2)) as usize) << 3));
  for (let at = start + 1; at < end; at++) {
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
