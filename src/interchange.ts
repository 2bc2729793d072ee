// emovox's models in other programs' formats, and theirs here: no file access, no runtime dependency.
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
