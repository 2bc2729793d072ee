import { concatColumns, denseMatrix, type Matrix, mostProbable, type Probabilities } from "../matrix.ts";
import { DataError } from "../errors.ts";
import { probabilityScores } from "../models/calibrated-classifier.ts";
import { applyCalibrator } from "../models/calibrator.ts";
import type { Classifier } from "../models/classifier.ts";
import { type MeanContributions, meanContributions } from "./contributions.ts";
import { FoldParts, type Parts } from "./fold-parts.ts";
import { stratifiedShare } from "./sampling.ts";
import {
  calibratorFor,
  type FitPredictOptions,
  fitOn,
  heldOutOf,
  innerSplits,
  learnable,
  type TrainingPart,
} from "./training-part.ts";

/** One of the classifiers whose probabilities a final one learns from, and the features that it sees. */
export interface StackMember {
  readonly classifier: Classifier;
  readonly parts: Parts;
}

/** What a fold's classifier said of its test rows. */
export interface FoldPrediction {
  readonly name: string;
  /** The row numbers of the test part. */
  readonly rows: Int32Array;
  /** The class with the highest probability; ties go to the first in ascending order. */
  readonly predicted: readonly string[];
  /** The probabilities, one column a name in `classes`; a class that no training row has is not among them. */
  readonly probabilities: Probabilities;
  readonly classes: readonly string[];
  /** The probabilities under each condition of the parts. */
  readonly conditions: readonly Probabilities[];
  /** What the columns added to the scores of test rows; absent where that was not asked for, or the classifier cannot tell. */
  readonly contributions?: MeanContributions;
}

/** How a fold's classifier is fitted and asked. */
export interface FoldOptions extends FitPredictOptions {
  /** On how many test rows at most the contributions of columns are measured; not at all when left out. */
  readonly explain?: number;
}

/**
 * One training and one test part, and the only way to fit anything on them. Callers hand over the data of all rows;
 * the fold itself picks the rows, gives `fit` the training rows only (as copies), and keeps both parts sealed. Labels of test
 * rows never leave it. Beside the test rows as they are it can hold them as they would be under other conditions (in noise, with wrong
 * words): nothing is fitted on those either, they are only predicted.
 *
 * @example
 * const fold = new Fold(split, labels);
 * const audio = fold.fitTransform(new StandardScaler(), features);
 * const text = fold.fitTransform(new TfidfVectorizer(), transcripts);
 * const { rows, predicted } = await fold.fitPredict(new LogisticRegression(), fold.concat(audio, text));
 */
export class Fold extends FoldParts {
  /**
   * Folds inside this one, made of its training rows alone: for choosing settings. Whole groups test together; rows do where the training
   * part has fewer than two groups.
   *
   * @param groups the group of every row of the data
   */
  inner(groups: readonly string[], folds: number, seed: number): Fold[] {
    const { train } = this;
    const own = Array.from(train, (row) => groups[row]);
    return innerSplits(this.trainLabels, own, folds, seed).map(
      (split) =>
        new Fold(
          {
            name: `${this.name}, ${split.name}`,
            train: split.train.map((place) => train[place]),
            test: split.test.map((place) => train[place]),
          },
          this.labels,
        ),
    );
  }

  /** The same test part with a share of the training rows; see {@link stratifiedShare}. */
  withShare(share: number, seed: number): Fold {
    const train = stratifiedShare(this.train, this.labels, share, seed);
    return new Fold({ name: this.name, train, test: this.test }, this.labels);
  }

  /**
   * Fits `classifier` on the training rows and predicts the test rows. A class with a single training row is left out of the fit, as there
   * is nothing to learn it from; it and a class that the training part lacks can never be predicted: their test rows count as wrong.
   *
   * @throws {DataError} when fewer than two classes have two training rows.
   */
  async fitPredict(classifier: Classifier, parts: Parts, options: FoldOptions = {}): Promise<FoldPrediction> {
    const { tests } = this.open(parts);
    const part = learnable(this.#trainingPart(parts, options));
    const calibrator = options.calibrate && (await calibratorFor(classifier, part, options.calibrate, options));
    await fitOn(classifier, part, options);
    const said: Probabilities[] = [];
    for (const test of tests) {
      const raw = await classifier.predictProba(test);
      said.push(calibrator ? applyCalibrator(calibrator, probabilityScores(raw, calibrator.method)) : raw);
    }
    const contributions = options.explain
      ? meanContributions(classifier, tests[0], parts.names, options.explain)
      : undefined;
    return { ...this.#predicted(said, classifier.classes), ...(contributions ? { contributions } : {}) };
  }

  /**
   * Stacked generalisation (Wolpert 1992): `final` learns from what the members say of training rows that were held out of them, whole groups
   * at a time; then the members learn from all training rows. With members on sound and on words this is late fusion with weights that
   * are learnt inside the fold.
   *
   * @throws {DataError} as {@link fitPredict}, or members whose parts have other training rows.
   */
  async fitPredictStacked(
    members: readonly StackMember[],
    final: Classifier,
    options: Omit<FitPredictOptions, "calibrate"> = {},
  ): Promise<FoldPrediction> {
    const held: Matrix[] = [];
    const { trainRows, tests } = this.open(members[0].parts);
    const said: Matrix[][] = tests.map(() => []);
    for (const [m, { classifier, parts }] of members.entries()) {
      const content = this.open(parts);
      if (content.trainRows.join() !== trainRows.join()) {
        throw new DataError(`fold ${this.name}: stack parts with the same training rows`);
      }
      const part = learnable(this.#trainingPart(parts, options));
      held.push(asMatrix(await heldOutOf(classifier, part, options)));
      await fitOn(classifier, part, { ...options, onProgress: undefined });
      for (const [t, test] of content.tests.entries()) said[t].push(asMatrix(await classifier.predictProba(test)));
      options.onProgress?.((m + 1) / (members.length + 1));
    }
    const { fold, y, groups } = learnable(this.#trainingPart(members[0].parts, options));
    await fitOn(final, { fold, y, groups, x: held.reduce(concatColumns) }, { weights: options.weights });
    const answers: Probabilities[] = [];
    for (const columns of said) answers.push(await final.predictProba(columns.reduce(concatColumns)));
    return this.#predicted(answers, final.classes);
  }

  #predicted([probabilities, ...conditions]: readonly Probabilities[], classes: readonly string[]): FoldPrediction {
    const predicted = Array.from(mostProbable(probabilities), (c) => classes[c]);
    return { name: this.name, rows: this.testRows, predicted, probabilities, classes, conditions };
  }

  #trainingPart(parts: Parts, { groups }: FitPredictOptions): TrainingPart {
    const { train, trainRows } = this.open(parts);
    // A copy goes wherever the row goes that it was made from.
    return {
      fold: this.name,
      x: train,
      y: this.labelsAt(trainRows),
      groups: Array.from(trainRows, (row) => groups?.[row] ?? String(row)),
    };
  }
}

function asMatrix({ rows, columns, data }: Probabilities): Matrix {
  return denseMatrix(rows, columns, Float32Array.from(data));
}
