// emovox's models in other programs' formats, and theirs here: no file access, no runtime dependency.
export type { ImportedModel, ImportOptions } from "./models/interchange/imported-model.ts";
export { modelFromOnnx } from "./models/interchange/onnx.ts";
export { modelToOnnx } from "./models/interchange/onnx-export.ts";
export { readSklearn } from "./models/interchange/sklearn.ts";
export { modelFromXgboost } from "./models/interchange/xgboost.ts";
