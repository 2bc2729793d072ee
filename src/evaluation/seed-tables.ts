import { DataError } from "../errors.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";
import type { EvaluationRows } from "./rows.ts";

/** The recipe's four tables: the training rows and the test rows, each with audio features and transcripts. */
export interface SeedTables {
  readonly train: EvaluationRows;
  readonly test: EvaluationRows;
}

/**
 * The training rows, then the test rows. Their `ids` (the tables' `wav_file`) show which rows are copies.
 *
 * @throws {DataError} when a column stands in one of the two only, or the features differ in number.
 */
export function joinTables({ train, test }: SeedTables): EvaluationRows {
  const join = <T>(name: string, a: readonly T[] | undefined, b: readonly T[] | undefined): T[] | undefined => {
    if ((a === undefined) !== (b === undefined)) throw onlyOne(name);
    return a && b && [...a, ...b];
  };
  if ((train.features === undefined) !== (test.features === undefined)) throw onlyOne("features");
  return {
    corpus: train.corpus,
    synthetic: train.synthetic,
    classes: train.classes,
    labels: [...train.labels, ...test.labels],
    features: train.features && test.features && stack(train.features, test.features),
    transcripts: join("transcripts", train.transcripts, test.transcripts),
    speakers: join("speakers", train.speakers, test.speakers),
    sessions: join("sessions", train.sessions, test.sessions),
    ids: join("names of the files", train.ids, test.ids),
  };
}

const onlyOne = (name: string): DataError => new DataError(`${name} stand in one of the two tables only`);

function stack(above: DenseMatrix, below: DenseMatrix): DenseMatrix {
  if (above.columns !== below.columns) {
    throw new DataError(`the training table has ${above.columns} features, the test table ${below.columns}`);
  }
  const data = new Float32Array(above.data.length + below.data.length);
  data.set(above.data);
  data.set(below.data, above.data.length);
  return denseMatrix(above.rows + below.rows, above.columns, data);
}
