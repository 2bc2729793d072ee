import { readTable, streamTable } from "../corpora/csv.ts";
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

/** What a model reads of a table. */
export interface ReadColumns {
  /** The names of its columns, which the table may have in any order and among others; `null`: all columns of features as they come. */
  readonly names: readonly string[] | null;
  /** How many there are; `null` where the model does not tell. */
  readonly count: number | null;
}

/**
 * Reads a CSV file of features: a line a row, the first line names the columns. Columns named file, row, wav_file, id, label or
 * emotion are no features.
 *
 * @throws {TableError} led by the file's name: no rows, no feature column, a column that is missing, or a value that is no finite number.
 */
export async function readFeatureTable(path: string, wanted: readonly string[] | null = null): Promise<FeatureTable> {
  const table = await readTable(path, []);
  if (table.length === 0) throw new TableError(`${path}: the table has no rows`);
  const columns = Object.keys(table[0].values);
  const names = featureColumns(path, columns, { names: wanted, count: null }).map((at) => columns[at]);
  const x = denseMatrix(table.length, names.length);
  table.forEach(({ line, values }, r) => {
    names.forEach((name, c) => {
      x.data[r * names.length + c] = numberOf(values[name], path, line, name);
    });
  });
  const named = columns.find(isNaming);
  return { names, x, rows: table.map(({ line, values }) => (named ? values[named] : `line ${line}`)) };
}

/** Some rows of a table. */
export interface RowBatch {
  readonly rows: readonly { readonly source: string; readonly line: number }[];
  readonly x: DenseMatrix;
}

/** Values of a batch and rows of one at most: what is held of a table. */
const BATCH_VALUES = 2 ** 20;
const BATCH_ROWS = 1024;

/**
 * The rows that {@link readFeatureTable} reads, a batch at a time, so that a table of any length is read in a few megabytes.
 * @throws {TableError} as {@link readFeatureTable}, when its line comes.
 */
export async function* featureBatches(path: string, wanted: ReadColumns): AsyncGenerator<RowBatch> {
  const lines = streamTable(path);
  const first = await lines.next();
  const header = first.done ? [] : first.value.record;
  const at = featureColumns(path, header, wanted);
  const named = header.findIndex(isNaming);
  const size = Math.max(1, Math.min(BATCH_ROWS, Math.floor(BATCH_VALUES / at.length)));
  let rows: { source: string; line: number }[] = [];
  let data = new Float32Array(size * at.length);
  let total = 0;
  for await (const { line, record } of lines) {
    for (let c = 0; c < at.length; c++) {
      data[rows.length * at.length + c] = numberOf(record[at[c]], path, line, header[at[c]]);
    }
    rows.push({ source: named < 0 ? `line ${line}` : record[named], line });
    total++;
    if (rows.length < size) continue;
    yield { rows, x: denseMatrix(size, at.length, data) };
    rows = [];
    data = new Float32Array(size * at.length);
  }
  if (total === 0) throw new TableError(`${path}: the table has no rows`);
  if (rows.length > 0) yield { rows, x: denseMatrix(rows.length, at.length, data.slice(0, rows.length * at.length)) };
}

/** Columns that hold the text of a row, the first that is there. */
const TEXT_COLUMNS = ["text", "transcript", "transcription"];

/** The texts of a table, a batch at a time. @throws {TableError} when it has none of the columns text, transcript and transcription. */
export async function* textBatches(path: string): AsyncGenerator<{ rows: RowBatch["rows"]; texts: readonly string[] }> {
  const lines = streamTable(path);
  const first = await lines.next();
  const header = first.done ? [] : first.value.record;
  const at = TEXT_COLUMNS.map((name) => header.indexOf(name)).find((column) => column >= 0);
  if (at === undefined) {
    throw new TableError(`${path}: the model reads texts, but there is no column ${TEXT_COLUMNS.join(", ")}`);
  }
  const named = header.findIndex(isNaming);
  let rows: { source: string; line: number }[] = [];
  let texts: string[] = [];
  for await (const { line, record } of lines) {
    rows.push({ source: named < 0 ? `line ${line}` : record[named], line });
    texts.push(record[at]);
    if (rows.length < BATCH_ROWS) continue;
    yield { rows, texts };
    rows = [];
    texts = [];
  }
  if (rows.length > 0) yield { rows, texts };
}

const isNaming = (name: string) => ["file", "wav_file", "id"].includes(name);

/** Where the columns stand that are read. @throws {TableError} */
function featureColumns(path: string, header: readonly string[], { names, count }: ReadColumns): number[] {
  const places = new Map(header.map((name, c) => [name, c]));
  const twice = header.find((name, c) => places.get(name) !== c);
  if (twice !== undefined) throw new TableError(`${path}: two columns are named ${JSON.stringify(twice)}`);
  if (names) {
    return names.map((name) => {
      const at = places.get(name);
      if (at !== undefined) return at;
      throw new TableError(
        `${path}: no column ${JSON.stringify(name)}, which the model reads; the columns are ${shortened(header)}`,
      );
    });
  }
  const at = [...header.keys()].filter((c) => !NAMING_COLUMNS.includes(header[c]));
  if (at.length === 0) throw new TableError(`${path}: no column of features`);
  if (count !== null && at.length !== count) {
    throw new TableError(
      `${path}: ${at.length} columns of features (${shortened(at.map((c) => header[c]))}), but the model reads ${count}`,
    );
  }
  return at;
}

const shortened = (names: readonly string[]) => `${names.slice(0, 20).join(", ")}${names.length > 20 ? ", ..." : ""}`;

function numberOf(text: string, path: string, line: number, name: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(Math.fround(value))) {
    throw new TableError(`${path}: line ${line}: ${name} is ${JSON.stringify(text)}, not a finite number`);
  }
  return value;
}
