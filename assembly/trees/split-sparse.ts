// Splits of compressed sparse columns: a value that is not stored is zero, and no row is ever densified. Only the stored values of the
// node's rows are looked at; the rest of the node is one block whose weight is the node's less theirs (exact, see Grower.weights).
import { Grower, addRow, addSlot, clearSums, gather } from "./grower";
import { columnRecord, runFrom, runTo } from "./node-columns";
import { sortKeys } from "./sort";
import { isConstant, scanSorted } from "./split";
import { scanDrawn } from "./split-drawn";
import { scanTargets } from "./split-targets";

/** Puts the stored values of a column and the node into the keys and the slots; returns how many there are. */
function collect<K>(g: Grower, column: i32): i32 {
  const half = (sizeof<K>() << 2) as K;
  const record = columnRecord(g.columns, column);
  if (record === 0) return 0;
  const entries = g.columns.entries + ((runFrom(record) as usize) << 2);
  const count = (runTo(record) - runFrom(record)) as usize;
  for (let i: usize = 0; i < count; i++) {
    const entry = (load<u32>(entries + (i << 2)) as usize) << 2;
    store<K>(g.keys + i * sizeof<K>(), ((load<u32>(g.data.ranks + entry) as K) << half) | (i as K));
    gather(g, i, load<u32>(g.data.rowOf + entry) as usize);
  }
  return count as i32;
}

/** Looks for a better split in `column`; false when the column is constant in the node. */
export function splitSparse(g: Grower, column: i32): bool {
  return g.wide ? splitColumn<u64>(g, column) : splitColumn<u32>(g, column);
}

function splitColumn<K>(g: Grower, column: i32): bool {
  const half = (sizeof<K>() << 2) as K;
  let n = collect<K>(g, column);
  if (n === 0) return false;
  const zeroCount = g.end - g.start - n;
  let zeroSlot = -1;
  if (zeroCount > 0) {
    zeroSlot = n;
    const zeroRank = load<u32>(g.data.zeroRanks + ((column as usize) << 2));
    store<K>(g.keys + (n as usize) * sizeof<K>(), ((zeroRank as K) << half) | (n as K));
    n++;
  }
  let lowest = u32.MAX_VALUE;
  let highest: u32 = 0;
  for (let i: usize = 0; i < (n as usize); i++) {
    const rank = (load<K>(g.keys + i * sizeof<K>()) >> half) as u32;
    lowest = min(lowest, rank);
    highest = max(highest, rank);
  }
  if (isConstant(g, column, lowest, highest)) return false;
  if (zeroCount > 0) weighZeros(g, zeroSlot);
  if (g.drawsThresholds) {
    scanDrawn<K>(g, column, n, lowest, highest, zeroSlot, zeroCount);
    return true;
  }
  const sorted = sortKeys<K>(g.keys, g.otherKeys, n, lowest, highest, g.sortCounts);
  if (g.targets) scanTargets<K>(g, column, sorted, n, zeroSlot, zeroCount);
  else scanSorted<K>(g, column, sorted, n, zeroSlot, zeroCount);
  return true;
}

function weighZeros(g: Grower, stored: i32): void {
  const bytes = (g.classes as usize) << 3;
  clearSums(g.zeros, g.classes);
  for (let slot: usize = 0; slot < (stored as usize); slot++) addSlot(g, g.zeros, slot);
  for (let c: usize = 0; c < bytes; c += 8) {
    store<f64>(g.zeros + c, load<f64>(g.totals + c) - load<f64>(g.zeros + c));
  }
}

/**
 * Moves the rows that go left to the front of the node's run and sums their weights into `g.left`; returns the border. Only rows with
 * a stored value move: those that part from the zeros are swapped to their end of the run, whatever the size of the node.
 */
export function divideSparse(g: Grower): i32 {
  const zerosGoLeft = load<u32>(g.data.zeroRanks + ((g.bestColumn as usize) << 2)) <= g.bestLeftRank;
  const parted = g.left;
  clearSums(parted, g.classes);
  const record = columnRecord(g.columns, g.bestColumn);
  const to = g.columns.entries + ((runTo(record) as usize) << 2);
  let tail = g.end;
  let head = g.start;
  for (let at = g.columns.entries + ((runFrom(record) as usize) << 2); at < to; at += 4) {
    const entry = (load<u32>(at) as usize) << 2;
    const goesLeft = load<u32>(g.data.ranks + entry) <= g.bestLeftRank;
    if (goesLeft === zerosGoLeft) continue;
    const row = load<u32>(g.data.rowOf + entry) as usize;
    addRow(g, parted, row);
    swap(g, row, zerosGoLeft ? --tail : head++);
  }
  if (!zerosGoLeft) return head;
  for (let c: usize = 0; c < (g.classes as usize) << 3; c += 8) {
    store<f64>(g.left + c, load<f64>(g.totals + c) - load<f64>(g.left + c));
  }
  return tail;
}

function swap(g: Grower, row: usize, slot: i32): void {
  const there = g.samples + ((slot as usize) << 2);
  const other = load<u32>(there);
  const from = load<i32>(g.slotOf + (row << 2));
  store<u32>(g.samples + ((from as usize) << 2), other);
  store<i32>(g.slotOf + ((other as usize) << 2), from);
  store<u32>(there, row as u32);
  store<i32>(g.slotOf + (row << 2), slot);
}
