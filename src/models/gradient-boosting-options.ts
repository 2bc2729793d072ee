import { OptionError } from "../errors.ts";
import { type ClassWeight, checkClassWeight } from "./class-weight.ts";
import { UNLIMITED } from "./random-forest-options.ts";

/** Options of gradient boosting, with XGBoost's defaults and meanings. */
export interface GradientBoostingOptions {
  /** Rounds: each grows one tree a class, or one in all for two classes. 100 when left out. */
  nEstimators?: number;
  /** What each tree's leaves are multiplied by, above 0. 0.3 when left out. */
  learningRate?: number;
  /** Levels below the root; `null`: no limit. 6 when left out. */
  maxDepth?: number | null;
  /** Leaves of a tree, of which those that gain most are split first; `null` (the default): no limit. */
  maxLeafNodes?: number | null;
  /** The sum of hessians that each side of a split needs. 1 when left out. */
  minChildWeight?: number;
  /** Examples that each side of a split needs. 1 when left out. */
  minSamplesLeaf?: number;
  /** The L2 penalty on leaves (XGBoost's `lambda`). 1 when left out. */
  l2?: number;
  /** The share of the examples that each tree sees, drawn without replacement. 1 when left out. */
  subsample?: number;
  /** The share of the columns that each tree sees. 1 when left out. */
  colsample?: number;
  /** Bins that a column is divided into at most, from 2 to 255. 255 when left out. */
  maxBins?: number;
  /** Ends after so many rounds without a lower loss on a held-out part, and keeps the best; `null` (the default): never. */
  earlyStoppingRounds?: number | null;
  /** The share of each class that is held out for early stopping when `fit` is given no part for it. 0.1 when left out. */
  validationFraction?: number;
  classWeight?: ClassWeight;
  /** A whole number; the same seed gives the same trees on every engine. 0 when left out. */
  seed?: number;
}

export const GRADIENT_BOOSTING_DEFAULTS: Required<GradientBoostingOptions> = {
  nEstimators: 100,
  learningRate: 0.3,
  maxDepth: 6,
  maxLeafNodes: null,
  minChildWeight: 1,
  minSamplesLeaf: 1,
  l2: 1,
  subsample: 1,
  colsample: 1,
  maxBins: 255,
  earlyStoppingRounds: null,
  validationFraction: 0.1,
  classWeight: null,
  seed: 0,
};

/** @throws {OptionError} for an option that is unknown or out of range. */
export function checkGradientBoostingOptions(options: Required<GradientBoostingOptions>): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(GRADIENT_BOOSTING_DEFAULTS, name));
  if (unknown !== undefined) throw new OptionError(`gradient boosting has no option "${unknown}"`);
  const whole = (name: keyof GradientBoostingOptions, lowest: number, highest: number) => {
    const value = options[name];
    if (typeof value !== "number" || !Number.isInteger(value) || value < lowest || value > highest) {
      throw new OptionError(`${name} is ${String(value)}; it must be a whole number from ${lowest} to ${highest}`);
    }
  };
  const number = (name: keyof GradientBoostingOptions, isRight: (value: number) => boolean, range: string) => {
    const value = options[name];
    if (typeof value !== "number" || !isRight(value))
      throw new OptionError(`${name} is ${String(value)}; it must be ${range}`);
  };
  whole("nEstimators", 1, UNLIMITED);
  whole("minSamplesLeaf", 1, UNLIMITED);
  whole("maxBins", 2, 255);
  if (options.maxDepth !== null) whole("maxDepth", 1, UNLIMITED);
  if (options.maxLeafNodes !== null) whole("maxLeafNodes", 2, UNLIMITED - 1);
  if (options.earlyStoppingRounds !== null) whole("earlyStoppingRounds", 1, UNLIMITED);
  if (!Number.isSafeInteger(options.seed)) throw new OptionError(`seed is ${options.seed}; it must be a whole number`);
  number("learningRate", (value) => value > 0 && value <= 1e6, "above 0 and at most 1e6");
  number("minChildWeight", (value) => value >= 0 && value <= 1e12, "from 0 to 1e12");
  number("l2", (value) => value >= 0 && value <= 1e12, "from 0 to 1e12");
  number("subsample", (value) => value > 0 && value <= 1, "above 0 and at most 1");
  number("colsample", (value) => value > 0 && value <= 1, "above 0 and at most 1");
  number("validationFraction", (value) => value > 0 && value < 1, "above 0 and below 1");
  checkClassWeight(options.classWeight, ["balanced"]);
}
