import { ModelFileError } from "../errors.ts";
import type { ModelState } from "./state.ts";

/** The state with the names of the columns that its model learnt from, which `emovox predict --table` goes by. */
export function withFeatureNames(state: ModelState, names: readonly string[] | null): ModelState {
  return names === null ? state : { ...state, config: { ...state.config, featureNames: names } };
}

/** The names that {@link withFeatureNames} noted; `null` where a state has none. @throws {ModelFileError} when they are not sound. */
export function featureNamesOf({ config }: ModelState): readonly string[] | null {
  const names = config.featureNames;
  if (names === undefined || names === null) return null;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string") || new Set(names).size < names.length) {
    throw new ModelFileError('the model\'s "featureNames" must be different texts');
  }
  return names as readonly string[];
}
