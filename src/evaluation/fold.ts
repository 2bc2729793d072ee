import { DataError } from "../errors.ts";
import type { DenseMatrix, Matrix, Probabilities, SparseMatrix } from "../matrix.ts";
import { concatColumns, denseMatrix, mostProbable, takeRows, toDense } from "../matrix.ts";
import { applyCalibrator } from "../models/calibrator.ts";
import type { Classifier } from "../models/classifier.ts";
import { Random } from "../random.ts";
import { bestColumns, takeColumns } from "./feature-selection.ts";
import { normalizePerSpeaker, normalizePerUtterance } from "./normalize.ts";
import { smote } from "./smote.ts";
import type { Split } from "./splits.ts";
import { probabilityScores } from "../models/calibrated-classifier.ts";
import {
  balancedWeights,
  calibratorFor,
  type FitPredictOptions,
  fitOn,
  heldOutOf,
  innerSplits,
  learnable,
  type TrainingPart,
} from "./training-part.ts";

export { balancedWeights };

/** What a fold takes rows from: features, or one transcript a row. */
export type RowData = Matrix | readonly string[];

/** Something that learns from rows without labels and then maps rows to features: a scaler, a vectoriser. */
export interface Transformer<In extends RowData, Out extends Matrix> {
  fit(rows: In): unknown;
  transform(rows: In): Out;
}

/** Scales features, e.g. to zero mean and unit variance. */
export type Scaler = Transformer<DenseMatrix, DenseMatrix>;

/** Turns transcripts into sparse rows, e.g. TF-IDF. */
export type TextVectorizer = Transformer<readonly string[], SparseMatrix>;

/** How a fold makes up for rare classes: by example weights, by copies of training rows, by rows between them, or not at all. */
export const balances = ["weights", "oversample", "smote", "none"] as const;
export type Balance = (typeof balances)[number];

/** One of the classifiers whose probabilities a final one learns from, and the features that it sees. */
export interface StackMember {
  readonly classifier: Classifier;
  readonly parts: Parts;
}

/**
 * The training and the test rows of a fold after some step, as a sealed value: only the fold that made it can look
 * inside, so nobody can hand the test rows to a `fit`.
 */
export interface Parts {
  readonly columns: number;
}

interface Sealed {
  readonly fold: Fold;
  /** The row number of each training row; copies repeat theirs. */
  readonly trainRows: Int32Array;
  readonly train: Matrix;
  readonly test: Matrix;
}

const sealed = new WeakMap<Parts, Sealed>();

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
}

/**
 * One training and one test part, and the only way to fit anything on them. Callers hand over the data of all rows;
 * the fold itself picks the rows, gives `fit` the training rows only (as copies), and keeps both parts sealed. Labels of test
 * rows never leave it.
 *
 * @example
 * const fold = new Fold(split, labels);
 * const audio = fold.fitTransform(new StandardScaler(), features);
 * const text = fold.fitTransform(new TfidfVectorizer(), transcripts);
 * const { rows, predicted } = await fold.fitPredict(new LogisticRegression(), fold.concat(audio, text));
 */
export class Fold {
  readonly name: string;
  protected readonly train: Int32Array;
  protected readonly test: Int32Array;
  readonly #labels: readonly string[];

  /**
   * @param labels the class of every row of the data.
   * @throws {DataError} an empty part, or a row on both sides.
   */
  constructor(split: Split, labels: readonly string[]) {
    this.name = split.name;
    this.train = split.train;
    this.test = split.test;
    this.#labels = labels;
    if (split.train.length === 0) throw new DataError(`fold ${split.name}: the training part is empty`);
    if (split.test.length === 0) throw new DataError(`fold ${split.name}: the test part is empty`);
    this.checkSides();
  }

  /** The number of training and of test rows. */
  get sizes(): { train: number; test: number } {
    return { train: this.train.length, test: this.test.length };
  }

  /** The labels of the training rows, for whatever may know them. */
  get trainLabels(): string[] {
    return this.#labelsAt(this.train);
  }

  /** The row numbers that test. */
  get testRows(): Int32Array {
    return this.test.slice();
  }

  /** The rows as they are, nothing fitted. */
  take(data: Matrix): Parts {
    return this.#seal(takeRows(data, this.train), takeRows(data, this.test), this.train);
  }

  /** Fits `transformer` on the training rows and applies it to both parts. */
  fitTransform<In extends RowData>(transformer: Transformer<In, Matrix>, data: In): Parts {
    transformer.fit(pick(data, this.rowsForFit()));
    return this.#seal(
      transformer.transform(pick(data, this.train)),
      transformer.transform(pick(data, this.test)),
      this.train,
    );
  }

  /** Fits `transformer` on the training rows of parts and applies it to both. */
  fitTransformParts(transformer: Transformer<DenseMatrix, Matrix>, parts: Parts): Parts {
    const { train, test, trainRows } = this.#open(parts);
    transformer.fit(toDense(takeRows(train, Int32Array.from(trainRows.keys()))));
    return this.#seal(transformer.transform(toDense(train)), transformer.transform(toDense(test)), trainRows);
  }

  /** The columns of `left`, then those of `right` (early fusion). */
  concat(left: Parts, right: Parts): Parts {
    const a = this.#open(left);
    const b = this.#open(right);
    if (a.trainRows !== b.trainRows) throw new DataError(`fold ${this.name}: join the parts before oversampling`);
    return this.#seal(concatColumns(a.train, b.train), concatColumns(a.test, b.test), a.trainRows);
  }

  /**
   * Each row scaled by the rows of its own speaker and part (see {@link normalizePerSpeaker}): training rows know nothing of test rows, and
   * test rows of a speaker only of one another.
   *
   * @param speakers the speaker of every row of the data
   */
  scalePerSpeaker(data: DenseMatrix, speakers: readonly string[]): Parts {
    const scale = (rows: Int32Array): DenseMatrix =>
      normalizePerSpeaker(
        takeRows(data, rows),
        Array.from(rows, (row) => speakers[row]),
      );
    return this.#seal(scale(this.train), scale(this.test), this.train);
  }

  /** Each row brought to length 1; see {@link normalizePerUtterance}. */
  scalePerUtterance(parts: Parts): Parts {
    const { train, test, trainRows } = this.#open(parts);
    return this.#seal(normalizePerUtterance(train), normalizePerUtterance(test), trainRows);
  }

  /** Keeps the columns that tell the classes of the training rows apart best (see {@link bestColumns}). */
  select(parts: Parts, k: number): Parts {
    const { train, test, trainRows } = this.#open(parts);
    const columns = bestColumns(train, this.#labelsAt(trainRows), k);
    return this.#seal(takeColumns(train, columns), takeColumns(test, columns), trainRows);
  }

  /** Copies training rows at random until every class has as many as the largest (imbalanced-learn's `RandomOverSampler`). */
  oversample(parts: Parts, seed: number): Parts {
    const { train, test, trainRows } = this.#open(parts);
    const random = new Random(seed);
    const members = new Map<string, number[]>();
    this.#labelsAt(trainRows).forEach((label, r) => {
      const own = members.get(label);
      if (own) own.push(r);
      else members.set(label, [r]);
    });
    const largest = Math.max(...[...members.values()].map((rows) => rows.length));
    const kept = Array.from(trainRows, (_, r) => r);
    for (const label of [...members.keys()].sort()) {
      const rows = members.get(label)!;
      for (let n = rows.length; n < largest; n++) kept.push(rows[random.integer(rows.length)]);
    }
    return this.#seal(
      takeRows(train, kept),
      test,
      Int32Array.from(kept, (r) => trainRows[r]),
    );
  }

  /** Makes up training rows between those of a class until every class has as many as the largest; see {@link smote}. */
  smote(parts: Parts, seed: number): Parts {
    const { train, test, trainRows } = this.#open(parts);
    const { matrix, sources } = smote(train, this.#labelsAt(trainRows), 5, seed);
    return this.#seal(
      matrix,
      test,
      sources.map((r) => trainRows[r]),
    );
  }

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
          this.#labels,
        ),
    );
  }

  /** The same test part with a share of the training rows, of every class alike (at least two rows, while there are two). */
  withShare(share: number, seed: number): Fold {
    const members = new Map<string, number[]>();
    for (const row of new Random(seed).shuffle(this.train.slice())) {
      const own = members.get(this.#labels[row]);
      if (own) own.push(row);
      else members.set(this.#labels[row], [row]);
    }
    const train = [...members.values()].flatMap((rows) => rows.slice(0, Math.max(2, Math.round(share * rows.length))));
    return new Fold({ name: this.name, train: Int32Array.from(train).sort(), test: this.test }, this.#labels);
  }

  /**
   * Fits `classifier` on the training rows and predicts the test rows. A class with a single training row is left out of the fit, as there
   * is nothing to learn it from; it and a class that the training part lacks can never be predicted: their test rows count as wrong.
   *
   * @throws {DataError} when fewer than two classes have two training rows.
   */
  async fitPredict(classifier: Classifier, parts: Parts, options: FitPredictOptions = {}): Promise<FoldPrediction> {
    const { test } = this.#open(parts);
    const part = learnable(this.#trainingPart(parts, options));
    const calibrator = options.calibrate && (await calibratorFor(classifier, part, options.calibrate, options));
    await fitOn(classifier, part, options);
    const raw = await classifier.predictProba(test);
    const probabilities = calibrator ? applyCalibrator(calibrator, probabilityScores(raw, calibrator.method)) : raw;
    return this.#predicted(probabilities, classifier.classes);
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
    const said: Matrix[] = [];
    const { trainRows } = this.#open(members[0].parts);
    for (const [m, { classifier, parts }] of members.entries()) {
      const content = this.#open(parts);
      if (content.trainRows.join() !== trainRows.join()) {
        throw new DataError(`fold ${this.name}: stack parts with the same training rows`);
      }
      const part = learnable(this.#trainingPart(parts, options));
      held.push(asMatrix(await heldOutOf(classifier, part, options)));
      await fitOn(classifier, part, { ...options, onProgress: undefined });
      said.push(asMatrix(await classifier.predictProba(content.test)));
      options.onProgress?.((m + 1) / (members.length + 1));
    }
    const { fold, y, groups } = learnable(this.#trainingPart(members[0].parts, options));
    await fitOn(final, { fold, y, groups, x: held.reduce(concatColumns) }, { weights: options.weights });
    return this.#predicted(await final.predictProba(said.reduce(concatColumns)), final.classes);
  }

  /** Which rows a transformer may learn from. */
  protected rowsForFit(): Int32Array {
    return this.train;
  }

  protected checkSides(): void {
    const training = new Set(this.train);
    const both = this.test.find((row) => training.has(row));
    if (both !== undefined) throw new DataError(`fold ${this.name}: row ${both} stands in both parts`);
  }

  #labelsAt(rows: Int32Array): string[] {
    return Array.from(rows, (row) => this.#labels[row]);
  }

  #predicted(probabilities: Probabilities, classes: readonly string[]): FoldPrediction {
    const predicted = Array.from(mostProbable(probabilities), (c) => classes[c]);
    return { name: this.name, rows: this.testRows, predicted, probabilities, classes };
  }

  #trainingPart(parts: Parts, { groups }: FitPredictOptions): TrainingPart {
    const { train, trainRows } = this.#open(parts);
    // A copy goes wherever the row goes that it was made from.
    return {
      fold: this.name,
      x: train,
      y: this.#labelsAt(trainRows),
      groups: Array.from(trainRows, (row) => groups?.[row] ?? String(row)),
    };
  }

  #seal(train: Matrix, test: Matrix, trainRows: Int32Array): Parts {
    const parts = Object.freeze({ columns: train.columns });
    sealed.set(parts, { fold: this, trainRows, train, test });
    return parts;
  }

  #open(parts: Parts): Sealed {
    const content = sealed.get(parts);
    if (content?.fold !== this) throw new DataError(`fold ${this.name}: these parts were made by another fold`);
    return content;
  }
}

/**
 * The fold of the protocol `seed`, which leaks on purpose: a row may stand on both sides (copies made before the split), and
 * transformers learn from the test rows too. Nothing else may use it.
 */
export class LeakingFold extends Fold {
  protected override rowsForFit(): Int32Array {
    const all = new Int32Array(this.train.length + this.test.length);
    all.set(this.train);
    all.set(this.test, this.train.length);
    return all;
  }

  protected override checkSides(): void {}
}

function pick<In extends RowData>(data: In, rows: Int32Array): In;
function pick(data: RowData, rows: Int32Array): RowData {
  return "kind" in data ? takeRows(data, rows) : Array.from(rows, (row) => data[row]);
}

function asMatrix({ rows, columns, data }: Probabilities): Matrix {
  return denseMatrix(rows, columns, Float32Array.from(data));
}
