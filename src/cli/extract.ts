import { type Command, Option } from "commander";
import { stringify } from "csv-stringify/sync";
import { findAudioFiles, readAudio } from "../corpora/audio-file.ts";
import { writeFileAtomically } from "../corpora/write-file.ts";
import { OptionError, withFile } from "../errors.ts";
import { createExtractor, type Extractor, type Level, type Preset, presets } from "../features/extractor.ts";
import { type OptionRecord, type OptionValue, parseOptionValue } from "../features/options.ts";
import type { DenseMatrix } from "../matrix.ts";
import { encodeNpy } from "./npy.ts";
import { progress } from "./output.ts";

interface ExtractOptions {
  preset: Preset;
  level?: Level;
  features?: string;
  sampleRate?: string;
  set: readonly string[];
  format: "json" | "csv" | "npy";
  out?: string;
  lenient?: boolean;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function addExtract(program: Command): void {
  program
    .command("extract")
    .description("compute features of audio files")
    .argument("<file...>", "audio files, or folders of them")
    .addOption(new Option("--preset <name>", "whose features").choices(presets).default("librosa"))
    .addOption(new Option("--level <level>", "a row a frame, or one of functionals").choices(["frames", "utterance"]))
    .option("--features <names>", "librosa and kaldi: comma-separated, e.g. mfcc,rms,centroid (default: mfcc)")
    .option("--sample-rate <hz>", "resample to this rate first (default: the file's own; emovox: 16000)")
    .option("--set <key=value>", "an option of the preset, e.g. nFft=512; may be repeated", collect, [])
    .addOption(new Option("--format <format>", "of the output").choices(["json", "csv", "npy"]).default("json"))
    .option("--out <path>", "write to a file instead of standard output")
    .option("--lenient", "decode what is there of a truncated file")
    .addHelpText(
      "after",
      `
JSON is one object a line and file: {file, sampleRate, preset, options, level, names: [...], rows: [[...], ...]}.

Example:
  $ emovox extract speech.wav --features mfcc,rms --set nFft=512 --set hopLength=160 --set nMfcc=13`,
    )
    .action(extract);
}

async function extract(paths: readonly string[], options: ExtractOptions): Promise<void> {
  const files = (await Promise.all(paths.map((path) => findAudioFiles(path)))).flat();
  if (options.format === "npy" && files.length !== 1) {
    throw new OptionError(`--format npy takes one file, not ${files.length}; use json or csv for several`);
  }
  if (options.format === "npy" && options.out === undefined) throw new OptionError("--format npy needs --out PATH");
  const request = {
    preset: options.preset,
    level: options.level,
    features: options.features?.split(","),
    options: parseSet(options.set),
  };
  const forRate = extractors(request, options.sampleRate === undefined ? undefined : Number(options.sampleRate));
  const chunks: (string | Uint8Array)[] = [];
  const emit = (chunk: string | Uint8Array) => {
    if (options.out === undefined) process.stdout.write(chunk);
    else chunks.push(chunk);
  };
  const bar = progress("extracting");
  try {
    for (const [i, file] of files.entries()) {
      const { samples, sampleRate } = await readAudio(file, { lenient: options.lenient });
      const extractor = forRate(sampleRate);
      emit(render(file, extractor, extractFrom(extractor, file, samples, sampleRate), options.format, i === 0));
      bar.update((i + 1) / files.length, file);
    }
  } finally {
    bar.stop();
  }
  if (options.out !== undefined) {
    await writeFileAtomically(options.out, Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))));
  }
}

/** The extractor for files of a given rate, made once a rate. */
function extractors(
  request: Parameters<typeof createExtractor>[0],
  wanted: number | undefined,
): (sampleRate: number) => Extractor {
  const made = new Map<number | undefined, Extractor>();
  return (fileRate) => {
    const sampleRate = wanted ?? (request.preset === "emovox" ? undefined : fileRate);
    const extractor = made.get(sampleRate) ?? createExtractor({ ...request, sampleRate });
    made.set(sampleRate, extractor);
    return extractor;
  };
}

function extractFrom(extractor: Extractor, file: string, samples: Float32Array, sampleRate: number): DenseMatrix {
  try {
    return extractor.extract(samples, sampleRate);
  } catch (error) {
    throw withFile(error, file);
  }
}

function parseSet(pairs: readonly string[]): OptionRecord {
  const options: Record<string, OptionValue> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 1) throw new OptionError(`--set wants key=value, not "${pair}"`);
    options[pair.slice(0, equals)] = parseOptionValue(pair.slice(equals + 1));
  }
  return options;
}

function render(
  file: string,
  extractor: Extractor,
  matrix: DenseMatrix,
  format: ExtractOptions["format"],
  first: boolean,
): string | Uint8Array {
  if (format === "npy") return encodeNpy(matrix);
  const { preset, sampleRate, level, options, names } = extractor;
  const rows = Array.from({ length: matrix.rows }, (_, r) =>
    Array.from(matrix.data.subarray(r * matrix.columns, (r + 1) * matrix.columns), shortest),
  );
  if (format === "json") return `${JSON.stringify({ file, sampleRate, preset, options, level, names, rows })}\n`;
  const records = rows.map((row, r) => [file, r, ...row]);
  return stringify(first ? [["file", "row", ...names], ...records] : records);
}

/** The shortest decimal number that is read back as the same float32. */
const shortest = (value: number): number => Number(value.toPrecision(9));
