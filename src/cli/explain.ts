import { extname } from "node:path";
import type { Command } from "commander";
import { findAudioFiles, readAudio } from "../corpora/audio-file.ts";
import { writeFileAtomically } from "../corpora/write-file.ts";
import { OptionError } from "../errors.ts";
import { print } from "./output.ts";
import { type Explained, explainInputs, explainRows } from "./explained.ts";
import { drawExplanations } from "./explanation-picture.ts";
import { commonest, describeMany, describeOne, forClass } from "./explanation-text.ts";

interface ExplainOptions {
  text?: string;
  table?: string;
  model?: string;
  class?: string;
  out?: string;
  json?: boolean;
  lenient?: boolean;
}

/** All are held until the class is known and they can be ranked: about a gigabyte. */
const MOST_CONTRIBUTIONS = 2e7;

export function addExplain(program: Command): void {
  program
    .command("explain")
    .description("say what an answer rests on: audio by its features, text by its words, a table by its columns")
    .argument("[file...]", "audio files, or folders of them")
    .option("--text <words>", "what is said in the file; without a file, the words alone are explained")
    .option("--table <csv>", "rows of features for a classifier (--model); the first line names the columns")
    .option("--model <path>", "a recogniser (default: the one that comes along) or, with --table, a classifier")
    .option("--class <name>", "the class to explain (default: the predicted one; of many answers the commonest)")
    .option("--out <path>", "draw it as .svg or .html: a waterfall of one answer, a beeswarm of many")
    .option(
      "--json",
      "one object a line: {file, emotion, probabilities, class, parts: [{modality, unit, base, features}]}",
    )
    .option("--lenient", "decode what is there of a truncated file")
    .addHelpText("after", '\nExample:\n  $ emovox explain speech.wav --text "Leave me alone!" --out why.html')
    .action(explain);
}

async function explain(paths: readonly string[], options: ExplainOptions): Promise<void> {
  const { out, json } = options;
  if (out !== undefined && ![".svg", ".html"].includes(extname(out).toLowerCase())) {
    throw new OptionError(`--out is "${out}"; it must end in .svg or .html`);
  }
  const explained: Explained[] = [];
  let held = 0;
  for await (const answer of options.table === undefined ? ofFiles(paths, options) : ofTable(paths, options)) {
    explained.push(answer);
    held += answer.parts.reduce((sum, { features, classes }) => sum + features.length * classes.length, 0);
    if (held > MOST_CONTRIBUTIONS) {
      throw new OptionError(`${explained.length} answers already make ${held} contributions: explain fewer at a time`);
    }
  }
  const name = options.class ?? commonest(explained.map(({ emotion }) => emotion));
  const shown = explained.map((answer) => forClass(answer, name));
  if (json) for (const answer of shown) print(JSON.stringify(answer));
  else print(shown.length === 1 ? describeOne(shown[0]) : describeMany(shown));
  if (out === undefined) return;
  await writeFileAtomically(out, await drawExplanations(shown, extname(out).toLowerCase() === ".svg"));
  if (!json) print(`\nWritten: ${out}`);
}

async function* ofFiles(paths: readonly string[], options: ExplainOptions): AsyncGenerator<Explained> {
  const { text, model, lenient } = options;
  if (paths.length === 0 && text === undefined) {
    throw new OptionError("name an audio file, words with --text, or rows with --table (--help shows the options)");
  }
  const files = (await Promise.all(paths.map((path) => findAudioFiles(path)))).flat();
  if (files.length > 1 && text !== undefined) {
    throw new OptionError(`--text belongs to one file, not to ${files.length}`);
  }
  const inputs = files.map((file) => ({
    source: file,
    read: async () => ({ ...(await readAudio(file, { lenient })), text }),
  }));
  yield* explainInputs(model, files.length > 0 ? inputs : [{ source: "text", read: async () => ({ text }) }]);
}

function ofTable(paths: readonly string[], { table, model, text }: ExplainOptions): AsyncGenerator<Explained> {
  if (paths.length > 0 || text !== undefined) throw new OptionError("name either files or --table, not both");
  if (model === undefined) throw new OptionError("--table needs the classifier that takes its rows: --model PATH");
  return explainRows(model, table!);
}
