// Training examples as the trees want them: every value replaced by its rank among the distinct values of its column, so that a node
// sorts small integers. Dense columns hold one rank a row; sparse ones (compressed columns) only those of the stored values.
// Read-only once made: any number of forests may be grown from it.
import { SORT_COUNTS_BYTES, sortKeys } from "./sort";

/** Neighbouring values that are no further apart count as equal (scikit-learn's FEATURE_THRESHOLD, a float32). */
const FEATURE_THRESHOLD: f32 = 1e-7;

@unmanaged
export class TrainingData {
  rows: i32;
  columns: i32;
  sparse: bool;
  /** Whether ranks are u16, as those of dense tables of less than 65,536 rows are, rather than u32. */
  narrow: bool;
  /** Dense: at column * rows + row. Sparse: one a stored value. */
  ranks: usize;
  /** The same at row * columns + column, or 0: the rows of a small node lie in few cache lines there, whatever column is asked for. */
  rowRanks: usize;
  /** Sparse: where each column starts (i32, columns + 1), and the row of each stored value (i32, ascending in a column). */
  starts: usize;
  rowOf: usize;
  /** Sparse: where each row starts (i32, rows + 1), and the number and the column of each of its stored values (i32). */
  rowStarts: usize;
  rowEntries: usize;
  rowColumns: usize;
  /** The distinct float32 values of all columns, ascending in each, and where each column starts (u32, columns + 1). */
  values: usize;
  valueStarts: usize;
  /** Where ranks stand for bins (see bin-ranks.ts), their highest values, as `values` then has the lowest; else `values` itself. */
  highs: usize;
  /** One byte a column: 1 when two neighbouring distinct values count as equal. */
  close: usize;
  /** Sparse: the rank of zero in each column (u32). */
  zeroRanks: usize;
}

/** Whether float32 `right`, not below `left`, counts as equal to it. */
export function countsAsEqual(left: f32, right: f32): bool {
  return right <= left + FEATURE_THRESHOLD;
}

function sortable(value: f32): u32 {
  const bits = reinterpret<u32>(value + 0.0); // -0 becomes 0
  return bits & 0x80000000 ? ~bits : bits | 0x80000000;
}

function unsortable(key: u32): f32 {
  return reinterpret<f32>(key & 0x80000000 ? key & 0x7fffffff : ~key);
}

/** Ranks below this fit u16. */
const NARROW_ROWS = 65536;
/** The rank at `at`. */
// @ts-ignore: decorator
@inline
export function rankAt(data: TrainingData, at: usize): u32 {
  return data.narrow ? (load<u16>(data.ranks + (at << 1)) as u32) : load<u32>(data.ranks + (at << 2));
}

/** Replaces the sorted keys' values by ranks (R) written to `ranks`, indexed by the keys' lower halves; returns how many are distinct. */
function rankSorted<R>(data: TrainingData, column: i32, sorted: usize, n: i32, ranks: usize): u32 {
  const start = load<u32>(data.valueStarts + ((column as usize) << 2));
  const values = data.values + ((start as usize) << 2);
  let distinct: u32 = 0;
  let previous: u32 = 0;
  let close: u8 = 0;
  for (let i = 0; i < n; i++) {
    const entry = load<u64>(sorted + ((i as usize) << 3));
    const key = (entry >> 32) as u32;
    if (distinct === 0 || key !== previous) {
      const value = unsortable(key);
      if (distinct > 0 && countsAsEqual(unsortable(previous), value)) close = 1;
      store<f32>(values + ((distinct as usize) << 2), value);
      distinct++;
      previous = key;
    }
    store<R>(ranks + (entry as u32 as usize) * sizeof<R>(), (distinct - 1) as R);
  }
  store<u8>(data.close + column, close);
  store<u32>(data.valueStarts + (((column + 1) as usize) << 2), start + distinct);
  return distinct;
}

function allocate(rows: i32, columns: i32, stored: usize, distinctMax: usize, narrow: bool): TrainingData {
  const data = changetype<TrainingData>(heap.alloc(offsetof<TrainingData>()));
  memory.fill(changetype<usize>(data), 0, offsetof<TrainingData>());
  data.rows = rows;
  data.columns = columns;
  data.narrow = narrow;
  data.ranks = heap.alloc(max<usize>(stored << (narrow ? 1 : 2), 4));
  data.values = heap.alloc(max<usize>(distinctMax << 2, 4));
  data.highs = data.values;
  data.valueStarts = heap.alloc(((columns as usize) + 1) << 2);
  store<u32>(data.valueStarts, 0);
  data.close = heap.alloc(columns);
  return data;
}

/** From dense rows (row-major float32). */
export function trainingDataDense(x: usize, rows: i32, columns: i32): usize {
  const size = (rows as usize) * (columns as usize);
  const data = allocate(rows, columns, size, size, rows < NARROW_ROWS);
  const keys = heap.alloc((rows as usize) << 3);
  const other = heap.alloc((rows as usize) << 3);
  const counts = heap.alloc(SORT_COUNTS_BYTES);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const value = load<f32>(x + (((row as usize) * (columns as usize) + column) << 2));
      store<u64>(keys + ((row as usize) << 3), ((sortable(value) as u64) << 32) | (row as u64));
    }
    const sorted = sortKeys<u64>(keys, other, rows, 0, u32.MAX_VALUE, counts);
    const first = (column as usize) * (rows as usize);
    if (data.narrow) rankSorted<u16>(data, column, sorted, rows, data.ranks + (first << 1));
    else rankSorted<u32>(data, column, sorted, rows, data.ranks + (first << 2));
  }
  heap.free(counts);
  heap.free(other);
  heap.free(keys);
  data.values = heap.realloc(data.values, max<usize>(load<u32>(data.valueStarts + ((columns as usize) << 2)) << 2, 4));
  data.highs = data.values;
  return changetype<usize>(data);
}

function copyOf(from: usize, bytes: usize): usize {
  const to = heap.alloc(max<usize>(bytes, 4));
  memory.copy(to, from, bytes);
  return to;
}

/** From compressed sparse rows: i32 `indptr` (rows + 1), i32 `indices` ascending in a row, float32 `stored`. */
export function trainingDataSparse(indptr: usize, indices: usize, stored: usize, rows: i32, columns: i32): usize {
  const nonZeros = load<u32>(indptr + ((rows as usize) << 2)) as usize;
  const data = allocate(rows, columns, nonZeros, nonZeros + columns, false);
  data.sparse = true;
  data.rowOf = heap.alloc(max<usize>(nonZeros << 2, 4));
  data.starts = heap.alloc(((columns as usize) + 1) << 2);
  data.zeroRanks = heap.alloc((columns as usize) << 2);
  data.rowStarts = copyOf(indptr, ((rows as usize) + 1) << 2);
  data.rowColumns = copyOf(indices, nonZeros << 2);
  data.rowEntries = heap.alloc(max<usize>(nonZeros << 2, 4));

  // Transposes by counting; the rows of a column come out ascending. The values wait in `transposed`.
  const transposed = heap.alloc(max<usize>(nonZeros << 2, 4));
  const starts = data.starts;
  memory.fill(starts, 0, ((columns as usize) + 1) << 2);
  for (let i: usize = 0; i < nonZeros; i++) {
    const at = starts + ((load<u32>(indices + (i << 2)) as usize) << 2);
    store<u32>(at, load<u32>(at, 4) + 1, 4);
  }
  for (let c: usize = 0; c < (columns as usize); c++) {
    store<u32>(starts + (c << 2), load<u32>(starts + (c << 2)) + load<u32>(starts + (c << 2), 4), 4);
  }
  const next = heap.alloc((columns as usize) << 2);
  memory.copy(next, starts, (columns as usize) << 2);
  for (let row: usize = 0; row < (rows as usize); row++) {
    const end = load<u32>(indptr + (row << 2), 4) as usize;
    for (let i = load<u32>(indptr + (row << 2)) as usize; i < end; i++) {
      const at = next + ((load<u32>(indices + (i << 2)) as usize) << 2);
      const place = load<u32>(at) as usize;
      store<u32>(at, (place + 1) as u32);
      store<u32>(data.rowOf + (place << 2), row as u32);
      store<u32>(data.rowEntries + (i << 2), place as u32);
      store<f32>(transposed + (place << 2), load<f32>(stored + (i << 2)));
    }
  }
  heap.free(next);
  rankSparse(data, transposed);
  heap.free(transposed);
  return changetype<usize>(data);
}

function rankSparse(data: TrainingData, transposed: usize): void {
  const bytes = ((data.rows as usize) + 1) << 3;
  const keys = heap.alloc(bytes);
  const other = heap.alloc(bytes);
  const ranks = heap.alloc(bytes >> 1);
  const counts = heap.alloc(SORT_COUNTS_BYTES);
  for (let column = 0; column < data.columns; column++) {
    const from = load<u32>(data.starts + ((column as usize) << 2)) as usize;
    const n = (load<u32>(data.starts + ((column as usize) << 2), 4) as usize) - from;
    for (let i: usize = 0; i < n; i++) {
      const value = load<f32>(transposed + ((from + i) << 2));
      store<u64>(keys + (i << 3), ((sortable(value) as u64) << 32) | (i as u64));
    }
    store<u64>(keys + (n << 3), ((sortable(0) as u64) << 32) | (n as u64)); // zero itself, whose rank is wanted too
    const sorted = sortKeys<u64>(keys, other, (n as i32) + 1, 0, u32.MAX_VALUE, counts);
    rankSorted<u32>(data, column, sorted, (n as i32) + 1, ranks);
    memory.copy(data.ranks + (from << 2), ranks, n << 2);
    store<u32>(data.zeroRanks + ((column as usize) << 2), load<u32>(ranks + (n << 2)));
  }
  heap.free(counts);
  heap.free(ranks);
  heap.free(other);
  heap.free(keys);
}

/** Frees what {@link trainingDataDense} or {@link trainingDataSparse} made. */
export function releaseTrainingData(pointer: usize): void {
  const data = changetype<TrainingData>(pointer);
  heap.free(data.ranks);
  if (data.rowRanks !== 0) heap.free(data.rowRanks);
  if (data.highs !== data.values) heap.free(data.highs);
  heap.free(data.values);
  heap.free(data.valueStarts);
  heap.free(data.close);
  if (data.sparse) {
    heap.free(data.rowOf);
    heap.free(data.starts);
    heap.free(data.zeroRanks);
    heap.free(data.rowStarts);
    heap.free(data.rowEntries);
    heap.free(data.rowColumns);
  }
  heap.free(pointer);
}
