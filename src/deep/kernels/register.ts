import type { Tfjs } from "../tfjs.ts";
import { registerConvLayer } from "./conv-layer.ts";
import { registerConv2dGradients, registerDepthwiseGradients } from "./conv2d.ts";
import { registerGru } from "./gru.ts";
import { registerDilatedGradients } from "./dilated.ts";
import { replaceIdentity } from "./identity.ts";
import { registerLayerNorm } from "./layer-norm.ts";
import { registerLstm } from "./lstm.ts";
import { replaceMatMul } from "./matmul.ts";
import { replaceMaxPoolGradient } from "./max-pool.ts";
import { registerNormRelu } from "./norm-relu.ts";
import { registerSegmentSum } from "./segment-sum.ts";

/** Registers what tfjs's WASM backend lacks or does slowly, once. */
export function registerKernels(tf: Tfjs): void {
  replaceIdentity(tf);
  replaceMatMul(tf);
  registerConv2dGradients(tf);
  registerDilatedGradients(tf);
  registerConvLayer(tf);
  registerDepthwiseGradients(tf);
  replaceMaxPoolGradient(tf);
  registerNormRelu(tf);
  registerSegmentSum(tf);
  registerLstm(tf);
  registerGru(tf);
  registerLayerNorm(tf);
}
