// A split at a threshold drawn between the ends of a column in the node (Geurts, Ernst and Wehenkel 2006, "Extremely randomized trees").
import { Grower, addSlot, clearSums, weightOf } from "./grower";
import { uniform } from "./random";
import { keep, sumSquaredDifferences, sumSquares, valueOf } from "./split";

/** The highest rank from `lowest` to `highest` whose value is not above `threshold`, which the lowest's is not. */
function rankBelow(g: Grower, column: i32, lowest: u32, highest: u32, threshold: f64): u32 {
  let low = lowest;
  let high = highest;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((valueOf(g, column, middle) as f64) <= threshold) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Draws a threshold for the `n` keys of a column, in any order, and keeps it when it is the best split so far; see `scanSorted`. */
export function scanDrawn<K>(
  g: Grower,
  column: i32,
  n: i32,
  lowest: u32,
  highest: u32,
  zeroSlot: i32,
  zeroCount: i32,
): void {
  const half = (sizeof<K>() << 2) as K;
  const mask = (((1 as K) << half) - 1) as K;
  const classes = g.classes;
  const left = g.left;
  const from = valueOf(g, column, lowest) as f64;
  const to = valueOf(g, column, highest) as f64;
  let threshold = from + uniform(g.random) * (to - from);
  if (!(threshold < to)) threshold = from;
  const border = rankBelow(g, column, lowest, highest, threshold);
  clearSums(left, classes);
  let count = 0;
  for (let i: usize = 0; i < (n as usize); i++) {
    const key = load<K>(g.keys + i * sizeof<K>());
    if (((key >> half) as u32) > border) continue;
    const slot = (key & mask) as i32;
    if (slot === zeroSlot) {
      for (let c: usize = 0; c < (classes as usize) << 3; c += 8) {
        store<f64>(left + c, load<f64>(left + c) + load<f64>(g.zeros + c));
      }
      count += zeroCount;
      continue;
    }
    addSlot(g, left, slot as usize);
    count++;
  }
  if (count < g.minSamplesLeaf || g.end - g.start - count < g.minSamplesLeaf) return;
  // A regression's only square is that of the first sum.
  const squared = g.targets ? 1 : classes;
  const weight = weightOf(g, left);
  const right = sumSquaredDifferences(g.totals, left, squared) / (g.totalWeight - weight);
  const score = sumSquares(left, squared) / weight + right;
  if (score <= g.bestScore) return;
  keep(g, score, column, border, border + 1);
  g.bestThreshold = threshold;
}
