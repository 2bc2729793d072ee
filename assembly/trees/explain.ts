// Path-dependent TreeSHAP: the Shapley values of a tree's features, exact, in time leaves * depth^2 (Lundberg, Erion and Lee 2018, "Consistent
// individualized feature attribution for tree ensembles", algorithm 2). A feature that is left out goes both ways, by the covers of the children.
//
// A path holds every feature asked for on the way to a node, once: its share of the cover when it is left out (`zero`), whether the row takes the
// way when it is not (`one`), and the weight of the subsets of the path of each size. Pre-order makes a stack of paths do for the recursion.
import { NODE_BYTES } from "./forest";

/** A path's element: i32 feature, then zero (byte 8), one (16) and weight (24). */
const ELEMENT_BYTES: usize = 32;

/** Appends a feature to the path, whose last element was number `length` - 1. */
function extend(path: usize, length: i32, feature: i32, zero: f64, one: f64): void {
  const last = path + (length as usize) * ELEMENT_BYTES;
  store<i32>(last, feature);
  store<f64>(last, zero, 8);
  store<f64>(last, one, 16);
  store<f64>(last, length === 0 ? 1 : 0, 24);
  const size = (length + 1) as f64;
  for (let i = length - 1; i >= 0; i--) {
    const at = path + (i as usize) * ELEMENT_BYTES;
    const weight = load<f64>(at, 24);
    const next = at + ELEMENT_BYTES;
    store<f64>(next, load<f64>(next, 24) + (one * weight * ((i + 1) as f64)) / size, 24);
    store<f64>(at, (zero * weight * ((length - i) as f64)) / size, 24);
  }
}

/** Undoes the appending of element `index` of a path whose last element is number `last`. */
function unwind(path: usize, last: i32, index: i32): void {
  const removed = path + (index as usize) * ELEMENT_BYTES;
  const zero = load<f64>(removed, 8);
  const one = load<f64>(removed, 16);
  const size = (last + 1) as f64;
  let next = load<f64>(path + (last as usize) * ELEMENT_BYTES, 24);
  for (let i = last - 1; i >= 0; i--) {
    const at = path + (i as usize) * ELEMENT_BYTES;
    const weight = load<f64>(at, 24);
    if (one !== 0) {
      const unwound = (next * size) / (((i + 1) as f64) * one);
      store<f64>(at, unwound, 24);
      next = weight - (unwound * zero * ((last - i) as f64)) / size;
    } else {
      store<f64>(at, (weight * size) / (zero * ((last - i) as f64)), 24);
    }
  }
  for (let at = removed; at < path + (last as usize) * ELEMENT_BYTES; at += ELEMENT_BYTES) {
    memory.copy(at, at + ELEMENT_BYTES, 24); // the weights stay where they are
  }
}

/** The sum of the weights that {@link unwind} would leave. */
function unwoundSum(path: usize, last: i32, index: i32): f64 {
  const removed = path + (index as usize) * ELEMENT_BYTES;
  const zero = load<f64>(removed, 8);
  const one = load<f64>(removed, 16);
  const size = (last + 1) as f64;
  let next = load<f64>(path + (last as usize) * ELEMENT_BYTES, 24);
  let sum: f64 = 0;
  for (let i = last - 1; i >= 0; i--) {
    const weight = load<f64>(path + (i as usize) * ELEMENT_BYTES, 24);
    if (one !== 0) {
      const unwound = (next * size) / (((i + 1) as f64) * one);
      sum += unwound;
      next = weight - (unwound * zero * ((last - i) as f64)) / size;
    } else {
      sum += (weight * size) / (zero * ((last - i) as f64));
    }
  }
  return sum;
}

/** Copies the parent's path to the level below and appends the parent's feature; a feature that was there is put in anew. Returns the length. */
function descend(parent: usize, level: usize, length: i32, feature: i32, share: f64, taken: f64): i32 {
  memory.copy(level, parent, (length as usize) * ELEMENT_BYTES);
  for (let i = 1; i < length; i++) {
    const at = level + (i as usize) * ELEMENT_BYTES;
    if (load<i32>(at) !== feature) continue;
    const zero = share * load<f64>(at, 8);
    const one = taken * load<f64>(at, 16);
    unwind(level, length - 1, i);
    extend(level, length - 1, feature, zero, one);
    return length;
  }
  extend(level, length, feature, share, taken);
  return length + 1;
}

/** Adds what each feature of a leaf's path gains by the leaf: `width` numbers from `leaf`, to `values` (`outputs` f64 a feature). */
function addLeaf(path: usize, length: i32, leaf: usize, width: i32, values: usize, outputs: i32): void {
  for (let i = 1; i < length; i++) {
    const at = path + (i as usize) * ELEMENT_BYTES;
    const weight = unwoundSum(path, length - 1, i) * (load<f64>(at, 16) - load<f64>(at, 8));
    const to = values + (((load<i32>(at) as usize) * (outputs as usize)) << 3);
    for (let c: usize = 0; c < (width as usize) << 3; c += 8) {
      store<f64>(to + c, load<f64>(to + c) + weight * load<f64>(leaf + c));
    }
  }
}

/** `levels`: for each level the node (i32) and the length of the path there (i32); `paths`: a path of `pathBytes` for each. */
function explainTree(
  root: usize,
  covers: usize,
  nodes: i32,
  leaves: usize,
  width: i32,
  outputs: i32,
  x: usize,
  levels: usize,
  paths: usize,
  pathBytes: usize,
  values: usize,
): void {
  let depth = 0;
  for (let node = 0; node < nodes; node++) {
    const at = root + (node as usize) * NODE_BYTES;
    const here = levels + ((depth as usize) << 3);
    const path = paths + (depth as usize) * pathBytes;
    let length = 1;
    if (depth === 0) {
      extend(path, 0, -1, 1, 1);
    } else {
      const parent = load<i32>(here - 8);
      const asked = root + (parent as usize) * NODE_BYTES;
      const feature = load<i32>(asked);
      const goesLeft = (load<f32>(x + ((feature as usize) << 2)) as f64) <= load<f64>(asked, 8);
      const share = load<f64>(covers + ((node as usize) << 3)) / load<f64>(covers + ((parent as usize) << 3));
      const taken: f64 = goesLeft === (node === parent + 1) ? 1 : 0;
      length = descend(path - pathBytes, path, load<i32>(here - 4), feature, share, taken);
    }
    store<i32>(here, node);
    store<i32>(here, length, 4);
    if (load<i32>(at) >= 0) {
      depth++;
      continue;
    }
    const row = ((load<u32>(at, 4) as usize) * (width as usize)) << 3;
    addLeaf(path, length, leaves + row, width, values, outputs);
    // The next node is the right child of the nearest ancestor that points to it.
    while (depth > 0) {
      const ancestor = load<i32>(levels + (((depth - 1) as usize) << 3));
      if (load<i32>(root + (ancestor as usize) * NODE_BYTES, 4) === node + 1) break;
      depth--;
    }
  }
}

/**
 * Adds the values of all trees for the dense float32 rows `x` to `values` (rows x columns x outputs f64). Leaves hold `width` numbers: one for each
 * output, or 1, when the trees take turns at the outputs. No path is longer than `depth` nodes or has more than `features` features.
 */
export function explainForest(
  nodes: usize,
  covers: usize,
  offsets: usize,
  trees: i32,
  leaves: usize,
  width: i32,
  outputs: i32,
  depth: i32,
  features: i32,
  x: usize,
  rows: i32,
  columns: i32,
  values: usize,
): void {
  const levels = heap.alloc((depth as usize) << 3);
  const pathBytes = ((features as usize) + 1) * ELEMENT_BYTES;
  const paths = heap.alloc((depth as usize) * pathBytes);
  const rowBytes = ((columns as usize) * (outputs as usize)) << 3;
  for (let row: usize = 0; row < (rows as usize); row++) {
    for (let tree = 0; tree < trees; tree++) {
      const start = load<u32>(offsets + ((tree as usize) << 2)) as usize;
      const end = load<u32>(offsets + ((tree as usize) << 2), 4) as usize;
      const output = width === 1 ? tree % outputs : 0;
      explainTree(
        nodes + start * NODE_BYTES,
        covers + (start << 3),
        (end - start) as i32,
        leaves,
        width,
        outputs,
        x + ((row * (columns as usize)) << 2),
        levels,
        paths,
        pathBytes,
        values + row * rowBytes + ((output as usize) << 3),
      );
    }
  }
  heap.free(paths);
  heap.free(levels);
}
