// Histograms of gradients, and the best split that one shows (Chen and Guestrin 2016, "XGBoost: a scalable tree boosting system", equation 7).
// A cell is 24 bytes: the sums of the gradients, of the hessians, and the number of the rows in the sample, f64 each. All gradients are multiples of
// one power of two (see boost.ts), so sums are exact: dense and sparse rows, and differences of histograms, give the same bits.
import { Bins } from "./boost-bins";

export const CELL_BYTES: usize = 24;

// @ts-ignore: decorator
@inline
export function addCell(to: usize, from: usize): void {
  if (ASC_FEATURE_SIMD) {
    v128.store(to, f64x2.add(v128.load(to), v128.load(from)));
  } else {
    store<f64>(to, load<f64>(to) + load<f64>(from));
    store<f64>(to, load<f64>(to, 8) + load<f64>(from, 8), 8);
  }
  store<f64>(to, load<f64>(to, 16) + load<f64>(from, 16), 16);
}

// Instructions that fill and copy memory are calls in some engines, dearer than three stores.
// @ts-ignore: decorator
@inline
export function clearCell(cell: usize): void {
  store<f64>(cell, 0);
  store<f64>(cell, 0, 8);
  store<f64>(cell, 0, 16);
}

// @ts-ignore: decorator
@inline
export function copyCell(to: usize, from: usize): void {
  store<f64>(to, load<f64>(from));
  store<f64>(to, load<f64>(from, 8), 8);
  store<f64>(to, load<f64>(from, 16), 16);
}

/** What both sides of a split leave of the objective, twice over; the gradients and hessians are sums. */
// @ts-ignore: decorator
@inline
export function gainOf(gradient: f64, hessian: f64, rest: f64, right: f64, l2: f64): f64 {
  if (!ASC_FEATURE_SIMD) return (gradient * gradient) / (hessian + l2) + (rest * rest) / (right + l2);
  const gradients = f64x2.replace_lane(f64x2.splat(gradient), 1, rest);
  const hessians = f64x2.replace_lane(f64x2.splat(hessian), 1, right);
  const parts = f64x2.div(f64x2.mul(gradients, gradients), f64x2.add(hessians, f64x2.splat(l2)));
  return f64x2.extract_lane(parts, 0) + f64x2.extract_lane(parts, 1);
}

/** `to` minus `from`, cell by cell, in `to`. */
export function subtractHistogram(to: usize, from: usize, cells: usize): void {
  for (let at: usize = 0; at < cells * CELL_BYTES; at += 8) {
    store<f64>(to + at, load<f64>(to + at) - load<f64>(from + at));
  }
}

/**
 * The histogram of the `n` rows at `samples` (u32 each): `gradients` has a cell for each row of the table, `total` is their sum.
 * `gathered` is room for a cell a row.
 */
export function fillHistogram(
  bins: Bins,
  samples: usize,
  n: i32,
  gradients: usize,
  total: usize,
  columns: usize,
  columnCount: i32,
  gathered: usize,
  histogram: usize,
): void {
  if (bins.data.sparse) fillSparse(bins, samples, n, gradients, total, columns, columnCount, histogram);
  else fillDense(bins, samples, n, gradients, columns, columnCount, gathered, histogram);
}

function fillDense(
  bins: Bins,
  samples: usize,
  n: i32,
  gradients: usize,
  columns: usize,
  columnCount: i32,
  gathered: usize,
  histogram: usize,
): void {
  for (let i: usize = 0; i < (n as usize); i++) {
    const row = load<u32>(samples + (i << 2)) as usize;
    copyCell(gathered + i * CELL_BYTES, gradients + row * CELL_BYTES);
  }
  for (let c: usize = 0; c < (columnCount as usize); c++) {
    const column = load<u32>(columns + (c << 2)) as usize;
    const start = load<u32>(bins.starts + (column << 2)) as usize;
    const end = load<u32>(bins.starts + (column << 2), 4) as usize;
    const cells = histogram + start * CELL_BYTES;
    const binOf = bins.binOf + column * (bins.data.rows as usize);
    memory.fill(cells, 0, (end - start) * CELL_BYTES);
    let from = gathered;
    for (let at = samples; at < samples + ((n as usize) << 2); at += 4, from += CELL_BYTES) {
      addCell(cells + (load<u8>(binOf + load<u32>(at)) as usize) * CELL_BYTES, from);
    }
  }
}

/** Only stored values are looked at; what they leave of the total is the zeros'. */
function fillSparse(
  bins: Bins,
  samples: usize,
  n: i32,
  gradients: usize,
  total: usize,
  columns: usize,
  columnCount: i32,
  histogram: usize,
): void {
  const cells = load<u32>(bins.starts + ((bins.data.columns as usize) << 2)) as usize;
  memory.fill(histogram, 0, cells * CELL_BYTES);
  for (let i: usize = 0; i < (n as usize); i++) {
    const row = load<u32>(samples + (i << 2)) as usize;
    const from = gradients + row * CELL_BYTES;
    const end = bins.cells + ((load<u32>(bins.rowStarts + (row << 2), 4) as usize) << 2);
    for (let at = bins.cells + ((load<u32>(bins.rowStarts + (row << 2)) as usize) << 2); at < end; at += 4) {
      addCell(histogram + (load<u32>(at) as usize) * CELL_BYTES, from);
    }
  }
  for (let c: usize = 0; c < (columnCount as usize); c++) {
    const column = load<u32>(columns + (c << 2)) as usize;
    const start = load<u32>(bins.starts + (column << 2)) as usize;
    const end = load<u32>(bins.starts + (column << 2), 4) as usize;
    const zero = histogram + (start + (load<u8>(bins.zeroBins + column) as usize)) * CELL_BYTES;
    for (let part: usize = 0; part < CELL_BYTES; part += 8) {
      let stored: f64 = 0;
      for (let cell = start; cell < end; cell++) stored += load<f64>(histogram + cell * CELL_BYTES + part);
      store<f64>(zero + part, load<f64>(zero + part) + (load<f64>(total + part) - stored));
    }
  }
}

/** A split, best so far. */
@unmanaged
export class Split {
  /** By how much it makes the objective smaller, twice over; 0 when there is none. */
  gain: f64;
  column: i32;
  /** The last bin that goes left. */
  bin: i32;
  /** The sums of the left side, a cell. */
  gradient: f64;
  hessian: f64;
  count: f64;
}

/** XGBoost's `kRtEps`: a split that gains no more is none. */
export const MIN_GAIN: f64 = 1e-6;

/** The best split of a histogram whose sum is `total` (a cell); the first of equals. */
export function findSplit(
  bins: Bins,
  histogram: usize,
  total: usize,
  columns: usize,
  columnCount: i32,
  l2: f64,
  minHessian: f64,
  minCount: f64,
  split: Split,
): void {
  const allGradient = load<f64>(total);
  const allHessian = load<f64>(total, 8);
  const allCount = load<f64>(total, 16);
  const before = (allGradient * allGradient) / (allHessian + l2);
  let best = MIN_GAIN;
  split.gain = 0;
  for (let c: usize = 0; c < (columnCount as usize); c++) {
    const column = load<u32>(columns + (c << 2)) as usize;
    const start = load<u32>(bins.starts + (column << 2));
    const end = load<u32>(bins.starts + (column << 2), 4);
    let gradient: f64 = 0;
    let hessian: f64 = 0;
    let count: f64 = 0;
    let cell = histogram + (start as usize) * CELL_BYTES;
    for (let bin = start; bin + 1 < end; bin++, cell += CELL_BYTES) {
      const here = load<f64>(cell, 16);
      if (here === 0) continue;
      gradient += load<f64>(cell);
      hessian += load<f64>(cell, 8);
      count += here;
      if (count < minCount || hessian < minHessian) continue;
      const right = allHessian - hessian;
      if (allCount - count < minCount || right < minHessian) break;
      const gain = gainOf(gradient, hessian, allGradient - gradient, right, l2) - before;
      if (gain > best) {
        best = gain;
        split.gain = gain;
        split.column = column as i32;
        split.bin = (bin - start) as i32;
        split.gradient = gradient;
        split.hessian = hessian;
        split.count = count;
      }
    }
  }
}
