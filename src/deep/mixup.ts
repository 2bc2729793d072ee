import type { Random } from "../random.ts";

/** What is mixed into an example of a batch: which other one, and its share. */
export interface Mix {
  readonly partner: number;
  readonly share: number;
}

/**
 * Draws for mixup (Zhang et al. 2018): examples between examples, which are of both classes. Shares are uniform, the paper's Beta(1, 1).
 *
 * @param rate the probability that an example is mixed with another one
 */
export function drawMixes(rows: number, rate: number, random: Random): Mix[] {
  return Array.from({ length: rows }, (_, row) => {
    if (rows < 2 || random.uniform() >= rate) return { partner: row, share: 0 };
    const other = random.integer(rows - 1);
    // Of the two the larger share is the example's own, whose length the mixture has.
    return { partner: other < row ? other : other + 1, share: random.uniform() / 2 };
  });
}

/** Mixes targets, rows x classes. */
export function mixTargets(targets: Float32Array, classes: number, mixes: readonly Mix[]): Float32Array {
  const mixed = targets.slice();
  for (const [row, { partner, share }] of mixes.entries()) {
    for (let c = 0; c < classes; c++) {
      const [own, other] = [targets[row * classes + c], targets[partner * classes + c]];
      mixed[row * classes + c] = own + share * (other - own);
    }
  }
  return mixed;
}

/**
 * Mixes sequences that are padded to the same length, rows x (steps x columns), in place. A shorter partner is heard again from its start.
 *
 * @param lengths values of each sequence
 */
export function mixSequences(data: Float32Array, lengths: readonly number[], mixes: readonly Mix[]): void {
  const original = data.slice();
  const width = data.length / lengths.length;
  for (const [row, { partner, share }] of mixes.entries()) {
    if (share === 0 || lengths[partner] === 0) continue;
    for (let i = 0; i < lengths[row]; i++) {
      const own = original[row * width + i];
      data[row * width + i] = own + share * (original[partner * width + (i % lengths[partner])] - own);
    }
  }
}
