import type { TensorInfo } from "@tensorflow/tfjs";
import type { Tfjs } from "../tfjs.ts";
import { compute, type WasmBackend } from "./module.ts";

interface PoolAttributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: "valid" | "same" | number;
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Replaces MaxPoolGrad: that of tfjs 4.22's WASM backend gives other gradients than its cpu backend. */
export function replaceMaxPoolGradient(tf: Tfjs): void {
  tf.unregisterKernel("MaxPoolGrad", "wasm");
  tf.registerKernel({
    kernelName: "MaxPoolGrad",
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { dy, input } = inputs as Record<"dy" | "input", TensorInfo>;
      const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as PoolAttributes;
      const shape = input.shape as [number, number, number, number];
      const pool = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
      const wasm = backend as unknown as WasmBackend;
      const out = wasm.makeOutput(input.shape, "float32");
      compute(
        wasm,
        [input, dy],
        [out],
        () => 0,
        (nn, [xAt, dyAt], [dxAt]) =>
          // biome-ignore format: one line a thing
          nn.maxPoolBackward(
            pool.batchSize, pool.inHeight, pool.inWidth, pool.inChannels,
            pool.filterHeight, pool.filterWidth, pool.outHeight, pool.outWidth,
            pool.strideHeight, pool.strideWidth, 1, 1, pool.padInfo.top, pool.padInfo.left,
            xAt, dyAt, dxAt,
          ),
      );
      return out;
    },
  });
}
