import { type Cell, cellName } from "./cell.ts";

/** Figures as printed, in %; f1, precision and recall are macro averages. */
export interface PublishedFigures {
  readonly accuracy: number;
  readonly f1?: number;
  readonly precision?: number;
  readonly recall?: number;
}

/** What the figures are, said beside every one of them. */
export const publishedNote =
  "published: IEMOCAP, six classes, by the recipe that leaks (Sahu 2019, arXiv 1904.06022, and its repetition)";

const figures = (accuracy: number, f1: number, precision: number, recall: number): PublishedFigures => ({
  accuracy,
  f1,
  precision,
  recall,
});

/**
 * The figures of Sahu 2019, "Multimodal Speech Emotion Recognition and Ambiguity Resolution", and of a dissertation that
 * repeats it (all four figures, CNN, LSTM and Transformer).
 */
export const published: Readonly<Record<string, PublishedFigures>> = {
  "audio/rf": figures(56.9, 56.3, 58.0, 57.3),
  "text/rf": figures(61.4, 60.7, 63.8, 62.3),
  "both/rf": figures(66.1, 66.2, 71.4, 65.7),
  "audio/lr": figures(32.3, 15.0, 19.1, 21.2),
  "text/lr": figures(61.4, 62.7, 67.2, 60.8),
  "both/lr": figures(63.1, 64.3, 68.6, 62.0),
  "audio/lstm": { accuracy: 43.6 },
  "both/lstm": { accuracy: 64.2 },
  "audio/cnn": { accuracy: 49.8 },
  "both/cnn": { accuracy: 67.1 },
  "text/lstm": { accuracy: 63.1 },
  "both/transformer": { accuracy: 63.6 },
  "audio/xgb": { accuracy: 55.6 },
  "text/xgb": { accuracy: 56.9 },
  "both/xgb": { accuracy: 62.2 },
  "audio/svm": { accuracy: 33.7 },
  "text/svm": { accuracy: 62.1 },
  "both/svm": { accuracy: 63.4 },
  "audio/mnb": { accuracy: 31.3 },
  "text/mnb": { accuracy: 61.9 },
  "both/mnb": { accuracy: 60.5 },
  "audio/mlp": { accuracy: 41.0 },
  "text/mlp": { accuracy: 60.6 },
  "both/mlp": { accuracy: 66.1 },
  "audio/e1": { accuracy: 56.6 },
  "text/e2": { accuracy: 64.9 },
  "both/e2": { accuracy: 70.1 },
};

/** The published figures of a cell, if it has any. */
export function publishedFigures(cell: Cell): PublishedFigures | undefined {
  const name = cellName(cell);
  return Object.hasOwn(published, name) ? published[name] : undefined;
}
