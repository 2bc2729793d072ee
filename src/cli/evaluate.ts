import type { Command } from "commander";
import { readAudio } from "../corpora/audio-file.ts";
import { loadCorpus } from "../corpora/registry.ts";
import { DataError, withFile } from "../errors.ts";
import { scorePredictions } from "../evaluation/score.ts";
import type { Utterance } from "../utterance.ts";
import type { Recognizer } from "../recognizer.ts";
import { readRecognizer } from "./model-path.ts";
import { integerOption } from "./options.ts";
import { print, progress } from "./output.ts";

interface EvaluateOptions {
  corpus: string;
  model?: string;
  seed: number;
  json?: boolean;
}

export function addEvaluate(program: Command): void {
  program
    .command("evaluate")
    .description("apply a trained recogniser to a labelled corpus that it was not trained on")
    .requiredOption(
      "--corpus <name:path>",
      "the corpus; utterances of emotions that the recogniser does not know are left out",
    )
    .option("--model <path>", "a recogniser made by emovox train (default: the one that comes along)")
    .option("--seed <n>", "of the bootstrap", integerOption, 0)
    .option("--json", "for machines")
    .addHelpText("after", "\nExample:\n  $ emovox evaluate --corpus ravdess:corpora/ravdess --model model.safetensors")
    .action(evaluate);
}

async function evaluate({ corpus: source, model, seed, json }: EvaluateOptions): Promise<void> {
  const corpus = await loadCorpus(source);
  const recognizer = await readRecognizer(model);
  const known = new Set([recognizer.audio, recognizer.text].flatMap((branch) => branch?.classifier.classes ?? []));
  const learnt = learntFrom(recognizer).includes(corpus.name);
  const official = learnt && corpus.utterances.some(({ split }) => split === "test");
  const candidates = official ? corpus.utterances.filter(({ split }) => split === "test") : corpus.utterances;
  const utterances = candidates.filter(({ emotion }) => known.has(emotion));
  if (utterances.length === 0) {
    throw new DataError(
      `${source}: none of its emotions (${corpus.classes.join(", ")}) is known to the recogniser (${[...known].join(", ")})`,
    );
  }
  const bar = progress(`recognising ${corpus.name}`);
  const predicted: string[] = [];
  for (const [i, utterance] of utterances.entries()) {
    predicted.push(await recognise(recognizer, utterance));
    bar.update((i + 1) / utterances.length, utterance.id);
  }
  bar.stop();
  const classes = [...known].filter(
    (name) => predicted.includes(name) || utterances.some(({ emotion }) => emotion === name),
  );
  const groups = utterances.every(({ speaker }) => speaker !== undefined)
    ? utterances.map(({ speaker }) => speaker!)
    : undefined;
  const score = scorePredictions(
    {
      truth: Int32Array.from(utterances, ({ emotion }) => classes.indexOf(emotion)),
      predicted: Int32Array.from(predicted, (name) => classes.indexOf(name)),
      classes,
      groups,
    },
    seed,
  );
  const left = candidates.length - utterances.length;
  const seen = learnt && !official;
  if (json)
    return print(
      JSON.stringify({ corpus: source, part: official ? "test" : "all", seen, leftOut: left, classes, ...score }),
    );
  if (seen) {
    print("! the recogniser learnt from this corpus: these figures say nothing of others (see its model card)");
  }
  const part = official ? " of the test part" : "";
  print(`${source}: ${utterances.length} utterances${part}${left > 0 ? `, ${left} of unknown emotions left out` : ""}`);
  for (const [name, figure] of [
    ["accuracy", "accuracy"],
    ["UAR", "uar"],
    ["macro F1", "f1"],
  ] as const) {
    const [low, high] = score.ci[figure].map(percent);
    print(`  ${name.padEnd(9)} ${percent(score[figure])} %  (95 % interval over ${score.ciOver}: ${low} to ${high})`);
  }
  for (const { class: name, recall, precision, support } of score.perClass) {
    print(
      `  ${name.padEnd(12)} recall ${percent(recall).padStart(5)} %  precision ${percent(precision).padStart(5)} %  of ${support}`,
    );
  }
}

/** The names of the corpora that a recogniser says it was trained on. */
function learntFrom({ info }: Recognizer): unknown[] {
  const reports = (info.reports ?? {}) as Record<string, { corpus?: unknown } | undefined>;
  return Object.values(reports).map((report) => report?.corpus);
}

async function recognise(recognizer: Recognizer, { file, start, end, transcript }: Utterance): Promise<string> {
  const audio = file !== undefined && recognizer.audio ? await readAudio(file, { start, end }) : undefined;
  try {
    return (await recognizer.predict({ ...audio, text: transcript })).emotion;
  } catch (error) {
    throw file === undefined ? error : withFile(error, file);
  }
}

const percent = (share: number): string => (100 * share).toFixed(1);
