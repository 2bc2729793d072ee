import { DataError } from "../errors.ts";
import type { DenseMatrix, Matrix, Probabilities, SparseMatrix } from "../matrix.ts";
import { concatColumns, mostProbable, takeRows } from "../matrix.ts";
import type { Classifier } from "../models/classifier.ts";
import { Random } from "../random.ts";
import type { Split } from "./splits.ts";

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

/** How a fold makes up for rare classes: by example weights, by copies of training rows, or not at all. */
export type Balance = "weights" | "oversample" | "none";

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

  /** The columns of `left`, then those of `right` (early fusion). */
  concat(left: Parts, right: Parts): Parts {
    const a = this.#open(left);
    const b = this.#open(right);
    if (a.trainRows !== b.trainRows) throw new DataError(`fold ${this.name}: join the parts before oversampling`);
    return this.#seal(concatColumns(a.train, b.train), concatColumns(a.test, b.test), a.trainRows);
  }

  /**
   * Copies training rows at random until every class has as many as the largest (imbalanced-learn's
   * `RandomOverSampler`); the test part stays as it is.
   */
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

  /**
   * Fits `classifier` on the training rows and predicts the test rows.
   *
   * @throws {DataError} when the training part has only one class. A class that it lacks can never be predicted: its test rows
   * count as wrong.
   */
  async fitPredict(
    classifier: Classifier,
    parts: Parts,
    options: { weights?: boolean; onProgress?: (done: number) => void } = {},
  ): Promise<FoldPrediction> {
    const { train, test, trainRows } = this.#open(parts);
    const labels = this.#labelsAt(trainRows);
    if (new Set(labels).size < 2) {
      throw new DataError(`fold ${this.name}: the training part has examples of "${labels[0]}" only`);
    }
    await classifier.fit(train, labels, {
      sampleWeight: options.weights ? balancedWeights(labels) : undefined,
      onProgress: options.onProgress,
    });
    const probabilities = await classifier.predictProba(test);
    const predicted = Array.from(mostProbable(probabilities), (c) => classifier.classes[c]);
    return { name: this.name, rows: this.testRows, predicted, probabilities, classes: classifier.classes };
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

/** n / (k * count of the class) for every label, scikit-learn's `class_weight="balanced"`; the weights sum to n. */
export function balancedWeights(labels: readonly string[]): Float64Array {
  const count = new Map<string, number>();
  for (const label of labels) count.set(label, (count.get(label) ?? 0) + 1);
  return Float64Array.from(labels, (label) => labels.length / (count.size * count.get(label)!));
}

function pick<In extends RowData>(data: In, rows: Int32Array): In;
function pick(data: RowData, rows: Int32Array): RowData {
  return "kind" in data ? takeRows(data, rows) : Array.from(rows, (row) => data[row]);
}
