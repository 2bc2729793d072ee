import { type Matrix, takeRows } from "../matrix.ts";
import type { Forest } from "../core/forest.ts";
import type { Classifier } from "../models/classifier.ts";
import { explainClassifier, isExplainable } from "../models/explain-classifier.ts";
import { GradientBoostingClassifier } from "../models/gradient-boosting.ts";
import { RandomForestClassifier } from "../models/random-forest.ts";

/** How much each column moved the scores of some rows. */
export interface MeanContributions {
  /**
   * `probability`: TreeSHAP values of a forest; `score`: of log odds or decision values (boosting, linear models, naive Bayes).
   * `impurity`: not of rows but of the fit, the mean decrease in impurity, for trees so deep that TreeSHAP would take too long.
   */
  readonly unit: "probability" | "score" | "impurity";
  /** Rows that were explained; 0 for `impurity`. */
  readonly rows: number;
  /** The names of the columns, where they are known; else their numbers. */
  readonly names: readonly string[];
  /** Empty for `impurity`, which knows no classes and has one value a column. */
  readonly classes: readonly string[];
  /** The mean over the rows of what each column added to each class, without its sign: columns x classes, row-major. */
  readonly values: Float64Array;
}

/** Steps of TreeSHAP, of about 10 ns each: leaves times the squares of their depths, over all rows. */
const MOST_WORK = 3e8;
/** Values of explanations that are held at a time: rows x columns x classes. */
const CHUNK = 1 << 22;

/**
 * The mean absolute contributions of the columns (Lundberg et al. 2020, the global importance of SHAP values) over rows that are spread
 * evenly; see {@link explainClassifier}.
 *
 * @param limit the most rows that are explained
 * @param mostWork rows of trees are explained only up to so many steps; see {@link MOST_WORK}
 * @returns undefined for a classifier that cannot be explained column by column
 */
export function meanContributions(
  classifier: Classifier,
  x: Matrix,
  names: readonly string[] | undefined,
  limit: number,
  mostWork = MOST_WORK,
): MeanContributions | undefined {
  if (!isExplainable(classifier)) return undefined;
  const { classes } = classifier;
  const known = names ?? Array.from({ length: x.columns }, (_, c) => `column ${c}`);
  const count = Math.min(limit, x.rows, affordableRows(classifier, mostWork));
  const importances = classifier instanceof RandomForestClassifier ? classifier.featureImportances : null;
  if (count === 0)
    return importances ? { unit: "impurity", rows: 0, names: known, classes: [], values: importances } : undefined;
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
  return { unit, rows: count, names: known, classes, values };
}

/** Rows that TreeSHAP explains within so many steps; any number for models that are not trees. */
function affordableRows(classifier: Classifier, mostWork: number): number {
  const forest =
    classifier instanceof RandomForestClassifier || classifier instanceof GradientBoostingClassifier
      ? classifier.forest
      : null;
  return forest ? Math.floor(mostWork / workOf(forest)) : Number.POSITIVE_INFINITY;
}

function workOf({ offsets, feature, right }: Forest): number {
  let work = 0;
  for (let tree = 0; tree + 1 < offsets.length; tree++) {
    const open = [{ node: 0, depth: 1 }];
    for (let next = open.pop(); next; next = open.pop()) {
      const { node, depth } = next;
      const at = offsets[tree] + node;
      if (feature[at] < 0) work += depth * depth;
      else open.push({ node: node + 1, depth: depth + 1 }, { node: right[at], depth: depth + 1 });
    }
  }
  return work;
}
