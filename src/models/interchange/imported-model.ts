import type { Classifier } from "../classifier.ts";

/** What a file does not say of itself. */
export interface ImportOptions {
  /** Names of the classes in the order of their numbers, for formats that only number them; their numbers when left out. */
  classes?: readonly string[];
  /** Names of the columns, for formats that do not have them. */
  featureNames?: readonly string[];
}

/** A classifier from a file of another program. */
export interface ImportedModel {
  /** Of the file, for people: `XGBoost JSON`. */
  readonly format: string;
  readonly classifier: Classifier;
  /** Columns of a row; `null` for a model of texts. */
  readonly columns: number | null;
  /** Names of the columns, where they are known. */
  readonly featureNames: readonly string[] | null;
  /** What someone who compares answers should know, a sentence each. */
  readonly notes: readonly string[];
}
