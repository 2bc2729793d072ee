// The ABI of the module for neural networks: what is exported, nothing else. Matrices are f32; pointers are byte offsets into `memory`.
export { alloc, release } from "../memory";
export { foldConv2d, unfoldConv2d } from "./conv2d";
export { convLayerBackpropFilter, convLayerBackpropInput, convLayerForward, convLayerWorkBytes } from "./conv-layer";
export { clampNegative } from "./activations";
export { depthwiseConv2dBackpropFilter, depthwiseConv2dBackpropInput } from "./depthwise";
export { gemm, gemmWorkBytes } from "./gemm";
export { gruBackward, gruForward, gruWorkBytes } from "./gru";
export { layerNormBackward, layerNormForward } from "./layer-norm";
export { lstmBackward, lstmForward, lstmWorkBytes } from "./lstm";
export { maxPoolBackward } from "./max-pool";
export { normReluBackward, normReluForward } from "./norm-relu";
export { segmentSum } from "./segment-sum";
export { fillRows } from "./steps";
