import { DataError, OptionError } from "../errors.ts";
import { runBaseline } from "./baselines.ts";
import { type CanaryVerdict, judgeCanary, noiseRows } from "./canary.ts";
import { type Cell, cellName, type Components, knownCells } from "./cell.ts";
import type { Balance, Fold } from "./fold.ts";
import { normalizePerSpeaker } from "./normalize.ts";
import { canRun, checkCell, type Outcome, runCell } from "./pipeline.ts";
import { type Plan, planProtocol, type ProtocolName, tablesPlan } from "./protocols.ts";
import { publishedFigures } from "./published.ts";
import type { CellResult, Results, RunInfo } from "./results.ts";
import { checkRows, completeGroups, countLabels, type EvaluationRows } from "./rows.ts";
import { type Predictions, type Score, scorePredictions } from "./score.ts";
import { joinTables, type SeedTables } from "./seed-tables.ts";
import { deriveSeed } from "./seeds.ts";

export interface ReproduceOptions {
  readonly protocol: ProtocolName;
  /** What is fitted in the folds. */
  readonly components: Components;
  /** The cells to fill; by default all that the corpus allows, of the models that need not be asked for. */
  readonly cells?: readonly Cell[];
  /** Everything random follows from it; 0 by default. */
  readonly seed?: number;
  /** How rare classes are made up for inside the folds; `weights` by default, always `none` under `seed`. */
  readonly balance?: Balance;
  /** `speaker`: see {@link normalizePerSpeaker}; `none` by default. Noise is standard normal for every speaker as it is. */
  readonly normalize?: "none" | "speaker";
  /** On how many draws of noise the canary runs; 3 by default, 0 for no canary. */
  readonly canaryRuns?: number;
  readonly run?: RunInfo;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  /** The cell that is being run, or `canary`. */
  readonly step: string;
  /** The share of all steps that is done, from 0 to 1. */
  readonly done: number;
}

/** All that the steps of a run share. */
interface Setting {
  readonly plan: Plan;
  readonly rows: EvaluationRows;
  readonly cells: readonly Cell[];
  readonly components: Components;
  readonly seed: number;
  readonly balance: Balance;
  readonly normalize: "none" | "speaker";
  readonly canaryRuns: number;
  progress(step: string, before: number): (done: number) => void;
}

/**
 * Fills the tables: runs the cells on a corpus under a protocol, or on the recipe's four tables, with baselines and
 * noise canary.
 *
 * @throws {DataError} rows that cannot be judged, or lack what the protocol or a cell needs.
 * @throws {OptionError} a protocol other than `seed` on the four tables; speaker normalisation under `seed`.
 * @example
 * const results = await reproduce(rowsOfCorpus(corpus, features), { protocol: "loso", components });
 * console.log(renderTables(results));
 */
export async function reproduce(data: EvaluationRows | SeedTables, options: ReproduceOptions): Promise<Results> {
  const setting = settle(data, options);
  const { plan, rows, seed, balance, normalize } = setting;
  const cells: CellResult[] = [];
  for (const [before, cell] of setting.cells.entries()) cells.push(await fillCell(setting, cell, before));
  return {
    protocol: plan.protocol,
    leaks: plan.leaks,
    reasons: plan.reasons,
    corpus: rows.corpus,
    synthetic: rows.synthetic ?? false,
    classes: plan.classes,
    classCounts: countUtterances(rows, plan.classes),
    groupedBy: plan.groupedBy ?? null,
    folds: plan.folds.map((fold) => ({ name: fold.name, ...fold.sizes })),
    seed,
    balance,
    normalize,
    cells,
    baselines: (["majority", "prior"] as const).map((name) => ({
      name,
      ...judge(setting, runBaseline(name, plan, rows, deriveSeed(seed, name)), name),
    })),
    canary: await hearCanary(setting),
    warnings: plan.warnings,
    run: options.run ?? {},
  };
}

function settle(data: EvaluationRows | SeedTables, options: ReproduceOptions): Setting {
  const { protocol, components, seed = 0, normalize = "none", canaryRuns = 3, onProgress } = options;
  if (protocol === "seed" && normalize === "speaker") {
    throw new OptionError("the protocol seed follows the published recipe, which does not normalise per speaker");
  }
  if ("train" in data && protocol !== "seed") {
    throw new OptionError(
      `the four tables are split and hold copies already: only the protocol seed fits, not ${protocol}`,
    );
  }
  const rows = "train" in data ? joinTables(data) : data;
  checkRows(rows);
  const cells =
    options.cells ??
    knownCells(components.models).filter((cell) => canRun(cell, rows) && !components.models[cell.model].onRequest);
  if (cells.length === 0) throw new DataError(`${rows.corpus}: no cell can be run on it`);
  for (const cell of cells) checkCell(cell, rows);
  const plan = "train" in data ? tablesPlan(rows, data.train.labels.length) : planProtocol(protocol, rows, seed);
  const balance = protocol === "seed" ? "none" : (options.balance ?? "weights");
  const steps = cells.length + canaryRuns;
  const progress = (step: string, before: number) => (done: number) =>
    onProgress?.({ step, done: (before + done) / steps });
  return { plan, rows, cells, components, seed, balance, normalize, canaryRuns, progress };
}

async function fillCell(setting: Setting, cell: Cell, before: number): Promise<CellResult> {
  const { plan, rows, components, seed, balance } = setting;
  const start = performance.now();
  const onProgress = setting.progress(cellName(cell), before);
  const outcomes = await runCell(plan, prepare(setting, rows), cell, components, { seed, balance, onProgress });
  return {
    ...cell,
    title: components.models[cell.model].title,
    ...judge(setting, outcomes, cellName(cell)),
    published: publishedFigures(cell),
    seconds: (performance.now() - start) / 1000,
  };
}

async function hearCanary(setting: Setting): Promise<CanaryVerdict | null> {
  const { plan, rows, cells, components, balance, canaryRuns: runs } = setting;
  if (runs === 0) return null;
  const cell = { modality: cells[0].modality, model: components.canaryModel };
  const outcomes: Outcome[] = [];
  for (let run = 0; run < runs; run++) {
    const seed = deriveSeed(setting.seed, "canary", String(run));
    const noise = (fold: Fold): EvaluationRows => noiseRows(rows, deriveSeed(seed, "noise", fold.name));
    const onProgress = setting.progress("canary", cells.length + run);
    outcomes.push(...(await runCell(plan, rows, cell, components, { seed, balance, noise, onProgress })));
  }
  const seed = deriveSeed(setting.seed, "permutations");
  return judgeCanary(outcomes, plan.classes.length, { cell: cellName(cell), runs, seed });
}

function prepare({ normalize }: Setting, rows: EvaluationRows): EvaluationRows {
  if (normalize === "none" || !rows.features) return rows;
  const speakers = completeGroups(rows, "speakers", "normalising per speaker");
  return { ...rows, features: normalizePerSpeaker(rows.features, speakers) };
}

function judge({ plan, rows, seed }: Setting, outcomes: readonly Outcome[], purpose: string): Score {
  const join = (column: "rows" | "truth" | "predicted"): Int32Array =>
    Int32Array.from(outcomes.flatMap((outcome) => Array.from(outcome[column])));
  const predictions = { truth: join("truth"), predicted: join("predicted"), classes: plan.classes };
  return scorePredictions(
    { ...predictions, ...speakersOf(rows, join("rows")) },
    deriveSeed(seed, "bootstrap", purpose),
  );
}

/** What the bootstrap draws: speakers where every row has one, else sessions, else single rows. */
function speakersOf(all: EvaluationRows, rows: Int32Array): Pick<Predictions, "groups" | "groupedBy"> {
  for (const groupedBy of ["speakers", "sessions"] as const) {
    const column = all[groupedBy];
    if (!column?.every((group) => group)) continue;
    return { groups: Array.from(rows, (row) => column[row]!), groupedBy };
  }
  return {};
}

/** How many utterances of each class there are, copies (rows of one id) counted once. */
function countUtterances({ ids, labels }: EvaluationRows, classes: readonly string[]): number[] {
  const firstOf = new Map(ids?.map((id, row) => [id, row]).reverse() as [string, number][] | undefined);
  return countLabels(
    labels.filter((label, row) => classes.includes(label) && (!ids || firstOf.get(ids[row]) === row)),
    classes,
  );
}
