import { DataError } from "../errors.ts";

/** Pointers are kept below 2^31, where they are positive in every view. */
const CAPACITY = 2147483647;

/** Checks, before anything is allocated, that the core can hold `bytes`. @throws {DataError} */
export function checkCapacity(bytes: number): void {
  if (bytes <= CAPACITY) return;
  throw new DataError(
    `this needs ${(bytes / 1e9).toFixed(1)} GB of the core's memory, which ends at 2: use fewer rows or columns, or fewer at a time`,
  );
}
