import { DataError, ModelFileError, OptionError } from "../errors.ts";
import type { Json, ModelState } from "../models/state.ts";
import { classesOf, integerOf, tensorOf } from "../models/state-reader.ts";
import type { Architecture, Sizes } from "./architecture.ts";
import type { DeepOptions } from "./deep-options.ts";
import type { FrameScale } from "./frame-scaler.ts";
import { type Parameters, parametersOf, parameterTensors } from "./parameters.ts";
import { Vocabulary } from "./vocabulary.ts";

/** All that a model has learnt about its input. */
export interface Learnt {
  readonly sizes: Sizes;
  readonly classes: readonly string[];
  readonly vocabulary: Vocabulary;
  readonly scale: FrameScale | null;
  readonly parameters: Parameters;
}

/** The saved form of a network. */
export function learntState(
  kind: string,
  options: DeepOptions,
  { sizes, classes, vocabulary, scale, parameters }: Learnt,
): ModelState {
  const { parts, features, coefficients } = sizes;
  const config = { options: options as unknown as Json, classes, parts, features, coefficients };
  const frames = (data: Float32Array) => ({ dtype: "F32", shape: [data.length], data }) as const;
  return {
    kind,
    config: { ...config, tokens: parts.includes("text") ? vocabulary.tokens : [] },
    tensors: {
      ...parameterTensors(parameters),
      ...(scale ? { "input.mean": frames(scale.mean), "input.deviation": frames(scale.deviation) } : {}),
    },
  };
}

/** What {@link learntState} wrote. @throws {ModelFileError} when a part is missing, not finite or does not fit the others. */
export function savedLearnt(architecture: Architecture, options: DeepOptions, state: ModelState): Learnt {
  const classes = classesOf(state);
  const saved = JSON.stringify(state.config.parts);
  const parts = architecture.takes.find((set) => JSON.stringify(set) === saved);
  if (!parts) throw new ModelFileError(`the model says that it takes ${saved}, which a ${architecture.kind} does not`);
  const vocabulary = Vocabulary.load(state.config.tokens);
  const features = integerOf(state, "features", parts.includes("features") ? 1 : 0);
  const coefficients = integerOf(state, "coefficients", parts.includes("frames") ? 1 : 0);
  const sizes: Sizes = { parts, features, coefficients, vocabulary: vocabulary.size, classes: classes.length };
  const scale = parts.includes("frames") ? savedScale(state, coefficients) : null;
  let parameters: Parameters;
  try {
    parameters = parametersOf(state, architecture.layout(sizes, options));
  } catch (error) {
    if (error instanceof DataError || error instanceof OptionError)
      throw new ModelFileError(`the model's sizes are not sound: ${error.message}`);
    throw error;
  }
  return { sizes, classes, vocabulary, scale, parameters };
}

function savedScale(state: ModelState, coefficients: number): FrameScale {
  const numbers = (name: string) => {
    const data = tensorOf(state, name, ["F32"], [coefficients]).data as Float32Array;
    if (!data.every((value) => value - value === 0)) throw new ModelFileError(`the tensor "${name}" is not finite`);
    return data;
  };
  const deviation = numbers("input.deviation");
  if (!deviation.every((value) => value > 0)) throw new ModelFileError('the tensor "input.deviation" must be above 0');
  return { mean: numbers("input.mean"), deviation };
}
