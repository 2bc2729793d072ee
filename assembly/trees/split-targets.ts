// The best split of one column by squared error: minimising it is maximising sum(left)^2 / weight(left) + sum(right)^2 / weight(right) of the
// targets, which is the Gini split of a single class whose weights are the targets (see split.ts).
import { Grower } from "./grower";
import { areApart, keep } from "./split";

/** Looks for a better split along `n` sorted keys; the arguments are those of `scanSorted`. */
export function scanTargets<K>(g: Grower, column: i32, sorted: usize, n: i32, zeroSlot: i32, zeroCount: i32): void {
  const half = (sizeof<K>() << 2) as K;
  const mask = (((1 as K) << half) - 1) as K;
  const minLeft = g.minSamplesLeaf;
  const maxLeft = g.end - g.start - minLeft;
  const all = load<f64>(g.totals);
  const weight = g.totalWeight;
  let best = g.bestScore;
  let leftSum: f64 = 0;
  let leftWeight: f64 = 0;
  let leftCount = 0;
  let previous = (load<K>(sorted) >> half) as u32;
  const end = sorted + (n as usize) * sizeof<K>();
  for (let at = sorted; at < end; at += sizeof<K>()) {
    const key = load<K>(at);
    const rank = (key >> half) as u32;
    if (rank !== previous) {
      if (leftCount >= minLeft && leftCount <= maxLeft) {
        const rest = all - leftSum;
        const score = (leftSum * leftSum) / leftWeight + (rest * rest) / (weight - leftWeight);
        if (score > best && areApart(g, column, previous, rank)) {
          best = score;
          keep(g, score, column, previous, rank);
        }
      }
      previous = rank;
    }
    const slot = (key & mask) as i32;
    if (slot === zeroSlot) {
      leftSum += load<f64>(g.zeros);
      leftWeight += load<f64>(g.zeros, 8);
      leftCount += zeroCount;
    } else {
      leftSum += load<f64>(g.slotTarget + ((slot as usize) << 3));
      leftWeight += load<f64>(g.slotWeight + ((slot as usize) << 3));
      leftCount++;
    }
  }
}
