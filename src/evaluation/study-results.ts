import { bootstrap, confidenceIntervals, type Difference, differences, type Interval, unitsOf } from "./bootstrap.ts";
import { type Cell, cellName } from "./cell.ts";
import { type ConditionStudy, LEARNING_SHARES } from "./conditions.ts";
import { join, joinColumns, speakersOf } from "./joined.ts";
import type { MeanContributions } from "./contributions.ts";
import type { Outcome } from "./pipeline.ts";
import type { Plan } from "./protocols.ts";
import type { EvaluationRows } from "./rows.ts";
import { countDrawn, figures } from "./score.ts";
import { deriveSeed } from "./seeds.ts";

/** How a cell does under a condition that only its test rows are in. */
export interface ConditionResult {
  readonly cell: string;
  readonly study: ConditionStudy;
  readonly condition: string;
  readonly accuracy: number;
  readonly uar: number;
  readonly ci: Readonly<Record<"accuracy" | "uar", Interval>>;
  /** The UAR under the condition less that of the rows as they are, by the paired bootstrap. */
  readonly change: Difference;
}

/**
 * How a cell does with fewer training rows; the last point has all of them. A share from which some fold can learn nothing (no word that two
 * texts have, a single class) has no point.
 */
export interface LearningCurve {
  readonly cell: string;
  readonly points: readonly {
    readonly share: number;
    /** Training rows, mean over the folds. */
    readonly rows: number;
    readonly uar: number;
    readonly ci: Interval;
  }[];
}

/** Which columns move a cell's scores. */
export interface Contributions {
  readonly cell: string;
  /** See `MeanContributions`. */
  readonly unit: MeanContributions["unit"];
  /** Test rows of all folds that were explained; 0 for `impurity`. */
  readonly rows: number;
  readonly classes: readonly string[];
  /** Columns in any fold. */
  readonly columns: number;
  /** The strongest, at most 20: `value` is the mean absolute contribution, summed over the classes; `byClass` its parts, none for `impurity`. */
  readonly features: readonly { readonly name: string; readonly value: number; readonly byClass: readonly number[] }[];
}

/** What the studies found; each list is empty where its study was not asked for. */
export interface StudyResults {
  readonly conditions: readonly ConditionResult[];
  readonly learning: readonly LearningCurve[];
  readonly contributions: readonly Contributions[];
}

const STRONGEST = 20;

/** @param outcomes of the cell, fold by fold */
export function conditionResults(
  { plan, rows, seed }: { readonly plan: Plan; readonly rows: EvaluationRows; readonly seed: number },
  cell: Cell,
  outcomes: readonly Outcome[],
): ConditionResult[] {
  const [first] = outcomes;
  const { conditions = [] } = first;
  const joined = join(outcomes);
  const units = unitsOf(joined.rows.length, speakersOf(rows, joined.rows).groups);
  const drawn = (predicted: Int32Array) =>
    bootstrap(
      units,
      (weights) => {
        const { uar, accuracy } = figures(countDrawn({ ...joined, predicted, classes: plan.classes }, units, weights));
        return { uar, accuracy };
      },
      deriveSeed(seed, "conditions"),
    );
  const plain = conditions.length > 0 ? drawn(joined.predicted) : undefined;
  return conditions.map(({ study, name }, c) => {
    const under = drawn(joinColumns(outcomes.map((outcome) => outcome.conditions![c].predicted)));
    const { uar, accuracy } = under.estimate;
    const change = differences(under, plain!).uar;
    return { cell: cellName(cell), study, condition: name, accuracy, uar, ci: confidenceIntervals(under), change };
  });
}

/** @param runs the cell's outcomes, for each share of the training rows and then for all of them */
export function learningCurve(
  { plan, rows, seed }: { readonly plan: Plan; readonly rows: EvaluationRows; readonly seed: number },
  cell: Cell,
  runs: readonly (readonly Outcome[])[],
): LearningCurve {
  const points = runs.flatMap((outcomes, r) => {
    if (outcomes.some((outcome) => outcome.rows.length === 0)) return [];
    const share = LEARNING_SHARES[r] ?? 1;
    const joined = join(outcomes);
    const units = unitsOf(joined.rows.length, speakersOf(rows, joined.rows).groups);
    const judge = (weights: Int32Array) => ({
      uar: figures(countDrawn({ ...joined, classes: plan.classes }, units, weights)).uar,
    });
    const drawn = bootstrap(units, judge, deriveSeed(seed, "learning curve"));
    const sizes = plan.folds.map((fold) => (share < 1 ? fold.withShare(share, 0) : fold).sizes.train);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    return [{ share, rows: mean, uar: drawn.estimate.uar, ci: confidenceIntervals(drawn).uar }];
  });
  return { cell: cellName(cell), points };
}

/** The contributions of all folds in one, weighted by their rows: columns of one name are one. Nothing for a cell that has none. */
export function contributionsOf(cell: Cell, { classes }: Plan, outcomes: readonly Outcome[]): Contributions[] {
  const told = outcomes.flatMap(({ contributions }) => contributions ?? []);
  if (told.length === 0) return [];
  // Folds whose trees were too deep count only where all were.
  const explained = told.filter(({ unit }) => unit !== "impurity");
  const parts = explained.length > 0 ? explained : told;
  const [{ unit }] = parts;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const sums = new Map<string, number[]>();
  for (const part of parts) {
    const codes = unit === "impurity" ? [0] : part.classes.map((name) => classes.indexOf(name));
    const weight = unit === "impurity" ? 1 / parts.length : part.rows / rows;
    part.names.forEach((name, column) => {
      const own = sums.get(name) ?? (unit === "impurity" ? [0] : classes.map(() => 0));
      sums.set(name, own);
      codes.forEach((code, c) => (own[code] += part.values[column * codes.length + c] * weight));
    });
  }
  const features = [...sums]
    .map(([name, byClass]) => ({ name, value: byClass.reduce((sum, value) => sum + value, 0), byClass }))
    .sort((a, b) => b.value - a.value)
    .slice(0, STRONGEST)
    .map((feature) => (unit === "impurity" ? { ...feature, byClass: [] } : feature));
  return [{ cell: cellName(cell), unit, rows, classes, columns: sums.size, features }];
}
