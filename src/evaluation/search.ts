import { OptionError } from "../errors.ts";
import { Random } from "../random.ts";
import type { Fold } from "./fold.ts";
import { balancedAccuracy, type Counts } from "./metrics.ts";

/** How settings are chosen: all of the grid, some of it at random, or all on few rows and ever fewer on ever more. */
export const searchMethods = ["grid", "random", "halving"] as const;
export type SearchMethod = (typeof searchMethods)[number];

type Value = string | number | boolean | null;
/** One choice of settings. */
export type Params = Readonly<Record<string, Value>>;
/** The values that each setting may have. */
export type SearchSpace = Readonly<Record<string, readonly Value[]>>;

/** What a search chose, and how well that did within the training part (UAR over the inner folds; optimistic, as it is the best of many). */
export interface SearchResult {
  readonly params: Params;
  readonly uar: number;
  /** How many times settings were fitted and judged on all inner folds. */
  readonly tried: number;
}

/** Settings that a random search draws. */
const RANDOM_DRAWS = 10;
/** Successive halving keeps a third of the settings a round, as scikit-learn's `HalvingGridSearchCV`. */
const HALVING_FACTOR = 3;

/**
 * Chooses settings within the training part of a fold, by the UAR pooled over inner folds; of equals the first of the grid wins.
 *
 * @param folds inner folds, see `Fold.inner`: the outer test part is not among their rows
 * @param evaluate fits settings in an inner fold and counts what its test rows were taken for
 * @throws {OptionError} a space without values
 * @example
 * const { params } = await searchParams({ C: [0.1, 1, 10] }, "grid", fold.inner(speakers, 3, seed), seed, evaluate);
 */
export async function searchParams(
  space: SearchSpace,
  method: SearchMethod,
  folds: readonly Fold[],
  seed: number,
  evaluate: (params: Params, fold: Fold) => Promise<Counts>,
): Promise<SearchResult> {
  let candidates = gridOf(space);
  if (method === "random") candidates = drawn(candidates, seed);
  const rounds = method === "halving" ? halvings(candidates.length) : 1;
  let best: { readonly params: Params; readonly uar: number } = { params: {}, uar: Number.NaN };
  let tried = 0;
  for (let round = 1; round <= rounds; round++) {
    let share = 1;
    for (let later = round; later < rounds; later++) share /= HALVING_FACTOR;
    const part = share < 1 ? folds.map((fold) => fold.withShare(share, seed)) : folds;
    const scored: { params: Params; uar: number }[] = [];
    for (const params of candidates) {
      const counts: Counts[] = [];
      for (const fold of part) counts.push(await evaluate(params, fold));
      scored.push({ params, uar: balancedAccuracy(sumOf(counts)) });
      tried++;
    }
    // A stable sort: equals stay in the order of the grid.
    scored.sort((a, b) => b.uar - a.uar);
    best = scored[0];
    candidates = scored.slice(0, Math.ceil(scored.length / HALVING_FACTOR)).map(({ params }) => params);
  }
  return { ...best, tried };
}

/** Every combination of a space's values, the last setting changing first. @throws {OptionError} a setting without values. */
export function gridOf(space: SearchSpace): Params[] {
  return Object.entries(space).reduce<Params[]>(
    (grid, [name, values]) => {
      if (values.length === 0) throw new OptionError(`the search has no values for "${name}"`);
      return grid.flatMap((params) => values.map((value) => ({ ...params, [name]: value })));
    },
    [{}],
  );
}

function drawn(grid: readonly Params[], seed: number): Params[] {
  const kept = new Random(seed).shuffle(Int32Array.from(grid.keys())).slice(0, RANDOM_DRAWS).sort();
  return Array.from(kept, (i) => grid[i]);
}

/** Rounds until one is left, at least one. */
function halvings(candidates: number): number {
  let rounds = 1;
  for (let n = candidates; n > HALVING_FACTOR; n = Math.ceil(n / HALVING_FACTOR)) rounds++;
  return rounds;
}

function sumOf(all: readonly Counts[]): Counts {
  return all[0].map((row, t) => row.map((_, p) => all.reduce((sum, counts) => sum + counts[t][p], 0)));
}
