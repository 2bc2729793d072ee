import { DataError } from "../errors.ts";
import { concatColumns, type DenseMatrix, denseMatrix, type Matrix, takeRows, toDense } from "../matrix.ts";
import { bestColumns, takeColumns } from "./feature-selection.ts";
import { normalizePerSpeaker, normalizePerUtterance } from "./normalize.ts";
import { oversampled } from "./sampling.ts";
import { smote } from "./smote.ts";
import type { Split } from "./splits.ts";
import type { RowData, Transformer } from "./transformer.ts";

/** How a fold makes up for rare classes: by example weights, by copies of training rows, by rows between them, or not at all. */
export const balances = ["weights", "oversample", "smote", "none"] as const;
export type Balance = (typeof balances)[number];

/**
 * The training and the test rows of a fold after some step, as a sealed value: only the fold that made it can look
 * inside, so nobody can hand the test rows to a `fit`.
 */
export interface Parts {
  readonly columns: number;
  /** What the columns are, where all are known by name. */
  readonly names?: readonly string[];
}

/** What the methods of a fold know of its parts. */
export interface Sealed {
  readonly fold: FoldParts;
  /** The row number of each training row; copies repeat theirs. */
  readonly trainRows: Int32Array;
  readonly train: Matrix;
  /** The test rows as they are, then as they are under each condition. */
  readonly tests: readonly Matrix[];
}

const sealed = new WeakMap<Parts, Sealed>();

/**
 * One training and one test part of the data, and all that may be done to their rows before a classifier is fitted; see `Fold`, which adds
 * that. Beside the test rows as they are it can hold them as they would be under other conditions (in noise, with wrong words): nothing is
 * fitted on those either.
 */
export class FoldParts {
  readonly name: string;
  protected readonly train: Int32Array;
  protected readonly test: Int32Array;
  protected readonly labels: readonly string[];

  /**
   * @param labels the class of every row of the data.
   * @throws {DataError} an empty part, or a row on both sides.
   */
  constructor(split: Split, labels: readonly string[]) {
    this.name = split.name;
    this.train = split.train;
    this.test = split.test;
    this.labels = labels;
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
    return this.labelsAt(this.train);
  }

  /** The row numbers that train. */
  get trainRows(): Int32Array {
    return this.train.slice();
  }

  /** The row numbers that test. */
  get testRows(): Int32Array {
    return this.test.slice();
  }

  /** The rows as they are, nothing fitted. @param conditions as those of {@link fitTransform} */
  take(data: Matrix, conditions: readonly (Matrix | null)[] = []): Parts {
    const train = takeRows(data, this.train);
    const tests = [data, ...conditions].map((rows) =>
      rows === null ? meanRows(train, this.test.length) : takeRows(rows, this.test),
    );
    return this.seal({ train, tests, trainRows: this.train });
  }

  /**
   * Fits `transformer` on the training rows and applies it to both parts.
   *
   * @param conditions the data of all rows under each condition; null where it is missing then: the mean of the training rows, as the
   *   transformer gives them, stands in
   */
  fitTransform<In extends RowData>(
    transformer: Transformer<In, Matrix>,
    data: In,
    conditions: readonly (In | null)[] = [],
  ): Parts {
    transformer.fit(pick(data, this.rowsForFit()));
    const train = transformer.transform(pick(data, this.train));
    const tests = [data, ...conditions].map((rows) =>
      rows === null ? meanRows(train, this.test.length) : transformer.transform(pick(rows, this.test)),
    );
    return this.seal({ train, tests, trainRows: this.train }, transformer.featureNames);
  }

  /** Fits `transformer` on the training rows of parts and applies it to both. */
  fitTransformParts(transformer: Transformer<DenseMatrix, Matrix>, parts: Parts): Parts {
    const { train, trainRows } = this.open(parts);
    transformer.fit(toDense(takeRows(train, Int32Array.from(trainRows.keys()))));
    return this.map(parts, (rows) => transformer.transform(toDense(rows)), parts.names);
  }

  /** The columns of `left`, then those of `right` (early fusion). */
  concat(left: Parts, right: Parts): Parts {
    const a = this.open(left);
    const b = this.open(right);
    if (a.trainRows !== b.trainRows) throw new DataError(`fold ${this.name}: join the parts before oversampling`);
    if (a.tests.length !== b.tests.length) throw new DataError(`fold ${this.name}: parts of different conditions`);
    const names = left.names && right.names && [...left.names, ...right.names];
    const tests = a.tests.map((rows, t) => concatColumns(rows, b.tests[t]));
    return this.seal({ train: concatColumns(a.train, b.train), tests, trainRows: a.trainRows }, names);
  }

  /**
   * Each row scaled by the rows of its own speaker and part (see {@link normalizePerSpeaker}): training rows know nothing of test rows, and
   * test rows of a speaker only of one another.
   *
   * @param speakers the speaker of every row of the data
   * @param conditions as those of {@link fitTransform}
   */
  scalePerSpeaker(
    data: DenseMatrix,
    speakers: readonly string[],
    conditions: readonly (DenseMatrix | null)[] = [],
  ): Parts {
    const scale = (all: DenseMatrix, rows: Int32Array): DenseMatrix =>
      normalizePerSpeaker(
        takeRows(all, rows),
        Array.from(rows, (row) => speakers[row]),
      );
    const train = scale(data, this.train);
    const tests = [data, ...conditions].map((rows) =>
      rows === null ? meanRows(train, this.test.length) : scale(rows, this.test),
    );
    return this.seal({ train, tests, trainRows: this.train });
  }

  /** Each row brought to length 1; see {@link normalizePerUtterance}. */
  scalePerUtterance(parts: Parts): Parts {
    return this.map(parts, normalizePerUtterance, parts.names);
  }

  /** Keeps the columns that tell the classes of the training rows apart best (see {@link bestColumns}). */
  select(parts: Parts, k: number): Parts {
    const { train, trainRows } = this.open(parts);
    const columns = bestColumns(train, this.labelsAt(trainRows), k);
    const { names } = parts;
    return this.map(parts, (rows) => takeColumns(rows, columns), names && Array.from(columns, (c) => names[c]));
  }

  /** The same parts, their columns named. */
  named(parts: Parts, names: readonly string[] | undefined): Parts {
    return this.map(parts, (rows) => rows, names);
  }

  /** Copies training rows until every class has as many as the largest; see {@link oversampled}. */
  oversample(parts: Parts, seed: number): Parts {
    const { train, tests, trainRows } = this.open(parts);
    const kept = oversampled(this.labelsAt(trainRows), seed);
    const sources = Int32Array.from(kept, (r) => trainRows[r]);
    return this.seal({ train: takeRows(train, kept), tests, trainRows: sources }, parts.names);
  }

  /** Makes up training rows between those of a class until every class has as many as the largest; see {@link smote}. */
  smote(parts: Parts, seed: number): Parts {
    const { train, tests, trainRows } = this.open(parts);
    const { matrix, sources } = smote(train, this.labelsAt(trainRows), 5, seed);
    return this.seal({ train: matrix, tests, trainRows: sources.map((r) => trainRows[r]) }, parts.names);
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

  protected labelsAt(rows: Int32Array): string[] {
    return Array.from(rows, (row) => this.labels[row]);
  }

  /** The parts after a step that takes each row by itself. */
  private map(parts: Parts, step: (rows: Matrix) => Matrix, names: readonly string[] | undefined): Parts {
    const { train, tests, trainRows } = this.open(parts);
    return this.seal({ train: step(train), tests: tests.map(step), trainRows }, names);
  }

  private seal(content: Omit<Sealed, "fold">, names?: readonly string[]): Parts {
    const parts = Object.freeze({ columns: content.train.columns, ...(names ? { names } : {}) });
    sealed.set(parts, { fold: this, ...content });
    return parts;
  }

  protected open(parts: Parts): Sealed {
    const content = sealed.get(parts);
    if (content?.fold !== this) throw new DataError(`fold ${this.name}: these parts were made by another fold`);
    return content;
  }
}

function pick<In extends RowData>(data: In, rows: Int32Array): In;
function pick(data: RowData, rows: Int32Array): RowData {
  return "kind" in data ? takeRows(data, rows) : Array.from(rows, (row) => data[row]);
}

/** The mean of the rows, so many times. */
function meanRows(matrix: Matrix, count: number): DenseMatrix {
  const { rows, columns, data } = toDense(matrix);
  const sums = new Float64Array(columns);
  data.forEach((value, i) => (sums[i % columns] += value));
  return denseMatrix(
    count,
    columns,
    Float32Array.from({ length: count * columns }, (_, i) => sums[i % columns] / rows),
  );
}
