// Walks down trees, eight abreast: while one waits for memory the others go on, and no branch is guessed. Trees that are chains are walked one at a time
// instead, as branches are guessed well there and eight would wait for the longest. Nodes lie in pairs of children and end
// in themselves: f32 threshold, then column and left child, u16 or u32 each (T); a step goes to the left child, or one further where the value is
// above the threshold; a leaf's left child is the leaf, and its threshold NaN, which no value is above. Thresholds are rounded down to
// float32, which compares with float32 values as they did.

/** Bytes of a node. */
// @ts-ignore: decorator
@inline
function nodeBytes<T>(): usize {
  return 4 + 2 * sizeof<T>();
}

// @ts-ignore: decorator
@inline
function step<T>(root: usize, x: usize, node: usize): usize {
  const at = root + node * nodeBytes<T>();
  const value = load<f32>(x + ((load<T>(at, 4) as usize) << 2));
  return (load<T>(at, 4 + sizeof<T>()) as usize) + ((value > load<f32>(at)) as usize);
}

/**
 * The number of the leaf that the dense float32 row `x` comes to. Two nodes on are the children of a left child, as they were laid out in pre-order: that is
 * guessed, so that along a chain to the left no step waits for the one before it.
 */
export function walk<T>(root: usize, x: usize): usize {
  let at = root;
  /** The node at `at`, plus 2. */
  let next: usize = 2;
  while (true) {
    const left = load<T>(at, 4 + sizeof<T>()) as usize;
    let node = left;
    if (load<f32>(x + ((load<T>(at, 4) as usize) << 2)) > load<f32>(at)) {
      node = left + 1;
    } else if (left === next) {
      next += 2;
      at += 2 * nodeBytes<T>();
      continue;
    } else if (left + 2 === next) {
      return left;
    }
    next = node + 2;
    at = root + node * nodeBytes<T>();
  }
}

/** The leaves of eight rows of `rowBytes` bytes each, from `x`, in one tree: u32 each, to `out`. */
export function walkRows<T>(root: usize, x: usize, rowBytes: usize, out: usize): void {
  const x1 = x + rowBytes;
  const x2 = x1 + rowBytes;
  const x3 = x2 + rowBytes;
  const x4 = x3 + rowBytes;
  const x5 = x4 + rowBytes;
  const x6 = x5 + rowBytes;
  const x7 = x6 + rowBytes;
  walkEight<T>(root, root, root, root, root, root, root, root, x, x1, x2, x3, x4, x5, x6, x7, out);
}

/** The leaves of one row in the eight trees whose roots are at `roots` (usize each): u32 each, to `out`. */
export function walkTrees<T>(roots: usize, x: usize, out: usize): void {
  const r0 = load<usize>(roots);
  const r1 = load<usize>(roots, sizeof<usize>());
  const r2 = load<usize>(roots, 2 * sizeof<usize>());
  const r3 = load<usize>(roots, 3 * sizeof<usize>());
  const r4 = load<usize>(roots, 4 * sizeof<usize>());
  const r5 = load<usize>(roots, 5 * sizeof<usize>());
  const r6 = load<usize>(roots, 6 * sizeof<usize>());
  const r7 = load<usize>(roots, 7 * sizeof<usize>());
  walkEight<T>(r0, r1, r2, r3, r4, r5, r6, r7, x, x, x, x, x, x, x, x, out);
}

// @ts-ignore: decorator
@inline
function walkEight<T>(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  r4: usize,
  r5: usize,
  r6: usize,
  r7: usize,
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  x4: usize,
  x5: usize,
  x6: usize,
  x7: usize,
  out: usize,
): void {
  let n0: usize = 0;
  let n1: usize = 0;
  let n2: usize = 0;
  let n3: usize = 0;
  let n4: usize = 0;
  let n5: usize = 0;
  let n6: usize = 0;
  let n7: usize = 0;
  let moved: usize = 1;
  while (moved) {
    // Two steps before it is asked whether any of the eight still moves.
    n0 = step<T>(r0, x0, n0);
    n1 = step<T>(r1, x1, n1);
    n2 = step<T>(r2, x2, n2);
    n3 = step<T>(r3, x3, n3);
    n4 = step<T>(r4, x4, n4);
    n5 = step<T>(r5, x5, n5);
    n6 = step<T>(r6, x6, n6);
    n7 = step<T>(r7, x7, n7);
    const m0 = step<T>(r0, x0, n0);
    const m1 = step<T>(r1, x1, n1);
    const m2 = step<T>(r2, x2, n2);
    const m3 = step<T>(r3, x3, n3);
    const m4 = step<T>(r4, x4, n4);
    const m5 = step<T>(r5, x5, n5);
    const m6 = step<T>(r6, x6, n6);
    const m7 = step<T>(r7, x7, n7);
    moved = (n0 ^ m0) | (n1 ^ m1) | (n2 ^ m2) | (n3 ^ m3) | (n4 ^ m4) | (n5 ^ m5) | (n6 ^ m6) | (n7 ^ m7);
    n0 = m0;
    n1 = m1;
    n2 = m2;
    n3 = m3;
    n4 = m4;
    n5 = m5;
    n6 = m6;
    n7 = m7;
  }
  store<u32>(out, n0 as u32);
  store<u32>(out, n1 as u32, 4);
  store<u32>(out, n2 as u32, 8);
  store<u32>(out, n3 as u32, 12);
  store<u32>(out, n4 as u32, 16);
  store<u32>(out, n5 as u32, 20);
  store<u32>(out, n6 as u32, 24);
  store<u32>(out, n7 as u32, 28);
}
