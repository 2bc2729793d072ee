import { DataError } from "../errors.ts";
import type { DenseMatrix } from "../matrix.ts";
import { Random } from "../random.ts";
import { corruptWords, wordsOf } from "../text/word-errors.ts";
import type { Modality } from "./cell.ts";
import type { EvaluationRows } from "./rows.ts";
import { deriveSeed } from "./seeds.ts";

/** What a run can find out beside how well the cells do, with what each study is about. */
export const studies = {
  missing:
    "cells on both modalities when one is missing at test time: the training mean stands in for sound, no words for words",
  channel: "test audio in noise (20, 10, 0 dB), over the telephone, clipped, in a reverberant room",
  words: "test transcripts with 10, 20 and 40 % of wrong words",
  learning: "learning curves: 10, 25, 50 and all of each fold's training rows",
  contributions:
    "which features and words move the scores: TreeSHAP for trees, coefficients times values for linear models",
} as const;

export type StudyName = keyof typeof studies;

/** The studies whose conditions the fitted models are tried under. */
export type ConditionStudy = "missing" | "channel" | "words";

/** The rows of a corpus as they would be under worse conditions; what is left out is as it was. Only test rows are ever taken from it. */
export interface Condition {
  readonly study: ConditionStudy;
  readonly name: string;
  /** null: there is no sound. */
  readonly features?: DenseMatrix | null;
  readonly transcripts?: readonly string[];
}

/** Shares of the training rows that learning curves are made of, beside all of them. */
export const LEARNING_SHARES = [0.1, 0.25, 0.5] as const;

const WORD_ERROR_RATES = [0.1, 0.2, 0.4] as const;

/**
 * The conditions that a cell of a modality is tried under.
 *
 * @throws {DataError} the study `channel` for a cell with sound on rows without degraded sound
 */
export function conditionsFor(
  rows: EvaluationRows,
  modality: Modality,
  chosen: readonly StudyName[],
  seed: number,
): Condition[] {
  const hears = modality !== "text";
  const reads = modality !== "audio";
  const conditions: Condition[] = [];
  if (chosen.includes("missing") && hears && reads) {
    conditions.push({ study: "missing", name: "no sound", features: null });
    conditions.push({ study: "missing", name: "no words", transcripts: rows.labels.map(() => "") });
  }
  if (chosen.includes("channel") && hears) {
    if (!rows.channels) throw new DataError(`${rows.corpus}: the study channel needs the audio of the corpus`);
    for (const { name, features } of rows.channels) conditions.push({ study: "channel", name, features });
  }
  if (chosen.includes("words") && reads) conditions.push(...wordErrors(rows, seed));
  return conditions;
}

function wordErrors({ transcripts = [] }: EvaluationRows, seed: number): Condition[] {
  const words = transcripts.flatMap(wordsOf);
  if (words.length === 0) return [];
  return WORD_ERROR_RATES.map((rate) => {
    const random = new Random(deriveSeed(seed, "word errors", String(rate)));
    return {
      study: "words",
      name: `${100 * rate} % wrong words`,
      transcripts: transcripts.map((text) => corruptWords(text, rate, words, random)),
    };
  });
}
