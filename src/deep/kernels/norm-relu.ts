import type { Tensor, Tensor1D, Tensor4D, TensorInfo } from "@tensorflow/tfjs";
import { tf, type Tfjs } from "../tfjs.ts";
import { compute, type WasmBackend } from "./module.ts";

/**
 * Layer normalisation over the last dimension, then relu, of sequences of several lengths, as one kernel with its gradient. What
 * stands behind a sequence's end becomes 0.
 *
 * @param x float32, batch x steps x places x width
 * @param gamma width, as is beta
 * @param lengths int32, batch: how many steps of each sequence count, from 0 to steps
 * @throws {Error} shapes that do not fit, as tfjs's own operations do
 * @example
 * normRelu(tf.ones([2, 9, 5, 16]), tf.ones([16]), tf.zeros([16]), tf.tensor1d([9, 4], "int32"));
 */
export function normRelu(x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, lengths: Tensor1D, epsilon = 1e-5): Tensor4D {
  const [batch, , , width] = x.shape;
  const fits =
    x.rank === 4 &&
    x.size > 0 &&
    [gamma, beta].every((tensor) => tensor.rank === 1 && tensor.size === width && tensor.dtype === "float32") &&
    x.dtype === "float32" &&
    lengths.rank === 1 &&
    lengths.size === batch &&
    lengths.dtype === "int32";
  const said = (tensor: Tensor) => `${tensor.dtype} [${tensor.shape}]`;
  tf.util.assert(
    fits,
    () => `normRelu: x ${said(x)}, gamma ${said(gamma)}, beta ${said(beta)} and lengths ${said(lengths)} do not fit`,
  );
  const inputs = { x, gamma, beta, lengths };
  return (tf.engine().runKernel(NORM_RELU, inputs, { epsilon }) as unknown as [Tensor4D])[0];
}

const NORM_RELU = "EmovoxNormRelu";
const NORM_RELU_GRADIENT = "EmovoxNormReluGradient";

export function registerNormRelu(tf: Tfjs): void {
  tf.registerKernel({
    kernelName: NORM_RELU,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, gamma, beta, lengths } = inputs as Record<string, TensorInfo>;
      const [batch, steps, places, width] = x.shape;
      const wasm = backend as unknown as WasmBackend;
      const outputs = [x.shape, [batch, steps, places, 2]].map((shape) => wasm.makeOutput(shape, "float32"));
      compute(
        wasm,
        [x, gamma, beta, lengths],
        outputs,
        () => 0,
        (nn, [xAt, gammaAt, betaAt, lengthsAt], [y, moments]) =>
          // biome-ignore format: one line a thing
          nn.normReluForward(
            batch, steps, places, width, Number(attrs?.epsilon),
            xAt, gammaAt, betaAt, lengthsAt, y, moments,
          ),
      );
      return outputs;
    },
  });
  tf.registerKernel({
    kernelName: NORM_RELU_GRADIENT,
    backendName: "wasm",
    kernelFunc: ({ inputs, backend }) => {
      const { x, gamma, lengths, y, moments, dy } = inputs as Record<string, TensorInfo>;
      const [batch, steps, places, width] = x.shape;
      const wasm = backend as unknown as WasmBackend;
      const outputs = [x.shape, gamma.shape, gamma.shape].map((shape) => wasm.makeOutput(shape, "float32"));
      compute(
        wasm,
        [x, gamma, lengths, y, moments, dy],
        outputs,
        () => 0,
        (nn, [xAt, gammaAt, lengthsAt, yAt, momentsAt, dyAt], [dx, dGamma, dBeta]) =>
          // biome-ignore format: one line a thing
          nn.normReluBackward(
            batch, steps, places, width,
            xAt, gammaAt, lengthsAt, yAt, momentsAt, dyAt, dx, dGamma, dBeta,
          ),
      );
      return outputs;
    },
  });
  tf.registerGradient({
    kernelName: NORM_RELU,
    inputsToSave: ["x", "gamma", "lengths"],
    outputsToSave: [true, true],
    gradFunc: (dy, saved) => {
      const [x, gamma, lengths, y, moments] = saved;
      const inputs = { x, gamma, lengths, y, moments, dy: (dy as Tensor[])[0] };
      const [dx, dGamma, dBeta] = tf.engine().runKernel(NORM_RELU_GRADIENT, inputs) as unknown as Tensor[];
      return { x: () => dx, gamma: () => dGamma, beta: () => dBeta, lengths: () => tf.zerosLike(lengths) };
    },
  });
}
