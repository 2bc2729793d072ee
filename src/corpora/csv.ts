import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { parse as parseStream } from "csv-parse";
import { CsvError, parse } from "csv-parse/sync";
import { TableError } from "../errors.ts";
import { fileProblem, readText } from "./files.ts";

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

/** One line of a table (or more, where a quoted value has line breaks) as it stands there. */
export interface TableRecord {
  readonly line: number;
  readonly record: readonly string[];
}

/** Characters of one line at most: a quote that is never closed must not take the rest of the file. */
const MAX_RECORD = 2 ** 26;

/**
 * The lines of a CSV file one by one, the first line of names first, without holding the file. Accepts what {@link readTable} accepts.
 *
 * @throws {TableError} led by the file's name, when its place comes: as {@link readTable}, or for a line of more than 64 M characters.
 */
export async function* streamTable(path: string): AsyncGenerator<TableRecord> {
  const parser = parseStream({
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
    max_record_size: MAX_RECORD,
  });
  const source = Readable.from(textOf(path));
  source.on("error", (error) => parser.destroy(error));
  let columns: number | undefined;
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      const line = info.lines - record.reduce((sum, value) => sum + value.split("\n").length - 1, 0);
      if (columns === undefined) {
        columns = record.length;
        yield { line, record: record.map((name) => name.trim()) };
        continue;
      }
      if (record.length !== columns) {
        throw new TableError(`${path}: line ${line} has ${record.length} values, the first line has ${columns}`);
      }
      yield { line, record };
    }
  } catch (error) {
    if (error instanceof CsvError) throw new TableError(`${path}: ${error.message}`, { cause: error });
    throw error;
  } finally {
    source.destroy();
  }
  if (columns === undefined) throw new TableError(`${path}: the file is empty`);
}

/** The text of a file piece by piece, CRLF as LF and without a byte order mark. */
async function* textOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let held = "";
  try {
    for await (const bytes of createReadStream(path)) {
      const text = held + decoder.decode(bytes as Uint8Array, { stream: true });
      held = text.endsWith("\r") ? "\r" : ""; // its LF may be the next piece's first
      yield text.slice(0, text.length - held.length).replaceAll("\r\n", "\n");
    }
    yield held + decoder.decode();
  } catch (error) {
    const problem = error instanceof TypeError ? "not UTF-8 text" : fileProblem(error);
    throw problem === undefined ? error : new TableError(`${path}: ${problem}`, { cause: error });
  }
}
