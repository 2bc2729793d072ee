import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, Option } from "commander";
import { loadCorpus } from "../corpora/registry.ts";
import { readSeedTables, type SeedTable, writeSeedTables } from "../corpora/seed-tables.ts";
import { writeFileAtomically } from "../corpora/write-file.ts";
import { CorpusError, OptionError } from "../errors.ts";
import { parseCells } from "../evaluation/cell.ts";
import { components } from "../evaluation/components.ts";
import { parseProtocol, type ProtocolName, protocols } from "../evaluation/protocols.ts";
import { renderReport } from "../evaluation/report.ts";
import { reproduce } from "../evaluation/reproduce.ts";
import { type EvaluationRows, rowsOfCorpus } from "../evaluation/rows.ts";
import { makeSeedTables, type SeedTables } from "../evaluation/seed-tables.ts";
import { renderTables } from "../evaluation/tables.ts";
import { createExtractor, type Extractor, type Preset, presets } from "../features/extractor.ts";
import { normaliseTranscript } from "../text/normalise.ts";
import type { Corpus } from "../utterance.ts";
import { version } from "../version.ts";
import { extractCorpus } from "./corpus-rows.ts";
import { integerOption } from "./options.ts";
import { print, progress } from "./output.ts";

interface ReproduceCommand {
  corpus?: string;
  audioTrain?: string;
  audioTest?: string;
  textTrain?: string;
  textTest?: string;
  protocol?: string;
  only?: string;
  preset: Preset;
  normalize: "none" | "speaker";
  seed: number;
  out: string;
  writeTables?: string;
  json?: boolean;
}

export function addReproduce(program: Command): void {
  const lines = Object.entries(protocols).map(([name, what]) => `  ${name.padEnd(9)} ${what}`);
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
    .option("--protocol <name>", "how rows are divided, see below (default: loso; for four tables: seed)")
    .option(
      "--only <cells>",
      "the cells to fill, e.g. audio/rf,text/svm (default: those of rf and lr; there are svm and mnb, too)",
    )
    .addOption(new Option("--preset <name>", "audio features").choices(presets).default("sahu2019"))
    .addOption(
      new Option("--normalize <unit>", "speaker: z-scores over each speaker's own utterances, no labels used")
        .choices(["none", "speaker"])
        .default("none"),
    )
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

Example:
  $ emovox reproduce --corpus emodb:corpora/emodb --protocol loso --only audio/rf,audio/lr --preset emovox`,
    )
    .action(run);
}

async function run(options: ReproduceCommand): Promise<void> {
  const tables = tablePaths(options);
  const protocol = parseProtocol(options.protocol ?? (tables ? "seed" : "loso"));
  const cells = options.only === undefined ? undefined : parseCells(options.only, components.models);
  const needs = (modality: "audio" | "text") =>
    !cells || cells.some((cell) => cell.modality === modality || cell.modality === "both");
  const data = tables ? await readTables(tables) : await readCorpus(options, needs("audio"));
  if (options.writeTables !== undefined) await writeTables(options.writeTables, protocol, data, options.seed);
  const bar = progress(`protocol ${protocol}`);
  const results = await reproduce(data, {
    protocol,
    components,
    cells,
    seed: options.seed,
    normalize: options.normalize,
    run: {
      command: `emovox ${process.argv.slice(2).join(" ")}`,
      versions: { emovox: version, node: process.versions.node },
    },
    onProgress: ({ step, done }) => bar.update(done, step),
  }).finally(() => bar.stop());
  await mkdir(options.out, { recursive: true });
  await writeFileAtomically(join(options.out, "results.json"), `${JSON.stringify(results, null, 1)}\n`);
  await writeFileAtomically(join(options.out, "report.html"), renderReport(results));
  if (options.json) return print(JSON.stringify(results));
  print(renderTables(results).trimEnd());
  print(`\nWritten: ${join(options.out, "results.json")} and ${join(options.out, "report.html")}`);
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
  protocol: ProtocolName,
  data: EvaluationRows | SeedTables,
  seed: number,
): Promise<void> {
  if (protocol !== "seed" || "train" in data)
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

async function readCorpus({ corpus: source, preset }: ReproduceCommand, audio: boolean): Promise<EvaluationRows> {
  const corpus = source === undefined ? await loadMini() : await loadCorpus(source);
  const synthetic = source === undefined;
  const normalised = (rows: EvaluationRows) => ({ ...rows, transcripts: rows.transcripts?.map(normaliseTranscript) });
  const spoken = corpus.utterances.every(({ file }) => file !== undefined);
  if (!audio || !spoken) return normalised(rowsOfCorpus(corpus, undefined, synthetic));
  const made = new Map<number | undefined, Extractor>();
  const rows = await extractCorpus(corpus, (fileRate) => {
    const sampleRate = preset === "emovox" ? undefined : fileRate;
    const extractor = made.get(sampleRate) ?? createExtractor({ preset, sampleRate, level: "utterance" });
    made.set(sampleRate, extractor);
    return extractor;
  });
  return normalised({ ...rows, synthetic });
}
