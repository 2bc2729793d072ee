import { join } from "node:path";
import { DataError, OptionError, TableError } from "../errors.ts";
import { sahu2019Names } from "../features/sahu2019.ts";
import { type DenseMatrix, matrixFromRows } from "../matrix.ts";
import { readTable, type TableRow } from "./csv.ts";
import { writeFileAtomically } from "./write-file.ts";

/** The classes of the four tables, at their numbers. */
export const SEED_CLASSES: readonly string[] = ["ang", "hap", "sad", "fea", "sur", "neu"];

/** The eight features of the audio tables, in their order. */
export const SEED_FEATURES: readonly string[] = sahu2019Names;

/** One part (train or test) of the tables: a row an utterance. */
export interface SeedTable {
  readonly files: readonly string[];
  /** Class names. */
  readonly labels: readonly string[];
  /** The eight features, in the order of `SEED_FEATURES`; absent when only text was read. */
  readonly audio?: DenseMatrix;
  /** Absent when only audio was read. */
  readonly transcripts?: readonly string[];
}

export interface SeedTables {
  readonly train: SeedTable;
  readonly test: SeedTable;
}

/** The paths of the CSV files; the two of audio or the two of text may be left out. */
export interface SeedTablePaths {
  readonly audioTrain?: string;
  readonly audioTest?: string;
  readonly textTrain?: string;
  readonly textTest?: string;
}

/**
 * Reads the four CSV files of Sahu 2019 (`wav_file`, `label` 0 to 5, then eight features or `transcription`). The audio and
 * the text table of a part hold the same utterances in the same order. Other columns are ignored.
 *
 * @throws {TableError} led by the file's name: when a table is missing, damaged, without rows or a column, has an unknown
 * label or a feature that is no number, or does not agree with the other table of its part.
 * @throws {OptionError} when neither both audio tables nor both text tables are given.
 * @example
 * const { train, test } = await readSeedTables({ textTrain: "text_train.csv", textTest: "text_test.csv" });
 */
export async function readSeedTables(paths: SeedTablePaths): Promise<SeedTables> {
  const { audioTrain, audioTest, textTrain, textTest } = paths;
  if ((audioTrain === undefined) !== (audioTest === undefined)) throw new OptionError(pairMessage("audio"));
  if ((textTrain === undefined) !== (textTest === undefined)) throw new OptionError(pairMessage("text"));
  if (audioTrain === undefined && textTrain === undefined) {
    throw new OptionError("no table is given: the audio tables, the text tables or both are needed");
  }
  return { train: await readPart(audioTrain, textTrain), test: await readPart(audioTest, textTest) };
}

const pairMessage = (modality: string) => `both ${modality} tables, of training and of testing, are needed`;

async function readPart(audioPath: string | undefined, textPath: string | undefined): Promise<SeedTable> {
  const audio = audioPath === undefined ? undefined : await readAudioTable(audioPath);
  const text = textPath === undefined ? undefined : await readTextTable(textPath);
  if (audio && text) checkAgreement(audioPath as string, audio, textPath as string, text);
  const { files, labels } = (audio ?? text) as LabelledRows;
  return { files, labels, audio: audio?.audio, transcripts: text?.transcripts };
}

interface LabelledRows extends SeedTable {
  /** The line of each row. */
  readonly lines: readonly number[];
}

async function readAudioTable(path: string): Promise<LabelledRows> {
  const rows = await readRows(path, SEED_FEATURES);
  const audio = matrixFromRows(
    rows.map(({ line, values }) =>
      SEED_FEATURES.map((column) => {
        // The matrix is of float32: what overflows there is no number either.
        const value = values[column].trim() === "" ? Number.NaN : Math.fround(Number(values[column]));
        if (!Number.isFinite(value)) {
          throw new TableError(`${path}: line ${line}: ${column} is ${JSON.stringify(values[column])}, not a number`);
        }
        return value;
      }),
    ),
  );
  return { ...readLabels(path, rows), audio };
}

async function readTextTable(path: string): Promise<LabelledRows> {
  const rows = await readRows(path, ["transcription"]);
  return { ...readLabels(path, rows), transcripts: rows.map((row) => row.values.transcription) };
}

async function readRows(path: string, columns: readonly string[]): Promise<TableRow[]> {
  const rows = await readTable(path, ["wav_file", "label", ...columns]);
  if (rows.length === 0) throw new TableError(`${path}: the table has no rows`);
  return rows;
}

function readLabels(path: string, rows: readonly TableRow[]): Pick<LabelledRows, "files" | "labels" | "lines"> {
  return {
    files: rows.map((row) => row.values.wav_file),
    labels: rows.map(({ line, values }) => {
      const name = /^[0-5]$/.test(values.label) ? SEED_CLASSES[Number(values.label)] : undefined;
      if (name === undefined) {
        const known = SEED_CLASSES.map((label, number) => `${number} (${label})`).join(", ");
        throw new TableError(
          `${path}: line ${line}: unknown label ${JSON.stringify(values.label)}; labels are ${known}`,
        );
      }
      return name;
    }),
    lines: rows.map((row) => row.line),
  };
}

function checkAgreement(audioPath: string, audio: LabelledRows, textPath: string, text: LabelledRows): void {
  const rows = Math.min(audio.files.length, text.files.length);
  for (let r = 0; r < rows; r++) {
    const where = `${textPath}: line ${text.lines[r]}`;
    if (audio.files[r] !== text.files[r]) {
      throw new TableError(
        `${where} is of ${text.files[r]}, but line ${audio.lines[r]} of ${audioPath} is of ${audio.files[r]}; ` +
          "both tables need the same files in the same order",
      );
    }
    if (audio.labels[r] !== text.labels[r]) {
      throw new TableError(
        `${where} has the label ${text.labels[r]}, but line ${audio.lines[r]} of ${audioPath} has ${audio.labels[r]}`,
      );
    }
  }
  if (audio.files.length !== text.files.length) {
    throw new TableError(
      `${textPath} has ${text.files.length} rows, but ${audioPath} has ${audio.files.length}; ` +
        "both tables need the same files in the same order",
    );
  }
}

/**
 * Writes the tables into a directory, as `audio_train.csv`, `audio_test.csv`, `text_train.csv` and `text_test.csv`; those
 * of a modality that is absent are left out. What is read back equals what was written.
 *
 * @throws {DataError} when a label is not one of `SEED_CLASSES`.
 * @throws {InputError} when the directory is missing or may not be written.
 * @example
 * await writeSeedTables("tables", { train, test });
 */
export async function writeSeedTables(directory: string, { train, test }: SeedTables): Promise<void> {
  const tables: [name: string, lines: string[]][] = [];
  for (const [part, table] of [["train", train] as const, ["test", test] as const]) {
    const leads = table.files.map((file, r) => `${quote(file)},${labelNumber(table.labels[r])}`);
    const { audio, transcripts } = table;
    if (audio) {
      const rows = leads.map(
        (lead, r) => `${lead},${audio.data.subarray(r * audio.columns, (r + 1) * audio.columns).join(",")}`,
      );
      tables.push([`audio_${part}.csv`, [`wav_file,label,${SEED_FEATURES.join(",")}`, ...rows]]);
    }
    if (transcripts) {
      const rows = leads.map((lead, r) => `${lead},${quote(transcripts[r])}`);
      tables.push([`text_${part}.csv`, ["wav_file,label,transcription", ...rows]]);
    }
  }
  for (const [name, lines] of tables) await writeFileAtomically(join(directory, name), `${lines.join("\n")}\n`);
}

function labelNumber(label: string): number {
  const number = SEED_CLASSES.indexOf(label);
  if (number < 0) throw new DataError(`the tables have no number for the label ${JSON.stringify(label)}`);
  return number;
}

function quote(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
