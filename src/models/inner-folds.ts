import type { EncodedLabels } from "./label-encoder.ts";
import { type FoldRows, stratifiedFolds } from "./stratified-folds.ts";
import { stratifiedGroupParts } from "./stratified-group-folds.ts";

/** How a model divides the rows that it learns from, to hold each part out in turn. */
export interface InnerFoldsOptions {
  readonly folds: number;
  readonly seed: number;
  /** The group of every row, e.g. who spoke it. */
  readonly groups?: readonly string[];
  /** Examples of every class that must stay to be learnt from. */
  readonly least: number;
}

/** Whether groups say more than the rows themselves: there are two or more, and one of several rows. */
export const areGroups = (groups: readonly string[] | undefined): groups is readonly string[] => {
  const distinct = new Set(groups).size;
  return groups !== undefined && distinct > 1 && distinct < groups.length;
};

/**
 * Stratified parts of whole groups: no group stands on both sides of a fold, and there are fewer folds where there are fewer groups. A class
 * that a fold would then have too few examples of (one speaker alone shows it) has its rows, and no others, dealt out one by one.
 * Without groups, or with a single one, all rows are: see {@link stratifiedFolds}.
 */
export function innerFolds(
  { classes, codes, counts }: EncodedLabels,
  { folds, seed, groups, least }: InnerFoldsOptions,
): FoldRows[] {
  if (!areGroups(groups)) return stratifiedFolds(codes, folds, seed);
  const isLoose = new Uint8Array(classes.length);
  for (;;) {
    const own = groups.map((group, row) => (isLoose[codes[row]] ? `row ${row}` : `group ${group}`));
    const parts = Math.min(folds, new Set(own).size);
    const partOf = stratifiedGroupParts(own, codes, classes.length, parts, seed);
    const scarce = scarceClass(codes, counts, partOf, parts, least, isLoose);
    if (scarce < 0) return foldsOf(partOf, parts);
    isLoose[scarce] = 1;
  }
}

/** The first class, of those that still go by groups, of which a fold would leave fewer than `least` examples; -1 when there is none. */
function scarceClass(
  codes: Uint16Array,
  counts: ArrayLike<number>,
  partOf: Int32Array,
  parts: number,
  least: number,
  isLoose: Uint8Array,
): number {
  const held = new Int32Array(isLoose.length * parts);
  codes.forEach((code, row) => held[code * parts + partOf[row]]++);
  return isLoose.findIndex((loose, code) => {
    const most = Math.max(...held.subarray(code * parts, (code + 1) * parts));
    return !loose && counts[code] - most < least;
  });
}

function foldsOf(partOf: Int32Array, parts: number): FoldRows[] {
  const rows = Int32Array.from(partOf.keys());
  return Array.from({ length: parts }, (_, part) => ({
    train: rows.filter((row) => partOf[row] !== part),
    test: rows.filter((row) => partOf[row] === part),
  })).filter(({ test }) => test.length > 0);
}
