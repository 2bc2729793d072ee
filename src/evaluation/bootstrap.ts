import { DataError } from "../errors.ts";
import { Random } from "../random.ts";

/** A lower and an upper bound. */
export type Interval = readonly [lower: number, upper: number];

const replicates = 1000;

/**
 * 95 % confidence intervals by the percentile bootstrap (Efron 1979) over groups: whole speakers are drawn with replacement, because
 * the utterances of one speaker resemble each other and rows drawn singly would promise too much. Without groups, rows are
 * drawn. With fewer than about twenty groups percentile intervals are somewhat too narrow.
 *
 * @param rows how many rows there are.
 * @param groups the group of every row; `undefined` draws rows.
 * @param statistic computes figures from row numbers (some repeated); it must not keep the array.
 * @returns an interval for each figure.
 * @throws {DataError} no rows, or a count of groups other than that of rows.
 * @example
 * bootstrapIntervals(3, ["a", "a", "b"], (rows) => ({ first: rows[0] }), 1).first; // [0, 2]
 */
export function bootstrapIntervals<K extends string>(
  rows: number,
  groups: readonly string[] | undefined,
  statistic: (rows: Int32Array) => Readonly<Record<K, number>>,
  seed: number,
): Record<K, Interval> {
  if (rows === 0) throw new DataError("there are no rows to draw from");
  if (groups && groups.length !== rows) throw new DataError(`${rows} rows, but ${groups.length} groups`);
  const members = membersOf(rows, groups);
  const random = new Random(seed);
  const drawn: Readonly<Record<K, number>>[] = [];
  for (let b = 0; b < replicates; b++) {
    const sample = members.map(() => members[random.integer(members.length)]);
    const index = new Int32Array(sample.reduce((total, group) => total + group.length, 0));
    let at = 0;
    for (const group of sample) {
      index.set(group, at);
      at += group.length;
    }
    drawn.push(statistic(index));
  }
  const interval = (key: K): Interval => {
    const sorted = Float64Array.from(drawn, (figures) => figures[key]).sort();
    return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
  };
  return Object.fromEntries((Object.keys(drawn[0]) as K[]).map((key) => [key, interval(key)])) as Record<K, Interval>;
}

function membersOf(rows: number, groups: readonly string[] | undefined): Int32Array[] {
  const members = new Map<string | number, number[]>();
  for (let row = 0; row < rows; row++) {
    const key = groups ? groups[row] : row;
    const own = members.get(key);
    if (own) own.push(row);
    else members.set(key, [row]);
  }
  return Array.from(members.values(), (own) => Int32Array.from(own));
}

/** Linear interpolation between order statistics, numpy's default. */
function quantile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
