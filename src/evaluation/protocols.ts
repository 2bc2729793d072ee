import { DataError, OptionError } from "../errors.ts";
import { Fold } from "./fold.ts";
import { LeakingFold } from "./leaking-fold.ts";
import { contentTwins, countTwins, type Duplicates, withoutTwins } from "./duplicates.ts";
import { type Overlap, overlapOf, textGroups } from "./overlap.ts";
import { completeGroups, type EvaluationRows } from "./rows.ts";
import { deriveSeed } from "./seeds.ts";
import {
  assertGroupsApart,
  crossSplits,
  groupHoldout,
  groupKFold,
  holdout,
  leaveOneGroupOut,
  officialSplit,
  type Split,
  shuffledKFold,
  stratifiedGroupKFold,
} from "./splits.ts";

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

/** The numbers of the published recipe (Sahu 2019, arXiv 1904.06022, and its public code). */
export const recipe = {
  /** How often each row of a class stands in the table, all in all. */
  copies: { fea: 31, sur: 11 },
  testShare: 0.2,
  tfidf: { sublinearTf: true, minDf: 5, norm: "l2", ngramRange: [1, 2], stopWords: "english" },
  randomForest: { trees: { audio: 1200, text: 600, both: 600 }, minSamplesSplit: 25 },
  logisticRegression: { C: 1 },
  /** XGBoost's; the published code also writes `sub_sample`, which XGBoost does not know and leaves unheeded. */
  boosting: { trees: { audio: 1200, text: 600, both: 600 }, maxDepth: 7, learningRate: 0.008 },
  perceptron: { units: { audio: 650, text: 500, both: 500 }, learningRateInit: 0.01, maxIter: 1000 },
} as const;

/** The six classes of the recipe, with the names that corpora have for them. */
const six: Readonly<Record<string, readonly string[]>> = {
  ang: ["ang", "anger", "angry"],
  hap: ["hap", "happiness", "happy", "joy"],
  sad: ["sad", "sadness"],
  fea: ["fea", "fear", "fearful"],
  sur: ["sur", "surprise", "surprised"],
  neu: ["neu", "neutral"],
};

/** What makes the recipe's figures too good, in the words of the reports. */
const leaksOfSeed = [
  "rows of rare classes are copied before the split, so their twins stand in training and test part",
  "the split is drawn row by row: speakers, sessions and dialogues stand on both sides",
  "the scaler and TF-IDF are fitted on training and test rows together",
] as const;

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

/** The rows of the published recipe: copied, then divided at random. */
export interface SeedRows {
  /** Row numbers; copies repeat theirs, and may stand on both sides. */
  readonly split: Split;
  /** The recipe's name of each corpus row's class; undefined where it has none. */
  readonly codes: readonly (string | undefined)[];
}

/** @throws {DataError} when no row is of the recipe's six classes. */
export function seedRows(rows: EvaluationRows, seed: number): SeedRows {
  const code = new Map(Object.entries(six).flatMap(([code, names]) => names.map((name) => [name, code])));
  const codes = rows.labels.map((label) => code.get(label));
  const table = codes.flatMap((emotion, row) =>
    emotion === undefined ? [] : new Array<number>(recipe.copies[emotion as "fea" | "sur"] ?? 1).fill(row),
  );
  if (table.length === 0) {
    throw new DataError(
      `${rows.corpus}: the protocol seed keeps ${Object.keys(six).join(", ")}; no row has one of them`,
    );
  }
  return { split: holdout(table, recipe.testShare, deriveSeed(seed, "split")), codes };
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

interface HonestSplits {
  readonly splits: readonly Split[];
  readonly groupedBy?: "session" | "speaker";
  readonly warnings: readonly string[];
}

function honestSplits(
  protocol: Exclude<ProtocolName, "seed">,
  rows: EvaluationRows,
  twins: Int32Array,
  texts: readonly (string | undefined)[] | undefined,
  seed: number,
): HonestSplits {
  if (protocol === "official" || protocol === "cross-corpus") {
    if (!rows.splits) throw new DataError(`${rows.corpus}: the protocol ${protocol} needs the field "split"`);
    const split = officialSplit(rows.splits);
    return { splits: [split], warnings: protocol === "official" ? speakersOnBothSides(split, rows) : [] };
  }
  if (protocol === "row-kfold" || protocol === "stratified-kfold") {
    const units = Array.from(twins, String);
    const splits =
      protocol === "row-kfold"
        ? shuffledKFold(units, FOLDS, deriveSeed(seed, "split"))
        : stratifiedGroupKFold(units, rows.labels, FOLDS, deriveSeed(seed, "split"));
    return {
      splits,
      warnings: ["speakers and sessions are not kept apart: figures are those of voices that were heard before"],
    };
  }
  if (protocol === "script-disjoint") return scriptDisjointSplits(rows, texts);
  const { groups, groupedBy } = groupsOf(protocol, rows);
  if (new Set(groups).size < 2) {
    throw new DataError(
      `${rows.corpus}: the protocol ${protocol} needs two ${groupedBy}s or more, but the field "${groupedBy}" is "${groups[0]}" in every row`,
    );
  }
  const splits = {
    loso: () => leaveOneGroupOut(groups),
    speaker: () => leaveOneGroupOut(groups),
    kfold: () => groupKFold(groups, FOLDS),
    "stratified-group-kfold": () => stratifiedGroupKFold(groups, rows.labels, FOLDS),
    holdout: () => [groupHoldout(groups, 0.2, deriveSeed(seed, "split"))],
  }[protocol]();
  for (const split of splits) assertGroupsApart(split, groups);
  return { splits, groupedBy, warnings: [] };
}

const FOLDS = 5;

function innerGroups(protocol: ProtocolName, rows: EvaluationRows, twins: Int32Array): readonly string[] {
  const known = rows.speakers?.every((speaker) => speaker) || rows.sessions?.every((session) => session);
  const byRow = protocol === "row-kfold" || protocol === "stratified-kfold";
  return known && !byRow ? groupsOf(protocol, rows).groups : Array.from(twins, String);
}

/**
 * Texts and groups (sessions, speakers) are each put into five parts, or as many as there are, and the divisions crossed, so that a
 * figure tells of new words from new voices. A row without a text is a text of its own.
 */
function scriptDisjointSplits(rows: EvaluationRows, texts: readonly (string | undefined)[] | undefined): HonestSplits {
  if (!texts)
    throw new DataError(`${rows.corpus}: the protocol script-disjoint needs transcripts or the field "script"`);
  const named = texts.map((text, row) => text ?? `row ${row}`);
  const distinct = new Set(named).size;
  if (distinct < 2)
    throw new DataError(`${rows.corpus}: the protocol script-disjoint needs two texts or more, there is one`);
  const byText = groupKFold(named, Math.min(FOLDS, distinct)).map((split) => ({
    ...split,
    name: `texts ${split.name}`,
  }));
  const known = rows.speakers?.every((speaker) => speaker) || rows.sessions?.every((session) => session);
  const { groups, groupedBy } = known ? groupsOf("script-disjoint", rows) : { groups: [], groupedBy: undefined };
  const count = new Set(groups).size;
  if (count < 2) {
    return { splits: byText, warnings: ["there are no two speakers to keep apart: only the texts are disjoint"] };
  }
  const splits = crossSplits(groupKFold(groups, Math.min(FOLDS, count)), byText);
  for (const split of splits) {
    assertGroupsApart(split, named);
    assertGroupsApart(split, groups);
  }
  return { splits, groupedBy, warnings: [] };
}

function groupsOf(
  protocol: ProtocolName,
  rows: EvaluationRows,
): { groups: readonly string[]; groupedBy: "session" | "speaker" } {
  const need = `the protocol ${protocol}`;
  const useSessions = protocol !== "speaker" && rows.sessions !== undefined && !speakersChangeSessions(rows);
  return useSessions
    ? { groups: completeGroups(rows, "sessions", need), groupedBy: "session" }
    : { groups: completeGroups(rows, "speakers", need), groupedBy: "speaker" };
}

/** Whether some speaker is heard in two sessions, so that leaving a session out would not leave its speakers out. */
function speakersChangeSessions({ speakers, sessions }: EvaluationRows): boolean {
  const sessionOf = new Map<string, string | undefined>();
  return (speakers ?? []).some((speaker, row) => {
    if (speaker === undefined) return false;
    const first = sessionOf.get(speaker);
    if (first === undefined) sessionOf.set(speaker, sessions?.[row]);
    return first !== undefined && first !== sessions?.[row];
  });
}

function speakersOnBothSides({ train, test }: Split, { speakers }: EvaluationRows): string[] {
  if (!speakers) return ["the corpus names no speakers: the same voice may stand in training and test part"];
  const training = new Set(Array.from(train, (row) => speakers[row]));
  const testing = new Set(Array.from(test, (row) => speakers[row]));
  const both = [...testing].filter((speaker) => training.has(speaker)).length;
  return both === 0 ? [] : [`${both} of the ${testing.size} speakers of the official test part are in training too`];
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
