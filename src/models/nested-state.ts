import { ModelFileError } from "../errors.ts";
import type { Json, ModelState, Tensor } from "./state.ts";

/**
 * One state that holds several, under names: tensor `w` of the part `scaler` becomes `scaler.w`; kinds and configs go to
 * `config.parts`.
 *
 * @example
 * const state = joinStates("recognizer", { sampleRate: 16000 }, { scaler: scaler.save(), classifier: classifier.save() });
 * const classifier = loadClassifier(partOf(state, "classifier"));
 */
export function joinStates(
  kind: string,
  config: { readonly [key: string]: Json },
  parts: { readonly [name: string]: ModelState },
): ModelState {
  const tensors: Record<string, Tensor> = {};
  const configs: Record<string, Json> = {};
  for (const [name, part] of Object.entries(parts)) {
    configs[name] = { kind: part.kind, config: part.config };
    for (const [tensor, value] of Object.entries(part.tensors)) tensors[`${name}.${tensor}`] = value;
  }
  return { kind, config: { ...config, parts: configs }, tensors };
}

/** Whether a state holds a part of this name. */
export function hasPart(state: ModelState, name: string): boolean {
  const { parts } = state.config;
  return isObject(parts) && Object.hasOwn(parts, name);
}

/** The part `name` of a state that {@link joinStates} made. @throws {ModelFileError} when there is none. */
export function partOf(state: ModelState, name: string): ModelState {
  const { parts } = state.config;
  const part = isObject(parts) && Object.hasOwn(parts, name) ? parts[name] : null;
  if (!isObject(part) || typeof part.kind !== "string" || !isObject(part.config)) {
    throw new ModelFileError(`the model has no part "${name}"`);
  }
  const prefix = `${name}.`;
  const own = Object.entries(state.tensors).filter(([tensor]) => tensor.startsWith(prefix));
  const tensors = Object.fromEntries(own.map(([tensor, value]) => [tensor.slice(prefix.length), value]));
  return { kind: part.kind, config: part.config, tensors };
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
