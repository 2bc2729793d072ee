import type { Command } from "commander";
import { findAudioFiles, readAudio } from "../corpora/audio-file.ts";
import { OptionError, withFile } from "../errors.ts";
import type { Prediction, Recognizer, RecognizerInput } from "../recognizer.ts";
import { readRecognizer } from "./model-path.ts";
import { namesOption, shareOption } from "./options.ts";
import { print } from "./output.ts";
import { predictTable } from "./table-predictions.ts";

interface PredictOptions {
  text?: string;
  table?: string;
  model?: string;
  classes?: string[];
  columns?: string[];
  json?: boolean;
  lenient?: boolean;
  abstainBelow: number;
}

export function addPredict(program: Command): void {
  program
    .command("predict")
    .description("recognise the emotion of speech, of its transcript, or of both; or classify the rows of a table")
    .argument("[file...]", "audio files, or folders of them")
    .option("--text <words>", "what is said in the file; without a file, the words alone are judged")
    .option("--table <csv>", "rows of features (or texts) for a classifier (--model); the first line names the columns")
    .option(
      "--model <path>",
      "a recogniser made by emovox train (default: the one that comes along) or, with --table, a classifier of any format that convert reads",
    )
    .option(
      "--classes <names>",
      "with --table: names of the classes, where the model's file only numbers them",
      namesOption,
    )
    .option(
      "--columns <names>",
      "with --table: the columns to read, where the model's file does not name them",
      namesOption,
    )
    .option(
      "--json",
      "one object a line: {file, emotion, probabilities, milliseconds}, of a table {file, line, emotion, probabilities}",
    )
    .option("--abstain-below <p>", "name no emotion when none is as probable as this (null in JSON)", shareOption, 0)
    .option("--lenient", "decode what is there of a truncated file")
    .addHelpText(
      "after",
      '\nExamples:\n  $ emovox predict speech.wav --text "Leave me alone!"\n  $ emovox predict --table rows.csv --model forest.onnx --json',
    )
    .action(predict);
}

async function predict(paths: readonly string[], options: PredictOptions): Promise<void> {
  const { table, model, classes, columns } = options;
  if (table !== undefined) {
    if (paths.length > 0 || options.text !== undefined) throw new OptionError("name either files or --table, not both");
    if (model === undefined) throw new OptionError("--table needs the classifier that takes its rows: --model PATH");
    return predictTable(table, model, { classes, featureNames: columns }, options);
  }
  if (classes !== undefined || columns !== undefined)
    throw new OptionError("--classes and --columns belong to --table");
  if (paths.length === 0 && options.text === undefined) {
    throw new OptionError("name an audio file, words with --text, or rows with --table (--help shows the options)");
  }
  const files = (await Promise.all(paths.map((path) => findAudioFiles(path)))).flat();
  if (files.length > 1 && options.text !== undefined) {
    throw new OptionError(`--text belongs to one file, not to ${files.length}`);
  }
  const recognizer = await readRecognizer(options.model);
  if (files.length === 0) return show(await timed(recognizer, { text: options.text }, options), null, options);
  for (const file of files) {
    const { samples, sampleRate } = await readAudio(file, { lenient: options.lenient });
    try {
      show(await timed(recognizer, { samples, sampleRate, text: options.text }, options), file, options);
    } catch (error) {
      throw withFile(error, file);
    }
  }
}

type Timed = Prediction<string | null> & { readonly milliseconds: number };

async function timed(recognizer: Recognizer, input: RecognizerInput, { abstainBelow }: PredictOptions): Promise<Timed> {
  const start = performance.now();
  const prediction = await recognizer.predict(input, { abstainBelow });
  return { ...prediction, milliseconds: Math.round((performance.now() - start) * 100) / 100 };
}

function show(
  { emotion, probabilities, modalities, milliseconds }: Timed,
  file: string | null,
  { json }: PredictOptions,
) {
  if (json) return print(JSON.stringify({ file, emotion, probabilities, modalities, milliseconds }));
  print(`${file ?? "text"}: ${emotion ?? "unsure"}  (from ${modalities.join(" and ")}, ${milliseconds} ms)`);
  const ranked = Object.entries(probabilities).sort(([, p], [, q]) => q - p);
  for (const [name, p] of ranked) {
    print(`  ${name.padEnd(12)} ${(100 * p).toFixed(1).padStart(5)} %  ${"#".repeat(Math.round(40 * p))}`);
  }
}
