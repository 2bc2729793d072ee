import { log } from "../core/math.ts";
import { DataError } from "../errors.ts";
import type { Probabilities } from "../matrix.ts";

/**
 * The mean of -log p of the true class, as scikit-learn 1.2's `log_loss`: probabilities are clipped to [eps, 1 - eps] with the machine's
 * eps (2^-52) and divided by their sum.
 *
 * @param truth the column of each row's class
 * @throws {DataError} no rows
 * @example
 * logLoss({ rows: 1, columns: 2, data: Float64Array.of(0.5, 0.5) }, Int32Array.of(0)); // 0.693...
 */
export function logLoss({ rows, columns, data }: Probabilities, truth: Int32Array): number {
  checkRowCount(rows);
  const clip = (p: number): number => Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, p));
  let loss = 0;
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += clip(data[r * columns + c]);
    loss -= log(clip(data[r * columns + truth[r]]) / sum);
  }
  return loss / rows;
}

/**
 * The share of rows whose class is among the k most probable ones, as scikit-learn's `top_k_accuracy_score`: of equally probable classes the
 * last come first. 1 when k is the number of classes or more.
 *
 * @param truth the column of each row's class
 * @throws {DataError} no rows
 * @example
 * topKAccuracy({ rows: 1, columns: 3, data: Float64Array.of(0.5, 0.3, 0.2) }, Int32Array.of(1), 2); // 1
 */
export function topKAccuracy({ rows, columns, data }: Probabilities, truth: Int32Array, k: number): number {
  checkRowCount(rows);
  let hits = 0;
  for (let r = 0; r < rows; r++) {
    const own = data[r * columns + truth[r]];
    let above = 0;
    for (let c = 0; c < columns; c++) {
      const p = data[r * columns + c];
      if (p > own || (p === own && c > truth[r])) above++;
    }
    if (above < k) hits++;
  }
  return hits / rows;
}

/**
 * For every class, the area under the ROC curve of its probability, one against the rest: how often a row of the class gets a higher
 * probability than another row, ties counting half (Mann and Whitney 1947), as scikit-learn's `roc_auc_score` a class. `null` for a
 * class that no row, or every row, is of, where scikit-learn refuses.
 *
 * @param truth the column of each row's class
 * @throws {DataError} no rows
 */
export function rocAuc({ rows, columns, data }: Probabilities, truth: Int32Array): (number | null)[] {
  checkRowCount(rows);
  return Array.from({ length: columns }, (_, c) => {
    const scores = Float64Array.from({ length: rows }, (_, r) => data[r * columns + c]);
    return areaUnderCurve(
      scores,
      Array.from(truth, (code) => code === c),
    );
  });
}

/** The mean of {@link rocAuc} over the classes that have one: scikit-learn's `multi_class="ovr", average="macro"`. `null` when none has. */
export function macroRocAuc(areas: readonly (number | null)[]): number | null {
  const defined = areas.filter((area) => area !== null);
  return defined.length === 0 ? null : defined.reduce((sum, area) => sum + area, 0) / defined.length;
}

function areaUnderCurve(scores: Float64Array, isPositive: readonly boolean[]): number | null {
  const order = Int32Array.from(scores, (_, r) => r).sort((a, b) => scores[a] - scores[b]);
  const positives = isPositive.filter(Boolean).length;
  const negatives = isPositive.length - positives;
  if (positives === 0 || negatives === 0) return null;
  let won = 0;
  let negativesBelow = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    let tiedPositives = 0;
    for (; to < order.length && scores[order[to]] === scores[order[from]]; to++)
      if (isPositive[order[to]]) tiedPositives++;
    const tiedNegatives = to - from - tiedPositives;
    won += tiedPositives * (negativesBelow + tiedNegatives / 2);
    negativesBelow += tiedNegatives;
    from = to;
  }
  return won / (positives * negatives);
}

function checkRowCount(rows: number): void {
  if (rows === 0) throw new DataError("there are no rows to judge the probabilities of");
}
