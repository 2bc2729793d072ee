import type { Command } from "commander";
import { findAudioFiles, readAudio } from "../corpora/audio-file.ts";
import { OptionError, withFile } from "../errors.ts";
import type { Prediction, Recognizer, RecognizerInput } from "../recognizer.ts";
import { readRecognizer } from "./model-path.ts";
import { shareOption } from "./options.ts";
import { print } from "./output.ts";

interface PredictOptions {
  text?: string;
  model?: string;
  json?: boolean;
  lenient?: boolean;
  abstainBelow: number;
}

export function addPredict(program: Command): void {
  program
    .command("predict")
    .description("recognise the emotion of speech, of its transcript, or of both")
    .argument("[file...]", "audio files, or folders of them")
    .option("--text <words>", "what is said in the file; without a file, the words alone are judged")
    .option("--model <path>", "a recogniser made by emovox train (default: the one that comes along)")
    .option("--json", "one object a line: {file, emotion, probabilities, milliseconds}")
    .option("--abstain-below <p>", "name no emotion when none is as probable as this (null in JSON)", shareOption, 0)
    .option("--lenient", "decode what is there of a truncated file")
    .addHelpText("after", '\nExample:\n  $ emovox predict speech.wav --text "Leave me alone!"')
    .action(predict);
}

async function predict(paths: readonly string[], options: PredictOptions): Promise<void> {
  if (paths.length === 0 && options.text === undefined) {
    throw new OptionError("name an audio file, or words with --text (--help shows the options)");
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
