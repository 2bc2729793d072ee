import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadCorpus } from "../corpora/registry.ts";
import { readSeedTables } from "../corpora/seed-tables.ts";
import { readWordVectors } from "../corpora/word-vectors.ts";
import { CorpusError, OptionError } from "../errors.ts";
import { joinCorpora } from "../evaluation/cross-corpus.ts";
import type { ProtocolName } from "../evaluation/protocols.ts";
import { type EvaluationRows, rowsOfCorpus } from "../evaluation/rows.ts";
import type { SeedTables } from "../evaluation/seed-tables.ts";
import { createExtractor, type Extractor, type Preset } from "../features/extractor.ts";
import { normaliseTranscript } from "../text/normalise.ts";
import type { Corpus } from "../utterance.ts";
import { extractChannels, extractCorpus, extractFrames } from "./corpus-rows.ts";
import type { FeatureCache } from "./feature-cache.ts";

/** Where the data of `reproduce` come from, as the command line names it. */
export interface DataOptions {
  corpus?: string;
  trainCorpus?: string;
  testCorpus?: string;
  mapLabels?: string;
  audioTrain?: string;
  audioTest?: string;
  textTrain?: string;
  textTest?: string;
  preset: Preset;
  seed: number;
}

/** What the cells and studies ask for of a corpus. */
export interface Needs {
  readonly audio: boolean;
  readonly frames: boolean;
  readonly channels: boolean;
  readonly wordVectors: string | undefined;
}

/** @throws {OptionError} options that do not go together */
export function checkSources(
  { corpus, trainCorpus, testCorpus, mapLabels }: DataOptions,
  chosen: readonly ProtocolName[],
) {
  const across = chosen.includes("cross-corpus");
  if ((trainCorpus === undefined) !== (testCorpus === undefined))
    throw new OptionError("--train-corpus and --test-corpus go together");
  if (across !== (trainCorpus !== undefined))
    throw new OptionError("the protocol cross-corpus needs --train-corpus and --test-corpus, and they need it");
  if (across && chosen.length > 1) throw new OptionError("the protocol cross-corpus is run by itself");
  if (across && corpus !== undefined) throw new OptionError("name either --corpus or --train-corpus and --test-corpus");
  if (mapLabels !== undefined && !across)
    throw new OptionError("--map-labels goes with --train-corpus and --test-corpus");
}

function parseLabelMap(list: string): Record<string, string> {
  return Object.fromEntries(
    list.split(",").map((pair) => {
      const [from, to, ...rest] = pair.split("=").map((name) => name.trim());
      if (!from || !to || rest.length > 0) throw new OptionError(`--map-labels wants OLD=NEW,..., not "${pair}"`);
      return [from, to];
    }),
  );
}

type TablePaths = Partial<Record<"audioTrain" | "audioTest" | "textTrain" | "textTest", string>>;

/** The paths of the four tables, or undefined when none is named. @throws {OptionError} one of a pair alone, or a corpus beside them */
export function tablePaths({
  corpus,
  audioTrain,
  audioTest,
  textTrain,
  textTest,
}: DataOptions): TablePaths | undefined {
  if ([audioTrain, audioTest, textTrain, textTest].every((path) => path === undefined)) return undefined;
  if (corpus !== undefined) throw new OptionError("name either --corpus or the tables, not both");
  if ((audioTrain === undefined) !== (audioTest === undefined))
    throw new OptionError("--audio-train and --audio-test go together");
  if ((textTrain === undefined) !== (textTest === undefined))
    throw new OptionError("--text-train and --text-test go together");
  return { audioTrain, audioTest, textTrain, textTest };
}

/** The recipe's four tables. */
export async function readTables(paths: TablePaths): Promise<SeedTables> {
  const { train, test } = await readSeedTables(paths);
  const rows = (part: typeof train): EvaluationRows => ({
    corpus: "four tables",
    classes: ["ang", "hap", "sad", "fea", "sur", "neu"],
    labels: part.labels,
    ids: part.files,
    features: part.audio,
    transcripts: part.transcripts,
  });
  return { train: rows(train), test: rows(test) };
}

const mini = fileURLToPath(new URL("../../data/mini", import.meta.url));

async function loadMini(): Promise<Corpus> {
  if (!existsSync(mini)) {
    throw new CorpusError(
      "the miniature corpus lies in the project's repository, not in the npm package: name a corpus with --corpus NAME:PATH",
    );
  }
  return { ...(await loadCorpus({ name: "iemocap", path: mini })), name: "mini" };
}

/** The rows of one corpus, or of two of which the first trains; with what must be said of them. */
export async function readCorpora(options: DataOptions, needs: Needs, cache: FeatureCache) {
  const { corpus, trainCorpus, testCorpus, mapLabels } = options;
  if (trainCorpus === undefined || testCorpus === undefined) {
    return { data: await readCorpus(corpus, options, needs, cache), notes: [] };
  }
  const train = await readCorpus(trainCorpus, options, needs, cache);
  const test = await readCorpus(testCorpus, options, needs, cache);
  const { rows, notes } = joinCorpora(train, test, mapLabels === undefined ? {} : parseLabelMap(mapLabels));
  return { data: rows, notes };
}

async function readCorpus(
  source: string | undefined,
  { preset, seed }: DataOptions,
  { audio, frames, channels, wordVectors }: Needs,
  cache: FeatureCache,
): Promise<EvaluationRows> {
  const corpus = source === undefined ? await loadMini() : await loadCorpus(source);
  const synthetic = source === undefined;
  const texts = corpus.utterances.flatMap(({ transcript }) => transcript ?? []);
  const vectors = wordVectors === undefined ? undefined : await readWordVectors(wordVectors, texts);
  const normalised = (rows: EvaluationRows) => ({
    ...rows,
    wordVectors: vectors,
    texts: rows.transcripts,
    transcripts: rows.transcripts?.map(normaliseTranscript),
  });
  const spoken = corpus.utterances.every(({ file }) => file !== undefined);
  if (!audio || !spoken) return normalised(rowsOfCorpus(corpus, undefined, synthetic));
  const made = new Map<number | undefined, Extractor>();
  const extractorFor = (fileRate: number): Extractor => {
    const sampleRate = preset === "emovox" ? undefined : fileRate;
    const extractor = made.get(sampleRate) ?? createExtractor({ preset, sampleRate, level: "utterance" });
    made.set(sampleRate, extractor);
    return extractor;
  };
  const rows = await extractCorpus(corpus, extractorFor, cache);
  return normalised({
    ...rows,
    ...(frames ? await extractFrames(corpus) : {}),
    ...(channels ? { channels: await extractChannels(corpus, extractorFor, seed, cache) } : {}),
    synthetic,
  });
}
