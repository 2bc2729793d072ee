import type { DenseMatrix, Matrix, SparseMatrix } from "../matrix.ts";

/** What a fold takes rows from: features, or one transcript a row. */
export type RowData = Matrix | readonly string[];

/** Something that learns from rows without labels and then maps rows to features: a scaler, a vectoriser. */
export interface Transformer<In extends RowData, Out extends Matrix> {
  /** The names of its columns, after `fit`, where it knows them. */
  readonly featureNames?: readonly string[];
  fit(rows: In): unknown;
  transform(rows: In): Out;
}

/** Scales features, e.g. to zero mean and unit variance. */
export type Scaler = Transformer<DenseMatrix, DenseMatrix>;

/** Turns transcripts into sparse rows, e.g. TF-IDF. */
export type TextVectorizer = Transformer<readonly string[], SparseMatrix>;
