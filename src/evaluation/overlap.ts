import { nearDuplicates } from "./near-duplicates.ts";
import type { EvaluationRows } from "./rows.ts";
import type { Split } from "./splits.ts";

/** The shares of test rows whose speaker, session or (nearly the same) text stands in the training part of their fold; null where unknown. */
export interface Overlap {
  readonly speaker: number | null;
  readonly session: number | null;
  readonly text: number | null;
}

/** What the text of each row is: groups of near-duplicate transcripts, or the script where there are no transcripts. */
export function textGroups({ transcripts, scripts, labels }: EvaluationRows): (string | undefined)[] | undefined {
  if (!transcripts?.some((text) => text !== "")) return scripts?.some((script) => script) ? [...scripts] : undefined;
  const groups = nearDuplicates(transcripts);
  return labels.map((_, row) => (transcripts[row] === "" ? scripts?.[row] : `text ${groups[row]}`));
}

/** @param texts of {@link textGroups} */
export function overlapOf(
  splits: readonly Split[],
  { speakers, sessions }: EvaluationRows,
  texts: readonly (string | undefined)[] | undefined,
): Overlap {
  return { speaker: shareSeen(splits, speakers), session: shareSeen(splits, sessions), text: shareSeen(splits, texts) };
}

function shareSeen(splits: readonly Split[], column: readonly (string | undefined)[] | undefined): number | null {
  if (!column) return null;
  let seen = 0;
  let known = 0;
  for (const { train, test } of splits) {
    const training = new Set(Array.from(train, (row) => column[row]));
    for (const row of test) {
      if (column[row] === undefined) continue;
      known++;
      if (training.has(column[row])) seen++;
    }
  }
  return known === 0 ? null : seen / known;
}
