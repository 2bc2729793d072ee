import { DisjointSets, wordsOf } from "./near-duplicates.ts";
import type { EvaluationRows } from "./rows.ts";
import type { Split } from "./splits.ts";

/** Rows of text alone must have so many words to count as copies: shorter ones are said again by chance ("Oh my God!"). */
const LEAST_WORDS = 6;

/** What a protocol did about copies. */
export interface Duplicates {
  /** Rows that have a twin in the corpus. */
  readonly rows: number;
  /** Times that a training row was the twin of a test row in its fold. */
  readonly straddling: number;
  /** Whether these training rows were left out of their folds. Under `seed` they stay: that is its leak. */
  readonly removed: boolean;
}

/**
 * Which rows are copies of one another by what they hold: the same audio samples, the same features and text, or the same name. Rows
 * with text alone count as copies when they have six words or more.
 *
 * @returns a number for every row; equal numbers mean copies
 */
export function contentTwins(rows: EvaluationRows): Int32Array {
  const count = rows.labels.length;
  const sets = new DisjointSets(count);
  for (const keyOf of [
    (row: number) => rows.ids?.[row],
    (row: number) => rows.audioHashes?.[row],
    (row: number) => contentKey(rows, row),
  ]) {
    const first = new Map<string, number>();
    for (let row = 0; row < count; row++) {
      const key = keyOf(row);
      if (key === undefined) continue;
      const twin = first.get(key);
      if (twin === undefined) first.set(key, row);
      else sets.join(twin, row);
    }
  }
  return Int32Array.from(rows.labels, (_, row) => sets.rootOf(row));
}

function contentKey({ features, transcripts }: EvaluationRows, row: number): string | undefined {
  const text = transcripts?.[row];
  if (!features) return text !== undefined && wordsOf(text).length >= LEAST_WORDS ? text : undefined;
  return `${features.data.subarray(row * features.columns, (row + 1) * features.columns).join()} ${text ?? ""}`;
}

/** The split without the training rows whose twin tests, and how many these are. */
export function withoutTwins(split: Split, twins: Int32Array): { readonly split: Split; readonly straddling: number } {
  const testing = new Set(Array.from(split.test, (row) => twins[row]));
  const train = split.train.filter((row) => !testing.has(twins[row]));
  const straddling = split.train.length - train.length;
  return { split: straddling === 0 ? split : { ...split, train }, straddling };
}

/** How many rows have a twin. */
export function countTwins(twins: Int32Array): number {
  const sizes = new Map<number, number>();
  for (const twin of twins) sizes.set(twin, (sizes.get(twin) ?? 0) + 1);
  return twins.reduce((total, twin) => total + (sizes.get(twin)! > 1 ? 1 : 0), 0);
}
