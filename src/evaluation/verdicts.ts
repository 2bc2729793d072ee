import { unitsOf } from "./bootstrap.ts";
import { type CanaryVerdict, countOutcomes, judgeCanary } from "./canary.ts";
import { type Cell, cellName } from "./cell.ts";
import { compareCells } from "./compare.ts";
import { LEARNING_SHARES } from "./conditions.ts";
import { type Joined, join, speakersOf } from "./joined.ts";
import { type LabelShuffleVerdict, judgeLabelShuffle } from "./label-shuffle.ts";
import { accuracy, balancedAccuracy } from "./metrics.ts";
import type { Outcome } from "./pipeline.ts";
import type { Plan } from "./protocols.ts";
import { publishedFigures } from "./published.ts";
import type { ReproduceOptions } from "./reproduce.ts";
import type { CellResult } from "./results.ts";
import type { EvaluationRows } from "./rows.ts";
import { type Score, scorePredictions } from "./score.ts";
import { deriveSeed } from "./seeds.ts";
import { type StudyResults, conditionResults, contributionsOf, learningCurve } from "./study-results.ts";
import { breakDown, subgroupColumns } from "./subgroups.ts";
import type { Task, TaskResult, TaskSetting } from "./tasks.ts";

/** All that the steps of a run share. */
export interface Setting extends TaskSetting {
  readonly plan: Plan;
  readonly rows: EvaluationRows;
  readonly cells: readonly Cell[];
  readonly options: ReproduceOptions;
}

export function fillCell(setting: Setting, cell: Cell, results: readonly TaskResult[]): CellResult {
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

export function studyCells(
  setting: Setting,
  outcomesOf: (kind: Task["kind"], cell: Cell, run?: number) => Outcome[],
): StudyResults | null {
  const { plan, cells, studies = [] } = setting;
  if (studies.length === 0) return null;
  return {
    conditions: cells.flatMap((cell) => conditionResults(setting, cell, outcomesOf("features", cell))),
    learning: studies.includes("learning")
      ? cells.map((cell) => {
          const shares = LEARNING_SHARES.map((_, run) => outcomesOf("learning", cell, run));
          return learningCurve(setting, cell, [...shares, outcomesOf("features", cell)]);
        })
      : [],
    contributions: cells.flatMap((cell) => contributionsOf(cell, plan, outcomesOf("features", cell))),
  };
}

export function compare({ plan, rows, cells, seed, options }: Setting, outcomes: readonly (readonly Outcome[])[]) {
  const joined = outcomes.map(join);
  const units = unitsOf(joined[0].rows.length, speakersOf(rows, joined[0].rows).groups);
  const { models } = options.components;
  const candidates = cells.map((cell, c) => ({
    ...cell,
    predicted: joined[c].predicted,
    members: models[cell.model].members,
  }));
  return compareCells(candidates, joined[0].truth, plan.classes, units, deriveSeed(seed, "compare"));
}

export function hearCanary(
  { plan, seed }: Setting,
  cell: Cell,
  runs: readonly (readonly Outcome[])[],
): CanaryVerdict | null {
  if (runs.length === 0) return null;
  return judgeCanary(runs, plan.classes.length, { cell: cellName(cell), seed: deriveSeed(seed, "permutations") });
}

/** @param runs the first on the true labels */
export function judgeShuffles(
  { rows }: Setting,
  cell: Cell,
  runs: readonly (readonly Outcome[])[],
): LabelShuffleVerdict | null {
  if (runs.length === 0) return null;
  const [truth, ...shuffled] = runs.map((outcomes) => countOutcomes(outcomes, rows.classes.length));
  return judgeLabelShuffle(cellName(cell), truth, shuffled);
}

export function judge(
  setting: Setting,
  outcomes: readonly Outcome[],
  purpose: string,
): { score: Score; joined: Joined } {
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
