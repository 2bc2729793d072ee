// The best Gini split of one column, given its values in order. Maximising the decrease of impurity is maximising
// sum(left[c]^2) / weight(left) + sum(right[c]^2) / weight(right). All class weights are exact sums, so the order in which
// the rows of one value come does not matter, and dense, sparse, sorted and tabulated columns give the same bits.
import { Grower, clearSums } from "./grower";
import { countsAsEqual } from "./training-data";

/** The sum of the squares of `n` float64. */
export function sumSquares(values: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < (n as usize) << 3; i += 8) {
    const value = load<f64>(values + i);
    sum += value * value;
  }
  return sum;
}

export function sumSquaredDifferences(a: usize, b: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < (n as usize) << 3; i += 8) {
    const value = load<f64>(a + i) - load<f64>(b + i);
    sum += value * value;
  }
  return sum;
}

export function areApart(g: Grower, column: i32, leftRank: u32, rightRank: u32): bool {
  if (load<u8>(g.data.close + column) === 0) return true;
  return !countsAsEqual(highOf(g, column, leftRank), valueOf(g, column, rightRank));
}

/** The float32 value of a rank, or the lowest of a bin. */
export function valueOf(g: Grower, column: i32, rank: u32): f32 {
  const start = load<u32>(g.data.valueStarts + ((column as usize) << 2));
  return load<f32>(g.data.values + (((start + rank) as usize) << 2));
}

/** The float32 value of a rank, or the highest of a bin. */
export function highOf(g: Grower, column: i32, rank: u32): f32 {
  const start = load<u32>(g.data.valueStarts + ((column as usize) << 2));
  return load<f32>(g.data.highs + (((start + rank) as usize) << 2));
}

/** Whether the node's values from the lowest rank to the highest count as one. */
export function isConstant(g: Grower, column: i32, lowest: u32, highest: u32): bool {
  if (lowest === highest) return true;
  return (
    load<u8>(g.data.close + column) !== 0 && countsAsEqual(valueOf(g, column, lowest), highOf(g, column, highest))
  );
}

export function keep(g: Grower, score: f64, column: i32, leftRank: u32, rightRank: u32): void {
  g.bestScore = score;
  g.bestColumn = column;
  g.bestLeftRank = leftRank;
  g.bestRightRank = rightRank;
}

/**
 * Looks for a better split along `n` sorted keys. The entry numbered `zeroSlot` (-1: none) stands for the `zeroCount` rows
 * whose value is not stored, weighing `g.zeros` by class.
 */
export function scanSorted<K>(g: Grower, column: i32, sorted: usize, n: i32, zeroSlot: i32, zeroCount: i32): void {
  const half = (sizeof<K>() << 2) as K;
  const mask = (((1 as K) << half) - 1) as K;
  const classes = g.classes;
  const left = g.left;
  const totals = g.totals;
  const slotClass = g.slotClass;
  const slotWeight = g.slotWeight;
  const weight = g.totalWeight;
  const squares = g.totalSquares;
  const integral = g.integral;
  const minLeft = g.minSamplesLeaf;
  const maxLeft = g.end - g.start - minLeft;
  clearSums(left, classes);

  let best = g.bestScore;
  let leftWeight: f64 = 0;
  let leftSquares: f64 = 0;
  let leftTimesTotal: f64 = 0;
  let leftCount = 0;
  let previous = (load<K>(sorted) >> half) as u32;
  const end = sorted + (n as usize) * sizeof<K>();
  for (let at = sorted; at < end; at += sizeof<K>()) {
    const key = load<K>(at);
    const rank = (key >> half) as u32;
    if (rank !== previous) {
      if (leftCount >= minLeft && leftCount <= maxLeft) {
        const l = integral ? leftSquares : sumSquares(left, classes);
        const r = integral ? squares - 2 * leftTimesTotal + leftSquares : sumSquaredDifferences(totals, left, classes);
        const score = l / leftWeight + r / (weight - leftWeight);
        if (score > best && areApart(g, column, previous, rank)) {
          best = score;
          keep(g, score, column, previous, rank);
        }
      }
      previous = rank;
    }
    const slot = (key & mask) as i32;
    if (slot === zeroSlot) {
      for (let c: usize = 0; c < (classes as usize) << 3; c += 8) {
        const added = load<f64>(g.zeros + c);
        const before = load<f64>(left + c);
        store<f64>(left + c, before + added);
        leftSquares += added * (2 * before + added);
        leftTimesTotal += added * load<f64>(totals + c);
        leftWeight += added;
      }
      leftCount += zeroCount;
    } else {
      const c = (load<u16>(slotClass + ((slot as usize) << 1)) as usize) << 3;
      const added = load<f64>(slotWeight + ((slot as usize) << 3));
      const before = load<f64>(left + c);
      store<f64>(left + c, before + added);
      leftSquares += added * (2 * before + added);
      leftTimesTotal += added * load<f64>(totals + c);
      leftWeight += added;
      leftCount++;
    }
  }
}

/** Looks for a better split along a table of weights by rank and class, `g.table`, with the count of rows by rank beside it. */
export function scanTable(g: Grower, column: i32, ranks: u32): void {
  const classes = g.classes;
  const left = g.left;
  const totals = g.totals;
  const weight = g.totalWeight;
  const minLeft = g.minSamplesLeaf;
  const maxLeft = g.end - g.start - minLeft;
  const rowBytes = (classes as usize) << 3;
  clearSums(left, classes);
  let best = g.bestScore;
  let leftWeight: f64 = 0;
  let leftCount = 0;
  let previous: u32 = 0;
  let row = g.table;
  for (let rank: u32 = 0; rank < ranks; rank++, row += rowBytes) {
    const count = load<i32>(g.tableCounts + ((rank as usize) << 2));
    if (count === 0) continue;
    if (leftCount > 0 && leftCount >= minLeft && leftCount <= maxLeft) {
      const l = sumSquares(left, classes);
      const r = sumSquaredDifferences(totals, left, classes);
      const score = l / leftWeight + r / (weight - leftWeight);
      if (score > best && areApart(g, column, previous, rank)) {
        best = score;
        keep(g, score, column, previous, rank);
      }
    }
    for (let c: usize = 0; c < rowBytes; c += 8) {
      const added = load<f64>(row + c);
      store<f64>(left + c, load<f64>(left + c) + added);
      leftWeight += added;
    }
    leftCount += count;
    previous = rank;
  }
}
