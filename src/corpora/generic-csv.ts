import { dirname, resolve } from "node:path";
import { TableError } from "../errors.ts";
import type { Corpus, Utterance } from "../utterance.ts";
import { assemble } from "./coded-files.ts";
import { readTable, type TableRow } from "./csv.ts";

/**
 * A corpus in one CSV file. Columns: `emotion`, and `file` (relative to the CSV file) or `transcript` or both; where they
 * are known also `speaker`, `session`, `gender`, `split`, `start` and `end` (in seconds). Other columns are ignored.
 * An utterance's id is `row-` and the number of its line; classes are in the order of their names.
 *
 * @throws {TableError} when a column is missing, or a line is ragged, has no emotion, neither file nor transcript, a
 * time that is no number, or a gender that is not female or male.
 */
export async function loadGenericCsv(path: string): Promise<Corpus> {
  const rows = await readTable(path, ["emotion"]);
  if (rows.length === 0) throw new TableError(`${path}: the table has no rows`);
  if (rows[0].values.file === undefined && rows[0].values.transcript === undefined) {
    throw new TableError(`${path}: no column "file" or "transcript"; one of them is needed`);
  }
  const utterances = rows.map((row) => readUtterance(path, row));
  return assemble("csv", utterances, [...new Set(utterances.map((u) => u.emotion))].sort());
}

function readUtterance(path: string, { line, values }: TableRow): Utterance {
  const value = (column: string) => (values[column] === "" ? undefined : values[column]);
  const seconds = (column: string) => {
    const text = value(column);
    const number = text === undefined ? undefined : Number(text);
    if (number !== undefined && !(number >= 0 && number < Number.POSITIVE_INFINITY)) {
      throw new TableError(`${path}: line ${line}: ${column} is ${JSON.stringify(text)}, not a number of seconds`);
    }
    return number;
  };
  const emotion = value("emotion");
  if (emotion === undefined) throw new TableError(`${path}: line ${line} has no emotion`);
  const file = value("file");
  if (file === undefined && value("transcript") === undefined) {
    throw new TableError(`${path}: line ${line} has neither file nor transcript`);
  }
  return {
    id: `row-${String(line).padStart(7, "0")}`,
    file: file === undefined ? undefined : resolve(dirname(path), file),
    start: seconds("start"),
    end: seconds("end"),
    emotion,
    transcript: value("transcript"),
    speaker: value("speaker"),
    session: value("session"),
    gender: readGender(path, line, value("gender")),
    split: value("split"),
  };
}

function readGender(path: string, line: number, text: string | undefined): Utterance["gender"] {
  switch (text?.toLowerCase()) {
    case undefined:
      return undefined;
    case "f":
    case "female":
      return "female";
    case "m":
    case "male":
      return "male";
    default:
      throw new TableError(`${path}: line ${line}: gender is ${JSON.stringify(text)}, not female or male`);
  }
}
