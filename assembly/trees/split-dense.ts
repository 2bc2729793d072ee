// Splits of dense columns.
import { Grower, TABLE_CELLS, TABLE_RANKS, addRow, clearSums, gather } from "./grower";
import { sortKeys } from "./sort";
import { isConstant, scanSorted, scanTable } from "./split";
import { scanDrawn } from "./split-drawn";
import { scanTargets } from "./split-targets";

/** Nodes of less than one in so many of all rows are looked up by rows: there, the rows of a column are not neighbours any more. */
const SMALL = 8;

/** Gathers class (or target) and weight of the node's rows, so that its columns find them side by side. */
export function enterDense(g: Grower): void {
  const samples = g.samples + ((g.start as usize) << 2);
  const n = g.end - g.start;
  setStrides(g);
  for (let slot: usize = 0; slot < (n as usize); slot++) {
    const row = load<u32>(samples + (slot << 2)) as usize;
    gather(g, slot, row);
  }
}

function setStrides(g: Grower): void {
  const data = g.data;
  const shift: usize = data.narrow ? 1 : 2;
  const byRows = data.rowRanks !== 0 && (g.end - g.start) * SMALL < data.rows;
  g.ranks = byRows ? data.rowRanks : data.ranks;
  g.columnStride = byRows ? 1 << shift : (data.rows as usize) << shift;
  g.rowStride = byRows ? (data.columns as usize) << shift : 1 << shift;
}

/** The rank of row `row` in the column whose ranks start at `ranks` (see Grower.ranks): u16 where keys are u32, else u32. */
// @ts-ignore: decorator
@inline
function rankOf<K>(ranks: usize, row: u32, stride: usize): u32 {
  const at = ranks + (row as usize) * stride;
  return sizeof<K>() === 4 ? (load<u16>(at) as u32) : load<u32>(at);
}

function ranksOf(g: Grower, column: i32): usize {
  return g.ranks + (column as usize) * g.columnStride;
}

/** Looks for a better split in `column`; false when the column is constant in the node. */
export function splitDense(g: Grower, column: i32): bool {
  const starts = g.data.valueStarts + ((column as usize) << 2);
  const ranks = load<u32>(starts, 4) - load<u32>(starts);
  const n = (g.end - g.start) as u32;
  const mayTabulate = !g.drawsThresholds && g.targets === 0;
  if (mayTabulate && ranks <= TABLE_RANKS && ranks <= n && ranks * (g.classes as u32) <= TABLE_CELLS)
    return g.wide ? tabulate<u64>(g, column, ranks) : tabulate<u32>(g, column, ranks);
  return g.wide ? sortAndScan<u64>(g, column) : sortAndScan<u32>(g, column);
}

function sortAndScan<K>(g: Grower, column: i32): bool {
  const half = (sizeof<K>() << 2) as K;
  const n = g.end - g.start;
  const samples = g.samples + ((g.start as usize) << 2);
  const ranks = ranksOf(g, column);
  const stride = g.rowStride;
  const keys = g.keys;
  let lowest = u32.MAX_VALUE;
  let highest: u32 = 0;
  for (let slot: usize = 0; slot < (n as usize); slot++) {
    const rank = rankOf<K>(ranks, load<u32>(samples + (slot << 2)), stride);
    lowest = min(lowest, rank);
    highest = max(highest, rank);
    store<K>(keys + slot * sizeof<K>(), ((rank as K) << half) | (slot as K));
  }
  if (isConstant(g, column, lowest, highest)) return false;
  if (g.drawsThresholds) {
    scanDrawn<K>(g, column, n, lowest, highest, -1, 0);
    return true;
  }
  const sorted = sortKeys<K>(keys, g.otherKeys, n, lowest, highest, g.sortCounts);
  if (g.targets) scanTargets<K>(g, column, sorted, n, -1, 0);
  else scanSorted<K>(g, column, sorted, n, -1, 0);
  return true;
}

function tabulate<K>(g: Grower, column: i32, ranks: u32): bool {
  const n = g.end - g.start;
  const samples = g.samples + ((g.start as usize) << 2);
  const ranksHere = ranksOf(g, column);
  const stride = g.rowStride;
  const table = g.table;
  const counts = g.tableCounts;
  const classes = g.classes as u32;
  memory.fill(table, 0, ((ranks * classes) as usize) << 3);
  memory.fill(counts, 0, (ranks as usize) << 2);
  let lowest = u32.MAX_VALUE;
  let highest: u32 = 0;
  for (let slot: usize = 0; slot < (n as usize); slot++) {
    const rank = rankOf<K>(ranksHere, load<u32>(samples + (slot << 2)), stride);
    lowest = min(lowest, rank);
    highest = max(highest, rank);
    const cell = table + (((rank * classes + load<u16>(g.slotClass + (slot << 1))) as usize) << 3);
    store<f64>(cell, load<f64>(cell) + load<f64>(g.slotWeight + (slot << 3)));
    const count = counts + ((rank as usize) << 2);
    store<i32>(count, load<i32>(count) + 1);
  }
  if (isConstant(g, column, lowest, highest)) return false;
  scanTable(g, column, ranks);
  return true;
}

/** Moves the rows that go left to the front of the node's run, in order, sums their weights into `g.left`; returns the border. */
export function divideDense(g: Grower): i32 {
  return g.wide ? divide<u64>(g) : divide<u32>(g);
}

function divide<K>(g: Grower): i32 {
  const samples = g.samples;
  const ranks = ranksOf(g, g.bestColumn);
  const stride = g.rowStride;
  const left = g.left;
  clearSums(left, g.classes);
  let border = g.start;
  let movedCount = 0;
  for (let at = g.start; at < g.end; at++) {
    const row = load<u32>(samples + ((at as usize) << 2)) as usize;
    store<u32>(samples + ((border as usize) << 2), row as u32);
    store<u32>(g.moved + ((movedCount as usize) << 2), row as u32);
    const goesLeft = (rankOf<K>(ranks, row as u32, stride) <= g.bestLeftRank) as i32;
    border += goesLeft;
    movedCount += 1 - goesLeft;
  }
  memory.copy(samples + ((border as usize) << 2), g.moved, (movedCount as usize) << 2);
  for (let at = g.start; at < border; at++) {
    const row = load<u32>(samples + ((at as usize) << 2)) as usize;
    addRow(g, left, row);
  }
  return border;
}
