import { OptionError } from "../errors.ts";
import { type ClassWeight, checkClassWeight } from "./class-weight.ts";

/** Options of a random forest, named after scikit-learn's. */
export interface RandomForestOptions {
  /** Number of trees. 100 when left out. */
  nEstimators?: number;
  /**
   * Columns drawn at each node: the square root or the logarithm of their number, all of them, a whole number of columns, or a share
   * below 1. `sqrt` when left out.
   */
  maxFeatures?: "sqrt" | "log2" | "all" | number;
  /** Levels below the root; `null` (the default): no limit. */
  maxDepth?: number | null;
  /** Distinct examples that a node needs to be split. 2 when left out. */
  minSamplesSplit?: number;
  /** Distinct examples that each side of a split needs. 1 when left out. */
  minSamplesLeaf?: number;
  /**
   * How a node's split is found: `best` tries every value (the default), `histogram` tells the values of a column apart by `maxBins` bins at most, that
   * hold about as many examples each. Where every value has a bin of its own, the two grow the same forest to the bit.
   */
  splitter?: "best" | "histogram";
  /** The most bins of a column for the splitter `histogram`, 2 to 255. 255 when left out. */
  maxBins?: number;
  /** Whether every tree learns from examples drawn with replacement (the default) or from all. */
  bootstrap?: boolean;
  /** Whether to compute the out-of-bag score; needs `bootstrap`. */
  oobScore?: boolean;
  /** See {@link ClassWeight}; `balancedSubsample` weighs the classes by their frequency in each tree's own examples. */
  classWeight?: ClassWeight | "balancedSubsample";
  /** A whole number; the same seed gives the same forest on every engine. 0 when left out. */
  seed?: number;
}

/** scikit-learn's defaults. */
export const RANDOM_FOREST_DEFAULTS: Required<RandomForestOptions> = {
  nEstimators: 100,
  maxFeatures: "sqrt",
  maxDepth: null,
  minSamplesSplit: 2,
  minSamplesLeaf: 1,
  splitter: "best",
  maxBins: 255,
  bootstrap: true,
  oobScore: false,
  classWeight: null,
  seed: 0,
};

/** A depth that no tree reaches. */
export const UNLIMITED = 2147483647;

/** @throws {OptionError} for an option that is unknown or out of range. */
export function checkRandomForestOptions(options: Required<RandomForestOptions>): void {
  const whole = (name: keyof RandomForestOptions, lowest: number) => {
    const value = options[name];
    if (typeof value !== "number" || !Number.isInteger(value) || value < lowest || value > UNLIMITED) {
      throw new OptionError(`${name} is ${String(value)}; it must be a whole number of at least ${lowest}`);
    }
  };
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(RANDOM_FOREST_DEFAULTS, name));
  if (unknown !== undefined) throw new OptionError(`a random forest has no option "${unknown}"`);
  whole("nEstimators", 1);
  whole("minSamplesSplit", 2);
  whole("minSamplesLeaf", 1);
  whole("maxBins", 2);
  if (options.maxBins > 255) throw new OptionError(`maxBins is ${options.maxBins}; it must be 255 at most`);
  if (options.splitter !== "best" && options.splitter !== "histogram") {
    throw new OptionError(`splitter is ${String(options.splitter)}; it may be best or histogram`);
  }
  if (options.maxDepth !== null) whole("maxDepth", 1);
  if (!Number.isSafeInteger(options.seed)) throw new OptionError(`seed is ${options.seed}; it must be a whole number`);
  const { maxFeatures } = options;
  const counts =
    typeof maxFeatures === "number" && maxFeatures > 0 && (maxFeatures < 1 || Number.isInteger(maxFeatures));
  if (!counts && !["sqrt", "log2", "all"].includes(maxFeatures as string)) {
    throw new OptionError(
      `maxFeatures is ${maxFeatures}; it may be sqrt, log2, all, a whole number or a share below 1`,
    );
  }
  for (const name of ["bootstrap", "oobScore"] as const) {
    if (typeof options[name] !== "boolean")
      throw new OptionError(`${name} is ${String(options[name])}; it must be true or false`);
  }
  if (options.oobScore && !options.bootstrap)
    throw new OptionError("oobScore needs bootstrap: without it no example is left out");
  checkClassWeight(options.classWeight, ["balanced", "balancedSubsample"]);
}

/** How many of `columns` columns a node draws. */
export function columnsDrawn(maxFeatures: "sqrt" | "log2" | "all" | number, columns: number): number {
  if (maxFeatures === "all") return columns;
  if (maxFeatures === "sqrt") return Math.max(1, Math.floor(Math.sqrt(columns)));
  if (maxFeatures === "log2") return Math.max(1, 31 - Math.clz32(columns));
  return maxFeatures < 1 ? Math.max(1, Math.floor(maxFeatures * columns)) : Math.min(maxFeatures, columns);
}
