import { Random } from "../random.ts";

/**
 * Places of rows, each once and then copies at random, so that every class has as many as the largest (imbalanced-learn's
 * `RandomOverSampler`).
 */
export function oversampled(labels: readonly string[], seed: number): number[] {
  const random = new Random(seed);
  const members = placesByLabel(labels.keys(), labels);
  const largest = Math.max(...[...members.values()].map((places) => places.length));
  const kept = [...labels.keys()];
  for (const label of [...members.keys()].sort()) {
    const places = members.get(label)!;
    for (let n = places.length; n < largest; n++) kept.push(places[random.integer(places.length)]);
  }
  return kept;
}

/**
 * A share of the rows, drawn at random, of every class alike; at least two rows of each, while there are two.
 *
 * @param rows row numbers
 * @param labels the label of every row of the data
 * @returns ascending
 */
export function stratifiedShare(rows: Int32Array, labels: readonly string[], share: number, seed: number): Int32Array {
  const members = placesByLabel(new Random(seed).shuffle(rows.slice()), labels);
  const kept = [...members.values()].flatMap((own) => own.slice(0, Math.max(2, Math.round(share * own.length))));
  return Int32Array.from(kept).sort();
}

function placesByLabel(rows: Iterable<number>, labels: readonly string[]): Map<string, number[]> {
  const members = new Map<string, number[]>();
  for (const row of rows) {
    const own = members.get(labels[row]);
    if (own) own.push(row);
    else members.set(labels[row], [row]);
  }
  return members;
}
