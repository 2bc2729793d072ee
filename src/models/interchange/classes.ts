import { ModelFileError } from "../../errors.ts";

/** Class names in ascending order, as classifiers keep them, and the place in it of each name as a file has them. */
export interface SortedClasses {
  readonly classes: readonly string[];
  readonly place: readonly number[];
}

/** @throws {ModelFileError} fewer than two names, or equal ones. */
export function sortClasses(value: unknown): SortedClasses {
  const isName = (name: unknown) => typeof name === "string" || typeof name === "number";
  const names = Array.isArray(value) && value.every(isName) ? value.map(String) : [];
  if (names.length < 2 || names.length > 65535 || new Set(names).size !== names.length) {
    throw new ModelFileError("the model's classes must be a list of two or more different names");
  }
  const classes = [...names].sort();
  const placeOf = new Map(classes.map((name, c) => [name, c]));
  return { classes, place: names.map((name) => placeOf.get(name) as number) };
}

/** The names that were given for a file which only numbers its classes, or else the numbers. @throws {ModelFileError} */
export function namesOrNumbers(given: readonly string[] | undefined, count: number): readonly string[] {
  if (!Number.isInteger(count) || count < 2 || count > 65535) {
    throw new ModelFileError(`the model has ${count} classes; a classifier has two or more`);
  }
  if (given === undefined) return Array.from({ length: count }, (_, c) => String(c));
  if (given.length !== count) {
    throw new ModelFileError(`${given.length} class names were given, but the model has ${count} classes`);
  }
  return given;
}
