// What growing a tree keeps at hand: the examples of the tree, the node in work and its best split so far. "By class" are, in a regression, two
// sums: of weight times target, and of weight.
import { NodeColumns, newNodeColumns, releaseNodeColumns } from "./node-columns";
import { SORT_COUNTS_BYTES } from "./sort";
import { TrainingData } from "./training-data";

/** A column with so few distinct values, at so few classes, is counted into a table instead of sorted. */
export const TABLE_RANKS: u32 = 256;
export const TABLE_CELLS: u32 = 8192;

@unmanaged
export class Grower {
  data: TrainingData;
  classes: i32;
  minSamplesLeaf: i32;
  /** Whether a column's threshold is drawn (extra-trees) rather than sought, and the generator that draws it. */
  drawsThresholds: bool;
  random: usize;
  /** Whether weights are integers so small that sums of squared class weights are exact. */
  integral: bool;
  /** Whether keys are u64 (65,536 rows or more) rather than u32. */
  wide: bool;

  /** u16 a row: its class; not for regression. */
  classOf: usize;
  /** f64 a row for regression (else 0): its weight times its target, a multiple of one power of two as weights are. */
  targets: usize;
  /** f64 a row: its weight in this tree, a multiple of one power of two so that every sum of weights is exact in any order. */
  weights: usize;
  /** i32: the rows of the tree; a node is a run of them. */
  samples: usize;
  /** i32: room for as many rows, used while a node is divided. */
  moved: usize;
  /** Sparse: i32 a row, where in `samples` it stands, or -1; and the stored values of the nodes. */
  slotOf: usize;
  columns: NodeColumns;

  /** The node: its run of `samples`, its weight by class (f64), their sum and the sum of their squares. */
  start: i32;
  end: i32;
  totals: usize;
  totalWeight: f64;
  totalSquares: f64;

  /** Dense: where the node's ranks of column 0 start, and the bytes from a column and from a row to the next; see TrainingData.rowRanks. */
  ranks: usize;
  columnStride: usize;
  rowStride: usize;

  /** The column in work: sort keys, and class (u16) or target (f64) and weight (f64) of the examples that the keys' lower halves number. */
  keys: usize;
  otherKeys: usize;
  sortCounts: usize;
  slotClass: usize;
  slotTarget: usize;
  slotWeight: usize;
  /** f64 a class: the weight left of the split in work, and that of the rows whose value is an unstored zero. */
  left: usize;
  zeros: usize;
  /** TABLE_CELLS f64 and TABLE_RANKS i32. */
  table: usize;
  tableCounts: usize;

  /** The best split so far: sum of squared class weights over weight, left plus right; -1 when there is none. */
  bestScore: f64;
  bestColumn: i32;
  bestLeftRank: u32;
  bestRightRank: u32;
  /** The threshold that was drawn. */
  bestThreshold: f64;
}

/** Copies what sums need of a row to a slot. */
// @ts-ignore: decorator
@inline
export function gather(g: Grower, slot: usize, row: usize): void {
  if (g.targets) store<f64>(g.slotTarget + (slot << 3), load<f64>(g.targets + (row << 3)));
  else store<u16>(g.slotClass + (slot << 1), load<u16>(g.classOf + (row << 1)));
  store<f64>(g.slotWeight + (slot << 3), load<f64>(g.weights + (row << 3)));
}

// @ts-ignore: decorator
@inline
function addTo(sum: usize, value: f64): void {
  store<f64>(sum, load<f64>(sum) + value);
}

// Sums are a few numbers, and instructions that fill and copy memory are calls in some engines, dearer than a loop over those.

/** Makes `n` sums 0. */
// @ts-ignore: decorator
@inline
export function clearSums(sums: usize, n: i32): void {
  for (let at: usize = 0; at < (n as usize) << 3; at += 8) store<f64>(sums + at, 0);
}

/** Copies `n` sums. */
// @ts-ignore: decorator
@inline
export function copySums(to: usize, from: usize, n: i32): void {
  for (let at: usize = 0; at < (n as usize) << 3; at += 8) store<f64>(to + at, load<f64>(from + at));
}

/** Adds a slot to sums by class. */
// @ts-ignore: decorator
@inline
export function addSlot(g: Grower, sums: usize, slot: usize): void {
  const weight = load<f64>(g.slotWeight + (slot << 3));
  if (g.targets) {
    addTo(sums, load<f64>(g.slotTarget + (slot << 3)));
    addTo(sums + 8, weight);
  } else {
    addTo(sums + ((load<u16>(g.slotClass + (slot << 1)) as usize) << 3), weight);
  }
}

/** Adds a row to sums by class. */
// @ts-ignore: decorator
@inline
export function addRow(g: Grower, sums: usize, row: usize): void {
  const weight = load<f64>(g.weights + (row << 3));
  if (g.targets) {
    addTo(sums, load<f64>(g.targets + (row << 3)));
    addTo(sums + 8, weight);
  } else {
    addTo(sums + ((load<u16>(g.classOf + (row << 1)) as usize) << 3), weight);
  }
}

/** The weight of the examples of sums by class. */
export function weightOf(g: Grower, sums: usize): f64 {
  if (g.targets) return load<f64>(sums, 8);
  let weight: f64 = 0;
  for (let c: usize = 0; c < (g.classes as usize) << 3; c += 8) weight += load<f64>(sums + c);
  return weight;
}

export function newGrower(data: TrainingData, classes: i32, classOf: usize): Grower {
  const g = changetype<Grower>(heap.alloc(offsetof<Grower>()));
  const slots = (data.rows as usize) + 1;
  const classBytes = (classes as usize) << 3;
  g.data = data;
  g.classes = classes;
  g.classOf = classOf;
  g.wide = data.rows >= 65536;
  const keyBytes = slots << (g.wide ? 3 : 2);
  g.weights = heap.alloc(slots << 3);
  g.samples = heap.alloc(slots << 2);
  g.moved = heap.alloc(slots << 2);
  g.slotOf = heap.alloc(slots << 2);
  if (data.sparse) g.columns = newNodeColumns(data);
  g.totals = heap.alloc(classBytes);
  g.keys = heap.alloc(keyBytes);
  g.otherKeys = heap.alloc(keyBytes);
  g.sortCounts = heap.alloc(SORT_COUNTS_BYTES);
  g.slotClass = heap.alloc(slots << 1);
  g.targets = 0;
  g.slotTarget = heap.alloc(slots << 3);
  g.slotWeight = heap.alloc(slots << 3);
  g.left = heap.alloc(classBytes);
  g.zeros = heap.alloc(classBytes);
  g.table = heap.alloc(TABLE_CELLS << 3);
  g.tableCounts = heap.alloc(TABLE_RANKS << 2);
  return g;
}

export function releaseGrower(g: Grower): void {
  heap.free(g.weights);
  heap.free(g.samples);
  heap.free(g.moved);
  heap.free(g.slotOf);
  if (g.data.sparse) releaseNodeColumns(g.columns);
  heap.free(g.totals);
  heap.free(g.keys);
  heap.free(g.otherKeys);
  heap.free(g.sortCounts);
  heap.free(g.slotClass);
  heap.free(g.slotTarget);
  heap.free(g.slotWeight);
  heap.free(g.left);
  heap.free(g.zeros);
  heap.free(g.table);
  heap.free(g.tableCounts);
  heap.free(changetype<usize>(g));
}
