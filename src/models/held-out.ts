import { DataError, OptionError } from "../errors.ts";
import { type Matrix, type Probabilities, takeRows } from "../matrix.ts";
import { checkGroups } from "./check.ts";
import type { Classifier, FitOptions } from "./classifier.ts";
import { innerFolds } from "./inner-folds.ts";
import type { EncodedLabels } from "./label-encoder.ts";

export interface HeldOutOptions extends FitOptions {
  readonly folds: number;
  readonly seed: number;
}

/** Examples of a class that classifiers want to learn from. */
const LEAST = 2;

/**
 * The probabilities of every row by a classifier that learnt without it: `folds` stratified parts are held out in turn, of whole
 * groups where there are any ({@link innerFolds}). The classifier is left fitted on the last of them.
 *
 * @throws {DataError} groups that are not one a row, or a class with so few examples that fewer than two would be left to learn from
 */
export async function heldOutProbabilities(
  classifier: Classifier,
  x: Matrix,
  labels: EncodedLabels,
  { folds, seed, sampleWeight, groups, onProgress }: HeldOutOptions,
): Promise<Probabilities> {
  checkGroups(x.rows, groups);
  const { classes, codes, counts } = labels;
  const scarce = classes.findIndex((_, code) => counts[code] - Math.ceil(counts[code] / folds) < LEAST);
  if (scarce >= 0) {
    throw new DataError(
      `the class "${classes[scarce]}" has ${counts[scarce]} examples, too few to hold out one part of ${folds} and learn from two`,
    );
  }
  const columns = classes.length;
  const data = new Float64Array(x.rows * columns);
  const divided = innerFolds(labels, { folds, seed, groups, least: LEAST });
  for (const [f, { train, test }] of divided.entries()) {
    await classifier.fit(
      takeRows(x, train),
      Array.from(train, (row) => classes[codes[row]]),
      {
        sampleWeight: sampleWeight && Float64Array.from(train, (row) => sampleWeight[row]),
        groups: groups && Array.from(train, (row) => groups[row]),
        onProgress: (done) => onProgress?.((f + done) / divided.length),
      },
    );
    const proba = await classifier.predictProba(takeRows(x, test));
    test.forEach((row, i) => data.set(proba.data.subarray(i * columns, (i + 1) * columns), row * columns));
  }
  return { rows: x.rows, columns, data };
}

/** Checks options that say how rows are held out. @throws {OptionError} */
export function checkHeldOutOptions({ folds, seed }: { readonly folds: number; readonly seed: number }): void {
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= 1000)) {
    throw new OptionError(`folds is ${folds}; it must be a whole number from 2 to 1000`);
  }
  if (!Number.isInteger(seed)) throw new OptionError(`seed is ${seed}; it must be a whole number`);
}
