import { ModelFileError } from "../../errors.ts";

// What is read of JSON that another program wrote; every failure is a ModelFileError that names the part.

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws {ModelFileError} when it is no object. */
export function recordOf(value: unknown, what: string): Record<string, unknown> {
  if (!isRecord(value)) throw new ModelFileError(`${what} must be an object`);
  return value;
}

/** @throws {ModelFileError} when it is no list, or has not `length` elements. */
export function listOf(value: unknown, what: string, length?: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new ModelFileError(`${what} must be a list`);
  if (length !== undefined && value.length !== length) {
    throw new ModelFileError(`${what} has ${value.length} elements; there must be ${length}`);
  }
  return value;
}

/** Finite numbers. @throws {ModelFileError} */
export function numbersOf(value: unknown, what: string, length?: number): readonly number[] {
  const list = listOf(value, what, length);
  for (const number of list) {
    if (typeof number !== "number" || !Number.isFinite(number)) {
      throw new ModelFileError(`${what} holds ${String(number)}; all must be finite numbers`);
    }
  }
  return list as readonly number[];
}

/** @throws {ModelFileError} when it is no list of texts. */
export function textsOf(value: unknown, what: string, length?: number): readonly string[] {
  const list = listOf(value, what, length);
  if (!list.every((text) => typeof text === "string")) throw new ModelFileError(`${what} must be texts`);
  return list as readonly string[];
}

/** A whole number above 0, or from `lowest`; also as a text. @throws {ModelFileError} */
export function countOf(value: unknown, what: string, lowest = 1): number {
  const count = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof count !== "number" || !Number.isInteger(count) || count < lowest || count > 2147483647) {
    throw new ModelFileError(`${what} is ${String(value)}; it must be a whole number of at least ${lowest}`);
  }
  return count;
}
