// Splits of compressed sparse columns: a value that is not stored is zero, and no row is ever densified. Only the stored values of the
// node's rows are looked at; the rest of the node is one block whose weight is the node's less theirs (exact, see Grower.weights).
import { Grower, addSlot, clearSums, gather } from "./grower";
import { sortKeys } from "./sort";
import { isConstant, scanSorted } from "./split";
import { scanDrawn } from "./split-drawn";
import { scanTargets } from "./split-targets";

/** Where in `g.moved` and the slots the stored values of the node were put. */
function collect<K>(g: Grower, column: i32): i32 {
  const data = g.data;
  const from = load<u32>(data.starts + ((column as usize) << 2));
  const to = load<u32>(data.starts + ((column as usize) << 2), 4);
  const stored = to - from;
  const n = (g.end - g.start) as u32;
  // A search costs about log2(stored) steps, each as dear as two of a walk along the column.
  return n * 2 * (32 - clz<u32>(stored)) < stored ? search<K>(g, from, to) : walk<K>(g, from, to);
}

function put<K>(g: Grower, at: u32, row: usize, count: usize): void {
  const half = (sizeof<K>() << 2) as K;
  const rank = load<u32>(g.data.ranks + ((at as usize) << 2));
  store<K>(g.keys + count * sizeof<K>(), ((rank as K) << half) | (count as K));
  gather(g, count, row);
  store<u32>(g.moved + (count << 2), row as u32);
}

function walk<K>(g: Grower, from: u32, to: u32): i32 {
  const start = g.start;
  const n = (g.end - start) as u32;
  const rowOf = g.data.rowOf;
  const slotOf = g.slotOf;
  // Which rows are of the node cannot be foretold: places are noted of all and kept of those, without a branch.
  const found = g.otherKeys;
  let count: usize = 0;
  for (let at = from; at < to; at++) {
    const row = load<u32>(rowOf + ((at as usize) << 2)) as usize;
    store<u32>(found + (count << 2), at);
    count += (((load<i32>(slotOf + (row << 2)) - start) as u32) < n) as usize;
  }
  for (let i: usize = 0; i < count; i++) {
    const at = load<u32>(found + (i << 2));
    put<K>(g, at, load<u32>(rowOf + ((at as usize) << 2)) as usize, i);
  }
  return count as i32;
}

function search<K>(g: Grower, from: u32, to: u32): i32 {
  const rowOf = g.data.rowOf;
  let count = 0;
  for (let slot = g.start; slot < g.end; slot++) {
    const row = load<u32>(g.samples + ((slot as usize) << 2));
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (load<u32>(rowOf + ((middle as usize) << 2)) < row) low = middle + 1;
      else high = middle;
    }
    if (low < to && load<u32>(rowOf + ((low as usize) << 2)) === row) put<K>(g, low, row as usize, count++ as usize);
  }
  return count;
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
  return g.wide ? divide<u64>(g) : divide<u32>(g);
}

function divide<K>(g: Grower): i32 {
  const half = (sizeof<K>() << 2) as K;
  const zerosGoLeft = load<u32>(g.data.zeroRanks + ((g.bestColumn as usize) << 2)) <= g.bestLeftRank;
  const parted = g.left;
  clearSums(parted, g.classes);
  const n = collect<K>(g, g.bestColumn);
  let tail = g.end;
  let head = g.start;
  for (let i: usize = 0; i < (n as usize); i++) {
    const goesLeft = ((load<K>(g.keys + i * sizeof<K>()) >> half) as u32) <= g.bestLeftRank;
    if (goesLeft === zerosGoLeft) continue;
    addSlot(g, parted, i);
    swap(g, load<u32>(g.moved + (i << 2)) as usize, zerosGoLeft ? --tail : head++);
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
