import { DataError } from "../errors.ts";
import { type Matrix, type Probabilities, takeRows } from "../matrix.ts";
import { probabilityScores } from "../models/calibrated-classifier.ts";
import { type CalibrationMethod, type Calibrator, fitCalibrator } from "../models/calibrator.ts";
import type { Classifier, FitOptions } from "../models/classifier.ts";
import type { HeldOutPart } from "../models/early-stopping-part.ts";
import { type Split, stratifiedGroupKFold } from "./splits.ts";

/** The training rows of a fold: all that anything fitted may see. Nothing here knows of test rows. */
export interface TrainingPart {
  /** The fold's name, for errors. */
  readonly fold: string;
  readonly x: Matrix;
  readonly y: readonly string[];
  /** What is held out within the training part goes by whole groups; copies of a row share its group. */
  readonly groups: readonly string[];
}

/** How a classifier is fitted in a fold. */
export interface FitPredictOptions {
  /** Whether examples are weighted so that every class counts the same. */
  readonly weights?: boolean;
  /** Makes probabilities truthful by what the classifier says of training rows that were held out of it. */
  readonly calibrate?: CalibrationMethod;
  /** Holds training rows out that tell when to stop, and hands them to `fit` as `heldOut`. */
  readonly earlyStopping?: boolean;
  /**
   * The group of every row of the data: what calibration, early stopping and stacking hold out are whole groups of the training part.
   * Rows, where there are fewer than two.
   */
  readonly groups?: readonly string[];
  /** Of what is held out. 0 when left out. */
  readonly seed?: number;
  readonly onProgress?: (done: number) => void;
}

/** Parts that calibration, early stopping and stacking divide the training rows into. */
const INNER_FOLDS = 5;

/** Divides rows into stratified parts of whole groups, fewer than wanted where there are fewer groups, by rows where there is one. */
export function innerSplits(
  labels: readonly string[],
  groups: readonly string[],
  folds: number,
  seed: number,
): Split[] {
  const own = new Set(groups).size < 2 ? labels.map((_, row) => String(row)) : groups;
  return stratifiedGroupKFold(own, labels, Math.min(folds, new Set(own).size), seed);
}

/**
 * The part without classes of a single row: there is nothing to learn them from.
 *
 * @throws {DataError} fewer than two classes with two rows
 */
export function learnable(part: TrainingPart): TrainingPart {
  const count = countOf(part.y);
  const known = [...count.values()].filter((n) => n > 1).length;
  if (known < 2) {
    throw new DataError(
      count.size === 1
        ? `fold ${part.fold}: the training part has examples of "${part.y[0]}" only`
        : `fold ${part.fold}: fewer than two classes have two training rows or more`,
    );
  }
  return known === count.size
    ? part
    : takePart(
        part,
        placesWhere(part.y, (label) => count.get(label)! > 1),
      );
}

/** Fits a classifier on a part. */
export async function fitOn(classifier: Classifier, part: TrainingPart, options: FitPredictOptions): Promise<void> {
  const { learn, heldOut } = options.earlyStopping ? stoppingPart(part, options) : { learn: part, heldOut: undefined };
  const fitOptions: FitOptions & { heldOut?: HeldOutPart } = {
    sampleWeight: options.weights ? balancedWeights(learn.y) : undefined,
    groups: learn.groups,
    onProgress: options.onProgress,
    ...(heldOut ? { heldOut } : {}),
  };
  await classifier.fit(learn.x, learn.y, fitOptions);
}

/** One inner part tells when to stop, without the rows of classes that would then be unknown. */
function stoppingPart(part: TrainingPart, { seed = 0 }: FitPredictOptions) {
  const [split] = innerSplits(part.y, part.groups, INNER_FOLDS, seed);
  const count = countOf(Array.from(split.train, (row) => part.y[row]));
  const stops = split.test.filter((row) => (count.get(part.y[row]) ?? 0) > 1);
  const isHeldOut = new Set(stops);
  const learn = takePart(
    part,
    placesWhere(part.y, (_, row) => !isHeldOut.has(row)),
  );
  const { x, y } = takePart(part, stops);
  return { learn, heldOut: { x, y } };
}

/**
 * What a classifier says of every training row when it has not learnt from its group; 0 of classes that it then does not know.
 *
 * @returns a column for each class of the part, in ascending order of their names
 */
export async function heldOutOf(
  classifier: Classifier,
  part: TrainingPart,
  options: FitPredictOptions,
): Promise<Probabilities> {
  const classes = [...new Set(part.y)].sort();
  const data = new Float64Array(part.y.length * classes.length);
  for (const { train, test } of innerSplits(part.y, part.groups, INNER_FOLDS, options.seed ?? 0)) {
    await fitOn(classifier, learnable(takePart(part, train)), { ...options, onProgress: undefined });
    const said = await classifier.predictProba(takeRows(part.x, test));
    const columns = classifier.classes.map((name) => classes.indexOf(name));
    test.forEach((row, i) =>
      columns.forEach((column, c) => (data[row * classes.length + column] = said.data[i * said.columns + c])),
    );
  }
  return { rows: part.y.length, columns: classes.length, data };
}

/** A calibrator that learns from {@link heldOutOf}. */
export async function calibratorFor(
  classifier: Classifier,
  part: TrainingPart,
  method: CalibrationMethod,
  options: FitPredictOptions,
): Promise<Calibrator> {
  const held = await heldOutOf(classifier, part, options);
  const classes = [...new Set(part.y)].sort();
  const codes = Uint16Array.from(part.y, (label) => classes.indexOf(label));
  const weights = options.weights ? balancedWeights(part.y) : new Float64Array(part.y.length).fill(1);
  return fitCalibrator(method, probabilityScores(held, method), codes, weights);
}

/** n / (k * count of the class) for every label, scikit-learn's `class_weight="balanced"`; the weights sum to n. */
export function balancedWeights(labels: readonly string[]): Float64Array {
  const count = countOf(labels);
  return Float64Array.from(labels, (label) => labels.length / (count.size * count.get(label)!));
}

function countOf(labels: readonly string[]): Map<string, number> {
  const count = new Map<string, number>();
  for (const label of labels) count.set(label, (count.get(label) ?? 0) + 1);
  return count;
}

const placesWhere = (labels: readonly string[], holds: (label: string, row: number) => boolean): Int32Array =>
  Int32Array.from(labels.keys()).filter((row) => holds(labels[row], row));

function takePart({ fold, x, y, groups }: TrainingPart, rows: Int32Array): TrainingPart {
  return {
    fold,
    x: takeRows(x, rows),
    y: Array.from(rows, (row) => y[row]),
    groups: Array.from(rows, (row) => groups[row]),
  };
}
