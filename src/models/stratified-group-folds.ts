import { Random } from "../random.ts";

/**
 * Divides groups into `parts` of about equal class shares, as scikit-learn's `StratifiedGroupKFold`: the group whose class counts vary most
 * first, each to the part that leaves the classes most evenly spread.
 *
 * @param codes the class of every row, from 0 to `classes` - 1
 * @param seed shuffles the groups first; without it the result depends on nothing but groups and classes
 * @returns the part of every row, from 0; a part may stay empty
 */
export function stratifiedGroupParts(
  groups: readonly string[],
  codes: ArrayLike<number>,
  classes: number,
  parts: number,
  seed?: number,
): Int32Array {
  const names = [...new Set(groups)].sort();
  if (seed !== undefined) new Random(seed).shuffle(names);
  const countOf = new Map(names.map((name) => [name, new Float64Array(classes)]));
  const totals = new Float64Array(classes);
  groups.forEach((group, row) => {
    countOf.get(group)![codes[row]]++;
    totals[codes[row]]++;
  });
  const present = Array.from(totals.keys()).filter((c) => totals[c] > 0);
  const spread = new Map(names.map((name) => [name, deviation(present.map((c) => countOf.get(name)![c]))]));
  const filled = Array.from({ length: parts }, () => ({ counts: new Float64Array(classes), rows: 0 }));
  const partOf = new Map<string, number>();
  for (const name of names.sort((a, b) => spread.get(b)! - spread.get(a)!)) {
    const counts = countOf.get(name)!;
    const uneven = filled.map((own) =>
      mean(
        present.map((c) =>
          deviation(filled.map((part) => (part.counts[c] + (part === own ? counts[c] : 0)) / totals[c])),
        ),
      ),
    );
    let best = 0;
    for (let p = 1; p < parts; p++) {
      const equal = Math.abs(uneven[p] - uneven[best]) <= 1e-8 + 1e-5 * Math.abs(uneven[best]); // numpy.isclose
      if (uneven[p] < uneven[best] || (equal && filled[p].rows < filled[best].rows)) best = p;
    }
    counts.forEach((count, c) => (filled[best].counts[c] += count));
    filled[best].rows += counts.reduce((sum, count) => sum + count, 0);
    partOf.set(name, best);
  }
  return Int32Array.from(groups, (group) => partOf.get(group)!);
}

const mean = (values: ArrayLike<number>): number =>
  (Array.prototype.reduce.call(values, (sum, value) => (sum as number) + (value as number), 0) as number) /
  values.length;

function deviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  return Math.sqrt(mean(Array.from(values, (value) => (value - centre) * (value - centre))));
}
