import type { BaselineName } from "./baselines.ts";
import type { CanaryVerdict } from "./canary.ts";
import type { Modality } from "./cell.ts";
import type { Balance } from "./fold.ts";
import type { ProtocolName } from "./protocols.ts";
import type { PublishedFigures } from "./published.ts";
import type { Score } from "./score.ts";

/** One model on one modality, in fractions of 1 (published figures: in %, as printed). */
export interface CellResult extends Score {
  readonly modality: Modality;
  readonly model: string;
  /** The model's name in a table. */
  readonly title: string;
  readonly published?: PublishedFigures;
  /** Wall time of fitting and predicting all folds. */
  readonly seconds: number;
}

export interface BaselineResult extends Score {
  readonly name: BaselineName;
}

/** All that a run found out: what `results.json` holds and the tables and the report show. */
export interface Results {
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
  readonly balance: Balance;
  readonly normalize: "none" | "speaker";
  readonly cells: readonly CellResult[];
  readonly baselines: readonly BaselineResult[];
  /** Null when it was turned off. */
  readonly canary: CanaryVerdict | null;
  readonly warnings: readonly string[];
  /** How the run was started, for who wants to repeat it. */
  readonly run: RunInfo;
}

export interface RunInfo {
  readonly command?: string;
  /** E.g. `{ emovox: "0.1.0", node: "20.20.0" }`. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** What a reader must be told before the figures: leaks, synthetic speech, whatever the folds lack. */
export function cautions({ leaks, reasons, canary, synthetic, warnings }: Results): string[] {
  return [
    ...(leaks ? [`LEAKS: ${reasons.join("; ")}`] : []),
    ...(canary?.leaks && !leaks ? ["LEAKS: noise scores above chance, so test rows reach what is fitted"] : []),
    ...(synthetic ? ["synthetic speech proves nothing about people"] : []),
    ...warnings,
  ];
}
