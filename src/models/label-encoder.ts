import { DataError } from "../errors.ts";

/** Class names in ascending order of their UTF-16 code units, and each example's class as its place among them. */
export interface EncodedLabels {
  readonly classes: readonly string[];
  readonly codes: Uint16Array;
  /** Examples of each class. */
  readonly counts: readonly number[];
}

/**
 * Numbers the classes of `y`, as scikit-learn's `LabelEncoder` does.
 * @throws {DataError} when there are fewer than two classes, a class with one example, or more than 65,535 classes.
 *
 * @example
 * encodeLabels(["sad", "ang", "sad", "ang"]); // classes ["ang", "sad"], codes [1, 0, 1, 0]
 */
export function encodeLabels(y: readonly string[]): EncodedLabels {
  const classes = [...new Set(y)].sort();
  if (y.length === 0) throw new DataError("there are no examples to learn from");
  if (classes.length < 2) {
    throw new DataError(
      `all ${y.length} examples are of the class "${classes[0]}"; a classifier needs two classes or more`,
    );
  }
  if (classes.length > 65535)
    throw new DataError(`${classes.length} classes are more than the 65535 that a model can hold`);
  const place = new Map(classes.map((name, code) => [name, code]));
  const codes = Uint16Array.from(y, (name) => place.get(name) as number);
  const counts = classes.map(() => 0);
  for (const code of codes) counts[code]++;
  const single = classes.filter((_, code) => counts[code] === 1);
  if (single.length === classes.length) {
    throw new DataError(`there are ${y.length} examples for ${classes.length} classes; every class needs at least two`);
  }
  if (single.length > 0) {
    const names = single.map((name) => `"${name}"`).join(", ");
    throw new DataError(
      `${single.length === 1 ? "the class" : "the classes"} ${names} ${single.length === 1 ? "has" : "have"} one example; add more or leave ${single.length === 1 ? "it" : "them"} out`,
    );
  }
  return { classes, codes, counts };
}
