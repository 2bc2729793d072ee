import { DataError, OptionError } from "../errors.ts";
import { type Matrix, mostProbable, toDense } from "../matrix.ts";
import { Random } from "../random.ts";
import { checkExamples } from "./check.ts";
import type { Classifier } from "./classifier.ts";

export interface PermutationOptions {
  /** How often each column is shuffled. 5 when left out. */
  nRepeats?: number;
  /** A whole number. 0 when left out. */
  seed?: number;
}

export interface PermutationImportance {
  /** By column, the mean loss of accuracy and its standard deviation over the repeats. */
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

/**
 * Permutation importance (Breiman 2001; scikit-learn's `permutation_importance`): by how much a fitted model's accuracy falls when one column's
 * values are shuffled among the rows. Tells of the model, on these rows; columns that say the same share what they are worth.
 *
 * @throws {DataError} rows or labels that do not fit the model. @throws {OptionError}
 *
 * @example
 * const forest = new RandomForestClassifier();
 * const x = matrixFromRows([[0, 5], [1, 5], [2, 5], [3, 5]]);
 * const y = ["low", "low", "high", "high"];
 * forest.fit(x, y);
 * (await permutationImportance(forest, x, y)).mean; // nothing for the second column
 */
export async function permutationImportance(
  model: Pick<Classifier, "classes" | "predictProba">,
  x: Matrix,
  y: readonly string[],
  { nRepeats = 5, seed = 0 }: PermutationOptions = {},
): Promise<PermutationImportance> {
  checkExamples(x, y);
  if (!Number.isInteger(nRepeats) || nRepeats < 1)
    throw new OptionError(`nRepeats is ${nRepeats}; it must be a whole number of at least 1`);
  if (!Number.isSafeInteger(seed)) throw new OptionError(`seed is ${seed}; it must be a whole number`);
  const { classes } = model;
  const unknown = y.find((name) => !classes.includes(name));
  if (unknown !== undefined) throw new DataError(`a row is of the class "${unknown}", which the model does not know`);
  const accuracy = async (rows: Matrix) => {
    const best = mostProbable(await model.predictProba(rows));
    return y.filter((name, row) => classes[best[row]] === name).length / y.length;
  };

  const whole = await accuracy(x);
  const dense = toDense(x);
  const { rows, columns } = x;
  const shuffled = { ...dense, data: dense.data.slice() };
  const random = new Random(seed);
  const mean = new Float64Array(columns);
  const std = new Float64Array(columns);
  for (let column = 0; column < columns; column++) {
    const losses: number[] = [];
    for (let repeat = 0; repeat < nRepeats; repeat++) {
      const order = random.shuffle(Int32Array.from(y, (_, row) => row));
      for (let row = 0; row < rows; row++)
        shuffled.data[row * columns + column] = dense.data[order[row] * columns + column];
      losses.push(whole - (await accuracy(shuffled)));
    }
    for (let row = 0; row < rows; row++) shuffled.data[row * columns + column] = dense.data[row * columns + column];
    mean[column] = losses.reduce((sum, loss) => sum + loss, 0) / nRepeats;
    std[column] = Math.sqrt(
      losses.reduce((sum, loss) => sum + (loss - mean[column]) * (loss - mean[column]), 0) / nRepeats,
    );
  }
  return { mean, std };
}
