import { OptionError } from "../errors.ts";
import { type Duplicates, contentTwins, countTwins, withoutTwins } from "./duplicates.ts";
import { Fold } from "./fold.ts";
import { honestSplits, innerGroups } from "./honest-splits.ts";
import { LeakingFold } from "./leaking-fold.ts";
import { type Overlap, overlapOf, textGroups } from "./overlap.ts";
import { leaksOfSeed, seedRows } from "./recipe.ts";
import type { EvaluationRows } from "./rows.ts";
import type { Split } from "./splits.ts";

/** The protocols, with what each does. */
export const protocols = {
  loso: "leave one session out where the corpus has sessions (and no speaker is in two), else one speaker",
  speaker: "leave one speaker out",
  kfold: "grouped 5-fold: whole sessions (or, where there are none, whole speakers) test together",
  "stratified-group-kfold": "grouped 5-fold whose parts have the classes in shares as equal as whole groups allow",
  "stratified-kfold": "5-fold over rows, every class spread evenly; speakers stand on both sides",
  "row-kfold": "5-fold over shuffled rows; speakers stand on both sides",
  holdout: "one fifth of the sessions (or, where there are none, of the speakers) tests, drawn at random",
  "script-disjoint":
    "5 parts of the texts crossed with 5 parts of the sessions (or speakers): no text, nor a near-duplicate, and no group on both sides",
  official: "the split that the corpus was published with",
  "cross-corpus": "one corpus trains, another one tests",
  seed: "the published recipe, which LEAKS: copies of rare rows before a random 80/20 split, scaler and TF-IDF fitted on all rows",
} as const;

export type ProtocolName = keyof typeof protocols;

/** A protocol applied to rows: its folds and what must be said about them. */
export interface Plan {
  readonly protocol: ProtocolName;
  readonly leaks: boolean;
  /** Why it leaks; empty when it does not. */
  readonly reasons: readonly string[];
  /** The field that is kept apart, if one is. */
  readonly groupedBy?: "session" | "speaker";
  /** The classes that have rows here, in the order of the corpus. */
  readonly classes: readonly string[];
  readonly folds: readonly Fold[];
  /** False where the features come scaled (the four tables of the recipe). */
  readonly scale: boolean;
  /** Which rows are copies: equal numbers; see `contentTwins`. */
  readonly twins: Int32Array;
  /** What is kept together where the training part is divided further: sessions, speakers, or copies where neither is known of every row. */
  readonly groups: readonly string[];
  readonly duplicates: Duplicates;
  readonly overlap: Overlap;
  readonly warnings: readonly string[];
}

/** @throws {OptionError} for a name that is none, listing those that are. */
export function parseProtocol(name: string): ProtocolName {
  if (!Object.hasOwn(protocols, name)) {
    throw new OptionError(`unknown protocol "${name}"; known are ${Object.keys(protocols).join(", ")}`);
  }
  return name as ProtocolName;
}

/**
 * Reads a list such as `seed,loso,script-disjoint`.
 *
 * @returns the protocols in the order given, each once.
 * @throws {OptionError} for a name that is none, or no name.
 */
export function parseProtocols(list: string): ProtocolName[] {
  return [...new Set(list.split(",").map((name) => parseProtocol(name.trim())))];
}

/**
 * Divides rows by a protocol. A class whose rows all stand in one group is never learnt when it is tested: its rows count as wrong,
 * and a warning says so. Under every protocol but `seed`, training rows that are copies of a test row by content leave their fold.
 *
 * @throws {DataError} when the rows lack the field that the protocol needs, have a single group, or are nothing but copies.
 */
export function planProtocol(protocol: ProtocolName, rows: EvaluationRows, seed: number): Plan {
  return protocol === "seed" ? seedPlan(rows, seed) : honestPlan(protocol, rows, seed);
}

/**
 * The plan of the recipe's four tables: rows from `trainRows` on test, the tables being split, scaled and filled with
 * copies already.
 */
export function tablesPlan(rows: EvaluationRows, trainRows: number): Plan {
  const all = Int32Array.from(rows.labels, (_, row) => row);
  const split = { name: "test table", train: all.slice(0, trainRows), test: all.slice(trainRows) };
  return { ...leakingPlan(rows, split), scale: false };
}

function leakingPlan(rows: EvaluationRows, split: Split): Plan {
  const folds = [new LeakingFold(split, rows.labels)];
  const twins = contentTwins(rows);
  return {
    protocol: "seed",
    leaks: true,
    reasons: leaksOfSeed,
    classes: presentClasses(rows, folds),
    folds,
    scale: true,
    twins,
    groups: Array.from(twins, String),
    duplicates: { rows: countTwins(twins), straddling: withoutTwins(split, twins).straddling, removed: false },
    overlap: overlapOf([split], rows, textGroups(rows)),
    warnings: missing(rows, folds),
  };
}

function seedPlan(rows: EvaluationRows, seed: number): Plan {
  const { split, codes } = seedRows(rows, seed);
  const plan = leakingPlan(rows, split);
  const dropped = codes.filter((emotion) => emotion === undefined).length;
  if (dropped === 0) return plan;
  return {
    ...plan,
    warnings: [...plan.warnings, `${dropped} rows of other classes than the recipe's six were left out`],
  };
}

function honestPlan(protocol: Exclude<ProtocolName, "seed">, rows: EvaluationRows, seed: number): Plan {
  const twins = contentTwins(rows);
  const texts = textGroups(rows);
  const divided = honestSplits(protocol, rows, twins, texts, seed);
  const cleaned = divided.splits.map((split) => withoutTwins(split, twins));
  const folds = cleaned.map(({ split }) => new Fold(split, rows.labels));
  const straddling = cleaned.reduce((total, part) => total + part.straddling, 0);
  return {
    protocol,
    leaks: false,
    reasons: [],
    groupedBy: divided.groupedBy,
    classes: presentClasses(rows, folds),
    folds,
    scale: true,
    twins,
    groups: innerGroups(protocol, rows, twins),
    duplicates: { rows: countTwins(twins), straddling, removed: true },
    overlap: overlapOf(
      cleaned.map(({ split }) => split),
      rows,
      texts,
    ),
    warnings: [...divided.warnings, ...missing(rows, folds)],
  };
}

function presentClasses({ classes, labels }: EvaluationRows, folds: readonly Fold[]): string[] {
  const present = new Set(
    folds.flatMap((fold) => [...fold.trainLabels, ...Array.from(fold.testRows, (row) => labels[row])]),
  );
  return classes.filter((name) => present.has(name));
}

function missing({ labels }: EvaluationRows, folds: readonly Fold[]): string[] {
  return folds.flatMap((fold) => {
    const learnt = new Set(fold.trainLabels);
    const unknown = new Set(Array.from(fold.testRows, (row) => labels[row]).filter((label) => !learnt.has(label)));
    return [...unknown].map(
      (label) => `fold ${fold.name}: no training row is "${label}", so its test rows count as wrong`,
    );
  });
}
