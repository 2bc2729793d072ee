// One tree of boosting: nodes split by histograms, the best leaf first when leaves are limited (as LightGBM does), else depth first. The smaller
// child's histogram is counted, the larger's is the parent's less that; nodes of few rows have none.
import { areFew, findSplitOfFew } from "./boost-few";
import { CELL_BYTES, Split, fillHistogram, findSplit, subtractHistogram } from "./boost-histogram";
import { Node, TreeGrower, addGrown, nodeAt, returnHistogram, takeHistogram } from "./boost-grower";
import { Forest, addNode, addValue, endTree, setRight, startTree } from "./forest";

function maySplit(g: TreeGrower, node: Node): bool {
  return (
    node.depth < g.maxDepth &&
    load<f64>(node.total, 16) >= 2 * g.minCount &&
    load<f64>(node.total, 8) >= 2 * g.minHessian
  );
}

function fill(g: TreeGrower, node: Node): void {
  const samples = g.samples + ((node.start as usize) << 2);
  const n = node.end - node.start;
  fillHistogram(g.bins, samples, n, g.gradients, node.total, g.columns, g.columnCount, g.gathered, node.histogram);
}

function isFew(g: TreeGrower, node: Node): bool {
  return areFew(g.bins, g.samples + ((node.start as usize) << 2), node.end - node.start);
}

function search(g: TreeGrower, node: Node): void {
  if (node.histogram !== 0) {
    findSplit(g.bins, node.histogram, node.total, g.columns, g.columnCount, g.l2, g.minHessian, g.minCount, node.split);
    return;
  }
  findSplitOfFew(
    g.bins,
    g.occurring,
    g.samples + ((node.start as usize) << 2),
    node.end - node.start,
    g.gradients,
    g.gathered,
    node.total,
    g.columns,
    g.columnCount,
    g.l2,
    g.minHessian,
    g.minCount,
    node.split,
  );
}

/** Finds the best split of a node; a node without a split gives its histogram back. */
function openNode(g: TreeGrower, number: i32): void {
  const node = nodeAt(g, number);
  search(g, node);
  if (node.split.gain > 0) store<i32>(g.open + ((g.openCount++ as usize) << 2), number);
  else dropHistogram(g, node);
}

function dropHistogram(g: TreeGrower, node: Node): void {
  if (node.histogram !== 0) returnHistogram(g, node.histogram);
  node.histogram = 0;
}

/** Takes the next node to be split off the open ones: the one that gains most (the oldest of equals), or the latest. */
function nextOpen(g: TreeGrower): i32 {
  let place = g.openCount - 1;
  if (g.maxLeaves !== i32.MAX_VALUE) {
    place = 0;
    for (let i = 1; i < g.openCount; i++) {
      const node = nodeAt(g, load<i32>(g.open + ((i as usize) << 2)));
      if (node.split.gain > nodeAt(g, load<i32>(g.open + ((place as usize) << 2))).split.gain) place = i;
    }
  }
  const at = g.open + ((place as usize) << 2);
  const number = load<i32>(at);
  g.openCount--;
  memory.copy(at, at + 4, ((g.openCount - place) as usize) << 2);
  return number;
}

/** Divides a node's rows, in order; returns the border. */
function divide(g: TreeGrower, node: Node): i32 {
  const data = g.bins.data;
  const column = node.split.column as usize;
  const bin = node.split.bin as u32;
  let binOf = g.bins.binOf + column * (data.rows as usize);
  if (data.sparse) {
    // The rows' sides are noted first, those of the stored values over those of the zeros.
    const zeros: u8 = load<u8>(g.bins.zeroBins + column);
    for (let at = node.start; at < node.end; at++) {
      store<u8>(g.sides + load<u32>(g.samples + ((at as usize) << 2)), zeros);
    }
    const to = load<u32>(data.starts + (column << 2), 4) as usize;
    for (let at = load<u32>(data.starts + (column << 2)) as usize; at < to; at++) {
      store<u8>(g.sides + load<u32>(data.rowOf + (at << 2)), load<u8>(g.bins.binOf + at));
    }
    binOf = g.sides;
  }
  let border = node.start;
  let movedCount = 0;
  for (let at = node.start; at < node.end; at++) {
    const row = load<u32>(g.samples + ((at as usize) << 2));
    store<u32>(g.samples + ((border as usize) << 2), row);
    store<u32>(g.moved + ((movedCount as usize) << 2), row);
    const goesLeft = ((load<u8>(binOf + row) as u32) <= bin) as i32;
    border += goesLeft;
    movedCount += 1 - goesLeft;
  }
  memory.copy(g.samples + ((border as usize) << 2), g.moved, (movedCount as usize) << 2);
  return border;
}

function splitNode(g: TreeGrower, number: i32, last: bool): void {
  const node = nodeAt(g, number);
  const border = divide(g, node);
  node.left = addGrown(g, node.start, border, node.depth + 1);
  node.right = addGrown(g, border, node.end, node.depth + 1);
  const left = nodeAt(g, node.left);
  const right = nodeAt(g, node.right);
  memory.copy(left.total, changetype<usize>(node.split) + offsetof<Split>("gradient"), CELL_BYTES);
  for (let part: usize = 0; part < CELL_BYTES; part += 8) {
    store<f64>(right.total + part, load<f64>(node.total + part) - load<f64>(left.total + part));
  }
  const leftMay = !last && maySplit(g, left);
  const rightMay = !last && maySplit(g, right);
  const leftSmaller = left.end - left.start <= right.end - right.start;
  const smaller = leftSmaller ? left : right;
  const larger = leftSmaller ? right : left;
  // A node of few rows has no histogram; its children have fewer still.
  if ((leftMay || rightMay) && node.histogram !== 0 && !isFew(g, larger)) {
    smaller.histogram = takeHistogram(g);
    fill(g, smaller);
    larger.histogram = node.histogram;
    const cells = load<u32>(g.bins.starts + ((g.bins.data.columns as usize) << 2)) as usize;
    if (leftSmaller ? rightMay : leftMay) subtractHistogram(larger.histogram, smaller.histogram, cells);
    node.histogram = 0;
  } else {
    dropHistogram(g, node);
  }
  closeOrOpen(g, node.right, rightMay);
  closeOrOpen(g, node.left, leftMay);
}

function closeOrOpen(g: TreeGrower, number: i32, may: bool): void {
  if (may) openNode(g, number);
  else dropHistogram(g, nodeAt(g, number));
}

/**
 * Grows a tree on `gradients`, whose sum is `total` (a cell), appends it to `forest` and adds its leaves, times `rate`, to the rows' margins (f64,
 * `stride` of them a row, `margins` pointing to the first row's).
 */
export function growBoostedTree(
  g: TreeGrower,
  total: usize,
  rate: f64,
  forest: Forest,
  margins: usize,
  stride: i32,
): void {
  const rows = g.bins.data.rows;
  for (let row = 0; row < rows; row++) store<u32>(g.samples + ((row as usize) << 2), row as u32);
  g.nodeCount = 0;
  g.openCount = 0;
  const root = nodeAt(g, addGrown(g, 0, rows, 0));
  memory.copy(root.total, total, CELL_BYTES);
  if (maySplit(g, root)) {
    if (!isFew(g, root)) {
      root.histogram = takeHistogram(g);
      fill(g, root);
    }
    openNode(g, 0);
  }
  for (let leaves = 2; g.openCount > 0; leaves++) {
    splitNode(g, nextOpen(g), leaves >= g.maxLeaves);
    if (leaves >= g.maxLeaves) break;
  }
  for (; g.openCount > 0; g.openCount--) {
    dropHistogram(g, nodeAt(g, load<i32>(g.open + (((g.openCount - 1) as usize) << 2))));
  }
  startTree(forest);
  emit(g, rate, forest, margins, stride);
  endTree(forest);
  for (let i = 0; i < g.nodeCount; i++) {
    const node = nodeAt(g, i);
    heap.free(changetype<usize>(node.split));
    heap.free(node.total);
    heap.free(changetype<usize>(node));
  }
}

/** Writes the nodes in pre-order; `open` and `moved` serve as the stack: of nodes, and of the parents that right children belong to. */
function emit(g: TreeGrower, rate: f64, forest: Forest, margins: usize, stride: i32): void {
  let waiting = 1;
  store<i32>(g.open, 0);
  const parents = heap.alloc((g.nodeCapacity as usize) << 2);
  store<i32>(parents, -1);
  while (waiting > 0) {
    waiting--;
    const node = nodeAt(g, load<i32>(g.open + ((waiting as usize) << 2)));
    const parent = load<i32>(parents + ((waiting as usize) << 2));
    if (parent >= 0) setRight(forest, parent);
    const gradient = load<f64>(node.total);
    const hessian = load<f64>(node.total, 8);
    if (node.left === 0) {
      const value = (-gradient / (hessian + g.l2)) * rate;
      addValue(forest, value, hessian);
      for (let at = node.start; at < node.end; at++) {
        const row = load<u32>(g.samples + ((at as usize) << 2)) as usize;
        const margin = margins + ((row * (stride as usize)) << 3);
        store<f64>(margin, load<f64>(margin) + value);
      }
      continue;
    }
    const column = node.split.column;
    const bin = load<u32>(g.bins.starts + ((column as usize) << 2)) + (node.split.bin as u32);
    const threshold = load<f64>(g.bins.thresholds + ((bin as usize) << 3));
    const index = addNode(forest, column, threshold, node.split.gain, hessian);
    store<i32>(g.open + ((waiting as usize) << 2), node.right);
    store<i32>(parents + ((waiting as usize) << 2), index);
    store<i32>(g.open + (((waiting + 1) as usize) << 2), node.left);
    store<i32>(parents + (((waiting + 1) as usize) << 2), -1);
    waiting += 2;
  }
  heap.free(parents);
}
