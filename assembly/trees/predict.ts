// What a forest says: leaf rows summed in the order of the trees, and divided by their number where they are averaged. Leaves hold one number for each
// output, or one alone (`width` 1), when the trees take turns at the outputs. Rows go through in blocks, tree by tree, so that a tree stays in
// the cache; a row's sum does not depend on the block it is in.
import { NODE_BYTES } from "./forest";
import { drawBootstrap, seedRandom } from "./random";

/** Bytes of densified rows that one block may take: about half of a second-level cache. */
const BLOCK_BYTES: usize = 131072;
const BLOCK_ROWS = 64;

/** The leaf table's row for the dense float32 row `x`. */
function leafOf(root: usize, x: usize): i32 {
  let node = root;
  let column = load<i32>(node);
  while (column >= 0) {
    const value = load<f32>(x + ((column as usize) << 2)) as f64;
    const right = root + (load<u32>(node, 4) as usize) * NODE_BYTES;
    node = value <= load<f64>(node, 8) ? node + NODE_BYTES : right;
    column = load<i32>(node);
  }
  return load<i32>(node, 4);
}

function addLeafRow(root: usize, leaves: usize, classes: i32, x: usize, sums: usize): void {
  const bytes = (classes as usize) << 3;
  const leaf = leaves + (leafOf(root, x) as usize) * bytes;
  for (let c: usize = 0; c < bytes; c += 8) store<f64>(sums + c, load<f64>(sums + c) + load<f64>(leaf + c));
}

function rootOf(nodes: usize, offsets: usize, tree: i32): usize {
  return nodes + (load<u32>(offsets + ((tree as usize) << 2)) as usize) * NODE_BYTES;
}

function block(
  nodes: usize,
  offsets: usize,
  trees: i32,
  leaves: usize,
  width: i32,
  outputs: i32,
  averaged: bool,
  x: usize,
  rows: i32,
  columns: i32,
  out: usize,
): void {
  const bytes = (outputs as usize) << 3;
  for (let tree = 0; tree < trees; tree++) {
    const root = rootOf(nodes, offsets, tree);
    const first = width === 1 ? out + (((tree % outputs) as usize) << 3) : out;
    for (let row: usize = 0; row < (rows as usize); row++) {
      addLeafRow(root, leaves, width, x + ((row * (columns as usize)) << 2), first + row * bytes);
    }
  }
  if (!averaged) return;
  for (let at = out; at < out + (rows as usize) * bytes; at += 8) store<f64>(at, load<f64>(at) / (trees as f64));
}

/** The answers (rows x outputs f64, to `out`) for dense float32 rows. */
export function predictForestDense(
  nodes: usize,
  offsets: usize,
  trees: i32,
  leaves: usize,
  width: i32,
  outputs: i32,
  averaged: bool,
  x: usize,
  rows: i32,
  columns: i32,
  out: usize,
): void {
  const rowBytes = (outputs as usize) << 3;
  memory.fill(out, 0, (rows as usize) * rowBytes);
  for (let row = 0; row < rows; row += BLOCK_ROWS) {
    const from = x + (((row as usize) * (columns as usize)) << 2);
    block(
      nodes,
      offsets,
      trees,
      leaves,
      width,
      outputs,
      averaged,
      from,
      min(BLOCK_ROWS, rows - row),
      columns,
      out + (row as usize) * rowBytes,
    );
  }
}

/** Writes the stored values of a compressed sparse row to the dense row `x`, or clears them again. */
function scatter(indptr: usize, indices: usize, values: usize, row: i32, x: usize, clear: bool): void {
  const end = load<u32>(indptr + ((row as usize) << 2), 4) as usize;
  for (let i = load<u32>(indptr + ((row as usize) << 2)) as usize; i < end; i++) {
    const at = x + ((load<u32>(indices + (i << 2)) as usize) << 2);
    store<f32>(at, clear ? 0 : load<f32>(values + (i << 2)));
  }
}

/** The same for compressed sparse rows, of which only one block is dense at a time. */
export function predictForestSparse(
  nodes: usize,
  offsets: usize,
  trees: i32,
  leaves: usize,
  width: i32,
  outputs: i32,
  averaged: bool,
  indptr: usize,
  indices: usize,
  values: usize,
  rows: i32,
  columns: i32,
  out: usize,
): void {
  const rowBytes = (outputs as usize) << 3;
  const dense = (columns as usize) << 2;
  const blockRows = max(1, min(BLOCK_ROWS, (BLOCK_BYTES / max<usize>(dense, 1)) as i32));
  const x = heap.alloc((blockRows as usize) * dense);
  memory.fill(x, 0, (blockRows as usize) * dense);
  memory.fill(out, 0, (rows as usize) * rowBytes);
  for (let row = 0; row < rows; row += blockRows) {
    const n = min(blockRows, rows - row);
    for (let r = 0; r < n; r++) scatter(indptr, indices, values, row + r, x + (r as usize) * dense, false);
    block(nodes, offsets, trees, leaves, width, outputs, averaged, x, n, columns, out + (row as usize) * rowBytes);
    for (let r = 0; r < n; r++) scatter(indptr, indices, values, row + r, x + (r as usize) * dense, true);
  }
  heap.free(x);
}

/**
 * Out-of-bag sums: for every row the leaf rows of the trees that did not draw it, and their number (u32, `treeCounts`). The samples are
 * drawn again from the seed. `indptr` 0 means dense rows at `values`.
 */
export function outOfBag(
  nodes: usize,
  offsets: usize,
  trees: i32,
  leaves: usize,
  classes: i32,
  indptr: usize,
  indices: usize,
  values: usize,
  rows: i32,
  columns: i32,
  seed: u32,
  sums: usize,
  treeCounts: usize,
): void {
  const rowBytes = (classes as usize) << 3;
  const dense = (columns as usize) << 2;
  const random = heap.alloc(16);
  const drawn = heap.alloc((rows as usize) << 2);
  const buffer = heap.alloc(dense);
  memory.fill(buffer, 0, dense);
  memory.fill(sums, 0, (rows as usize) * rowBytes);
  memory.fill(treeCounts, 0, (rows as usize) << 2);
  for (let tree = 0; tree < trees; tree++) {
    const root = rootOf(nodes, offsets, tree);
    seedRandom(random, seed, tree as u32);
    drawBootstrap(random, rows, drawn);
    for (let row = 0; row < rows; row++) {
      if (load<u32>(drawn + ((row as usize) << 2)) > 0) continue;
      const x = indptr ? buffer : values + (row as usize) * dense;
      if (indptr) scatter(indptr, indices, values, row, x, false);
      addLeafRow(root, leaves, classes, x, sums + (row as usize) * rowBytes);
      if (indptr) scatter(indptr, indices, values, row, x, true);
      const count = treeCounts + ((row as usize) << 2);
      store<u32>(count, load<u32>(count) + 1);
    }
  }
  heap.free(buffer);
  heap.free(drawn);
  heap.free(random);
}
