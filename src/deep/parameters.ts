import { ModelFileError } from "../errors.ts";
import type { ModelState, Tensor } from "../models/state.ts";
import { tensorOf } from "../models/state-reader.ts";
import type { Random } from "../random.ts";

/** Numbers that are learnt, in C order. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What a network learns, by name. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** The shape of a parameter and what it starts from. */
export interface ParameterSpec {
  readonly shape: readonly number[];
  /** Half the width of the uniform distribution around 0 that it is drawn from, or the number that it is filled with. */
  readonly start: { readonly bound: number } | { readonly value: number };
}

export type Layout = Readonly<Record<string, ParameterSpec>>;

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/**
 * Weights between -b and b with b = sqrt(6 / (inputs + outputs)), as Glorot and Bengio 2010 draw them.
 *
 * @param inputs values that a unit sums
 * @param outputs units that a value goes to
 */
export function glorot(
  shape: readonly number[],
  inputs: number = sizeOf(shape.slice(0, -1)),
  outputs: number = shape[shape.length - 1],
): ParameterSpec {
  return { shape, start: { bound: Math.sqrt(6 / (inputs + outputs)) } };
}

/** A parameter that starts at one value. */
export const filled = (shape: readonly number[], value: number): ParameterSpec => ({ shape, start: { value } });

/** The parameters of a layout as they are before learning. */
export function initialParameters(layout: Layout, random: Random): Parameters {
  const entries = Object.entries(layout).map(([name, { shape, start }]): [string, Parameter] => {
    const data = new Float32Array(sizeOf(shape));
    if ("value" in start) data.fill(start.value);
    else for (let i = 0; i < data.length; i++) data[i] = start.bound * (2 * random.uniform() - 1);
    return [name, { shape, data }];
  });
  return Object.fromEntries(entries);
}

/** A copy that later learning leaves alone. */
export function copyParameters(parameters: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
}

/** Writes the numbers of `from` into `to`. */
export function assignParameters(to: Parameters, from: Parameters): void {
  for (const [name, { data }] of Object.entries(to)) data.set(from[name].data);
}

export function parameterTensors(parameters: Parameters): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, data }]) => [name, { dtype: "F32", shape, data }]),
  );
}

/** The parameters of a saved model. @throws {ModelFileError} when one is missing, of another shape, or not finite. */
export function parametersOf(state: ModelState, layout: Layout): Parameters {
  const entries = Object.entries(layout).map(([name, { shape }]): [string, Parameter] => {
    const data = tensorOf(state, name, ["F32"], shape).data as Float32Array;
    for (const value of data) {
      if (value - value !== 0)
        throw new ModelFileError(`the tensor "${name}" holds ${value}; all its numbers must be finite`);
    }
    return [name, { shape, data }];
  });
  return Object.fromEntries(entries);
}
