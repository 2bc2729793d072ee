import type { TensorInfo } from "@tensorflow/tfjs";
import type { Tfjs } from "../tfjs.ts";
import { compute, type WasmBackend } from "./module.ts";

/** Registers UnsortedSegmentSum, the gradient of `tf.gather` and so of an embedding, which tfjs's WASM backend lacks. */
export function registerSegmentSum(tf: Tfjs): void {
  tf.registerKernel({
    kernelName: "UnsortedSegmentSum",
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, segmentIds } = inputs as Record<"x" | "segmentIds", TensorInfo>;
      tf.util.assert(x.dtype === "float32", () => `unsortedSegmentSum is there for float32, not ${x.dtype}`);
      const segments = (attrs as unknown as { numSegments: number }).numSegments;
      const rest = x.shape.slice(segmentIds.shape.length);
      const rows = tf.util.sizeFromShape(segmentIds.shape);
      const wasm = backend as unknown as WasmBackend;
      const out = wasm.makeOutput([segments, ...rest], "float32");
      compute(
        wasm,
        [x, segmentIds],
        [out],
        () => 0,
        (nn, [xAt, idsAt], [outAt]) => nn.segmentSum(rows, tf.util.sizeFromShape(rest), segments, xAt, idsAt, outAt),
      );
      return out;
    },
  });
}
