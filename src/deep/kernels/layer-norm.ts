import type { Tensor, Tensor1D, TensorInfo } from "@tensorflow/tfjs";
import { tf, type Tfjs } from "../tfjs.ts";
import { compute, type WasmBackend } from "./module.ts";

/**
 * Layer normalisation over the last dimension: (x - mean) / sqrt(variance + epsilon) gamma + beta, as one kernel with its gradient.
 *
 * @param x float32, of any rank
 * @param gamma as long as the last dimension, as is beta
 * @example
 * layerNorm(x, tf.ones([64]), tf.zeros([64]));
 */
export function layerNorm<T extends Tensor>(x: T, gamma: Tensor1D, beta: Tensor1D, epsilon = 1e-5): T {
  const width = x.shape[x.rank - 1];
  for (const [name, tensor] of Object.entries({ gamma, beta })) {
    const right = tensor.rank === 1 && tensor.size === width && tensor.dtype === "float32" && x.dtype === "float32";
    tf.util.assert(right, () => `layerNorm: ${name} is ${tensor.dtype} [${tensor.shape}], x ${x.dtype} [${x.shape}]`);
  }
  const [y] = tf.engine().runKernel(LAYER_NORM, { x, gamma, beta }, { epsilon }) as unknown as [T];
  return y;
}

const LAYER_NORM = "EmovoxLayerNorm";
const LAYER_NORM_GRADIENT = "EmovoxLayerNormGradient";

export function registerLayerNorm(tf: Tfjs): void {
  tf.registerKernel({
    kernelName: LAYER_NORM,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, gamma, beta } = inputs as Record<string, TensorInfo>;
      const width = gamma.shape[0];
      const rows = tf.util.sizeFromShape(x.shape) / width;
      const wasm = backend as unknown as WasmBackend;
      const outputs = [wasm.makeOutput(x.shape, "float32"), wasm.makeOutput([rows, 2], "float32")];
      compute(
        wasm,
        [x, gamma, beta],
        outputs,
        () => 0,
        (nn, [xAt, gammaAt, betaAt], [y, moments]) =>
          nn.layerNormForward(rows, width, Number(attrs?.epsilon), xAt, gammaAt, betaAt, y, moments),
      );
      return outputs;
    },
  });
  tf.registerKernel({
    kernelName: LAYER_NORM_GRADIENT,
    backendName: "wasm",
    kernelFunc: ({ inputs, backend }) => {
      const { x, gamma, moments, dy } = inputs as Record<string, TensorInfo>;
      const width = gamma.shape[0];
      const rows = tf.util.sizeFromShape(x.shape) / width;
      const wasm = backend as unknown as WasmBackend;
      const outputs = [x.shape, gamma.shape, gamma.shape].map((shape) => wasm.makeOutput(shape, "float32"));
      compute(
        wasm,
        [x, gamma, moments, dy],
        outputs,
        () => 0,
        (nn, [xAt, gammaAt, momentsAt, dyAt], [dx, dGamma, dBeta]) =>
          nn.layerNormBackward(rows, width, xAt, gammaAt, momentsAt, dyAt, dx, dGamma, dBeta, false),
      );
      return outputs;
    },
  });
  tf.registerGradient({
    kernelName: LAYER_NORM,
    inputsToSave: ["x", "gamma"],
    outputsToSave: [false, true],
    gradFunc: (dy, saved) => {
      const [x, gamma, moments] = saved;
      const inputs = { x, gamma, moments, dy: (dy as Tensor[])[0] };
      const [dx, dGamma, dBeta] = tf.engine().runKernel(LAYER_NORM_GRADIENT, inputs) as unknown as Tensor[];
      return { x: () => dx, gamma: () => dGamma, beta: () => dBeta };
    },
  });
}
