// Values as bins, for boosting: at most 256 a column, divided midway between training values. A column with few different values has a bin for each;
// else bins end at quantiles, so that they hold about as many training rows each. Only rows with weight make bins; the others are put into them.
import { TrainingData, rankAt } from "./training-data";

@unmanaged
export class Bins {
  data: TrainingData;
  /** Where each column's bins start among all (u32, columns + 1). */
  starts: usize;
  /** f64 a bin: a value belongs to the first bin of its column whose threshold it does not exceed; the last ones' is infinite. */
  thresholds: usize;
  /** u8: the bin of each stored value, as `data.ranks` lies. */
  binOf: usize;
  /** Sparse: the bin of zero in each column (u8). */
  zeroBins: usize;
  /** Sparse: where each row starts (u32, rows + 1) in `cells`, and of each stored value its bin among all bins (u32). */
  rowStarts: usize;
  cells: usize;
}

/** Counts the rows with weight by rank; those of a sparse column that are not stored count for zero. */
export function countRanks(data: TrainingData, column: i32, weights: usize, present: i32, counts: usize): void {
  const ranks = load<u32>(data.valueStarts + ((column as usize) << 2), 4) - load<u32>(data.valueStarts + ((column as usize) << 2));
  memory.fill(counts, 0, (ranks as usize) << 2);
  const from = data.sparse ? load<u32>(data.starts + ((column as usize) << 2)) : (column * data.rows) as u32;
  const to = data.sparse ? load<u32>(data.starts + ((column as usize) << 2), 4) : ((column + 1) * data.rows) as u32;
  let left = present;
  for (let at = from as usize; at < (to as usize); at++) {
    const row = data.sparse ? (load<u32>(data.rowOf + (at << 2)) as usize) : at - (from as usize);
    if (load<f64>(weights + (row << 3)) === 0) continue;
    const count = counts + ((rankAt(data, at) as usize) << 2);
    store<u32>(count, load<u32>(count) + 1);
    left--;
  }
  if (!data.sparse) return;
  const zero = counts + ((load<u32>(data.zeroRanks + ((column as usize) << 2)) as usize) << 2);
  store<u32>(zero, load<u32>(zero) + (left as u32));
}

/** Writes the thresholds of a column; returns how many bins it has. */
export function divideColumn(values: usize, counts: usize, ranks: u32, present: i32, maxBins: u32, thresholds: usize): u32 {
  let different: u32 = 0;
  for (let rank: u32 = 0; rank < ranks; rank++) different += load<u32>(counts + ((rank as usize) << 2)) > 0 ? 1 : 0;
  const each = different <= maxBins;
  let bins: u32 = 0;
  let inBin = 0;
  let left = present;
  let below: f64 = 0;
  for (let rank: u32 = 0; rank < ranks; rank++) {
    const count = load<u32>(counts + ((rank as usize) << 2)) as i32;
    if (count === 0) continue;
    const value = load<f32>(values + ((rank as usize) << 2)) as f64;
    // A bin is full when it holds its share of the rows that were left when it was begun.
    if (inBin > 0 && (each || (bins + 1 < maxBins && inBin * ((maxBins - bins) as i32) >= left))) {
      const middle = below / 2 + value / 2;
      store<f64>(thresholds + ((bins as usize) << 3), middle === value ? below : middle);
      bins++;
      left -= inBin;
      inBin = 0;
    }
    inBin += count;
    below = value;
  }
  store<f64>(thresholds + ((bins as usize) << 3), Infinity);
  return bins + 1;
}

/** The bin of every rank of a column (u8 each). */
export function binRanks(values: usize, ranks: u32, thresholds: usize, binOfRank: usize): void {
  let bin: usize = 0;
  for (let rank: usize = 0; rank < (ranks as usize); rank++) {
    const value = load<f32>(values + (rank << 2)) as f64;
    while (value > load<f64>(thresholds + (bin << 3))) bin++;
    store<u8>(binOfRank + rank, bin as u8);
  }
}

/** Bins for `data`, which must outlive them; rows of weight 0 (`weights`: f64 a row) do not count. */
export function newBins(data: TrainingData, weights: usize, maxBins: i32): Bins {
  const columns = data.columns;
  const stored: usize = data.sparse
    ? (load<u32>(data.starts + ((columns as usize) << 2)) as usize)
    : (data.rows as usize) * (columns as usize);
  const bins = changetype<Bins>(heap.alloc(offsetof<Bins>()));
  memory.fill(changetype<usize>(bins), 0, offsetof<Bins>());
  bins.data = data;
  bins.starts = heap.alloc(((columns as usize) + 1) << 2);
  store<u32>(bins.starts, 0);
  bins.binOf = heap.alloc(max<usize>(stored, 1));
  bins.zeroBins = heap.alloc(columns);
  let present = 0;
  for (let row: usize = 0; row < (data.rows as usize); row++) present += load<f64>(weights + (row << 3)) > 0 ? 1 : 0;

  let mostRanks: u32 = 1;
  let mostBins: usize = 0;
  for (let column: usize = 0; column < (columns as usize); column++) {
    const ranks = load<u32>(data.valueStarts + (column << 2), 4) - load<u32>(data.valueStarts + (column << 2));
    mostRanks = max(mostRanks, ranks);
    mostBins += max(1, min(ranks, maxBins as u32)) as usize;
  }
  bins.thresholds = heap.alloc(mostBins << 3);
  const counts = heap.alloc((mostRanks as usize) << 2);
  const binOfRank = heap.alloc(mostRanks);
  for (let column = 0; column < columns; column++) {
    const valueStart = load<u32>(data.valueStarts + ((column as usize) << 2));
    const ranks = load<u32>(data.valueStarts + ((column as usize) << 2), 4) - valueStart;
    const values = data.values + ((valueStart as usize) << 2);
    const start = load<u32>(bins.starts + ((column as usize) << 2));
    const thresholds = bins.thresholds + ((start as usize) << 3);
    countRanks(data, column, weights, present, counts);
    const n = divideColumn(values, counts, ranks, present, maxBins as u32, thresholds);
    store<u32>(bins.starts + (((column + 1) as usize) << 2), start + n);
    binRanks(values, ranks, thresholds, binOfRank);
    const from = data.sparse ? load<u32>(data.starts + ((column as usize) << 2)) : (column * data.rows) as u32;
    const to = data.sparse ? load<u32>(data.starts + ((column as usize) << 2), 4) : ((column + 1) * data.rows) as u32;
    for (let at = from as usize; at < (to as usize); at++) {
      store<u8>(bins.binOf + at, load<u8>(binOfRank + rankAt(data, at)));
    }
    if (data.sparse) {
      store<u8>(bins.zeroBins + column, load<u8>(binOfRank + load<u32>(data.zeroRanks + ((column as usize) << 2))));
    }
  }
  heap.free(binOfRank);
  heap.free(counts);
  if (data.sparse) transpose(bins, stored);
  return bins;
}

/** Lays the stored values out by rows, ascending by column in each. */
function transpose(bins: Bins, stored: usize): void {
  const data = bins.data;
  const rows = data.rows as usize;
  const starts = heap.alloc((rows + 1) << 2);
  memory.fill(starts, 0, (rows + 1) << 2);
  for (let at: usize = 0; at < stored; at++) {
    const count = starts + ((load<u32>(data.rowOf + (at << 2)) as usize) << 2);
    store<u32>(count, load<u32>(count, 4) + 1, 4);
  }
  for (let row: usize = 0; row < rows; row++) {
    store<u32>(starts + (row << 2), load<u32>(starts + (row << 2)) + load<u32>(starts + (row << 2), 4), 4);
  }
  const next = heap.alloc(max<usize>(rows << 2, 4));
  memory.copy(next, starts, rows << 2);
  bins.rowStarts = starts;
  bins.cells = heap.alloc(max<usize>(stored << 2, 4));
  for (let column: usize = 0; column < (data.columns as usize); column++) {
    const start = load<u32>(bins.starts + (column << 2));
    const to = load<u32>(data.starts + (column << 2), 4) as usize;
    for (let at = load<u32>(data.starts + (column << 2)) as usize; at < to; at++) {
      const place = next + ((load<u32>(data.rowOf + (at << 2)) as usize) << 2);
      store<u32>(bins.cells + ((load<u32>(place) as usize) << 2), start + (load<u8>(bins.binOf + at) as u32));
      store<u32>(place, load<u32>(place) + 1);
    }
  }
  heap.free(next);
}

export function releaseBins(bins: Bins): void {
  heap.free(bins.starts);
  heap.free(bins.thresholds);
  heap.free(bins.binOf);
  heap.free(bins.zeroBins);
  if (bins.data.sparse) {
    heap.free(bins.rowStarts);
    heap.free(bins.cells);
  }
  heap.free(changetype<usize>(bins));
}
