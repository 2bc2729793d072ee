import type { Matrix } from "../matrix.ts";
import type { Scratch } from "./memory.ts";

/** Bytes that rows take in the core's memory. */
export const sizeOf = (x: Matrix): number =>
  x.kind === "dense" ? 4 * x.data.length : 8 * x.values.length + 4 * x.rows;

/** Copies rows into the core's memory; `indptr` is 0 for dense ones. */
export function copyRows(memory: Scratch, x: Matrix): { indptr: number; indices: number; values: number } {
  if (x.kind === "dense") return { indptr: 0, indices: 0, values: memory.copy(x.data) };
  return { indptr: memory.copy(x.indptr), indices: memory.copy(x.indices), values: memory.copy(x.values) };
}
