import type { TensorInfo } from "@tensorflow/tfjs";
import type { Tfjs } from "../tfjs.ts";
import { compute, type WasmBackend } from "./module.ts";

type ConvInfo = ReturnType<Tfjs["backend_util"]["computeConv2DInfo"]>;

/** The arguments of a convolution's geometry, in the order of assembly/nn. */
function geometry(conv: ConvInfo) {
  return [
    [conv.batchSize, conv.inHeight, conv.inWidth, conv.inChannels],
    [conv.filterHeight, conv.filterWidth, conv.outHeight, conv.outWidth],
    [conv.strideHeight, conv.strideWidth, conv.dilationHeight, conv.dilationWidth, conv.padInfo.top, conv.padInfo.left],
  ] as const;
}

interface ConvAttributes {
  strides: [number, number] | number;
  dilations?: [number, number] | number;
  pad: "valid" | "same" | number;
  dimRoundingMode?: "floor" | "round" | "ceil";
  dataFormat?: "NHWC" | "NCHW";
  inputShape?: [number, number, number, number];
  filterShape?: [number, number, number, number];
}

function convolution(
  tf: Tfjs,
  attributes: ConvAttributes,
  x: number[],
  filter: number[],
  depthwise: boolean,
): ConvInfo {
  const { strides, dilations = 1, pad, dimRoundingMode, dataFormat = "NHWC" } = attributes;
  tf.util.assert(dataFormat === "NHWC", () => `gradients of convolutions are there for NHWC, not ${dataFormat}`);
  const shapes = [x, filter] as [number, number, number, number][];
  return tf.backend_util.computeConv2DInfo(shapes[0], shapes[1], strides, dilations, pad, dimRoundingMode, depthwise);
}

/** Rows and columns of the matrices that a convolution is the product of. */
function matrices(conv: ConvInfo) {
  const rows = conv.batchSize * conv.outHeight * conv.outWidth;
  const depth = conv.filterHeight * conv.filterWidth * conv.inChannels;
  return { rows, depth, outputs: conv.outChannels };
}

/** Registers the gradients of Conv2D (hence conv1d): tfjs's WASM backend has none for the filter, and a slow one for the input. */
export function registerConv2dGradients(tf: Tfjs): void {
  tf.registerKernel({
    kernelName: "Conv2DBackpropFilter",
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs as Record<"x" | "dy", TensorInfo>;
      const attributes = attrs as unknown as Required<ConvAttributes>;
      const conv = convolution(tf, attributes, x.shape, attributes.filterShape, false);
      const { rows, depth, outputs } = matrices(conv);
      const wasm = backend as unknown as WasmBackend;
      const out = wasm.makeOutput(attributes.filterShape, "float32");
      compute(
        wasm,
        [x, dy],
        [out],
        (nn) => nn.gemmWorkBytes(outputs) + 4 * rows * depth,
        (nn, [xAt, dyAt], [outAt], work) => {
          const [sizes, windows, steps] = geometry(conv);
          const unfolded = work + nn.gemmWorkBytes(outputs);
          nn.unfoldConv2d(...sizes, ...windows, ...steps, xAt, unfolded);
          nn.gemm(depth, outputs, rows, unfolded, 1, depth, dyAt, outputs, 1, outAt, false, work);
        },
      );
      return out;
    },
  });
  tf.unregisterKernel("Conv2DBackpropInput", "wasm");
  tf.registerKernel({
    kernelName: "Conv2DBackpropInput",
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { dy, filter } = inputs as Record<"dy" | "filter", TensorInfo>;
      const attributes = attrs as unknown as Required<ConvAttributes>;
      const conv = convolution(tf, attributes, attributes.inputShape, filter.shape, false);
      const { rows, depth, outputs } = matrices(conv);
      const wasm = backend as unknown as WasmBackend;
      const out = wasm.makeOutput(attributes.inputShape, "float32");
      compute(
        wasm,
        [dy, filter],
        [out],
        (nn) => nn.gemmWorkBytes(depth) + 4 * rows * depth,
        (nn, [dyAt, filterAt], [outAt], work) => {
          const [sizes, windows, steps] = geometry(conv);
          const unfolded = work + nn.gemmWorkBytes(depth);
          nn.gemm(rows, depth, outputs, dyAt, outputs, 1, filterAt, 1, outputs, unfolded, false, work);
          nn.foldConv2d(...sizes, ...windows, ...steps, unfolded, outAt);
        },
      );
      return out;
    },
  });
}

/** Registers the gradients of DepthwiseConv2dNative, which tfjs's WASM backend lacks. */
export function registerDepthwiseGradients(tf: Tfjs): void {
  const register = (side: "Input" | "Filter") =>
    tf.registerKernel({
      kernelName: `DepthwiseConv2dNativeBackprop${side}`,
      backendName: "wasm",
      kernelFunc: ({ inputs, attrs, backend }) => {
        const { x, dy, filter } = inputs as Record<"x" | "dy" | "filter", TensorInfo>;
        const attributes = attrs as unknown as Required<ConvAttributes>;
        const shape = side === "Input" ? attributes.inputShape : attributes.filterShape;
        const [xShape, filterShape] = side === "Input" ? [shape, filter.shape] : [x.shape, shape];
        const conv = convolution(tf, attributes, xShape, filterShape, true);
        const [sizes, windows, steps] = geometry(conv);
        const multiplier = conv.outChannels / conv.inChannels;
        const wasm = backend as unknown as WasmBackend;
        const out = wasm.makeOutput(shape, "float32");
        compute(
          wasm,
          side === "Input" ? [dy, filter] : [x, dy],
          [out],
          () => 0,
          (nn, [first, second], [outAt]) => {
            const gradient = side === "Input" ? nn.depthwiseConv2dBackpropInput : nn.depthwiseConv2dBackpropFilter;
            gradient(...sizes, multiplier, ...windows, ...steps, first, second, outAt);
          },
        );
        return out;
      },
    });
  register("Input");
  register("Filter");
}
