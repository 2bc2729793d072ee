import type { BaselineName } from "./baselines.ts";
import type { CanaryVerdict } from "./canary.ts";
import type { Modality } from "./cell.ts";
import type { Comparison } from "./compare.ts";
import type { Duplicates } from "./duplicates.ts";
import type { LabelShuffleVerdict } from "./label-shuffle.ts";
import type { Overlap } from "./overlap.ts";
import type { FoldSteps } from "./pipeline.ts";
import type { ProtocolName } from "./protocols.ts";
import type { PublishedFigures } from "./published.ts";
import type { Score } from "./score.ts";
import type { SearchResult } from "./search.ts";
import type { StudyResults } from "./study-results.ts";
import type { Breakdown } from "./subgroups.ts";

/** One model on one modality, in fractions of 1 (published figures: in %, as printed). */
export interface CellResult extends Score {
  readonly modality: Modality;
  readonly model: string;
  /** The model's name in a table. */
  readonly title: string;
  readonly published?: PublishedFigures;
  /** How it does in each fold, in the order of `folds` of the run. */
  readonly byFold: readonly FoldScore[];
  /** Whom it fails. */
  readonly subgroups: readonly Breakdown[];
  /** Wall time of fitting and predicting all folds. */
  readonly seconds: number;
}

export interface FoldScore {
  readonly name: string;
  readonly rows: number;
  readonly accuracy: number;
  /** Over the classes that the fold's test part has. */
  readonly uar: number;
  /** The settings that a search within the fold chose; null where none was made. */
  readonly search: SearchResult | null;
}

export interface BaselineResult extends Score {
  readonly name: BaselineName;
}

/**
 * All that a run found out about one protocol: what `results.json` holds and the tables and the report show. Everything but `cells[].seconds`
 * and `run` follows from the data, the options and the seed, whatever the number of workers; `digest` is over that part.
 */
export interface Results extends FoldSteps {
  readonly protocol: ProtocolName;
  /** Whether the protocol lets test rows into what is fitted, and why. */
  readonly leaks: boolean;
  readonly reasons: readonly string[];
  readonly corpus: string;
  readonly synthetic: boolean;
  readonly classes: readonly string[];
  /** How many of the corpus's rows are of each class, before anything is copied. */
  readonly classCounts: readonly number[];
  /** The field that is kept apart, or null. */
  readonly groupedBy: "session" | "speaker" | null;
  readonly folds: readonly { readonly name: string; readonly train: number; readonly test: number }[];
  readonly seed: number;
  readonly cells: readonly CellResult[];
  readonly baselines: readonly BaselineResult[];
  /** Models against each other, and modalities: paired, corrected for their number. */
  readonly comparisons: readonly Comparison[];
  /** Null when it was turned off. */
  readonly canary: CanaryVerdict | null;
  /** Null when it was not asked for. */
  readonly labelShuffle: LabelShuffleVerdict | null;
  /** What the studies that were asked for found out; null when none was. */
  readonly studies: StudyResults | null;
  /** Copies by content, and what became of them. */
  readonly duplicates: Duplicates;
  /** What test and training parts have in common. */
  readonly overlap: Overlap;
  readonly warnings: readonly string[];
  /** SHA-256 in hex over all of the above but the seconds: equal digests mean equal figures. */
  readonly digest: string;
  /** How the run was started and what it took, for who wants to repeat it. */
  readonly run: RunInfo;
}

export interface RunInfo {
  readonly command?: string;
  /** E.g. `{ emovox: "0.1.0", node: "20.20.0" }`. */
  readonly versions?: Readonly<Record<string, string>>;
  /** SHA-256 in hex over labels, features, transcripts and groups. */
  readonly dataHash?: string;
  /** Of the last start, when it went on where an earlier one was killed; all protocols together. */
  readonly resources?: Resources;
}

export interface Resources {
  readonly workers: number;
  /** Wall and CPU time (user and system, all threads), in seconds. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** The largest resident set, in bytes. */
  readonly peakMemory: number;
}

/** What a reader must be told before the figures: leaks, synthetic speech, whatever the folds lack or share. */
export function cautions({ leaks, reasons, canary, synthetic, duplicates, warnings }: Results): string[] {
  const { straddling, removed } = duplicates;
  return [
    ...(leaks ? [`LEAKS: ${reasons.join("; ")}`] : []),
    ...(canary?.leaks && !leaks ? ["LEAKS: noise scores above chance, so test rows reach what is fitted"] : []),
    ...(synthetic ? ["synthetic speech proves nothing about people"] : []),
    ...(straddling > 0
      ? [
          removed
            ? `${straddling} training rows were copies of test rows by content and were left out of their folds`
            : `${straddling} training rows are copies of test rows`,
        ]
      : []),
    ...warnings,
  ];
}
