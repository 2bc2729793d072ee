import { DataError, OptionError } from "../errors.ts";
import { runBaseline } from "./baselines.ts";
import { type Cell, type Components, cellName, knownCells } from "./cell.ts";
import { LEARNING_SHARES, type StudyName } from "./conditions.ts";
import { type FoldSteps, type Outcome, canRun, checkCell } from "./pipeline.ts";
import type { Plan, ProtocolName } from "./protocols.ts";
import { resultsDigest } from "./results-digest.ts";
import type { Results, RunInfo } from "./results.ts";
import { type EvaluationRows, checkRows, completeGroups, countLabels } from "./rows.ts";
import type { SeedTables } from "./seed-tables.ts";
import { deriveSeed } from "./seeds.ts";
import {
  type Task,
  type TaskResult,
  type TaskRunner,
  type TaskStore,
  createTaskRunner,
  planFor,
  rowsOf,
  taskName,
} from "./tasks.ts";
import { type Setting, compare, fillCell, hearCanary, judge, judgeShuffles, studyCells } from "./verdicts.ts";

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
  /** What else is found out about the cells; nothing by default. */
  readonly studies?: readonly StudyName[];
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
    ...(setting.studies?.includes("learning")
      ? cells.flatMap((cell) => tasksOf(plan, "learning", LEARNING_SHARES.length, cell))
      : []),
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
    studies: studyCells(setting, outcomesOf),
    duplicates: plan.duplicates,
    overlap: plan.overlap,
    warnings: plan.warnings,
  };
  return { ...results, digest: await resultsDigest(results), run: options.run ?? {} };
}

function settle(data: EvaluationRows | SeedTables, options: ReproduceOptions): Setting {
  const { protocol, components, seed = 0, normalize = "none", balance = "weights" } = options;
  const { select, calibrate, search, studies } = options;
  checkSteps(protocol, options);
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
  const setting = { data, seed, ...steps, ...(studies ? { studies } : {}) };
  return { ...setting, rows, cells, options, plan: planFor(protocol, setting, rows) };
}

/** Makes sure that a protocol allows the steps. @throws {OptionError} steps that the recipe of `seed` does not have */
export function checkSteps(protocol: ProtocolName, { normalize, select, calibrate, search }: Partial<FoldSteps>): void {
  if (protocol !== "seed") return;
  if ((normalize ?? "none") === "none" && select === undefined && !calibrate && !search) return;
  throw new OptionError(
    "the protocol seed follows the published recipe, which does not normalise per speaker or utterance, select, calibrate or search",
  );
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
  const steps = { features: "", noise: "canary", labels: "label shuffles", learning: "learning curves" };
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

/** How many utterances of each class there are, copies by name counted once. */
function countUtterances({ classes }: Plan, { ids, labels }: EvaluationRows): number[] {
  const firstOf = new Map(ids?.map((id, row) => [id, row]).reverse() as [string, number][] | undefined);
  return countLabels(
    labels.filter((label, row) => classes.includes(label) && (!ids || firstOf.get(ids[row]) === row)),
    classes,
  );
}
