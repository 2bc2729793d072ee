import type { Tensor, Tensor1D, Tensor4D, TensorInfo } from "@tensorflow/tfjs";
import { tf, type Tfjs } from "../tfjs.ts";
import { compute, type WasmBackend } from "./module.ts";

export interface ConvLayerOptions {
  /** `same`: as many places as x has, with zeros around it; `valid`: only those where the filter lies within x. */
  readonly padding: "same" | "valid";
  /** Whether max(0, y) follows. */
  readonly relu?: boolean;
}

/**
 * A convolution of stride 1 with its bias, and relu where asked, as one kernel with its gradient.
 *
 * @param x float32, batch x height x width x channels
 * @param filter height x width x channels x outputs
 * @param bias outputs
 * @returns batch x height x width x outputs; with `valid` padding fewer places by the filter's size less one
 * @throws {Error} shapes that do not fit, as tfjs's own operations do
 * @example
 * convLayer(tf.ones([1, 5, 5, 2]), tf.ones([3, 3, 2, 4]), tf.zeros([4]), { padding: "same", relu: true }).shape; // [1, 5, 5, 4]
 */
export function convLayer(
  x: Tensor4D,
  filter: Tensor4D,
  bias: Tensor1D,
  { padding, relu = false }: ConvLayerOptions,
): Tensor4D {
  const [, height, width, channels] = x.shape;
  const [filterHeight, filterWidth, inputs, outputs] = filter.shape;
  tf.util.assert(
    [x, filter, bias].every(({ dtype }) => dtype === "float32"),
    () => `convLayer: x, filter and bias are ${x.dtype}, ${filter.dtype} and ${bias.dtype}, not float32`,
  );
  tf.util.assert(
    x.rank === 4 && filter.rank === 4 && inputs === channels && bias.rank === 1 && bias.size === outputs,
    () => `convLayer: x [${x.shape}], filter [${filter.shape}] and bias [${bias.shape}] do not fit`,
  );
  tf.util.assert(
    (padding === "same" || (height >= filterHeight && width >= filterWidth)) && x.size > 0 && filter.size > 0,
    () => `convLayer: a filter [${filter.shape}] finds no place in x [${x.shape}]`,
  );
  const attributes = { same: padding === "same", relu };
  return tf.engine().runKernel(CONV_LAYER, { x, filter, bias }, attributes) as unknown as Tensor4D;
}

const CONV_LAYER = "EmovoxConvLayer";
const FILTER_GRADIENT = "EmovoxConvLayerBackpropFilter";
const INPUT_GRADIENT = "EmovoxConvLayerBackpropInput";

interface Attributes {
  readonly same: boolean;
  readonly relu: boolean;
}

type Shape = readonly [number, number, number, number, number, number, number, boolean];

/** The sizes in the order of assembly/nn. */
function sizesOf(x: TensorInfo, filter: TensorInfo, same: boolean): Shape {
  const [batch, height, width, channels] = x.shape;
  const [filterHeight, filterWidth, , outputs] = filter.shape;
  return [batch, height, width, channels, filterHeight, filterWidth, outputs, same];
}

export function registerConvLayer(tf: Tfjs): void {
  tf.registerKernel({
    kernelName: CONV_LAYER,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, filter, bias } = inputs as Record<string, TensorInfo>;
      const { same, relu } = attrs as unknown as Attributes;
      const sizes = sizesOf(x, filter, same);
      const [batch, height, width, , filterHeight, filterWidth, outputs] = sizes;
      const less = (size: number, covered: number) => (same ? size : size - covered + 1);
      const wasm = backend as unknown as WasmBackend;
      const out = wasm.makeOutput([batch, less(height, filterHeight), less(width, filterWidth), outputs], "float32");
      compute(
        wasm,
        [x, filter, bias],
        [out],
        (nn) => nn.convLayerWorkBytes(...sizes),
        (nn, [xAt, filterAt, biasAt], [yAt], work) =>
          nn.convLayerForward(...sizes, relu, xAt, filterAt, biasAt, yAt, work),
      );
      return out;
    },
  });
  tf.registerKernel({
    kernelName: FILTER_GRADIENT,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, filter, y, dy } = inputs as Record<string, TensorInfo>;
      const { same, relu } = attrs as unknown as Attributes;
      const sizes = sizesOf(x, filter, same);
      const wasm = backend as unknown as WasmBackend;
      const outputs = [filter.shape, filter.shape.slice(3)].map((shape) => wasm.makeOutput(shape, "float32"));
      compute(
        wasm,
        relu ? [x, dy, y] : [x, dy],
        outputs,
        (nn) => nn.convLayerWorkBytes(...sizes),
        (nn, [xAt, dyAt, yAt = 0], [dFilter, dBias], work) =>
          nn.convLayerBackpropFilter(...sizes, xAt, yAt, dyAt, dFilter, dBias, work),
      );
      return outputs;
    },
  });
  tf.registerKernel({
    kernelName: INPUT_GRADIENT,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, filter, y, dy } = inputs as Record<string, TensorInfo>;
      const { same, relu } = attrs as unknown as Attributes;
      const sizes = sizesOf(x, filter, same);
      const wasm = backend as unknown as WasmBackend;
      const out = wasm.makeOutput(x.shape, "float32");
      compute(
        wasm,
        relu ? [filter, dy, y] : [filter, dy],
        [out],
        (nn) => nn.convLayerWorkBytes(...sizes),
        (nn, [filterAt, dyAt, yAt = 0], [dx], work) =>
          nn.convLayerBackpropInput(...sizes, filterAt, yAt, dyAt, dx, work),
      );
      return out;
    },
  });
  tf.registerGradient({
    kernelName: CONV_LAYER,
    inputsToSave: ["x", "filter"],
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => {
      const [x, filter, y] = saved;
      const inputs = { x, filter, y, dy: dy as Tensor };
      const [dFilter, dBias] = tf.engine().runKernel(FILTER_GRADIENT, inputs, attrs) as unknown as Tensor[];
      // Apart, since the gradient of a first layer's input is not asked for.
      const dx = () => tf.engine().runKernel(INPUT_GRADIENT, inputs, attrs) as unknown as Tensor;
      return { x: dx, filter: () => dFilter, bias: () => dBias };
    },
  });
}
