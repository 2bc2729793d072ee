// Running median over 31 values without branches, lanes abreast: 16 neighbouring windows share what they have in common. Their
// common 16 values are sorted once (Batcher's bitonic merges, 1968); then, as a tree, each half of the windows takes in the sorted run
// that it shares beyond that and drops the ranks that can no longer be the median. Runs of 2, 4 and 8 are by-products of the sort of a
// neighbouring block. About 25 minima and maxima a median. (The idea of a tree of tiles: Adams 2021, "Fast median filters using
// separable sorting networks", there for images.)
import { lesser, greater } from "./lanes";
import { mirrorIndex } from "./median";

const BLOCK: i32 = 16;

/** Bytes of work space that `runningMedian31` wants. */
export function median31WorkBytes<T>(): usize {
  return (3 * 5 * 16 + 14) * sizeof<T>();
}

/** Sorted runs of a block of 16 values: the values, then runs of 2, of 4, of 8, and of 16. */
// @ts-ignore: decorator
@inline
function level<T>(runs: usize, log2: i32): usize {
  return runs + <usize>(log2 * BLOCK) * sizeof<T>();
}

/**
 * Median of the 31 values around each of `count` values of T, `step` bytes apart, mirrored at the ends (scipy.ndimage's "reflect");
 * out is laid out with `outStep`. Equal to `runningMedian` of width 31.
 */
export function runningMedian31<T>(x: usize, step: usize, count: i32, out: usize, outStep: usize, work: usize): void {
  const bytes = 5 * 16 * sizeof<T>();
  let before = work;
  let here = work + bytes;
  let behind = here + bytes;
  const kept = behind + bytes;
  sortBlock<T>(x, step, count, -BLOCK, before);
  sortBlock<T>(x, step, count, 0, here);
  for (let base = 0; base < count; base += BLOCK) {
    sortBlock<T>(x, step, count, base + BLOCK, behind);
    blockMedians<T>(before, here, behind, kept, out + <usize>base * outStep, outStep, min(BLOCK, count - base));
    const free = before;
    before = here;
    here = behind;
    behind = free;
  }
}

/** Loads the 16 values from index `first` on and sorts them in runs. */
function sortBlock<T>(x: usize, step: usize, count: i32, first: i32, runs: usize): void {
  const size = sizeof<T>();
  const inside = first >= 0 && first + BLOCK <= count;
  for (let i = 0; i < BLOCK; i++) {
    const at = inside ? first + i : mirrorIndex(first + i, count);
    store<T>(runs + <usize>i * size, load<T>(x + <usize>at * step));
  }
  for (let i: usize = 0; i < 16 * size; i += 2 * size) merge<T>(runs + i, 1, level<T>(runs, 1) + i);
  for (let i: usize = 0; i < 16 * size; i += 4 * size) merge<T>(level<T>(runs, 1) + i, 2, level<T>(runs, 2) + i);
  for (let i: usize = 0; i < 16 * size; i += 8 * size) merge<T>(level<T>(runs, 2) + i, 4, level<T>(runs, 3) + i);
  merge<T>(level<T>(runs, 3), 8, level<T>(runs, 4));
}

/** Merges two ascending runs of n values that lie one behind the other. */
// @ts-ignore: decorator
@inline
function merge<T>(x: usize, n: usize, out: usize): void {
  const size = sizeof<T>();
  for (let i: usize = 0; i < n; i++) {
    const a = load<T>(x + i * size);
    const b = load<T>(x + (2 * n - 1 - i) * size);
    store<T>(out + i * size, lesser<T>(a, b));
    store<T>(out + (n + i) * size, greater<T>(a, b));
  }
  sortBitonic<T>(out, n);
  sortBitonic<T>(out + n * size, n);
}

/** Sorts a run of n = 1, 2, 4 or 8 values that first rises and then falls, or is a rotation of such a run. */
// @ts-ignore: decorator
@inline
function sortBitonic<T>(x: usize, n: usize): void {
  const size = sizeof<T>();
  for (let half = n >> 1; half > 0; half >>= 1) {
    for (let from: usize = 0; from < n; from += 2 * half) {
      for (let i = from; i < from + half; i++) {
        const a = load<T>(x + i * size);
        const b = load<T>(x + (i + half) * size);
        store<T>(x + i * size, lesser<T>(a, b));
        store<T>(x + (i + half) * size, greater<T>(a, b));
      }
    }
  }
}

/**
 * Merges the ascending runs a of 2m values and b of m, and writes the m values in the middle, ascending. m - 1 values of each window are
 * still to come, so what has m or more of these 3m on the same side of the middle cannot be the median.
 */
// @ts-ignore: decorator
@inline
function narrow<T>(a: usize, b: usize, m: usize, out: usize): void {
  const size = sizeof<T>();
  const half = m >> 1;
  for (let i: usize = 0; i < half; i++) {
    const p = load<T>(a + (i + half) * size);
    const q = load<T>(a + (i + m) * size);
    const u = load<T>(b + (m - 1 - i) * size);
    const v = load<T>(b + (half - 1 - i) * size);
    const low = greater<T>(greater<T>(load<T>(a + i * size), lesser<T>(p, u)), lesser<T>(q, v));
    const high = lesser<T>(lesser<T>(load<T>(a + (i + m + half) * size), greater<T>(p, u)), greater<T>(q, v));
    store<T>(out + i * size, low);
    store<T>(out + (half + i) * size, high);
  }
  sortBitonic<T>(out, half);
  sortBitonic<T>(out + half * size, half);
}

/** Medians of the `valid` windows whose centres are a block's values, from the runs of it and of its neighbours. */
function blockMedians<T>(
  before: usize, here: usize, behind: usize, kept: usize, out: usize, outStep: usize, valid: i32,
): void {
  const size = sizeof<T>();
  const kept4 = kept + 8 * size;
  const kept2 = kept4 + 4 * size;
  for (let eight: usize = 0; eight < 16; eight += 8) {
    narrow<T>(level<T>(here, 4), eight ? level<T>(behind, 3) : level<T>(before, 3) + 8 * size, 8, kept);
    for (let four = eight; four < eight + 8; four += 4) {
      const run4 = four > eight ? level<T>(behind, 2) + eight * size : level<T>(before, 2) + (eight + 4) * size;
      narrow<T>(kept, run4, 4, kept4);
      for (let two = four; two < four + 4; two += 2) {
        const run2 = two > four ? level<T>(behind, 1) + four * size : level<T>(before, 1) + (four + 2) * size;
        narrow<T>(kept4, run2, 2, kept2);
        const low = load<T>(kept2);
        const high = load<T>(kept2 + size);
        if (<i32>two < valid) {
          const first = load<T>(before + (two + 1) * size);
          store<T>(out + two * outStep, greater<T>(low, lesser<T>(high, first)));
        }
        if (<i32>two + 1 < valid) {
          const last = load<T>(behind + two * size);
          store<T>(out + (two + 1) * outStep, greater<T>(low, lesser<T>(high, last)));
        }
      }
    }
  }
}
