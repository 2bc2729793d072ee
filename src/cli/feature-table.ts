import { readTable } from "../corpora/csv.ts";
import { TableError } from "../errors.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";

/** Columns that say what a row is, not features; `emovox extract --format csv` writes the first two. */
const NAMING_COLUMNS = ["file", "row", "wav_file", "id", "label", "emotion"];

/** Rows of features with their names. */
export interface FeatureTable {
  /** The names of the feature columns. */
  readonly names: readonly string[];
  readonly x: DenseMatrix;
  /** What each row is called: its file, id or number. */
  readonly rows: readonly string[];
}

/**
 * Reads a CSV file of features: a line a row, the first line names the columns. Columns named file, row, wav_file, id, label or
 * emotion are no features.
 *
 * @throws {TableError} led by the file's name: no rows, no feature column, or a value that is no finite number.
 */
export async function readFeatureTable(path: string): Promise<FeatureTable> {
  const table = await readTable(path, []);
  if (table.length === 0) throw new TableError(`${path}: the table has no rows`);
  const columns = Object.keys(table[0].values);
  const names = columns.filter((name) => !NAMING_COLUMNS.includes(name));
  if (names.length === 0) throw new TableError(`${path}: no column of features`);
  const x = denseMatrix(table.length, names.length);
  table.forEach(({ line, values }, r) => {
    names.forEach((name, c) => {
      const text = values[name].trim();
      const value = Number(text);
      if (text === "" || !Number.isFinite(Math.fround(value))) {
        throw new TableError(`${path}: line ${line}: ${name} is ${JSON.stringify(values[name])}, not a finite number`);
      }
      x.data[r * names.length + c] = value;
    });
  });
  const named = columns.find((name) => ["file", "wav_file", "id"].includes(name));
  return { names, x, rows: table.map(({ line, values }) => (named ? values[named] : `line ${line}`)) };
}
