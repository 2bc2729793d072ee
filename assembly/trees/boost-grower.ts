// What growing a boosted tree keeps at hand: its nodes, the rows by node, and histograms that are used again and again.
import { Bins } from "./boost-bins";
import { Occurring, newOccurring, releaseOccurring } from "./boost-few";
import { CELL_BYTES, Split } from "./boost-histogram";

@unmanaged
export class Node {
  /** The best split, and the sums of the node's rows (a cell). */
  split: Split;
  total: usize;
  /** A run of the samples. */
  start: i32;
  end: i32;
  depth: i32;
  /** Numbers of the children; 0 for a leaf. */
  left: i32;
  right: i32;
  /** 0 when the node cannot be split or has few rows (see boost-few.ts). */
  histogram: usize;
}

@unmanaged
export class TreeGrower {
  bins: Bins;
  l2: f64;
  minHessian: f64;
  minCount: f64;
  maxDepth: i32;
  maxLeaves: i32;
  /** A cell a row (see boost-histogram.ts), zeros for rows outside the sample; and the columns of the tree (u32), ascending. */
  gradients: usize;
  columns: usize;
  columnCount: i32;

  /** u32: all rows, each node's in a run; and room for as many, for a side a row (u8), and for a cell a row. */
  samples: usize;
  moved: usize;
  sides: usize;
  gathered: usize;
  /** For nodes of few rows. */
  occurring: Occurring;
  /** Pointers of nodes, and the numbers of those that can be split (i32). */
  nodes: usize;
  nodeCount: i32;
  nodeCapacity: i32;
  open: usize;
  openCount: i32;
  /** Pointers of histograms that are not in use. */
  pool: usize;
  poolCount: i32;
  poolCapacity: i32;
}

export function newTreeGrower(bins: Bins): TreeGrower {
  const rows = bins.data.rows as usize;
  const g = changetype<TreeGrower>(heap.alloc(offsetof<TreeGrower>()));
  memory.fill(changetype<usize>(g), 0, offsetof<TreeGrower>());
  g.bins = bins;
  g.samples = heap.alloc(rows << 2);
  g.moved = heap.alloc(rows << 2);
  g.sides = heap.alloc(rows);
  g.gathered = heap.alloc(rows * CELL_BYTES);
  g.occurring = newOccurring(bins);
  g.nodeCapacity = 256;
  g.nodes = heap.alloc((g.nodeCapacity as usize) * sizeof<usize>());
  g.open = heap.alloc((g.nodeCapacity as usize) << 2);
  g.poolCapacity = 64;
  g.pool = heap.alloc((g.poolCapacity as usize) * sizeof<usize>());
  return g;
}

export function releaseTreeGrower(g: TreeGrower): void {
  for (let i: usize = 0; i < (g.poolCount as usize); i++) heap.free(load<usize>(g.pool + i * sizeof<usize>()));
  heap.free(g.pool);
  heap.free(g.open);
  heap.free(g.nodes);
  releaseOccurring(g.occurring);
  heap.free(g.gathered);
  heap.free(g.sides);
  heap.free(g.moved);
  heap.free(g.samples);
  heap.free(changetype<usize>(g));
}

export function nodeAt(g: TreeGrower, number: i32): Node {
  return changetype<Node>(load<usize>(g.nodes + (number as usize) * sizeof<usize>()));
}

export function addGrown(g: TreeGrower, start: i32, end: i32, depth: i32): i32 {
  if (g.nodeCount === g.nodeCapacity) {
    g.nodeCapacity <<= 1;
    g.nodes = heap.realloc(g.nodes, (g.nodeCapacity as usize) * sizeof<usize>());
    g.open = heap.realloc(g.open, (g.nodeCapacity as usize) << 2);
  }
  const node = changetype<Node>(heap.alloc(offsetof<Node>()));
  node.split = changetype<Split>(heap.alloc(offsetof<Split>()));
  node.total = heap.alloc(CELL_BYTES);
  node.start = start;
  node.end = end;
  node.depth = depth;
  node.left = 0;
  node.right = 0;
  node.histogram = 0;
  store<usize>(g.nodes + (g.nodeCount as usize) * sizeof<usize>(), changetype<usize>(node));
  return g.nodeCount++;
}

export function takeHistogram(g: TreeGrower): usize {
  if (g.poolCount > 0) return load<usize>(g.pool + (--g.poolCount as usize) * sizeof<usize>());
  const cells = load<u32>(g.bins.starts + ((g.bins.data.columns as usize) << 2)) as usize;
  return heap.alloc(cells * CELL_BYTES);
}

export function returnHistogram(g: TreeGrower, histogram: usize): void {
  if (g.poolCount === g.poolCapacity) {
    g.poolCapacity <<= 1;
    g.pool = heap.realloc(g.pool, (g.poolCapacity as usize) * sizeof<usize>());
  }
  store<usize>(g.pool + (g.poolCount++ as usize) * sizeof<usize>(), histogram);
}
