import { DataError } from "../errors.ts";
import { type DenseMatrix, denseMatrix, takeRows } from "../matrix.ts";
import { MinMaxScaler } from "../models/scaler.ts";
import { seedRows } from "./recipe.ts";
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

/**
 * The four tables that the published recipe makes of a corpus: copies of rare rows, features scaled over all of them, a random split.
 *
 * @throws {DataError} rows without an id, or none of the recipe's six classes.
 */
export function makeSeedTables(rows: EvaluationRows, seed: number): SeedTables {
  const { ids } = rows;
  if (!ids) throw new DataError(`${rows.corpus}: the tables need a name for every utterance`);
  const { split, codes } = seedRows(rows, seed);
  const all = [...split.train, ...split.test];
  const features = rows.features && new MinMaxScaler().fit(takeRows(rows.features, all)).transform(rows.features);
  const part = (index: Int32Array): EvaluationRows => ({
    corpus: rows.corpus,
    synthetic: rows.synthetic,
    classes: ["ang", "hap", "sad", "fea", "sur", "neu"],
    labels: Array.from(index, (row) => codes[row]!),
    features: features && takeRows(features, index),
    transcripts: rows.transcripts && Array.from(index, (row) => rows.transcripts![row]),
    ids: Array.from(index, (row) => ids[row]),
  });
  return { train: part(split.train), test: part(split.test) };
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
