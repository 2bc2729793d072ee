import type { Tensor, Tensor1D, Tensor2D, Tensor3D, TensorInfo } from "@tensorflow/tfjs";
import { tf, type Tfjs } from "../tfjs.ts";
import { checkRecurrent, type RecurrentStates } from "./lstm.ts";
import { compute, type WasmBackend } from "./module.ts";

/** The weights of a GRU, gates in Keras's order: update, reset, candidate. */
export interface GruWeights {
  /** Inputs x 3 units. */
  readonly kernel: Tensor2D;
  /** Units x 3 units. */
  readonly recurrentKernel: Tensor2D;
  /** 3 units. */
  readonly bias: Tensor1D;
  /** 3 units: what is added to the state's part, inside the reset gate. */
  readonly recurrentBias: Tensor1D;
}

/**
 * A gated recurrent unit over a batch of sequences, as one kernel with its gradient through time; the reset gate acts after the product, as in
 * PyTorch and Keras (`reset_after`). Lengths and direction as with `lstm`.
 *
 * @param x batch x steps x inputs
 * @param lengths int32, how many steps of each sequence count, from 0 to steps
 * @example
 * const { sequence, last } = gru(x, lengths, weights);
 */
export function gru(x: Tensor3D, lengths: Tensor1D, weights: GruWeights, reverse = false): RecurrentStates {
  const inputs = { x, lengths, ...weights };
  checkRecurrent(tf, inputs, 3);
  const [sequence, last] = tf.engine().runKernel(GRU, inputs, { reverse }) as unknown as Tensor[];
  return { sequence: sequence as Tensor3D, last: last as Tensor2D };
}

const GRU = "EmovoxGru";
const GRU_GRADIENT = "EmovoxGruGradient";

export function registerGru(tf: Tfjs): void {
  tf.registerKernel({
    kernelName: GRU,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, lengths, kernel, recurrentKernel, bias, recurrentBias } = inputs as Record<string, TensorInfo>;
      const [batch, steps, width] = x.shape;
      const units = recurrentKernel.shape[0];
      const wasm = backend as unknown as WasmBackend;
      const outputs = [
        [batch, steps, units],
        [batch, units],
        [batch, steps, 4 * units],
      ].map((shape) => wasm.makeOutput(shape, "float32"));
      compute(
        wasm,
        [x, kernel, recurrentKernel, bias, recurrentBias, lengths],
        outputs,
        (nn) => nn.gruWorkBytes(batch, steps, width, units),
        (nn, [xAt, kernelAt, recurrentAt, biasAt, recurrentBiasAt, lengthsAt], [h, last, gates], work) =>
          nn.gruForward(
            batch,
            steps,
            width,
            units,
            Boolean(attrs?.reverse),
            xAt,
            kernelAt,
            recurrentAt,
            biasAt,
            recurrentBiasAt,
            lengthsAt,
            h,
            last,
            gates,
            work,
          ),
      );
      return outputs;
    },
  });
  tf.registerKernel({
    kernelName: GRU_GRADIENT,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, lengths, kernel, recurrentKernel, h, gates, dh, dLast } = inputs as Record<string, TensorInfo>;
      const [batch, steps, width] = x.shape;
      const units = recurrentKernel.shape[0];
      const wasm = backend as unknown as WasmBackend;
      const biases = [3 * units];
      const outputs = [x.shape, kernel.shape, recurrentKernel.shape, biases, biases].map((shape) =>
        wasm.makeOutput(shape, "float32"),
      );
      const spaceBytes = 4 * batch * steps * 3 * units;
      compute(
        wasm,
        [x, kernel, recurrentKernel, lengths, h, gates, dh, dLast],
        outputs,
        (nn) => spaceBytes + nn.gruWorkBytes(batch, steps, width, units),
        (nn, addresses, [dx, dKernel, dRecurrent, dBias, dRecurrentBias], work) => {
          const [xAt, kernelAt, recurrentAt, lengthsAt, hAt, gatesAt, dhAt, dLastAt] = addresses;
          nn.gruBackward(
            batch,
            steps,
            width,
            units,
            Boolean(attrs?.reverse),
            xAt,
            kernelAt,
            recurrentAt,
            lengthsAt,
            hAt,
            gatesAt,
            dhAt,
            dLastAt,
            dx,
            dKernel,
            dRecurrent,
            dBias,
            dRecurrentBias,
            work,
            work + spaceBytes,
          );
        },
      );
      return outputs;
    },
  });
  tf.registerGradient({
    kernelName: GRU,
    inputsToSave: ["x", "lengths", "kernel", "recurrentKernel"],
    outputsToSave: [true, false, true],
    gradFunc: (dy, saved, attrs) => {
      const [x, lengths, kernel, recurrentKernel, h, gates] = saved;
      const [dh, dLast] = dy as Tensor[];
      const inputs = { x, lengths, kernel, recurrentKernel, h, gates, dh, dLast };
      const gradients = tf.engine().runKernel(GRU_GRADIENT, inputs, attrs) as unknown as Tensor[];
      return {
        x: () => gradients[0],
        kernel: () => gradients[1],
        recurrentKernel: () => gradients[2],
        bias: () => gradients[3],
        recurrentBias: () => gradients[4],
      };
    },
  });
}
