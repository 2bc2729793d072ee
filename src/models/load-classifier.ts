import { ModelFileError } from "../errors.ts";
import type { Classifier } from "./classifier.ts";
import { ExtraTreesClassifier } from "./extra-trees.ts";
import { GradientBoostingClassifier } from "./gradient-boosting.ts";
import { LogisticRegression } from "./logistic-regression.ts";
import { RandomForestClassifier } from "./random-forest.ts";
import type { ModelState } from "./state.ts";

const LOADERS: Readonly<Record<string, (state: ModelState) => Classifier>> = {
  [RandomForestClassifier.kind]: RandomForestClassifier.load,
  [ExtraTreesClassifier.kind]: ExtraTreesClassifier.load,
  [GradientBoostingClassifier.kind]: GradientBoostingClassifier.load,
  [LogisticRegression.kind]: LogisticRegression.load,
};

/** The classifier of a state, whatever its kind. @throws {ModelFileError} for an unknown kind or a state that is not sound. */
export function loadClassifier(state: ModelState): Classifier {
  if (!Object.hasOwn(LOADERS, state.kind)) {
    throw new ModelFileError(
      `the model is of the unknown kind "${state.kind}"; known are ${Object.keys(LOADERS).join(", ")}`,
    );
  }
  return LOADERS[state.kind](state);
}
