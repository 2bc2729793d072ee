import { DataError } from "../errors.ts";
import { type Cell, cellName, type Components } from "./cell.ts";
import type { Balance, Fold, Parts } from "./fold.ts";
import type { Plan } from "./protocols.ts";
import type { EvaluationRows } from "./rows.ts";
import { deriveSeed } from "./seeds.ts";

/** Test rows of one fold with their true and their predicted classes, as indices into the plan's classes. */
export interface Outcome {
  readonly rows: Int32Array;
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
}

export interface PipelineOptions {
  readonly seed: number;
  readonly balance: Balance;
  /** Draws noise in place of the rows' features and transcripts, anew for each fold; see `judgeCanary`. */
  readonly noise?: (fold: Fold) => EvaluationRows;
  /** Called with the share of the cell that is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Runs one cell over all folds of a plan: scaler, vectoriser, joining, balancing and classifier, each fitted in the fold.
 *
 * @returns one outcome a fold.
 * @throws {DataError} when the rows lack what the cell's modality needs.
 */
export async function runCell(
  plan: Plan,
  rows: EvaluationRows,
  cell: Cell,
  components: Components,
  options: PipelineOptions,
): Promise<Outcome[]> {
  const { seed, balance, noise, onProgress } = options;
  checkCell(cell, rows);
  const indexOf = new Map(plan.classes.map((name, index) => [name, index]));
  const outcomes: Outcome[] = [];
  for (const [f, fold] of plan.folds.entries()) {
    const model = components.models[cell.model].create({
      modality: cell.modality,
      protocol: plan.protocol,
      seed: deriveSeed(seed, cellName(cell), fold.name),
      canary: noise !== undefined,
    });
    let parts = modalityParts(fold, plan, noise?.(fold) ?? rows, cell, components);
    if (balance === "oversample") parts = fold.oversample(parts, deriveSeed(seed, "oversample", fold.name));
    const prediction = await fold.fitPredict(model, parts, {
      weights: balance === "weights",
      onProgress: (done) => onProgress?.((f + done) / plan.folds.length),
    });
    outcomes.push({
      rows: prediction.rows,
      truth: Int32Array.from(prediction.rows, (row) => indexOf.get(rows.labels[row])!),
      predicted: Int32Array.from(prediction.predicted, (name) => indexOf.get(name)!),
    });
    onProgress?.((f + 1) / plan.folds.length);
  }
  return outcomes;
}

/** Makes sure that the rows have what a cell is given. @throws {DataError} naming what is missing. */
export function checkCell(cell: Cell, { corpus, features, transcripts }: EvaluationRows): void {
  const lacking = cell.modality !== "text" && !features ? "audio" : "transcripts";
  if (canRun(cell, { features, transcripts })) return;
  throw new DataError(`${corpus}: cell ${cellName(cell)} needs ${lacking}, which this corpus does not have`);
}

/** Whether the rows have what a cell is given. */
export function canRun({ modality }: Cell, rows: Pick<EvaluationRows, "features" | "transcripts">): boolean {
  return (
    (modality === "text" || rows.features !== undefined) && (modality === "audio" || rows.transcripts !== undefined)
  );
}

function modalityParts(
  fold: Fold,
  plan: Plan,
  rows: EvaluationRows,
  { modality, model }: Cell,
  components: Components,
): Parts {
  const audio = (): Parts =>
    plan.scale ? fold.fitTransform(components.scaler(plan.protocol, model), rows.features!) : fold.take(rows.features!);
  const text = (): Parts => fold.fitTransform(components.vectorizer(plan.protocol), rows.transcripts!);
  if (modality === "audio") return audio();
  return modality === "text" ? text() : fold.concat(audio(), text());
}
