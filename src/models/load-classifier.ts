import { ModelFileError } from "../errors.ts";
import type { Classifier } from "./classifier.ts";
import { CalibratedClassifier } from "./calibrated-classifier.ts";
import { ComplementNB } from "./complement-nb.ts";
import { LinearSVC } from "./linear-svc.ts";
import { ExtraTreesClassifier } from "./extra-trees.ts";
import { GradientBoostingClassifier } from "./gradient-boosting.ts";
import { LogisticRegression } from "./logistic-regression.ts";
import { LogOpinionPool } from "./log-opinion-pool.ts";
import type { Loader } from "./members.ts";
import { MultinomialNB } from "./multinomial-nb.ts";
import { Pipeline } from "./pipeline.ts";
import { RandomForestClassifier } from "./random-forest.ts";
import { StackingClassifier } from "./stacking-classifier.ts";
import type { ModelState } from "./state.ts";
import { VotedForest } from "./voted-forest.ts";
import { VotingClassifier } from "./voting-classifier.ts";

/** Makes a classifier of its state; `load` makes those that it holds. */
export type ClassifierLoader = (state: ModelState, load: Loader) => Classifier;

const LOADERS: Record<string, ClassifierLoader> = {
  [RandomForestClassifier.kind]: RandomForestClassifier.load,
  [ExtraTreesClassifier.kind]: ExtraTreesClassifier.load,
  [GradientBoostingClassifier.kind]: GradientBoostingClassifier.load,
  [LogisticRegression.kind]: LogisticRegression.load,
  [LinearSVC.kind]: LinearSVC.load,
  [MultinomialNB.kind]: MultinomialNB.load,
  [ComplementNB.kind]: ComplementNB.load,
  [VotingClassifier.kind]: VotingClassifier.load,
  [StackingClassifier.kind]: StackingClassifier.load,
  [LogOpinionPool.kind]: LogOpinionPool.load,
  [CalibratedClassifier.kind]: CalibratedClassifier.load,
  [Pipeline.kind]: Pipeline.load,
  [VotedForest.kind]: VotedForest.load,
};

/** Kinds that only the package's other entry, `emovox/deep`, can load, so that this one stays free of TensorFlow.js. */
const DEEP_KINDS = [
  "mlp",
  "seed-cnn",
  "seed-lstm",
  "seed-transformer",
  "frame-cnn",
  "recurrent",
  "transformer",
  "fusion",
];

/**
 * Teaches {@link loadClassifier} a kind. `emovox/deep` does so for its models when it is imported.
 *
 * @example
 * import "emovox/deep"; // from now on loadClassifier knows the deep models, too
 */
export function registerClassifier(kind: string, load: ClassifierLoader): void {
  LOADERS[kind] = load;
}

/** Classifiers in classifiers, at most. */
const DEEPEST = 8;

/** The classifier of a state, whatever its kind. @throws {ModelFileError} for an unknown kind or a state that is not sound. */
export function loadClassifier(state: ModelState): Classifier {
  return loadAt(state, 0);
}

function loadAt(state: ModelState, depth: number): Classifier {
  if (!Object.hasOwn(LOADERS, state.kind)) {
    if (DEEP_KINDS.includes(state.kind)) {
      throw new ModelFileError(`the model is of the kind "${state.kind}": import "emovox/deep" before loading it`);
    }
    throw new ModelFileError(
      `the model is of the unknown kind "${state.kind}"; known are ${Object.keys(LOADERS).join(", ")}`,
    );
  }
  if (depth > DEEPEST)
    throw new ModelFileError(`the model holds classifiers in classifiers, more than ${DEEPEST} deep`);
  return LOADERS[state.kind](state, (part) => loadAt(part, depth + 1));
}
