// Matrices whose rows are zero outside one run of columns, as mel filters are.
import { add, loadSplat, mul, splat } from "./lanes";

// @ts-ignore: decorator
@unmanaged
export class SparseRows {
  rows: i32;
  /** First column and number of columns of each row's run, i32. */
  starts: usize;
  counts: usize;
  /** The runs one behind the other, f32. */
  weights: usize;
}

/** Keeps of each row of a dense matrix (rows x columns, f32) only the run from its first to its last weight that is not zero. */
export function sparseRows(dense: usize, rows: i32, columns: i32): SparseRows {
  const plan = changetype<SparseRows>(heap.alloc(offsetof<SparseRows>()));
  plan.rows = rows;
  plan.starts = heap.alloc(<usize>rows << 2);
  plan.counts = heap.alloc(<usize>rows << 2);
  let total = 0;
  for (let r = 0; r < rows; r++) {
    const row = dense + (<usize>(r * columns) << 2);
    let from = 0;
    let to = columns;
    // Two at a time while the bits of both are zero: most are, and the first plan is made by code that is not yet fast.
    while (from + 1 < columns && load<u64>(row + (<usize>from << 2)) === 0) from += 2;
    while (from < columns && load<f32>(row + (<usize>from << 2)) === 0) from++;
    while (to > from + 1 && load<u64>(row + (<usize>(to - 2) << 2)) === 0) to -= 2;
    while (to > from && load<f32>(row + (<usize>(to - 1) << 2)) === 0) to--;
    store<i32>(plan.starts + (<usize>r << 2), from < to ? from : 0);
    store<i32>(plan.counts + (<usize>r << 2), to - from);
    total += to - from;
  }
  plan.weights = heap.alloc(<usize>total << 2);
  let at = plan.weights;
  for (let r = 0; r < rows; r++) {
    const count = <usize>load<i32>(plan.counts + (<usize>r << 2)) << 2;
    memory.copy(at, dense + (<usize>(r * columns + load<i32>(plan.starts + (<usize>r << 2))) << 2), count);
    at += count;
  }
  return plan;
}

export function sparseRowsFree(plan: SparseRows): void {
  heap.free(plan.starts);
  heap.free(plan.counts);
  heap.free(plan.weights);
  heap.free(changetype<usize>(plan));
}

/** The matrix times a block of column values of T; out has a value of T a row. */
export function sparseRowsBlock<T>(plan: SparseRows, x: usize, out: usize): void {
  let w = plan.weights;
  for (let r: usize = 0; r < <usize>plan.rows; r++) {
    let at = x + <usize>load<i32>(plan.starts + (r << 2)) * sizeof<T>();
    const count = load<i32>(plan.counts + (r << 2));
    let sum = splat<T>(0);
    for (let k = 0; k < count; k++, at += sizeof<T>(), w += 4) sum = add<T>(sum, mul<T>(load<T>(at), loadSplat<T>(w)));
    store<T>(out + r * sizeof<T>(), sum);
  }
}
