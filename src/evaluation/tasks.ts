import { DataError, OptionError } from "../errors.ts";
import { noiseRows } from "./canary.ts";
import { type Cell, cellName, type Components } from "./cell.ts";
import { conditionsFor, LEARNING_SHARES, type StudyName } from "./conditions.ts";
import { shuffledLabels } from "./label-shuffle.ts";
import { type FoldSteps, type Outcome, runFold } from "./pipeline.ts";
import { type Plan, planProtocol, type ProtocolName, tablesPlan } from "./protocols.ts";
import type { EvaluationRows } from "./rows.ts";
import { joinTables, type SeedTables } from "./seed-tables.ts";
import { deriveSeed } from "./seeds.ts";

/** Everything that decides the figures beside the components: plain data, which may be sent to another thread. */
export interface TaskSetting extends FoldSteps {
  readonly data: EvaluationRows | SeedTables;
  readonly seed: number;
  readonly studies?: readonly StudyName[];
}

/**
 * The smallest piece of a run: one cell in one fold. On the rows as they are (`features`), on noise in their place (`noise`, for the canary),
 * with labels dealt out anew (`labels`, for the label-shuffle test; its run 0 has the true ones), or learning from a share of the training
 * rows (`learning`). The fitted model of `features` is also tried under the conditions of the studies.
 */
export interface Task {
  readonly protocol: ProtocolName;
  readonly kind: "features" | "noise" | "labels" | "learning";
  /** Which draw of noise or labels, which of the shares; 0 for features. */
  readonly run: number;
  readonly cell: Cell;
  /** Its place among the plan's folds. */
  readonly fold: number;
}

export interface TaskResult {
  readonly outcome: Outcome;
  /** Wall time. */
  readonly seconds: number;
}

/** Runs a task; where and when makes no difference to the outcome. */
export type TaskRunner = (task: Task, onProgress?: (done: number) => void) => Promise<TaskResult>;

/** Keeps the results of tasks, so that a run that was killed goes on where it was. */
export interface TaskStore {
  /** What was saved under a name; undefined where nothing was, or nothing sound. */
  load(name: string): Promise<TaskResult | undefined>;
  /** Must leave either all of the result or nothing behind. */
  save(name: string, result: TaskResult): Promise<void>;
}

/** The outcome of a fold whose share of training rows is too small to learn from: no test rows. */
function nothingLearnt(error: unknown): Outcome {
  if (!(error instanceof DataError)) throw error;
  return { rows: new Int32Array(0), truth: new Int32Array(0), predicted: new Int32Array(0) };
}

/** Test rows of all folds together whose contributions are measured, about: TreeSHAP of a deep forest is slow. */
const EXPLAINED_ROWS = 60;

/** A task in words: unique in a run. */
export const taskName = ({ protocol, kind, run, cell, fold }: Task): string =>
  [protocol, kind === "features" ? "" : `${kind}-${run} `, cellName(cell), `fold-${fold}`]
    .filter((part) => part !== "")
    .map((part) => part.trim().replace("/", "-"))
    .join(" ");

/** The rows of a corpus, or those of the four tables, below one another. */
export const rowsOf = (data: EvaluationRows | SeedTables): EvaluationRows =>
  "train" in data ? joinTables(data) : data;

/** Divides the data by a protocol. @throws {OptionError} a protocol other than `seed` on the four tables */
export function planFor(protocol: ProtocolName, { data, seed }: TaskSetting, rows: EvaluationRows): Plan {
  if (!("train" in data)) return planProtocol(protocol, rows, seed);
  if (protocol === "seed") return tablesPlan(rows, data.train.labels.length);
  throw new OptionError(
    `the four tables are split and hold copies already: only the protocol seed fits, not ${protocol}`,
  );
}

/**
 * Makes what runs tasks on one thread. Plans are made when they are first needed and kept.
 *
 * @example
 * const run = createTaskRunner({ data: rows, seed: 0, balance: "weights", normalize: "none" }, components);
 * const { outcome } = await run({ protocol: "loso", kind: "features", run: 0, cell, fold: 0 });
 */
export function createTaskRunner(setting: TaskSetting, components: Components): TaskRunner {
  const { seed } = setting;
  const rows = rowsOf(setting.data);
  const plans = new Map<string, { plan: Plan; rows: EvaluationRows }>();
  const planOf = (task: Task): { plan: Plan; rows: EvaluationRows } => {
    const key = task.kind === "labels" ? `${task.protocol} ${task.run}` : task.protocol;
    let known = plans.get(key);
    if (!known) {
      const own =
        task.kind === "labels" && task.run > 0
          ? shuffledLabels(rows, deriveSeed(seed, "labels", String(task.run)))
          : rows;
      known = { plan: planFor(task.protocol, setting, own), rows: own };
      // Each shuffle has a plan of its own, and is done with when the next begins.
      if (task.kind === "labels") for (const other of plans.keys()) if (other.includes(" ")) plans.delete(other);
      plans.set(key, known);
    }
    return known;
  };
  return async (task, onProgress) => {
    const start = performance.now();
    const { plan, rows } = planOf(task);
    const whole = plan.folds[task.fold];
    const isLearning = task.kind === "learning";
    const fold = isLearning
      ? whole.withShare(LEARNING_SHARES[task.run], deriveSeed(seed, "learning", whole.name))
      : whole;
    const onFeatures = task.kind === "features" || isLearning;
    const runSeed = onFeatures ? seed : deriveSeed(seed, task.kind, String(task.run));
    const chosen = task.kind === "features" ? (setting.studies ?? []) : [];
    const run = runFold(
      plan,
      fold,
      task.kind === "noise" ? noiseRows(rows, plan.twins, deriveSeed(runSeed, "noise", fold.name)) : rows,
      task.cell,
      components,
      {
        ...setting,
        seed: runSeed,
        canary: !onFeatures,
        conditions: conditionsFor(rows, task.cell.modality, chosen, seed),
        explain: chosen.includes("contributions") ? Math.ceil(EXPLAINED_ROWS / plan.folds.length) : undefined,
        onProgress,
      },
    );
    const outcome = await (isLearning ? run.catch(nothingLearnt) : run);
    return { outcome, seconds: (performance.now() - start) / 1000 };
  };
}
