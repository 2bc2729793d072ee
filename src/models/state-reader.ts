import { ModelFileError, OptionError } from "../errors.ts";
import type { Json, ModelState, Tensor } from "./state.ts";

// What a saved state must hold to be loaded; every failure is a ModelFileError that names the missing or wrong part.

/** The state, when it is of this kind. @throws {ModelFileError} */
export function checkKind(state: ModelState, kind: string): void {
  if (state.kind !== kind) throw new ModelFileError(`the model is of the kind "${state.kind}", not "${kind}"`);
}

/** The tensor `name`, of one of `dtypes` and, where given, of this shape (-1: any length). @throws {ModelFileError} */
export function tensorOf<D extends Tensor["dtype"]>(
  state: ModelState,
  name: string,
  dtypes: readonly D[],
  shape: readonly number[],
): Tensor & { dtype: D } {
  if (!Object.hasOwn(state.tensors, name)) throw new ModelFileError(`the model lacks the tensor "${name}"`);
  const tensor = state.tensors[name];
  if (!dtypes.includes(tensor.dtype as D)) {
    throw new ModelFileError(`the tensor "${name}" holds ${tensor.dtype}, not ${dtypes.join(" or ")}`);
  }
  const fits = shape.length === tensor.shape.length && shape.every((n, i) => n === -1 || n === tensor.shape[i]);
  if (!fits || tensor.data.length !== tensor.shape.reduce((product, n) => product * n, 1)) {
    throw new ModelFileError(
      `the tensor "${name}" is ${tensor.shape.join(" x ")}, not ${shape.join(" x ").replaceAll("-1", "n")}`,
    );
  }
  return tensor as Tensor & { dtype: D };
}

/** No number of a model is larger; sums of products with float32 then stay far from the end of float64. */
const LARGEST = 1e200;

/** A tensor of float64, all finite and none absurdly large. @throws {ModelFileError} */
export function float64Of(state: ModelState, name: string, shape: readonly number[]): Float64Array {
  const data = tensorOf(state, name, ["F64"], shape).data as Float64Array;
  for (const value of data) {
    if (!(Math.abs(value) <= LARGEST))
      throw new ModelFileError(
        `the tensor "${name}" holds ${value}; all its numbers must be finite and below ${LARGEST}`,
      );
  }
  return data;
}

/** The whole number `key` of the config, from `lowest` to 2^31 - 1. @throws {ModelFileError} */
export function integerOf(state: ModelState, key: string, lowest: number): number {
  const value = state.config[key];
  if (typeof value !== "number" || !Number.isInteger(value) || value < lowest || value > 2147483647) {
    throw new ModelFileError(`the model's "${key}" must be a whole number of at least ${lowest}`);
  }
  return value;
}

function areAscendingNames(values: readonly Json[]): boolean {
  return values.every((value, i) => typeof value === "string" && (i === 0 || (values[i - 1] as string) < value));
}

/** The class names of the config: two or more, ascending. @throws {ModelFileError} */
export function classesOf(state: ModelState): string[] {
  const value = state.config.classes;
  if (!Array.isArray(value) || value.length < 2 || value.length > 65535 || !areAscendingNames(value)) {
    throw new ModelFileError('the model\'s "classes" must be two or more names in ascending order');
  }
  return [...value] as string[];
}

/** The options of the config, whose values their owner checks. @throws {ModelFileError} */
export function optionsOf(state: ModelState): Record<string, Json> {
  const value = state.config.options;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ModelFileError('the model\'s "options" must be an object');
  }
  return { ...(value as Record<string, Json>) };
}

/** What `create` makes of saved options, which it checks. @throws {ModelFileError} when they are not sound. */
export function withOptions<T>(create: () => T): T {
  try {
    return create();
  } catch (error) {
    if (error instanceof OptionError) throw new ModelFileError(`the model's options are not sound: ${error.message}`);
    throw error;
  }
}
