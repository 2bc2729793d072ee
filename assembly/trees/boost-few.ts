// The best split of a node whose rows have few values beside the bins of the table: only the bins that occur are counted, column after column, in cells
// that stay in the cache. Sums of gradients are exact (see boost.ts), so the split has the bits of the one that the node's histogram shows.
import { Bins } from "./boost-bins";
import { CELL_BYTES, MIN_GAIN, Split, addCell, clearCell, copyCell, gainOf } from "./boost-histogram";

/** Cells and flags (a byte each) of one dense column or of all sparse ones; all zeros between searches. */
@unmanaged
export class Occurring {
  cells: usize;
  flags: usize;
  /** u32: the node's rows that are in the sample. */
  rows: usize;
}

const DENSE_CELLS: usize = 256;
/** So many values a bin still count as few: a histogram costs memory to write, to subtract and to search. */
const FEW: u64 = 2;
/** Flags are read 64 at a time. */
const SPARE_FLAGS: usize = 64;
const SET: u8 = 255;

export function newOccurring(bins: Bins): Occurring {
  const data = bins.data;
  const cells = data.sparse ? (load<u32>(bins.starts + ((data.columns as usize) << 2)) as usize) : DENSE_CELLS;
  const o = changetype<Occurring>(heap.alloc(offsetof<Occurring>()));
  o.cells = heap.alloc(cells * CELL_BYTES);
  memory.fill(o.cells, 0, cells * CELL_BYTES);
  o.flags = heap.alloc(cells + SPARE_FLAGS);
  memory.fill(o.flags, 0, cells + SPARE_FLAGS);
  o.rows = heap.alloc((data.rows as usize) << 2);
  return o;
}

export function releaseOccurring(o: Occurring): void {
  heap.free(o.cells);
  heap.free(o.flags);
  heap.free(o.rows);
  heap.free(changetype<usize>(o));
}

/** Whether the `n` rows at `samples` have so few values that going through all bins would cost more than going through the values. */
export function areFew(bins: Bins, samples: usize, n: i32): bool {
  const data = bins.data;
  const cells = load<u32>(bins.starts + ((data.columns as usize) << 2)) as u64;
  if (!data.sparse) return (n as u64) * (data.columns as u64) <= FEW * cells;
  let stored: u64 = 0;
  for (let at = samples; at < samples + ((n as usize) << 2); at += 4) {
    const starts = bins.rowStarts + ((load<u32>(at) as usize) << 2);
    stored += (load<u32>(starts, 4) - load<u32>(starts)) as u64;
  }
  return stored <= FEW * cells;
}

/** Bits of the 64 flags from `at` on that are set, none from `end` on. */
// @ts-ignore: decorator
@inline
function flagsAt(flags: usize, at: usize, end: usize): u64 {
  let bits: u64 = 0;
  if (ASC_FEATURE_SIMD) {
    for (let part: usize = 0; part < 64; part += 16) {
      bits |= (i8x16.bitmask(v128.load(flags + at + part)) as u64) << (part as u64);
    }
  } else {
    for (let part: usize = 0; part < 64; part += 8) {
      // The product gathers the lowest bits of the bytes in the highest byte.
      const lowest = load<u64>(flags + at + part) & 0x0101010101010101;
      bits |= ((lowest * 0x0102040810204080) >> 56) << (part as u64);
    }
  }
  return end - at < 64 ? bits & (((1 as u64) << ((end - at) as u64)) - 1) : bits;
}

/** The best split so far in the cells from `start` to `end` that are flagged, all of which are cleared; see `findSplit`. */
function searchColumn(
  o: Occurring,
  start: usize,
  end: usize,
  total: usize,
  column: i32,
  l2: f64,
  minHessian: f64,
  minCount: f64,
  before: f64,
  split: Split,
): void {
  const allGradient = load<f64>(total);
  const allHessian = load<f64>(total, 8);
  const allCount = load<f64>(total, 16);
  let best = max(MIN_GAIN, split.gain);
  let gradient: f64 = 0;
  let hessian: f64 = 0;
  let count: f64 = 0;
  for (let at = start; at < end; at += 64) {
    let word = flagsAt(o.flags, at, end);
    for (; word !== 0; word &= word - 1) {
      const bin = at + (ctz(word) as usize);
      const cell = o.cells + bin * CELL_BYTES;
      gradient += load<f64>(cell);
      hessian += load<f64>(cell, 8);
      count += load<f64>(cell, 16);
      store<u8>(o.flags + bin, 0);
      clearCell(cell);
      if (count < minCount || hessian < minHessian) continue;
      const right = allHessian - hessian;
      if (allCount - count < minCount || right < minHessian) continue;
      const gain = gainOf(gradient, hessian, allGradient - gradient, right, l2) - before;
      if (gain > best) {
        best = gain;
        split.gain = gain;
        split.column = column;
        split.bin = (bin - start) as i32;
        split.gradient = gradient;
        split.hessian = hessian;
        split.count = count;
      }
    }
  }
}

/** The best split of the `n` rows at `samples`, as `findSplit` finds it in their histogram; the arguments are the same but for `gathered`, room for a cell a row. */
export function findSplitOfFew(
  bins: Bins,
  o: Occurring,
  samples: usize,
  n: i32,
  gradients: usize,
  gathered: usize,
  total: usize,
  columns: usize,
  columnCount: i32,
  l2: f64,
  minHessian: f64,
  minCount: f64,
  split: Split,
): void {
  const allGradient = load<f64>(total);
  const before = (allGradient * allGradient) / (load<f64>(total, 8) + l2);
  split.gain = 0;
  let present: usize = 0;
  for (let at = samples; at < samples + ((n as usize) << 2); at += 4) {
    const from = gradients + (load<u32>(at) as usize) * CELL_BYTES;
    if (load<f64>(from, 16) === 0) continue;
    store<u32>(o.rows + (present << 2), load<u32>(at));
    copyCell(gathered + present++ * CELL_BYTES, from);
  }
  const rowsEnd = o.rows + (present << 2);
  const sparse = bins.data.sparse;
  if (sparse) countStored(bins, o, rowsEnd, gathered);
  for (let c: usize = 0; c < (columnCount as usize); c++) {
    const column = load<u32>(columns + (c << 2)) as usize;
    const start = load<u32>(bins.starts + (column << 2)) as usize;
    const end = load<u32>(bins.starts + (column << 2), 4) as usize;
    if (sparse) {
      if (!countZeros(o, start, end, start + (load<u8>(bins.zeroBins + column) as usize), total)) continue;
      searchColumn(o, start, end, total, column as i32, l2, minHessian, minCount, before, split);
      continue;
    }
    const binOf = bins.binOf + column * (bins.data.rows as usize);
    let from = gathered;
    for (let at = o.rows; at < rowsEnd; at += 4, from += CELL_BYTES) {
      const bin = load<u8>(binOf + load<u32>(at)) as usize;
      addCell(o.cells + bin * CELL_BYTES, from);
      store<u8>(o.flags + bin, SET);
    }
    searchColumn(o, 0, end - start, total, column as i32, l2, minHessian, minCount, before, split);
  }
  if (sparse && columnCount < bins.data.columns) clearStored(bins, o, rowsEnd);
}

/** Counts the stored values of the rows, those of all columns. */
function countStored(bins: Bins, o: Occurring, rowsEnd: usize, gathered: usize): void {
  let from = gathered;
  for (let row = o.rows; row < rowsEnd; row += 4, from += CELL_BYTES) {
    const starts = bins.rowStarts + ((load<u32>(row) as usize) << 2);
    const end = bins.cells + ((load<u32>(starts, 4) as usize) << 2);
    for (let at = bins.cells + ((load<u32>(starts) as usize) << 2); at < end; at += 4) {
      const cell = load<u32>(at) as usize;
      addCell(o.cells + cell * CELL_BYTES, from);
      store<u8>(o.flags + cell, SET);
    }
  }
}

/** Gives a sparse column's zeros what its stored values leave of the total; false when none is stored. */
function countZeros(o: Occurring, start: usize, end: usize, zero: usize, total: usize): bool {
  let gradient: f64 = 0;
  let hessian: f64 = 0;
  let count: f64 = 0;
  for (let at = start; at < end; at += 64) {
    for (let word = flagsAt(o.flags, at, end); word !== 0; word &= word - 1) {
      const cell = o.cells + (at + (ctz(word) as usize)) * CELL_BYTES;
      gradient += load<f64>(cell);
      hessian += load<f64>(cell, 8);
      count += load<f64>(cell, 16);
    }
  }
  if (count === 0) return false;
  if (count === load<f64>(total, 16)) return true;
  const cell = o.cells + zero * CELL_BYTES;
  store<f64>(cell, load<f64>(cell) + (load<f64>(total) - gradient));
  store<f64>(cell, load<f64>(cell, 8) + (load<f64>(total, 8) - hessian), 8);
  store<f64>(cell, load<f64>(cell, 16) + (load<f64>(total, 16) - count), 16);
  store<u8>(o.flags + zero, SET);
  return true;
}

/** Clears what columns that were not drawn have counted. */
function clearStored(bins: Bins, o: Occurring, rowsEnd: usize): void {
  for (let row = o.rows; row < rowsEnd; row += 4) {
    const starts = bins.rowStarts + ((load<u32>(row) as usize) << 2);
    const end = bins.cells + ((load<u32>(starts, 4) as usize) << 2);
    for (let at = bins.cells + ((load<u32>(starts) as usize) << 2); at < end; at += 4) {
      const cell = load<u32>(at) as usize;
      store<u8>(o.flags + cell, 0);
      clearCell(o.cells + cell * CELL_BYTES);
    }
  }
}
