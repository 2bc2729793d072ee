import { OptionError } from "../errors.ts";
import { TOKEN_PATTERNS, type TokenPattern } from "./tokenise.ts";

/** The options of {@link TfidfVectorizer}: scikit-learn's, in camelCase, with scikit-learn's defaults. */
export interface TfidfOptions {
  /** The shortest and the longest run of tokens that makes a term. Default [1, 1]. */
  ngramRange?: readonly [number, number];
  /** A term must stand in at least so many documents (an integer from 1) or so large a share of them (below 1). Default 1. */
  minDf?: number;
  /**
   * A term may stand in at most so large a share of the documents (0 to 1) or in so many of them (an integer from 2).
   * Default 1: the share, all of them. One document is the share 1 / documents (JavaScript cannot tell 1.0 from 1).
   */
  maxDf?: number;
  /** Keep only so many terms, those that occur most often; of equal ones the first in the order of code points. Default null: all. */
  maxFeatures?: number | null;
  /** 1 + ln(count) in place of the count. Default false. */
  sublinearTf?: boolean;
  /** Every count above 0 is 1. Default false. */
  binary?: boolean;
  /** Weigh terms by their inverse document frequency. Default true. */
  useIdf?: boolean;
  /** Count one document more in which every term stands. Default true. */
  smoothIdf?: boolean;
  /** Scale each row to this norm. Default "l2". */
  norm?: "l1" | "l2" | null;
  /** Tokens left out before terms are made: scikit-learn's English list, a list, or none. Default null. */
  stopWords?: "english" | readonly string[] | null;
  /** Default true. */
  lowercase?: boolean;
  /** After lower-casing; see {@link stripAccents}. Default null. */
  stripAccents?: "unicode" | "ascii" | null;
  /** Default "word", scikit-learn's pattern. */
  tokenPattern?: TokenPattern;
}

const DEFAULTS: Required<TfidfOptions> = {
  ngramRange: [1, 1],
  minDf: 1,
  maxDf: 1,
  maxFeatures: null,
  sublinearTf: false,
  binary: false,
  useIdf: true,
  smoothIdf: true,
  norm: "l2",
  stopWords: null,
  lowercase: true,
  stripAccents: null,
  tokenPattern: "word",
};

/** All options, defaults filled in. @throws {OptionError} an option that is unknown or out of its range. */
export function completeOptions(given: TfidfOptions): Required<TfidfOptions> {
  const options = { ...DEFAULTS };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULTS, name)) {
      throw new OptionError(`TF-IDF has no option "${name}"; it has ${Object.keys(DEFAULTS).join(", ")}`);
    }
    if (value !== undefined) Object.assign(options, { [name]: value });
  }
  const { ngramRange, minDf, maxDf, maxFeatures, norm, stopWords } = options;
  const demand = (holds: boolean, name: keyof TfidfOptions, range: string) => {
    if (!holds) throw new OptionError(`${name} must be ${range}, not ${JSON.stringify(options[name])}`);
  };
  demand(
    Array.isArray(ngramRange) &&
      ngramRange.length === 2 &&
      isCount(ngramRange[0], 1) &&
      isCount(ngramRange[1], ngramRange[0]),
    "ngramRange",
    "two integers from 1, the smaller one first",
  );
  demand(isCount(minDf, 1) || (minDf >= 0 && minDf < 1), "minDf", "an integer from 1 or a share from 0 to below 1");
  demand(isCount(maxDf, 2) || (maxDf >= 0 && maxDf <= 1), "maxDf", "a share from 0 to 1 or an integer from 2");
  demand(maxFeatures === null || isCount(maxFeatures, 1), "maxFeatures", "null or an integer from 1");
  demand(norm === null || norm === "l1" || norm === "l2", "norm", '"l1", "l2" or null');
  demand(
    stopWords === null || stopWords === "english" || isStrings(stopWords),
    "stopWords",
    'null, "english" or a list of words',
  );
  demand([null, "unicode", "ascii"].includes(options.stripAccents), "stripAccents", 'null, "unicode" or "ascii"');
  demand(TOKEN_PATTERNS.includes(options.tokenPattern), "tokenPattern", `one of ${TOKEN_PATTERNS.join(", ")}`);
  for (const name of ["sublinearTf", "binary", "useIdf", "smoothIdf", "lowercase"] as const) {
    demand(typeof options[name] === "boolean", name, "true or false");
  }
  return options;
}

const isCount = (value: unknown, least: number) => Number.isInteger(value) && (value as number) >= least;

/** Whether a value is a list of strings and nothing else. */
export const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");
