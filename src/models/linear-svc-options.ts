import { OptionError } from "../errors.ts";
import { type CalibrationMethod, checkMethod } from "./calibrator.ts";
import { type ClassWeight, checkClassWeight } from "./class-weight.ts";

/** Options of a linear support vector machine, named after scikit-learn's. */
export interface LinearSVCOptions {
  /** What a violation of the margin costs: the inverse of the strength of the penalty. 1 when left out. */
  C?: number;
  /** The fit ends when the projected gradient of the dual spans no more. 1e-4 when left out. */
  tol?: number;
  /** Passes over the rows at most, for each class. 1000 when left out. */
  maxIter?: number;
  /** As liblinear takes them: against the rest a class's own examples weigh its weight, the others 1. */
  classWeight?: ClassWeight;
  /** Whether each class has an intercept. True when left out. */
  fitIntercept?: boolean;
  /** The value of the column whose weight is the intercept; the larger, the less the intercept is penalised. 1 when left out. */
  interceptScaling?: number;
  /** How decision values become probabilities. `temperature` when left out: the likeliest class is then that of the highest value. */
  calibration?: CalibrationMethod;
  /** Of the order in which rows are visited and of the parts that are held out. 0 when left out. */
  seed?: number;
}

export const LINEAR_SVC_DEFAULTS: Required<LinearSVCOptions> = {
  C: 1,
  tol: 1e-4,
  maxIter: 1000,
  classWeight: null,
  fitIntercept: true,
  interceptScaling: 1,
  calibration: "temperature",
  seed: 0,
};

/** @throws {OptionError} for an option that is unknown or out of range. */
export function checkLinearSvcOptions(options: Required<LinearSVCOptions>): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(LINEAR_SVC_DEFAULTS, name));
  if (unknown !== undefined) throw new OptionError(`a linear support vector machine has no option "${unknown}"`);
  const { C, tol, maxIter, fitIntercept, interceptScaling, seed } = options;
  // The bounds keep 1 / (2 C) and its sum with squares of float32 far from the ends of float64.
  if (!(C >= 1e-12 && C <= 1e12)) throw new OptionError(`C is ${C}; it must be from 1e-12 to 1e12`);
  if (!(tol > 0 && tol < Infinity)) throw new OptionError(`tol is ${tol}; it must be above 0`);
  if (!Number.isInteger(maxIter) || maxIter < 1 || maxIter > 2147483647) {
    throw new OptionError(`maxIter is ${maxIter}; it must be a whole number of at least 1`);
  }
  if (typeof fitIntercept !== "boolean")
    throw new OptionError(`fitIntercept is ${String(fitIntercept)}; it must be true or false`);
  if (!(interceptScaling > 0 && interceptScaling <= 1e12)) {
    throw new OptionError(`interceptScaling is ${interceptScaling}; it must be above 0 and at most 1e12`);
  }
  if (!Number.isInteger(seed)) throw new OptionError(`seed is ${seed}; it must be a whole number`);
  checkClassWeight(options.classWeight, ["balanced"]);
  checkMethod(options.calibration);
}
