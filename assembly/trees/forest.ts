// The forest that growing makes: flat pre-order nodes. A node is 16 bytes: i32 column, i32 right child, f64 threshold; its left child
// is the next node. A leaf has column -1 and, for the right child, a row of the leaf table (classes f64 each). The first rows of the
// table are the pure leaves (row c: all of class c). Children are numbered within their tree.

/** Bytes of a node. */
export const NODE_BYTES: usize = 16;

@unmanaged
export class Forest {
  nodes: usize;
  nodeCount: i32;
  /** f64 a node: its decrease of impurity as a share of the tree's weight; 0 for a leaf. */
  gains: usize;
  /** f64 a node: the weight of its examples, in a unit of the tree's own. */
  covers: usize;
  leaves: usize;
  leafCount: i32;
  /** i32, trees + 1: where each tree's nodes start. */
  offsets: usize;
  trees: i32;
  classes: i32;
  nodeCapacity: i32;
  leafCapacity: i32;
  treeStart: i32;
}

export function newForest(classes: i32, trees: i32): Forest {
  const forest = changetype<Forest>(heap.alloc(offsetof<Forest>()));
  const rowBytes = (classes as usize) << 3;
  forest.nodeCount = 0;
  forest.nodeCapacity = 1024;
  forest.nodes = heap.alloc((forest.nodeCapacity as usize) * NODE_BYTES);
  forest.gains = heap.alloc((forest.nodeCapacity as usize) << 3);
  forest.covers = heap.alloc((forest.nodeCapacity as usize) << 3);
  forest.leafCount = classes;
  forest.leafCapacity = classes << 1;
  forest.leaves = heap.alloc((forest.leafCapacity as usize) * rowBytes);
  memory.fill(forest.leaves, 0, (classes as usize) * rowBytes);
  for (let c = 0; c < classes; c++) store<f64>(forest.leaves + (c as usize) * (rowBytes + 8), 1);
  forest.offsets = heap.alloc(((trees as usize) + 1) << 2);
  store<i32>(forest.offsets, 0);
  forest.trees = 0;
  forest.classes = classes;
  return forest;
}

export function startTree(forest: Forest): void {
  forest.treeStart = forest.nodeCount;
}

export function endTree(forest: Forest): void {
  forest.trees++;
  store<i32>(forest.offsets + ((forest.trees as usize) << 2), forest.nodeCount);
}

export function releaseForest(pointer: usize): void {
  const forest = changetype<Forest>(pointer);
  heap.free(forest.nodes);
  heap.free(forest.gains);
  heap.free(forest.covers);
  heap.free(forest.leaves);
  heap.free(forest.offsets);
  heap.free(pointer);
}

function append(forest: Forest, column: i32, right: i32, threshold: f64, gain: f64, cover: f64): i32 {
  if (forest.nodeCount === forest.nodeCapacity) {
    forest.nodeCapacity <<= 1;
    forest.nodes = heap.realloc(forest.nodes, (forest.nodeCapacity as usize) * NODE_BYTES);
    forest.gains = heap.realloc(forest.gains, (forest.nodeCapacity as usize) << 3);
    forest.covers = heap.realloc(forest.covers, (forest.nodeCapacity as usize) << 3);
  }
  const index = forest.nodeCount++;
  const node = forest.nodes + (index as usize) * NODE_BYTES;
  store<i32>(node, column);
  store<i32>(node, right, 4);
  store<f64>(node, threshold, 8);
  store<f64>(forest.gains + ((index as usize) << 3), gain);
  store<f64>(forest.covers + ((index as usize) << 3), cover);
  return index;
}

/** Appends an inner node, whose right child {@link setRight} fills in; returns its number. */
export function addNode(forest: Forest, column: i32, threshold: f64, gain: f64, cover: f64): i32 {
  return append(forest, column, 0, threshold, gain, cover);
}

/** Makes the next node to be appended the right child of `parent`. */
export function setRight(forest: Forest, parent: i32): void {
  store<i32>(forest.nodes + (parent as usize) * NODE_BYTES, forest.nodeCount - forest.treeStart, 4);
}

function nextLeafRow(forest: Forest): usize {
  const rowBytes = (forest.classes as usize) << 3;
  if (forest.leafCount === forest.leafCapacity) {
    forest.leafCapacity <<= 1;
    forest.leaves = heap.realloc(forest.leaves, (forest.leafCapacity as usize) * rowBytes);
  }
  return forest.leaves + (forest.leafCount as usize) * rowBytes;
}

/** Appends a leaf with one value to a forest of one class. */
export function addValue(forest: Forest, value: f64, cover: f64): void {
  store<f64>(nextLeafRow(forest), value);
  append(forest, -1, forest.leafCount++, 0, 0, cover);
}

/** Appends a leaf with the weights `totals` by class, whose sum is `weight`, and with `cover`, the same in the tree's unit. */
export function addLeaf(forest: Forest, totals: usize, weight: f64, cover: f64): void {
  const classes = forest.classes;
  for (let c = 0; c < classes; c++) {
    if (load<f64>(totals + ((c as usize) << 3)) === weight) {
      append(forest, -1, c, 0, 0, cover);
      return;
    }
  }
  const row = nextLeafRow(forest);
  for (let c: usize = 0; c < (classes as usize) << 3; c += 8) store<f64>(row + c, load<f64>(totals + c) / weight);
  append(forest, -1, forest.leafCount++, 0, 0, cover);
}
