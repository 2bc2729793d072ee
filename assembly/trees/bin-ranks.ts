// Histogram splits of forests: ranks are replaced by the bins that boosting has (boost-bins.ts), so that a column has at most 255 of them, and rows of
// one bin are told apart no more. A split lies midway between the highest value of the bin to its left and the lowest of that to its right: where every
// value has a bin of its own, between the two values, as in exact growing.
import { binRanks, countRanks, divideColumn } from "./boost-bins";
import { TrainingData, countsAsEqual } from "./training-data";

/** Writes the lowest and highest value with rows of each bin of a column; returns whether two neighbours count as equal. */
function boundBins(values: usize, counts: usize, ranks: u32, binOfRank: usize, bins: u32, lows: usize, highs: usize): bool {
  let bin: u32 = u32.MAX_VALUE;
  let close = false;
  for (let rank: usize = 0; rank < (ranks as usize); rank++) {
    if (load<u32>(counts + (rank << 2)) === 0) continue;
    const value = load<f32>(values + (rank << 2));
    const here = load<u8>(binOfRank + rank) as u32;
    if (here !== bin) {
      if (here > 0) close = close || countsAsEqual(load<f32>(highs + (((here - 1) as usize) << 2)), value);
      store<f32>(lows + ((here as usize) << 2), value);
      bin = here;
    }
    store<f32>(highs + ((here as usize) << 2), value);
  }
  return close;
}

/** Puts the bins of a column in place of its ranks. */
function replaceRanks(data: TrainingData, column: i32, binOfRank: usize): void {
  const rows = data.rows as usize;
  const at = (column as usize) << 2;
  const from = data.sparse ? (load<u32>(data.starts + at) as usize) : (column as usize) * rows;
  const to = data.sparse ? (load<u32>(data.starts + at, 4) as usize) : from + rows;
  for (let i = from; i < to; i++) {
    if (data.narrow) {
      const rank = data.ranks + (i << 1);
      store<u16>(rank, load<u8>(binOfRank + (load<u16>(rank) as usize)));
    } else {
      const rank = data.ranks + (i << 2);
      store<u32>(rank, load<u8>(binOfRank + (load<u32>(rank) as usize)));
    }
  }
  if (data.sparse) store<u32>(data.zeroRanks + at, load<u8>(binOfRank + (load<u32>(data.zeroRanks + at) as usize)));
}

/**
 * Makes the ranks of training data those of at most `maxBins` bins a column, once; rows of weight 0 (`weights`: f64 a row) make none.
 */
export function binTrainingData(data: TrainingData, weights: usize, maxBins: i32): void {
  if (data.highs !== data.values) return;
  const columns = data.columns;
  let present = 0;
  for (let row: usize = 0; row < (data.rows as usize); row++) present += load<f64>(weights + (row << 3)) > 0 ? 1 : 0;
  let mostRanks: u32 = 1;
  let mostBins: usize = 0;
  for (let column = 0; column < columns; column++) {
    const starts = data.valueStarts + ((column as usize) << 2);
    const ranks = load<u32>(starts, 4) - load<u32>(starts);
    mostRanks = max(mostRanks, ranks);
    mostBins += max(1, min(ranks, maxBins as u32)) as usize;
  }
  const lows = heap.alloc(mostBins << 2);
  const highs = heap.alloc(mostBins << 2);
  const counts = heap.alloc((mostRanks as usize) << 2);
  const binOfRank = heap.alloc(mostRanks);
  const thresholds = heap.alloc((maxBins as usize) << 3);
  let valueStart = load<u32>(data.valueStarts);
  let start: usize = 0;
  for (let column = 0; column < columns; column++) {
    const end = load<u32>(data.valueStarts + ((column as usize) << 2), 4);
    const ranks = end - valueStart;
    const values = data.values + ((valueStart as usize) << 2);
    // Starts of the columns before are those of bins by now: counting reads that of this one and of the next.
    store<u32>(data.valueStarts + ((column as usize) << 2), valueStart);
    countRanks(data, column, weights, present, counts);
    const bins = divideColumn(values, counts, ranks, present, maxBins as u32, thresholds);
    binRanks(values, ranks, thresholds, binOfRank);
    const close = boundBins(values, counts, ranks, binOfRank, bins, lows + (start << 2), highs + (start << 2));
    store<u8>(data.close + column, close ? 1 : 0);
    replaceRanks(data, column, binOfRank);
    store<u32>(data.valueStarts + ((column as usize) << 2), start as u32);
    start += bins as usize;
    valueStart = end;
  }
  store<u32>(data.valueStarts + ((columns as usize) << 2), start as u32);
  heap.free(thresholds);
  heap.free(binOfRank);
  heap.free(counts);
  heap.free(data.values);
  data.values = lows;
  data.highs = highs;
}
