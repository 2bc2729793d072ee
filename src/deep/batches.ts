import type { Random } from "../random.ts";

/** The numbers from 0 to `rows - 1`, shuffled and cut into batches; the last may be smaller. */
export function shuffledBatches(rows: number, batchSize: number, random: Random): Int32Array[] {
  const order = random.shuffle(Int32Array.from({ length: rows }, (_, row) => row));
  return slices(order, batchSize);
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
