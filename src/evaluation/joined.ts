import type { Predictions } from "./score.ts";
import type { Outcome } from "./pipeline.ts";
import type { EvaluationRows } from "./rows.ts";

/** The test rows of all folds, one below the other. */
export interface Joined {
  readonly rows: Int32Array;
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  /** Where every fold gave some. */
  readonly probabilities?: Float64Array;
}

export function join(outcomes: readonly Outcome[]): Joined {
  const all = (column: "rows" | "truth" | "predicted"): Int32Array => joinColumns(outcomes.map((part) => part[column]));
  const probabilities = outcomes.every((outcome) => outcome.probabilities)
    ? Float64Array.from(outcomes.flatMap((outcome) => Array.from(outcome.probabilities!)))
    : undefined;
  return { rows: all("rows"), truth: all("truth"), predicted: all("predicted"), probabilities };
}

export const joinColumns = (columns: readonly Int32Array[]): Int32Array =>
  Int32Array.from(columns.flatMap((column) => Array.from(column)));

/** What the bootstrap draws: speakers where every row has one, else sessions, else single rows. */
export function speakersOf(all: EvaluationRows, rows: Int32Array): Pick<Predictions, "groups" | "groupedBy"> {
  for (const groupedBy of ["speakers", "sessions"] as const) {
    const column = all[groupedBy];
    if (!column?.every((group) => group)) continue;
    return { groups: Array.from(rows, (row) => column[row]!), groupedBy };
  }
  return {};
}
