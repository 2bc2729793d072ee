// emovox/deep: deep models on TensorFlow.js, which is loaded when the first of them is made.
export { type BackendOptions, deepBackend, type Tfjs } from "./backend.ts";
export { gru, type GruWeights } from "./kernels/gru.ts";
export { layerNorm } from "./kernels/layer-norm.ts";
export { lstm, type LstmWeights, type RecurrentStates } from "./kernels/lstm.ts";
