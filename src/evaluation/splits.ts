import { DataError } from "../errors.ts";
import { stratifiedGroupParts } from "../models/stratified-group-folds.ts";
import { Random } from "../random.ts";

/** Which rows train and which rows test, as row numbers in ascending order (a leaking split may repeat rows). */
export interface Split {
  /** What is left out, e.g. the session or speaker. */
  readonly name: string;
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * One split a group, in the order of the groups' names: the group tests, all others train.
 *
 * @param groups the group (session, speaker) of every row.
 * @throws {DataError} fewer than two groups.
 * @example
 * leaveOneGroupOut(["a", "b", "a"]); // [{name: "a", train: [1], test: [0, 2]}, {name: "b", train: [0, 2], test: [1]}]
 */
export function leaveOneGroupOut(groups: readonly string[]): Split[] {
  return distinctGroups(groups).map((name) => splitByGroup(name, groups, new Set([name])));
}

/**
 * Splits the groups into k test parts of about equal size: the largest group first, each to the part that has the
 * fewest rows (as scikit-learn's `GroupKFold`; ties go by name, so the result depends on nothing but the groups).
 *
 * @throws {DataError} fewer than two groups, or fewer groups than parts.
 */
export function groupKFold(groups: readonly string[], k: number): Split[] {
  const names = distinctGroups(groups);
  checkFolds(k, names.length);
  const size = new Map(names.map((name) => [name, 0]));
  for (const name of groups) size.set(name, size.get(name)! + 1);
  const parts = Array.from({ length: k }, () => ({ rows: 0, names: new Set<string>() }));
  for (const name of [...names].sort((a, b) => size.get(b)! - size.get(a)!)) {
    const smallest = parts.reduce((best, part) => (part.rows < best.rows ? part : best));
    smallest.rows += size.get(name)!;
    smallest.names.add(name);
  }
  return parts.map((part, f) => splitByGroup(`fold ${f + 1}`, groups, part.names));
}

/**
 * Splits the groups into k test parts of about equal class shares, as scikit-learn's `StratifiedGroupKFold`: the group whose class
 * counts vary most first, each to the part that leaves the classes most evenly spread.
 *
 * @param labels the class of every row.
 * @param seed shuffles the groups first; without it the result depends on nothing but groups and labels.
 * @throws {DataError} fewer than two groups, or fewer groups than parts.
 */
export function stratifiedGroupKFold(
  groups: readonly string[],
  labels: readonly string[],
  k: number,
  seed?: number,
): Split[] {
  const names = distinctGroups(groups);
  checkFolds(k, names.length);
  const classes = [...new Set(labels)].sort();
  const codeOf = new Map(classes.map((name, code) => [name, code]));
  const codes = Uint16Array.from(labels, (label) => codeOf.get(label)!);
  const partOf = stratifiedGroupParts(groups, codes, classes.length, k, seed);
  return Array.from({ length: k }, (_, f) =>
    splitByGroup(`fold ${f + 1}`, groups, new Set(groups.filter((_, row) => partOf[row] === f))),
  );
}

/**
 * Shuffles the groups and deals them out to k test parts. With a group a row this is scikit-learn's shuffled `KFold`.
 *
 * @throws {DataError} fewer than two groups, or fewer groups than parts.
 */
export function shuffledKFold(groups: readonly string[], k: number, seed: number): Split[] {
  const names = new Random(seed).shuffle(distinctGroups(groups));
  checkFolds(k, names.length);
  return Array.from({ length: k }, (_, f) =>
    splitByGroup(`fold ${f + 1}`, groups, new Set(names.filter((_, i) => i % k === f))),
  );
}

/**
 * Crosses two divisions: for each pair of their parts, the rows that test in both test, and the rows that train in both train. So
 * neither the groups of the one nor those of the other stand on both sides. Pairs without test or training rows are left out.
 *
 * @param first, second divisions of the same rows.
 */
export function crossSplits(first: readonly Split[], second: readonly Split[]): Split[] {
  return first.flatMap((one) =>
    second.flatMap((other) => {
      const both = (side: "train" | "test"): Int32Array => {
        const rows = new Set(other[side]);
        return one[side].filter((row) => rows.has(row));
      };
      const split = { name: `${one.name}, ${other.name}`, train: both("train"), test: both("test") };
      return split.train.length > 0 && split.test.length > 0 ? [split] : [];
    }),
  );
}

/**
 * Groups drawn at random test, the others train.
 *
 * @param testShare the share of the groups that test, in (0, 1); at least one group tests and one trains.
 * @throws {DataError} fewer than two groups.
 */
export function groupHoldout(groups: readonly string[], testShare: number, seed: number): Split {
  const names = distinctGroups(groups);
  const count = Math.min(names.length - 1, Math.max(1, Math.floor(testShare * names.length + 0.5)));
  return splitByGroup("holdout", groups, new Set(new Random(seed).shuffle(names).slice(0, count)));
}

/**
 * Rows drawn at random test, whoever speaks: copies, speakers and dialogues stand on both sides. Only the protocol
 * `seed` uses it, since the published figures were made so.
 *
 * @param rows the row numbers to divide; a row may stand there several times.
 * @param testShare the share that tests; its count is rounded up, as in `train_test_split`.
 */
export function holdout(rows: ArrayLike<number>, testShare: number, seed: number): Split {
  const shuffled = new Random(seed).shuffle(Int32Array.from(rows));
  const count = Math.ceil(testShare * rows.length);
  return { name: "random holdout", train: shuffled.slice(count).sort(), test: shuffled.slice(0, count).sort() };
}

/**
 * The split that a corpus was published with: rows marked `train` train, rows marked `test` test; rows of other parts
 * (`dev`) take no part.
 *
 * @throws {DataError} no row is marked `train`, or none `test`.
 */
export function officialSplit(parts: readonly (string | undefined)[]): Split {
  const marked = (name: string): Int32Array =>
    Int32Array.from(parts.flatMap((part, row) => (part === name ? [row] : [])));
  const split = { name: "official test part", train: marked("train"), test: marked("test") };
  for (const name of ["train", "test"] as const) {
    if (split[name].length === 0) {
      throw new DataError(`the corpus has no official split: no row's field "split" is "${name}"`);
    }
  }
  return split;
}

/**
 * Holds a split to its promise.
 *
 * @throws {DataError} when a group has rows on both sides.
 */
export function assertGroupsApart({ name, train, test }: Split, groups: readonly string[]): void {
  const training = new Set(Array.from(train, (row) => groups[row]));
  for (const row of test) {
    if (training.has(groups[row])) {
      throw new DataError(`fold ${name}: "${groups[row]}" stands both in the training and in the test part`);
    }
  }
}

/** The groups' names in ascending order (by code unit, so that no locale plays a part). */
function distinctGroups(groups: readonly string[]): string[] {
  const names = [...new Set(groups)].sort();
  if (names.length < 2) {
    throw new DataError(
      `a split that keeps groups apart needs at least two of them, there is ${names.length === 1 ? `only "${names[0]}"` : "none"}`,
    );
  }
  return names;
}

function splitByGroup(name: string, groups: readonly string[], testing: ReadonlySet<string>): Split {
  const train: number[] = [];
  const test: number[] = [];
  groups.forEach((group, row) => (testing.has(group) ? test : train).push(row));
  const split = { name, train: Int32Array.from(train), test: Int32Array.from(test) };
  assertGroupsApart(split, groups);
  return split;
}

function checkFolds(k: number, groups: number): void {
  if (!Number.isInteger(k) || k < 2) throw new DataError(`k-fold needs at least 2 folds, not ${k}`);
  if (groups < k) throw new DataError(`${k} folds need at least ${k} groups, there are ${groups}`);
}
