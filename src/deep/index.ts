// emovox/deep: deep models on TensorFlow.js, which is loaded when one first learns or predicts. Importing this teaches `loadClassifier`
// their kinds.
import { registerClassifier } from "../models/load-classifier.ts";
import { MLPClassifier } from "./mlp.ts";

registerClassifier(MLPClassifier.kind, MLPClassifier.load);

export { type BackendOptions, deepBackend, type Tfjs } from "./backend.ts";
export { MLPClassifier, type MLPOptions } from "./mlp.ts";
export type { EpochReport, TrainerHooks, TrainingSummary, Validation } from "./trainer.ts";
