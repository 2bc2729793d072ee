import type { Tensor, Tensor1D, Tensor2D, Tensor3D, TensorInfo } from "@tensorflow/tfjs";
import { tf, type Tfjs } from "../tfjs.ts";
import { compute, type WasmBackend } from "./module.ts";

/** The weights of an LSTM, gates in Keras's order: input, forget, candidate, output. */
export interface LstmWeights {
  /** Inputs x 4 units. */
  readonly kernel: Tensor2D;
  /** Units x 4 units. */
  readonly recurrentKernel: Tensor2D;
  /** 4 units. */
  readonly bias: Tensor1D;
}

/** What a recurrent layer gives: the state after every step, zero beyond a sequence's length, and the state after the last step. */
export interface RecurrentStates {
  /** Batch x steps x units. */
  readonly sequence: Tensor3D;
  /** Batch x units: the state at the end, of a reversed pass that at the start; zero for an empty sequence. */
  readonly last: Tensor2D;
}

/**
 * A long short-term memory over a batch of sequences, with sigmoid gates, as one kernel with its gradient through time. A reversed pass
 * starts at each sequence's own last step; its states stand at the steps that they belong to.
 *
 * @param x batch x steps x inputs
 * @param lengths int32, how many steps of each sequence count, from 0 to steps
 * @example
 * const forward = lstm(x, lengths, weights);
 * const backward = lstm(x, lengths, others, true);
 * const both = tf.concat([forward.last, backward.last], 1);
 */
export function lstm(x: Tensor3D, lengths: Tensor1D, weights: LstmWeights, reverse = false): RecurrentStates {
  const inputs = { x, lengths, ...weights };
  checkRecurrent(tf, inputs, 4);
  const [sequence, last] = tf.engine().runKernel(LSTM, inputs, { reverse }) as unknown as Tensor[];
  return { sequence: sequence as Tensor3D, last: last as Tensor2D };
}

const LSTM = "EmovoxLstm";
const LSTM_GRADIENT = "EmovoxLstmGradient";

/** Shapes are checked here, since a kernel trusts them. @throws {Error} as tfjs's own operations do */
export function checkRecurrent(tf: Tfjs, inputs: Record<string, Tensor>, gates: number): void {
  const { x, lengths, recurrentKernel } = inputs;
  const units = recurrentKernel.shape[0];
  const width = x.shape[2] ?? 0;
  const wanted: Record<string, number[]> = {
    x: x.shape,
    lengths: x.shape.slice(0, 1),
    kernel: [width, gates * units],
    recurrentKernel: [units, gates * units],
    bias: [gates * units],
    recurrentBias: [gates * units],
  };
  for (const [name, tensor] of Object.entries(inputs)) {
    const right = tf.util.arraysEqual(tensor.shape, wanted[name]) && x.rank === 3 && !tensor.shape.includes(0);
    tf.util.assert(right, () => `the recurrent layer's ${name} is [${tensor.shape}], not [${wanted[name]}]`);
    const dtype = tensor === lengths ? "int32" : "float32";
    tf.util.assert(tensor.dtype === dtype, () => `the recurrent layer's ${name} is ${tensor.dtype}, not ${dtype}`);
  }
}

export function registerLstm(tf: Tfjs): void {
  tf.registerKernel({
    kernelName: LSTM,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, lengths, kernel, recurrentKernel, bias } = inputs as Record<string, TensorInfo>;
      const [batch, steps, width] = x.shape;
      const units = recurrentKernel.shape[0];
      const wasm = backend as unknown as WasmBackend;
      const states = [batch, steps, units];
      const outputs = [states, [batch, units], states, [batch, steps, 4 * units]].map((shape) =>
        wasm.makeOutput(shape, "float32"),
      );
      compute(
        wasm,
        [x, kernel, recurrentKernel, bias, lengths],
        outputs,
        (nn) => nn.lstmWorkBytes(batch, steps, width, units),
        (nn, [xAt, kernelAt, recurrentAt, biasAt, lengthsAt], [h, last, c, gates], work) => {
          const reverse = Boolean(attrs?.reverse);
          nn.lstmForward(
            batch,
            steps,
            width,
            units,
            reverse,
            xAt,
            kernelAt,
            recurrentAt,
            biasAt,
            lengthsAt,
            h,
            last,
            c,
            gates,
            work,
          );
        },
      );
      return outputs;
    },
  });
  tf.registerKernel({
    kernelName: LSTM_GRADIENT,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, lengths, kernel, recurrentKernel, h, c, gates, dh, dLast } = inputs as Record<string, TensorInfo>;
      const [batch, steps, width] = x.shape;
      const units = recurrentKernel.shape[0];
      const wasm = backend as unknown as WasmBackend;
      const outputs = [x.shape, kernel.shape, recurrentKernel.shape, [4 * units]].map((shape) =>
        wasm.makeOutput(shape, "float32"),
      );
      const spaceBytes = 4 * batch * steps * 4 * units;
      compute(
        wasm,
        [x, kernel, recurrentKernel, lengths, h, c, gates, dh, dLast],
        outputs,
        (nn) => spaceBytes + nn.lstmWorkBytes(batch, steps, width, units),
        (nn, addresses, [dx, dKernel, dRecurrent, dBias], work) => {
          const [xAt, kernelAt, recurrentAt, lengthsAt, hAt, cAt, gatesAt, dhAt, dLastAt] = addresses;
          nn.lstmBackward(
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
            cAt,
            gatesAt,
            dhAt,
            dLastAt,
            dx,
            dKernel,
            dRecurrent,
            dBias,
            work,
            work + spaceBytes,
          );
        },
      );
      return outputs;
    },
  });
  tf.registerGradient({
    kernelName: LSTM,
    inputsToSave: ["x", "lengths", "kernel", "recurrentKernel"],
    outputsToSave: [true, false, true, true],
    gradFunc: (dy, saved, attrs) => {
      const [x, lengths, kernel, recurrentKernel, h, c, gates] = saved;
      const [dh, dLast] = dy as Tensor[];
      const inputs = { x, lengths, kernel, recurrentKernel, h, c, gates, dh, dLast };
      const [dx, dKernel, dRecurrent, dBias] = tf
        .engine()
        .runKernel(LSTM_GRADIENT, inputs, attrs) as unknown as Tensor[];
      return { x: () => dx, kernel: () => dKernel, recurrentKernel: () => dRecurrent, bias: () => dBias };
    },
  });
}
