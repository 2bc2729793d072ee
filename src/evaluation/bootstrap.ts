import { exp, log } from "../core/math.ts";
import { DataError } from "../errors.ts";
import { Random } from "../random.ts";
import { studentCdf, studentQuantile } from "./student-t.ts";

/** A lower and an upper bound. */
export type Interval = readonly [lower: number, upper: number];

/** Row numbers that are drawn together: one speaker's, or a single row. */
export type Unit = Int32Array;

/** How a figure differs between two models. */
export interface Difference {
  readonly difference: number;
  /** 95 %. */
  readonly ci: Interval;
  /** Two-sided, of "there is none". 1 where neither bootstrap nor data know of a difference. */
  readonly p: number;
}

const REPLICATES = 1000;

/** The rows of each group, groups in the order of their first rows; every row by itself where there are no groups, or a single one. */
export function unitsOf(rows: number, groups?: readonly string[]): Unit[] {
  if (groups && groups.length !== rows) throw new DataError(`${rows} rows, but ${groups.length} groups`);
  const members = new Map<string, number[]>();
  groups?.forEach((group, row) => {
    const own = members.get(group);
    if (own) own.push(row);
    else members.set(group, [row]);
  });
  return members.size > 1
    ? Array.from(members.values(), (own) => Int32Array.from(own))
    : Array.from({ length: rows }, (_, row) => Int32Array.of(row));
}

/** Figures of all units, and of every draw of units. */
export interface Replicates<K extends string> {
  readonly units: number;
  readonly rows: number;
  readonly estimate: Readonly<Record<K, number>>;
  readonly drawn: readonly Readonly<Record<K, number>>[];
}

/**
 * The bootstrap (Efron 1979) over units: as many whole units as there are, drawn with replacement, 1,000 times. The same seed draws the same
 * units, whatever the statistic.
 *
 * @param units row numbers that belong together; see {@link unitsOf}
 * @param statistic computes figures from how often each unit was drawn; it must not keep the array
 * @throws {DataError} no units
 */
export function bootstrap<K extends string>(
  units: readonly Unit[],
  statistic: (weights: Int32Array) => Readonly<Record<K, number>>,
  seed: number,
): Replicates<K> {
  if (units.length === 0) throw new DataError("there are no rows to draw from");
  const random = new Random(seed);
  const weights = new Int32Array(units.length).fill(1);
  const estimate = statistic(weights);
  const drawn = Array.from({ length: REPLICATES }, () => {
    weights.fill(0);
    for (let i = 0; i < units.length; i++) weights[random.integer(units.length)]++;
    return statistic(weights);
  });
  return { units: units.length, rows: units.reduce((total, unit) => total + unit.length, 0), estimate, drawn };
}

/**
 * 95 % confidence intervals of figures in [0, 1]. The bootstrap is over whole speakers, because the utterances of one speaker resemble each
 * other and rows drawn singly would promise too much. On the log-odds scale it gives the standard error, times sqrt(G / (G - 1)) for G units
 * since a sample varies too little about its own mean, and Student's t with G - 1 degrees of freedom says how many of them to go to
 * either side. Percentiles of so few speakers are too narrow (`npm run coverage` measures both).
 *
 * A figure that never varies has an interval without width, as has a single unit.
 *
 * @returns an interval for each figure; it holds the figure
 * @example
 * const share = (weights: Int32Array) => ({ heads: (2 * weights[0] + 1 * weights[1]) / (3 * weights[0] + 3 * weights[1]) });
 * confidenceIntervals(bootstrap(unitsOf(6, ["a", "a", "a", "b", "b", "b"]), share, 1)).heads;
 */
export function confidenceIntervals<K extends string>(replicates: Replicates<K>): Record<K, Interval> {
  const { units, rows, estimate, drawn } = replicates;
  return mapKeys(estimate, (key) => shareInterval(estimate[key], column(drawn, key), units, rows));
}

/**
 * The paired bootstrap: how figures of two models differ, both judged on the same drawn units. Interval and p-value are made as those of
 * {@link confidenceIntervals}, but on the plain scale.
 *
 * @param a, b of the same units and seed
 */
export function differences<K extends string>(a: Replicates<K>, b: Replicates<K>): Record<K, Difference> {
  return mapKeys(a.estimate, (key) => {
    const difference = a.estimate[key] - b.estimate[key];
    const others = column(b.drawn, key);
    const error = standardError(
      column(a.drawn, key).map((value, i) => value - others[i]),
      a.units,
    );
    if (error === 0) return { difference, ci: [difference, difference], p: difference === 0 ? 1 : 0 };
    const reach = studentQuantile(0.975, a.units - 1) * error;
    const p = 2 * studentCdf(-Math.abs(difference) / error, a.units - 1);
    return { difference, ci: [Math.max(-1, difference - reach), Math.min(1, difference + reach)], p };
  });
}

function mapKeys<K extends string, T>(record: Readonly<Record<K, number>>, make: (key: K) => T): Record<K, T> {
  return Object.fromEntries((Object.keys(record) as K[]).map((key) => [key, make(key)])) as Record<K, T>;
}

const column = <K extends string>(drawn: readonly Readonly<Record<K, number>>[], key: K): Float64Array =>
  Float64Array.from(drawn, (figures) => figures[key]);

/** The deviation of the replicates, less biased: a bootstrap of G units has (G - 1) / G of the variance. 0 for a single unit. */
function standardError(values: Float64Array, units: number): number {
  if (units < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  // Rounding alone is no deviation.
  const deviation = Math.sqrt(squares / (values.length - 1));
  return deviation <= 1e-12 * Math.abs(mean) ? 0 : deviation * Math.sqrt(units / (units - 1));
}

function shareInterval(share: number, values: Float64Array, units: number, rows: number): Interval {
  // Half a row to either side keeps the log-odds of 0 and 1 finite (Haldane 1956, Anscombe 1956).
  const logOdds = (p: number): number => log((rows * p + 0.5) / (rows * (1 - p) + 0.5));
  const shareOf = (odds: number): number => ((rows + 1) / (1 + exp(-odds)) - 0.5) / rows;
  const error = standardError(values.map(logOdds), units);
  if (error === 0) return [share, share];
  const reach = studentQuantile(0.975, units - 1) * error;
  const [lower, upper] = [shareOf(logOdds(share) - reach), shareOf(logOdds(share) + reach)];
  return [Math.min(share, Math.max(0, lower)), Math.max(share, Math.min(1, upper))];
}
