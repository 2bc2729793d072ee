import { DataError, OptionError } from "../errors.ts";
import { runBaseline } from "./baselines.ts";
import { unitsOf } from "./bootstrap.ts";
import { type CanaryVerdict, countOutcomes, judgeCanary } from "./canary.ts";
import { type Cell, cellName, type Components, knownCells } from "./cell.ts";
import { compareCells } from "./compare.ts";
import { judgeLabelShuffle, type LabelShuffleVerdict } from "./label-shuffle.ts";
import { accuracy, balancedAccuracy } from "./metrics.ts";
import { canRun, checkCell, type FoldSteps, type Outcome } from "./pipeline.ts";
import type { Plan, ProtocolName } from "./protocols.ts";
import { publishedFigures } from "./published.ts";
import { resultsDigest } from "./results-digest.ts";
import type { CellResult, Results, RunInfo } from "./results.ts";
import { checkRows, completeGroups, countLabels, type EvaluationRows } from "./rows.ts";
import { type Predictions, type Score, scorePredictions } from "./score.ts";
import type { SeedTables } from "./seed-tables.ts";
import { deriveSeed } from "./seeds.ts";
import { breakDown, subgroupColumns } from "./subgroups.ts";
import {
  createTaskRunner,
  planFor,
  rowsOf,
  type Task,
  taskName,
  type TaskResult,
  type TaskRunner,
  type TaskSetting,
  type TaskStore,
} from "./tasks.ts";

export interface ReproduceOptions extends Partial<FoldSteps> {
  readonly protocol: ProtocolName;
  /** What is fitted in the folds. */
  readonly components: Components;
  /** The cells to fill; by default all that the corpus allows, of the models that need not be asked for. */
  readonly cells?: readonly Cell[];
  /** Everything random follows from it; 0 by default. */
  readonly seed?: number;
  /** On how many draws of noise the canary runs; 3 by default, 0 for no canary. */
  readonly canaryRuns?: number;
  /** How often the first cell is run on labels that were dealt out anew; 0 by default: no label-shuffle test. */
  readonly labelShuffles?: number;
  readonly run?: RunInfo;
  readonly onProgress?: (progress: Progress) => void;
  /** What runs the tasks: by default this thread. */
  readonly runner?: TaskRunner;
  /** How many tasks are given to the runner at a time; 1 by default. */
  readonly workers?: number;
  /** Where results of tasks are looked up first, and kept. */
  readonly store?: TaskStore;
}

export interface Progress {
  /** The cell that is being run, `canary` or `label shuffles`. */
  readonly step: string;
  /** The share of all tasks that is done, from 0 to 1. */
  readonly done: number;
}

/** All that the steps of a run share. */
interface Setting extends TaskSetting {
  readonly plan: Plan;
  readonly rows: EvaluationRows;
  readonly cells: readonly Cell[];
  readonly options: ReproduceOptions;
}

/**
 * Fills the tables under one protocol: runs the cells on a corpus, or on the recipe's four tables, with baselines, noise canary and
 * comparisons. The figures depend on data, options and seed alone: not on the runner, the number of workers, or where a run was
 * killed and taken up again.
 *
 * @throws {DataError} rows that cannot be judged, or lack what the protocol or a cell needs.
 * @throws {OptionError} a protocol other than `seed` on the four tables; options that `seed` does not allow.
 * @throws {BackendError} a cell that needs TensorFlow.js where it is not installed.
 * @example
 * const results = await reproduce(rowsOfCorpus(corpus, features), { protocol: "loso", components });
 * console.log(renderTables(results));
 */
export async function reproduce(data: EvaluationRows | SeedTables, options: ReproduceOptions): Promise<Results> {
  const setting = settle(data, options);
  const { plan, rows, seed, cells } = setting;
  const { canaryRuns = 3, labelShuffles = 0 } = options;
  for (const { model } of cells) await options.components.models[model].prepare?.();
  const noisy = { modality: cells[0].modality, model: options.components.canaryModel };
  const tasks = [
    ...cells.flatMap((cell) => tasksOf(plan, "features", 1, cell)),
    ...tasksOf(plan, "noise", canaryRuns, noisy),
    ...(labelShuffles > 0 ? tasksOf(plan, "labels", labelShuffles + 1, noisy) : []),
  ];
  const done = await runTasks(tasks, setting);
  const resultsOf = (kind: Task["kind"], cell: Cell, run = 0): TaskResult[] =>
    tasksOf(plan, kind, run + 1, cell)
      .filter((task) => task.run === run)
      .map((task) => done.get(taskName(task))!);
  const outcomesOf = (...task: Parameters<typeof resultsOf>): Outcome[] =>
    resultsOf(...task).map(({ outcome }) => outcome);
  const filled = cells.map((cell) => fillCell(setting, cell, resultsOf("features", cell)));
  const results: Omit<Results, "digest" | "run"> = {
    protocol: plan.protocol,
    leaks: plan.leaks,
    reasons: plan.reasons,
    corpus: rows.corpus,
    synthetic: rows.synthetic ?? false,
    classes: plan.classes,
    classCounts: countUtterances(plan, rows),
    groupedBy: plan.groupedBy ?? null,
    folds: plan.folds.map((fold) => ({ name: fold.name, ...fold.sizes })),
    seed,
    ...stepsOf(setting),
    cells: filled,
    baselines: (["majority", "prior"] as const).map((name) => ({
      name,
      ...judge(setting, runBaseline(name, plan, rows, deriveSeed(seed, name)), name).score,
    })),
    comparisons: compare(
      setting,
      cells.map((cell) => outcomesOf("features", cell)),
    ),
    canary: hearCanary(
      setting,
      noisy,
      Array.from({ length: canaryRuns }, (_, run) => outcomesOf("noise", noisy, run)),
    ),
    labelShuffle: judgeShuffles(
      setting,
      noisy,
      labelShuffles === 0
        ? []
        : Array.from({ length: labelShuffles + 1 }, (_, run) => outcomesOf("labels", noisy, run)),
    ),
    duplicates: plan.duplicates,
    overlap: plan.overlap,
    warnings: plan.warnings,
  };
  return { ...results, digest: await resultsDigest(results), run: options.run ?? {} };
}

function settle(data: EvaluationRows | SeedTables, options: ReproduceOptions): Setting {
  const { protocol, components, seed = 0, normalize = "none", balance = "weights" } = options;
  const { select, calibrate, search } = options;
  if (protocol === "seed" && (normalize !== "none" || select !== undefined || calibrate || search)) {
    throw new OptionError(
      "the protocol seed follows the published recipe, which does not normalise per speaker or utterance, select, calibrate or search",
    );
  }
  const rows = rowsOf(data);
  checkRows(rows);
  const cells =
    options.cells ??
    knownCells(components.models).filter((cell) => canRun(cell, rows) && !components.models[cell.model].onRequest);
  if (cells.length === 0) throw new DataError(`${rows.corpus}: no cell can be run on it`);
  for (const cell of cells) checkCell(cell, rows);
  if (normalize === "speaker" && (rows.features || rows.frames))
    completeGroups(rows, "speakers", "normalising per speaker");
  const steps = { normalize, balance: protocol === "seed" ? "none" : balance, select, calibrate, search } as const;
  const setting = { data, seed, ...steps };
  return { ...setting, rows, cells, options, plan: planFor(protocol, setting, rows) };
}

function stepsOf({ balance, normalize, select, calibrate, search }: FoldSteps): FoldSteps {
  return {
    balance,
    normalize,
    ...(select === undefined ? {} : { select }),
    ...(calibrate ? { calibrate } : {}),
    ...(search ? { search } : {}),
  };
}

const tasksOf = ({ protocol, folds }: Plan, kind: Task["kind"], runs: number, cell: Cell): Task[] =>
  Array.from({ length: runs }, (_, run) => folds.map((_, fold) => ({ protocol, kind, run, cell, fold }))).flat();

/** Runs the tasks, several at a time where there are workers; each result has its place, so their order makes no difference. */
async function runTasks(tasks: readonly Task[], setting: Setting): Promise<Map<string, TaskResult>> {
  const { options } = setting;
  const { store, workers = 1, onProgress } = options;
  const run = options.runner ?? createTaskRunner(setting, options.components);
  const results = new Map<string, TaskResult>();
  const steps = { features: "", noise: "canary", labels: "label shuffles" };
  const queue = tasks.entries();
  const work = async (): Promise<void> => {
    for (const [, task] of queue) {
      const name = taskName(task);
      const step = steps[task.kind] || cellName(task.cell);
      let result = await store?.load(name);
      if (!result) {
        result = await run(task, (done) => onProgress?.({ step, done: (results.size + done) / tasks.length }));
        await store?.save(name, result);
      }
      results.set(name, result);
      onProgress?.({ step, done: results.size / tasks.length });
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return results;
}

function fillCell(setting: Setting, cell: Cell, results: readonly TaskResult[]): CellResult {
  const { plan, rows, options } = setting;
  const { score, joined } = judge(
    setting,
    results.map(({ outcome }) => outcome),
    cellName(cell),
  );
  return {
    ...cell,
    title: options.components.models[cell.model].title,
    ...score,
    published: publishedFigures(cell),
    byFold: results.map(({ outcome }, f) => {
      const counts = countOutcomes([outcome], plan.classes.length);
      return {
        name: plan.folds[f].name,
        rows: outcome.rows.length,
        accuracy: accuracy(counts),
        uar: balancedAccuracy(counts),
        search: outcome.search ?? null,
      };
    }),
    subgroups: breakDown(subgroupColumns(rows), joined.rows, { ...joined, classes: plan.classes }),
    seconds: results.reduce((total, { seconds }) => total + seconds, 0),
  };
}

function compare({ plan, rows, cells, seed }: Setting, outcomes: readonly (readonly Outcome[])[]) {
  const joined = outcomes.map(join);
  const units = unitsOf(joined[0].rows.length, speakersOf(rows, joined[0].rows).groups);
  const candidates = cells.map((cell, c) => ({ ...cell, predicted: joined[c].predicted }));
  return compareCells(candidates, joined[0].truth, plan.classes, units, deriveSeed(seed, "compare"));
}

function hearCanary({ plan, seed }: Setting, cell: Cell, runs: readonly (readonly Outcome[])[]): CanaryVerdict | null {
  if (runs.length === 0) return null;
  return judgeCanary(runs, plan.classes.length, { cell: cellName(cell), seed: deriveSeed(seed, "permutations") });
}

/** @param runs the first on the true labels */
function judgeShuffles(
  { rows }: Setting,
  cell: Cell,
  runs: readonly (readonly Outcome[])[],
): LabelShuffleVerdict | null {
  if (runs.length === 0) return null;
  const [truth, ...shuffled] = runs.map((outcomes) => countOutcomes(outcomes, rows.classes.length));
  return judgeLabelShuffle(cellName(cell), truth, shuffled);
}

interface Joined {
  readonly rows: Int32Array;
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  readonly probabilities?: Float64Array;
}

function join(outcomes: readonly Outcome[]): Joined {
  const all = (column: "rows" | "truth" | "predicted"): Int32Array =>
    Int32Array.from(outcomes.flatMap((outcome) => Array.from(outcome[column])));
  const probabilities = outcomes.every((outcome) => outcome.probabilities)
    ? Float64Array.from(outcomes.flatMap((outcome) => Array.from(outcome.probabilities!)))
    : undefined;
  return { rows: all("rows"), truth: all("truth"), predicted: all("predicted"), probabilities };
}

function judge(setting: Setting, outcomes: readonly Outcome[], purpose: string): { score: Score; joined: Joined } {
  const { plan, rows, seed } = setting;
  const joined = join(outcomes);
  const { classes } = plan;
  const probabilities = joined.probabilities && {
    rows: joined.rows.length,
    columns: classes.length,
    data: joined.probabilities,
  };
  const predictions = { ...joined, probabilities, classes, ...speakersOf(rows, joined.rows) };
  return { score: scorePredictions(predictions, deriveSeed(seed, "bootstrap", purpose)), joined };
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

/** How many utterances of each class there are, copies by name counted once. */
function countUtterances({ classes }: Plan, { ids, labels }: EvaluationRows): number[] {
  const firstOf = new Map(ids?.map((id, row) => [id, row]).reverse() as [string, number][] | undefined);
  return countLabels(
    labels.filter((label, row) => classes.includes(label) && (!ids || firstOf.get(ids[row]) === row)),
    classes,
  );
}
