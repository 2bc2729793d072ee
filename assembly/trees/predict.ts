// What a forest says: leaf rows summed in the order of the trees, and divided by their number where they are averaged. Leaves hold one number for each
// output, or one alone (`width` 1), when the trees take turns at the outputs. Rows go through in blocks, tree by tree, eight rows abreast, so
// that a tree stays in the cache; what is left of a block goes through row by row, eight trees abreast. Chains (see walk.ts) take rows one after the
// other. A row's sum does not depend on any of it.
import { drawBootstrap, seedRandom } from "./random";
import { walk, walkRows, walkTrees } from "./walk";

/** Bytes of dense rows that one block may take: about half of a second-level cache. */
const BLOCK_BYTES: usize = 262144;
const BLOCK_ROWS = 512;
const ABREAST = 8;

/** A forest as the host lays it out, in 32-bit words. */
@unmanaged
class ResidentForest {
  /** See walk.ts; nodes are numbered within their tree. */
  nodes: usize;
  /** Where nodes are wide, the row of the leaf table of every node (u32; inner nodes have none); else leaves hold it themselves. */
  leafRows: usize;
  /** Where each tree's nodes start (u32, trees + 1). */
  offsets: usize;
  /** Room for eight roots (usize) and eight leaves (u32). */
  roots: usize;
  reached: usize;
  leaves: usize;
  trees: i32;
  width: i32;
  outputs: i32;
  averaged: i32;
  /** Whether columns and children are u32 rather than u16. */
  wide: i32;
  /** Whether the trees are chains. */
  chains: i32;
}

/** Of the bits of a leaf's threshold, a NaN, those that hold its row in the leaf table. */
const ROW_BITS: u32 = 0x3fffff;

function rowOf<T>(f: ResidentForest, tree: i32, node: usize): usize {
  const start = load<u32>(f.offsets + ((tree as usize) << 2)) as usize;
  if (sizeof<T>() === 4) return load<u32>(f.leafRows + ((start + node) << 2)) as usize;
  return (load<u32>(f.nodes + (start + node) * (4 + 2 * sizeof<T>())) & ROW_BITS) as usize;
}

function addLeafRow<T>(f: ResidentForest, tree: i32, node: usize, sums: usize): void {
  const bytes = (f.width as usize) << 3;
  const leaf = f.leaves + rowOf<T>(f, tree, node) * bytes;
  const to = f.width === 1 ? sums + (((tree % f.outputs) as usize) << 3) : sums;
  let c: usize = 0;
  if (ASC_FEATURE_SIMD) {
    for (; c + 16 <= bytes; c += 16) v128.store(to + c, f64x2.add(v128.load(to + c), v128.load(leaf + c)));
  }
  for (; c < bytes; c += 8) store<f64>(to + c, load<f64>(to + c) + load<f64>(leaf + c));
}

function rootOf<T>(f: ResidentForest, tree: i32): usize {
  return f.nodes + (load<u32>(f.offsets + ((tree as usize) << 2)) as usize) * (4 + 2 * sizeof<T>());
}

/** Adds the leaf rows of all trees for one row, in the order of the trees. */
function addRow<T>(f: ResidentForest, x: usize, sums: usize): void {
  let tree = 0;
  const abreast = f.chains ? 0 : f.trees;
  for (; tree + ABREAST <= abreast; tree += ABREAST) {
    for (let i = 0; i < ABREAST; i++) {
      store<usize>(f.roots + (i as usize) * sizeof<usize>(), rootOf<T>(f, tree + i));
    }
    walkTrees<T>(f.roots, x, f.reached);
    for (let i = 0; i < ABREAST; i++) addLeafRow<T>(f, tree + i, load<u32>(f.reached + ((i as usize) << 2)), sums);
  }
  for (; tree < f.trees; tree++) addLeafRow<T>(f, tree, walk<T>(rootOf<T>(f, tree), x), sums);
}

function block<T>(f: ResidentForest, x: usize, rows: i32, columns: i32, out: usize): void {
  const bytes = (f.outputs as usize) << 3;
  const rowBytes = (columns as usize) << 2;
  const abreast = f.chains ? 0 : rows - (rows % ABREAST);
  for (let tree = 0; tree < f.trees; tree++) {
    const root = rootOf<T>(f, tree);
    for (let row = 0; row < abreast; row += ABREAST) {
      walkRows<T>(root, x + (row as usize) * rowBytes, rowBytes, f.reached);
      for (let i = 0; i < ABREAST; i++) {
        addLeafRow<T>(f, tree, load<u32>(f.reached + ((i as usize) << 2)), out + ((row + i) as usize) * bytes);
      }
    }
    if (!f.chains) continue;
    for (let row: usize = 0; row < (rows as usize); row++) {
      addLeafRow<T>(f, tree, walk<T>(root, x + row * rowBytes), out + row * bytes);
    }
  }
  for (let row = f.chains ? rows : abreast; row < rows; row++) {
    addRow<T>(f, x + (row as usize) * rowBytes, out + (row as usize) * bytes);
  }
  if (!f.averaged) return;
  const trees = f.trees as f64;
  for (let at = out; at < out + (rows as usize) * bytes; at += 8) store<f64>(at, load<f64>(at) / trees);
}

function anyBlock(f: ResidentForest, x: usize, rows: i32, columns: i32, out: usize): void {
  if (f.wide) block<u32>(f, x, rows, columns, out);
  else block<u16>(f, x, rows, columns, out);
}

function blockRowsOf(columns: i32): i32 {
  const rows = min(BLOCK_ROWS, (BLOCK_BYTES / max<usize>((columns as usize) << 2, 1)) as i32);
  return max(ABREAST, rows - (rows % ABREAST));
}

/** The answers (rows x outputs f64, to `out`) for dense float32 rows. */
export function predictForestDense(forest: usize, x: usize, rows: i32, columns: i32, out: usize): void {
  const f = changetype<ResidentForest>(forest);
  const rowBytes = (f.outputs as usize) << 3;
  const blockRows = blockRowsOf(columns);
  memory.fill(out, 0, (rows as usize) * rowBytes);
  for (let row = 0; row < rows; row += blockRows) {
    const from = x + (((row as usize) * (columns as usize)) << 2);
    anyBlock(f, from, min(blockRows, rows - row), columns, out + (row as usize) * rowBytes);
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
  forest: usize,
  indptr: usize,
  indices: usize,
  values: usize,
  rows: i32,
  columns: i32,
  out: usize,
): void {
  const f = changetype<ResidentForest>(forest);
  const rowBytes = (f.outputs as usize) << 3;
  const dense = (columns as usize) << 2;
  const blockRows = min(rows, blockRowsOf(columns));
  const x = heap.alloc((blockRows as usize) * dense);
  memory.fill(x, 0, (blockRows as usize) * dense);
  memory.fill(out, 0, (rows as usize) * rowBytes);
  for (let row = 0; row < rows; row += blockRows) {
    const n = min(blockRows, rows - row);
    for (let r = 0; r < n; r++) scatter(indptr, indices, values, row + r, x + (r as usize) * dense, false);
    anyBlock(f, x, n, columns, out + (row as usize) * rowBytes);
    for (let r = 0; r < n; r++) scatter(indptr, indices, values, row + r, x + (r as usize) * dense, true);
  }
  heap.free(x);
}

/**
 * Out-of-bag sums: for every row the leaf rows of the trees that did not draw it, and their number (u32, `treeCounts`). The samples are
 * drawn again from the seed. `indptr` 0 means dense rows at `values`.
 */
export function outOfBag(
  forest: usize,
  indptr: usize,
  indices: usize,
  values: usize,
  rows: i32,
  columns: i32,
  seed: u32,
  sums: usize,
  treeCounts: usize,
): void {
  const f = changetype<ResidentForest>(forest);
  const rowBytes = (f.outputs as usize) << 3;
  const dense = (columns as usize) << 2;
  const random = heap.alloc(16);
  const drawn = heap.alloc((rows as usize) << 2);
  const buffer = heap.alloc(dense);
  memory.fill(buffer, 0, dense);
  memory.fill(sums, 0, (rows as usize) * rowBytes);
  memory.fill(treeCounts, 0, (rows as usize) << 2);
  for (let tree = 0; tree < f.trees; tree++) {
    seedRandom(random, seed, tree as u32);
    drawBootstrap(random, rows, drawn);
    for (let row = 0; row < rows; row++) {
      if (load<u32>(drawn + ((row as usize) << 2)) > 0) continue;
      const x = indptr ? buffer : values + (row as usize) * dense;
      if (indptr) scatter(indptr, indices, values, row, x, false);
      const to = sums + (row as usize) * rowBytes;
      if (f.wide) addLeafRow<u32>(f, tree, walk<u32>(rootOf<u32>(f, tree), x), to);
      else addLeafRow<u16>(f, tree, walk<u16>(rootOf<u16>(f, tree), x), to);
      if (indptr) scatter(indptr, indices, values, row, x, true);
      const count = treeCounts + ((row as usize) << 2);
      store<u32>(count, load<u32>(count) + 1);
    }
  }
  heap.free(buffer);
  heap.free(drawn);
  heap.free(random);
}
