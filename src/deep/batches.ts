import type { Random } from "../random.ts";

/** Batches that are sorted by length together. */
const BATCHES_A_BUCKET = 20;

/**
 * The numbers from 0 to `rows - 1`, shuffled and cut into batches; the last may be smaller.
 *
 * @param lengths of each row's sequence: neighbours of similar length are put together, twenty batches' worth at a time, so that little is padded
 */
export function shuffledBatches(
  rows: number,
  batchSize: number,
  random: Random,
  lengths?: ArrayLike<number>,
): Int32Array[] {
  const order = random.shuffle(Int32Array.from({ length: rows }, (_, row) => row));
  if (!lengths) return slices(order, batchSize);
  const buckets = slices(order, batchSize * BATCHES_A_BUCKET);
  const sorted = buckets.map((bucket) => bucket.slice().sort((a, b) => lengths[a] - lengths[b] || a - b));
  return random.shuffle(sorted.flatMap((bucket) => slices(bucket, batchSize)));
}

/** The numbers from 0 to `rows - 1` in order, cut into batches. */
export const orderedBatches = (rows: number, batchSize: number): Int32Array[] =>
  slices(
    Int32Array.from({ length: rows }, (_, row) => row),
    batchSize,
  );

function slices(order: Int32Array, size: number): Int32Array[] {
  return Array.from({ length: Math.ceil(order.length / size) }, (_, b) => order.subarray(b * size, (b + 1) * size));
}
