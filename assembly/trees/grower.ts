// What growing a tree keeps at hand: the examples of the tree, the node in work and its best split so far.
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

  /** u16 a row: its class. */
  classOf: usize;
  /** f64 a row: its weight in this tree, a multiple of one power of two so that every sum of weights is exact in any order. */
  weights: usize;
  /** i32: the rows of the tree; a node is a run of them. */
  samples: usize;
  /** i32: room for as many rows, used while a node is divided. */
  moved: usize;
  /** Sparse: i32 a row, where in `samples` it stands, or -1. */
  slotOf: usize;

  /** The node: its run of `samples`, its weight by class (f64), their sum and the sum of their squares. */
  start: i32;
  end: i32;
  totals: usize;
  totalWeight: f64;
  totalSquares: f64;

  /** The column in work: sort keys, and class (u16) and weight (f64) of the examples that the keys' lower halves number. */
  keys: usize;
  otherKeys: usize;
  sortCounts: usize;
  slotClass: usize;
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
  g.totals = heap.alloc(classBytes);
  g.keys = heap.alloc(keyBytes);
  g.otherKeys = heap.alloc(keyBytes);
  g.sortCounts = heap.alloc(SORT_COUNTS_BYTES);
  g.slotClass = heap.alloc(slots << 1);
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
  heap.free(g.totals);
  heap.free(g.keys);
  heap.free(g.otherKeys);
  heap.free(g.sortCounts);
  heap.free(g.slotClass);
  heap.free(g.slotWeight);
  heap.free(g.left);
  heap.free(g.zeros);
  heap.free(g.table);
  heap.free(g.tableCounts);
  heap.free(changetype<usize>(g));
}
