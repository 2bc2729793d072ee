import { ModelFileError, OptionError } from "../errors.ts";
import type { Probabilities } from "../matrix.ts";
import { applyCurve, type Curve, fitIsotonic } from "./isotonic.ts";
import { applySigmoid, fitSigmoid, type Sigmoid } from "./platt.ts";
import { normaliseRows, type Scores, softmax } from "./scores.ts";
import type { Json } from "./state.ts";
import { fitScoreTemperature } from "./temperature.ts";

/** The methods by name; see {@link CalibrationMethod}. */
export const calibrationMethods = ["temperature", "sigmoid", "isotonic"] as const;

/**
 * How scores become probabilities: by softmax of the scores over one temperature (Guo et al. 2017), which keeps their order; by a sigmoid a
 * class (Platt 1999); or by a rising curve a class (Zadrozny and Elkan 2002), which wants a thousand rows or so. The last two judge each class
 * against the rest and divide by the sum.
 */
export type CalibrationMethod = (typeof calibrationMethods)[number];

/** What was learnt from held-out scores. */
export type Calibrator =
  | { readonly method: "temperature"; readonly temperature: number }
  | { readonly method: "sigmoid"; readonly sigmoids: readonly Sigmoid[] }
  | { readonly method: "isotonic"; readonly curves: readonly Curve[] };

/** @throws {OptionError} for a method that is unknown. */
export function checkMethod(method: Json | undefined): void {
  if (calibrationMethods.includes(method as CalibrationMethod)) return;
  throw new OptionError(`the calibration is ${String(method)}; it may be ${calibrationMethods.join(", ")}`);
}

/**
 * Learns from scores of rows that the model was not fitted on.
 *
 * @param scores one column a class, or for two classes one that speaks for the second
 * @param codes the class of every row, from 0
 * @param weights one a row
 */
export function fitCalibrator(
  method: CalibrationMethod,
  scores: Scores,
  codes: Uint16Array,
  weights: ArrayLike<number>,
): Calibrator {
  if (method === "temperature") {
    return { method, temperature: fitScoreTemperature(oneColumnAClass(scores), codes, weights) };
  }
  const { columns, data } = scores;
  const eachColumn = <T>(fit: (column: Float64Array, isPositive: boolean[]) => T): T[] =>
    Array.from({ length: columns }, (_, c) => {
      const positive = columns === 1 ? 1 : c;
      return fit(
        data.filter((_, i) => i % columns === c),
        Array.from(codes, (code) => code === positive),
      );
    });
  return method === "sigmoid"
    ? { method, sigmoids: eachColumn((column, isPositive) => fitSigmoid(column, isPositive, weights)) }
    : { method, curves: eachColumn((column, isPositive) => fitIsotonic(column, isPositive.map(Number), weights)) };
}

/** Probabilities of scores with the columns that the calibrator learnt from. */
export function applyCalibrator(calibrator: Calibrator, scores: Scores): Probabilities {
  const { rows, columns } = scores;
  if (calibrator.method === "temperature") return softmax(oneColumnAClass(scores), calibrator.temperature);
  const chance = (score: number, i: number): number =>
    calibrator.method === "sigmoid"
      ? applySigmoid(calibrator.sigmoids[i % columns], score)
      : applyCurve(calibrator.curves[i % columns], score);
  const data = scores.data.map(chance);
  if (columns > 1) return normaliseRows({ rows, columns, data });
  return {
    rows,
    columns: 2,
    data: Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? data[i >> 1] : 1 - data[i >> 1])),
  };
}

/** Two classes with one score between them: 0 for the first, so that softmax is the logistic function of the score. */
function oneColumnAClass(scores: Scores): Scores {
  const { rows, columns, data } = scores;
  if (columns > 1) return scores;
  return { rows, columns: 2, data: Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 ? data[i >> 1] : 0)) };
}

/** A calibrator as JSON. */
export const calibratorToJson = (calibrator: Calibrator): Json => ({ ...calibrator }) as unknown as Json;

/** The calibrator that {@link calibratorToJson} wrote, for so many columns of scores. @throws {ModelFileError} */
export function calibratorFromJson(json: Json | undefined, columns: number): Calibrator {
  const calibrator = json as unknown as Partial<Record<string, unknown>> | null | undefined;
  const sound =
    calibrator?.method === "temperature"
      ? isTemperature(calibrator.temperature)
      : calibrator?.method === "sigmoid"
        ? isList(calibrator.sigmoids, columns, isSigmoid)
        : calibrator?.method === "isotonic" && isList(calibrator.curves, columns, isCurve);
  if (!sound) throw new ModelFileError("the model's calibration is not sound");
  return calibrator as unknown as Calibrator;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && value - value === 0;

/** So that no product with a score, and no quotient, leaves float64. */
const isModerate = (value: unknown): value is number => isNumber(value) && Math.abs(value) <= 1e50;

/** Far beyond what is ever fitted, on both sides. */
export const isTemperature = (value: unknown): value is number => isNumber(value) && value >= 1e-6 && value <= 1e6;

const isList = (value: unknown, length: number, isSound: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length === length && value.every(isSound);

function isSigmoid(value: unknown): boolean {
  const sigmoid = value as Partial<Sigmoid> | null;
  return isModerate(sigmoid?.slope) && isModerate(sigmoid.offset);
}

function isCurve(value: unknown): boolean {
  const { x, y } = (value ?? {}) as Partial<Curve>;
  if (!Array.isArray(x) || !Array.isArray(y) || x.length === 0 || x.length !== y.length) return false;
  return x.every((score, i) => isNumber(score) && (i === 0 || x[i - 1] < score)) && y.every(isShare);
}

const isShare = (value: unknown): boolean => isNumber(value) && value >= 0 && value <= 1;
