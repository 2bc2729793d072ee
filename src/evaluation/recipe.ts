import { DataError } from "../errors.ts";
import type { EvaluationRows } from "./rows.ts";
import { deriveSeed } from "./seeds.ts";
import { type Split, holdout } from "./splits.ts";

/** The numbers of the published recipe (Sahu 2019, arXiv 1904.06022, and its public code). */
export const recipe = {
  /** How often each row of a class stands in the table, all in all. */
  copies: { fea: 31, sur: 11 },
  testShare: 0.2,
  tfidf: { sublinearTf: true, minDf: 5, norm: "l2", ngramRange: [1, 2], stopWords: "english" },
  randomForest: { trees: { audio: 1200, text: 600, both: 600 }, minSamplesSplit: 25 },
  logisticRegression: { C: 1 },
  /** XGBoost's; the published code also writes `sub_sample`, which XGBoost does not know and leaves unheeded. */
  boosting: { trees: { audio: 1200, text: 600, both: 600 }, maxDepth: 7, learningRate: 0.008 },
  perceptron: { units: { audio: 650, text: 500, both: 500 }, learningRateInit: 0.01, maxIter: 1000 },
} as const;

/** The six classes of the recipe, with the names that corpora have for them. */
const six: Readonly<Record<string, readonly string[]>> = {
  ang: ["ang", "anger", "angry"],
  hap: ["hap", "happiness", "happy", "joy"],
  sad: ["sad", "sadness"],
  fea: ["fea", "fear", "fearful"],
  sur: ["sur", "surprise", "surprised"],
  neu: ["neu", "neutral"],
};

/** What makes the recipe's figures too good, in the words of the reports. */
export const leaksOfSeed = [
  "rows of rare classes are copied before the split, so their twins stand in training and test part",
  "the split is drawn row by row: speakers, sessions and dialogues stand on both sides",
  "the scaler and TF-IDF are fitted on training and test rows together",
] as const;

/** The rows of the published recipe: copied, then divided at random. */
export interface SeedRows {
  /** Row numbers; copies repeat theirs, and may stand on both sides. */
  readonly split: Split;
  /** The recipe's name of each corpus row's class; undefined where it has none. */
  readonly codes: readonly (string | undefined)[];
}

/** @throws {DataError} when no row is of the recipe's six classes. */
export function seedRows(rows: EvaluationRows, seed: number): SeedRows {
  const code = new Map(Object.entries(six).flatMap(([code, names]) => names.map((name) => [name, code])));
  const codes = rows.labels.map((label) => code.get(label));
  const table = codes.flatMap((emotion, row) =>
    emotion === undefined ? [] : new Array<number>(recipe.copies[emotion as "fea" | "sur"] ?? 1).fill(row),
  );
  if (table.length === 0) {
    throw new DataError(
      `${rows.corpus}: the protocol seed keeps ${Object.keys(six).join(", ")}; no row has one of them`,
    );
  }
  return { split: holdout(table, recipe.testShare, deriveSeed(seed, "split")), codes };
}
