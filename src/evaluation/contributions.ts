import { type Matrix, takeRows } from "../matrix.ts";
import type { Classifier } from "../models/classifier.ts";
import { explainClassifier, isExplainable } from "../models/explain-classifier.ts";

/** How much each column moved the scores of some rows. */
export interface MeanContributions {
  /** `probability`: TreeSHAP values of a forest; `score`: of log odds or decision values (boosting, linear models, naive Bayes). */
  readonly unit: "probability" | "score";
  readonly rows: number;
  /** The names of the columns, where they are known; else their numbers. */
  readonly names: readonly string[];
  readonly classes: readonly string[];
  /** The mean over the rows of what each column added to each class, without its sign: columns x classes, row-major. */
  readonly values: Float64Array;
}

/** Values of explanations that are held at a time: rows x columns x classes. */
const CHUNK = 1 << 22;

/**
 * The mean absolute contributions of the columns (Lundberg et al. 2020, the global importance of SHAP values) over rows that are spread
 * evenly; see {@link explainClassifier}.
 *
 * @param limit the most rows that are explained
 * @returns undefined for a classifier that cannot be explained column by column
 */
export function meanContributions(
  classifier: Classifier,
  x: Matrix,
  names: readonly string[] | undefined,
  limit: number,
): MeanContributions | undefined {
  if (!isExplainable(classifier)) return undefined;
  const { classes } = classifier;
  const count = Math.min(limit, x.rows);
  const chosen = Int32Array.from({ length: count }, (_, i) => Math.floor((i * x.rows) / count));
  const values = new Float64Array(x.columns * classes.length);
  const step = Math.max(1, Math.floor(CHUNK / Math.max(1, values.length)));
  let unit: MeanContributions["unit"] = "score";
  for (let first = 0; first < count; first += step) {
    const rows = takeRows(x, chosen.subarray(first, first + step));
    const explained = explainClassifier(classifier, rows);
    unit = explained.unit;
    explained.values.forEach((value, i) => (values[i % values.length] += Math.abs(value) / count));
  }
  return {
    unit,
    rows: count,
    names: names ?? Array.from({ length: x.columns }, (_, c) => `column ${c}`),
    classes,
    values,
  };
}
