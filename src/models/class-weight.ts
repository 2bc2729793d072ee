import { OptionError } from "../errors.ts";
import type { Json } from "./state.ts";
import type { EncodedLabels } from "./label-encoder.ts";

/**
 * How classes are weighed: all alike (`null`), each by the inverse of its frequency (`balanced`), or by name (a class that is not
 * named weighs 1).
 */
export type ClassWeight = null | "balanced" | Readonly<Record<string, number>>;

/** One weight a class. `balanced` is examples / (classes * examples of the class), as in scikit-learn. */
export function classWeights({ classes, codes, counts }: EncodedLabels, classWeight: ClassWeight): number[] {
  if (classWeight === null) return classes.map(() => 1);
  if (classWeight === "balanced") return counts.map((count) => codes.length / (classes.length * count));
  const unknown = Object.keys(classWeight).find((name) => !classes.includes(name));
  if (unknown !== undefined) {
    throw new OptionError(`classWeight names "${unknown}", but the classes are ${classes.join(", ")}`);
  }
  return classes.map((name) => (Object.hasOwn(classWeight, name) ? classWeight[name] : 1));
}

/** One weight an example: its class's times its own. */
export function exampleWeights(
  labels: EncodedLabels,
  classWeight: ClassWeight,
  sampleWeight?: ArrayLike<number>,
): Float64Array {
  const byClass = classWeights(labels, classWeight);
  return Float64Array.from(labels.codes, (code, i) => byClass[code] * (sampleWeight?.[i] ?? 1));
}

/** Checks the option `classWeight`; `named` are the words that it may be. @throws {OptionError} */
export function checkClassWeight(value: Json | undefined, named: readonly string[]): void {
  if (value === null || (typeof value === "string" && named.includes(value))) return;
  if (typeof value === "object" && !Array.isArray(value)) {
    for (const [name, weight] of Object.entries(value)) {
      if (typeof weight !== "number" || !(weight > 0 && weight < Infinity)) {
        throw new OptionError(`classWeight gives "${name}" the weight ${weight}; weights are finite and above 0`);
      }
    }
    return;
  }
  throw new OptionError(
    `classWeight is ${String(value)}; it may be null, ${named.join(", ")} or a weight by class name`,
  );
}
