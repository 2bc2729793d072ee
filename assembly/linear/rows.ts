// Rows of float32, dense or sparse (CSR), as the linear models read them.

@unmanaged
export class Rows {
  /** i32 `indptr` (0: the rows are dense), i32 `indices`, float32 `values`; they stay the caller's. */
  indptr: usize;
  indices: usize;
  values: usize;
  count: i32;
  columns: i32;
}

export function newRows(indptr: usize, indices: usize, values: usize, count: i32, columns: i32): Rows {
  const x = changetype<Rows>(heap.alloc(offsetof<Rows>()));
  x.indptr = indptr;
  x.indices = indices;
  x.values = values;
  x.count = count;
  x.columns = columns;
  return x;
}

/** Where the stored values of a row start. */
export function firstOf(x: Rows, row: i32): usize {
  if (x.indptr === 0) return (row as usize) * (x.columns as usize);
  return load<u32>(x.indptr + ((row as usize) << 2)) as usize;
}

/** Where they end. */
export function endOf(x: Rows, row: i32): usize {
  return firstOf(x, row + 1);
}

/** The column of the stored value `i`, which belongs to `row`. */
export function columnOf(x: Rows, row: i32, i: usize): usize {
  if (x.indptr === 0) return i - (row as usize) * (x.columns as usize);
  return load<u32>(x.indices + (i << 2)) as usize;
}

export function valueOf(x: Rows, i: usize): f64 {
  return load<f32>(x.values + (i << 2)) as f64;
}
