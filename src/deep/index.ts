// emovox/deep: deep models on TensorFlow.js, which is loaded when one first learns or predicts. Importing this teaches `loadClassifier`
// their kinds.
import { registerClassifier } from "../models/load-classifier.ts";
import { deepLoaders } from "./kinds.ts";
import { MLPClassifier } from "./mlp.ts";

registerClassifier(MLPClassifier.kind, MLPClassifier.load);
for (const [kind, load] of deepLoaders) registerClassifier(kind, load);

export { type BackendOptions, deepBackend, type Tfjs } from "./backend.ts";
export type { Architecture } from "./architecture.ts";
export { DeepClassifier, type DeepFitOptions } from "./deep-classifier.ts";
export type { DeepOptions } from "./deep-options.ts";
export { exportLayers, type LayersFiles } from "./export-layers.ts";
export { fusion } from "./fusion.ts";
export { gru, type GruWeights } from "./kernels/gru.ts";
export { layerNorm } from "./kernels/layer-norm.ts";
export { lstm, type LstmWeights, type RecurrentStates } from "./kernels/lstm.ts";
export { architectures } from "./kinds.ts";
export { MLPClassifier, type MLPOptions } from "./mlp.ts";
export { frameCnn, recurrentNetwork, transformer } from "./networks.ts";
export { SEED_CNN_AUDIO, SEED_CNN_BOTH, seedCnn, seedLstm, seedTransformer } from "./seed-networks.ts";
export type { EpochReport, TrainerHooks, TrainingSummary, Validation } from "./trainer.ts";
export type { InputPart, UtteranceInput } from "./utterance-input.ts";
