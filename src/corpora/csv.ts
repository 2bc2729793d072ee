import { CsvError, parse } from "csv-parse/sync";
import { TableError } from "../errors.ts";
import { readText } from "./files.ts";

/** One row of a table: its values by column, and the line of the file on which it begins, from 1. */
export interface TableRow {
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Reads a CSV file (RFC 4180) whose first line names the columns. A byte order mark, CRLF and empty lines are accepted.
 *
 * @param requiredColumns names that must stand in the first line; others may stand there too
 * @throws {TableError} led by the file's name: when it is missing, empty or not UTF-8, lacks a column, or a line has
 * more or fewer values than the first.
 * @example
 * for (const { line, values } of await readTable("labels.csv", ["file", "emotion"])) console.log(line, values.emotion);
 */
export async function readTable(path: string, requiredColumns: readonly string[]): Promise<TableRow[]> {
  const [header, ...records] = parseRecords(path, await readText(path));
  if (header === undefined) throw new TableError(`${path}: the file is empty`);
  const columns = header.record.map((name) => name.trim());
  for (const column of requiredColumns) {
    if (!columns.includes(column)) {
      throw new TableError(`${path}: no column ${JSON.stringify(column)}; the columns are ${columns.join(", ")}`);
    }
  }
  return records.map(({ line, record }) => {
    if (record.length !== columns.length) {
      throw new TableError(`${path}: line ${line} has ${record.length} values, the first line has ${columns.length}`);
    }
    return { line, values: Object.fromEntries(columns.map((column, c) => [column, record[c]])) };
  });
}

function parseRecords(path: string, text: string): { line: number; record: string[] }[] {
  const records: { line: number; record: string[] }[] = [];
  try {
    // csv-parse counts a CRLF within quotes as two lines.
    parse(text.replaceAll("\r\n", "\n"), {
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (record: string[], { lines }) => {
        const breaks = record.reduce((sum, value) => sum + value.split("\n").length - 1, 0);
        records.push({ line: lines - breaks, record });
        return null;
      },
    });
  } catch (error) {
    if (error instanceof CsvError) throw new TableError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
  return records;
}
