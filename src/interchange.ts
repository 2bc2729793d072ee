/**
 * Models in other programs' formats, and theirs here: no file access, no runtime dependency. What each format keeps is told in
 * `docs/interchange.md`.
 *
 * @example
 * import { RandomForestClassifier, denseMatrix } from "emovox";
 * import { modelFromOnnx, modelToOnnx } from "emovox/interchange";
 *
 * const forest = new RandomForestClassifier({ nEstimators: 10, seed: 1 });
 * forest.fit(denseMatrix(4, 1, Float32Array.of(0, 1, 2, 3)), ["calm", "calm", "angry", "angry"]);
 * const { classifier } = modelFromOnnx(modelToOnnx(forest));
 * console.log(classifier.classes);
 *
 * @module emovox/interchange
 */
export { featureNamesOf, withFeatureNames } from "./models/feature-names.ts";
export type { ImportedModel, ImportOptions } from "./models/interchange/imported-model.ts";
export { modelFromLightgbm } from "./models/interchange/lightgbm.ts";
export { modelFromMlForest } from "./models/interchange/ml-forest.ts";
export { modelFromOnnx } from "./models/interchange/onnx.ts";
export { modelToOnnx } from "./models/interchange/onnx-export.ts";
export { readModel } from "./models/interchange/read-model.ts";
export { readSklearn } from "./models/interchange/sklearn.ts";
export { modelFromXgboost } from "./models/interchange/xgboost.ts";
export { VotedForest } from "./models/voted-forest.ts";
