// Which stored values of sparse columns are of which node. The values of a column and a node are a run of `entries`; a node has a record for each column
// of which it has any, so that a column that is zero throughout costs nothing and any other what it has stored. A split moves the values of the smaller
// child alone to the end of their runs: the larger one keeps the node's records, less those. A value is so moved at most log2(rows) times a tree, however
// deep that is, where trees of text are chains of hundreds of nodes.
import { TrainingData } from "./training-data";

/** A record: column, from and to of its run, and the record of the same column in the node that it was parted from (u32 each). */
const RECORD: usize = 16;

@unmanaged
export class NodeColumns {
  data: TrainingData;
  /** u32 each: numbers of stored values, the runs of all nodes that wait; and where in them each stored value is. */
  entries: usize;
  places: usize;
  /** u32 a column: its record in the node in work, if that is one of the node's and of the column; and while a child is parted, 1 + its record there, or 0. */
  recordOf: usize;
  childOf: usize;
  records: usize;
  capacity: u32;
  /** The records of the node in work, and the first that no waiting node has. */
  first: u32;
  end: u32;
  top: u32;
}

export function newNodeColumns(data: TrainingData): NodeColumns {
  const n = changetype<NodeColumns>(heap.alloc(offsetof<NodeColumns>()));
  const stored = load<u32>(data.starts + ((data.columns as usize) << 2)) as usize;
  n.data = data;
  n.entries = heap.alloc(max<usize>(stored << 2, 4));
  n.places = heap.alloc(max<usize>(stored << 2, 4));
  n.recordOf = heap.alloc((data.columns as usize) << 2);
  n.childOf = heap.alloc((data.columns as usize) << 2);
  memory.fill(n.recordOf, 0, (data.columns as usize) << 2);
  memory.fill(n.childOf, 0, (data.columns as usize) << 2);
  n.capacity = (data.columns as u32) << 1;
  n.records = heap.alloc((n.capacity as usize) * RECORD);
  return n;
}

export function releaseNodeColumns(n: NodeColumns): void {
  heap.free(n.entries);
  heap.free(n.places);
  heap.free(n.recordOf);
  heap.free(n.childOf);
  heap.free(n.records);
  heap.free(changetype<usize>(n));
}

// @ts-ignore: decorator
@inline
function recordAt(n: NodeColumns, record: u32): usize {
  return n.records + (record as usize) * RECORD;
}

/** The records of a tree's root: the stored values of the rows that have a slot (`slotOf`: i32 a row, or -1). */
export function startColumns(n: NodeColumns, slotOf: usize): void {
  const rowOf = n.data.rowOf;
  const starts = n.data.starts;
  const columns = n.data.columns;
  n.first = 0;
  n.end = 0;
  for (let column = 0; column < columns; column++) {
    const from = load<u32>(starts + ((column as usize) << 2));
    const to = load<u32>(starts + ((column as usize) << 2), 4);
    let place = from;
    for (let entry = from; entry < to; entry++) {
      const row = load<u32>(rowOf + ((entry as usize) << 2)) as usize;
      // Without a branch, as which rows were drawn cannot be foretold: the others' are written over.
      store<u32>(n.entries + ((place as usize) << 2), entry);
      store<u32>(n.places + ((entry as usize) << 2), place);
      place += (load<i32>(slotOf + (row << 2)) >= 0) as u32;
    }
    if (place === from) continue;
    addRecord(n, n.end, column, from, place, 0);
    store<u32>(n.recordOf + ((column as usize) << 2), n.end++);
  }
  n.top = n.end;
}

// @ts-ignore: decorator
@inline
function addRecord(n: NodeColumns, record: u32, column: u32, from: u32, to: u32, parent: u32): void {
  const at = recordAt(n, record);
  store<u32>(at, column);
  store<u32>(at, from, 4);
  store<u32>(at, to, 8);
  store<u32>(at, parent, 12);
}

/**
 * Makes the node in work the one whose records are those from `first` to `end`. `recordOf` has been another's for the columns of the records from `changedFrom`
 * to `changedTo`: the node's own if it was the smaller child; else those of the smaller one, which was grown before it.
 */
export function enterColumns(n: NodeColumns, first: u32, end: u32, top: u32, changedFrom: u32, changedTo: u32): void {
  n.first = first;
  n.end = end;
  n.top = top;
  for (let record = changedFrom; record < changedTo; record++) {
    const at = recordAt(n, record);
    const own = changedFrom === first ? record : load<u32>(at, 12);
    store<u32>(n.recordOf + ((load<u32>(at) as usize) << 2), own);
  }
}

/** The record of a column in the node in work; 0 when it has no stored value there. */
export function columnRecord(n: NodeColumns, column: i32): usize {
  const record = load<u32>(n.recordOf + ((column as usize) << 2));
  if (record < n.first || record >= n.end) return 0;
  const at = recordAt(n, record);
  return load<i32>(at) === column ? at : 0;
}

// @ts-ignore: decorator
@inline
export function runFrom(record: usize): u32 {
  return load<u32>(record, 4);
}

// @ts-ignore: decorator
@inline
export function runTo(record: usize): u32 {
  return load<u32>(record, 8);
}

/**
 * Parts the values of `count` rows (u32 each, at `rows`), a child of the node in work, from the node's. The child's records are those from `n.top` on,
 * as it was, to `n.top` as it is then; the other child's those from `n.first` to `n.end`.
 */
export function partColumns(n: NodeColumns, rows: usize, count: i32): void {
  const rowStarts = n.data.rowStarts;
  const rowEntries = n.data.rowEntries;
  const rowColumns = n.data.rowColumns;
  const most = n.top + (n.end - n.first);
  if (most > n.capacity) {
    n.capacity = max(n.capacity << 1, most);
    n.records = heap.realloc(n.records, (n.capacity as usize) * RECORD);
  }
  const top = n.top;
  let next = top;
  for (let i: usize = 0; i < (count as usize); i++) {
    const row = rowStarts + ((load<u32>(rows + (i << 2)) as usize) << 2);
    const to = (load<u32>(row, 4) as usize) << 2;
    for (let k = (load<u32>(row) as usize) << 2; k < to; k += 4) {
      const column = load<u32>(rowColumns + k);
      const number = load<u32>(n.recordOf + ((column as usize) << 2));
      const record = recordAt(n, number);
      const last = load<u32>(record, 8);
      const child = n.childOf + ((column as usize) << 2);
      if (load<u32>(child) === 0) {
        addRecord(n, next, column, 0, last, number);
        store<u32>(child, ++next);
      }
      store<u32>(record, last - 1, 8);
      moveTo(n, load<u32>(rowEntries + k) as usize, last - 1);
    }
  }
  for (let number = top; number < next; number++) {
    const record = recordAt(n, number);
    store<u32>(record, load<u32>(recordAt(n, load<u32>(record, 12)), 8), 4);
    store<u32>(n.childOf + ((load<u32>(record) as usize) << 2), 0);
  }
  n.top = next;
}

/** Exchanges a stored value and the one at `place`. */
// @ts-ignore: decorator
@inline
function moveTo(n: NodeColumns, entry: usize, place: u32): void {
  const other = load<u32>(n.entries + ((place as usize) << 2)) as usize;
  const from = load<u32>(n.places + (entry << 2));
  store<u32>(n.entries + ((from as usize) << 2), other as u32);
  store<u32>(n.places + (other << 2), from);
  store<u32>(n.entries + ((place as usize) << 2), entry as u32);
  store<u32>(n.places + (entry << 2), place);
}
