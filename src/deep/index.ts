/**
 * Deep models on TensorFlow.js, an optional peer dependency that is loaded when one first learns or predicts. Importing this teaches
 * `loadClassifier` their kinds. Architectures, training and figures are in `docs/deep.md`.
 *
 * @example
 * import { DeepClassifier, recurrentNetwork } from "emovox/deep";
 *
 * const network = new DeepClassifier(recurrentNetwork, { epochs: 2, seed: 1 });
 * const texts = ["so happy today", "happy and glad", "so sad today", "sad and low"].map((text) => ({ text }));
 * await network.fit(texts, ["joy", "joy", "sadness", "sadness"]);
 * console.log(await network.predictProba([{ text: "happy" }]));
 *
 * @module emovox/deep
 */
import { registerClassifier } from "../models/load-classifier.ts";
import { deepLoaders } from "./kinds.ts";
import { MLPClassifier } from "./mlp.ts";

registerClassifier(MLPClassifier.kind, MLPClassifier.load);
for (const [kind, load] of deepLoaders) registerClassifier(kind, load);

export { type BackendOptions, deepBackend, type Tfjs } from "./backend.ts";
export type { Architecture, Sizes } from "./architecture.ts";
export type { Batch, Padded } from "./batch.ts";
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
export type { Layout, ParameterSpec } from "./parameters.ts";
export { SEED_CNN_AUDIO, SEED_CNN_BOTH, seedCnn, seedLstm, seedTransformer } from "./seed-networks.ts";
export type { EpochReport, TrainerHooks, TrainingSummary, Validation, Weights } from "./trainer.ts";
export type { InputPart, UtteranceInput } from "./utterance-input.ts";
