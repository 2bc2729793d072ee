import type { NamedAttrMap, Tensor } from "@tensorflow/tfjs";
import type { Tfjs } from "../tfjs.ts";

/** What tfjs refuses to differentiate, and the kernels that can, of `conv2d.ts`. */
const convolutions = {
  Conv2D: { input: "Conv2DBackpropInput", filter: "Conv2DBackpropFilter" },
  DepthwiseConv2dNative: {
    input: "DepthwiseConv2dNativeBackpropInput",
    filter: "DepthwiseConv2dNativeBackpropFilter",
  },
} as const;

/**
 * Lets dilated convolutions be trained on the WASM backend. tfjs refuses their gradient before any kernel is asked; on its other
 * backends, whose kernels do not know dilation, it goes on to do so.
 */
export function registerDilatedGradients(tf: Tfjs): void {
  for (const [kernelName, { input, filter: ofFilter }] of Object.entries(convolutions)) {
    const stock = tf.getGradient(kernelName);
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      ...stock,
      gradFunc: (dy, saved, attributes) => {
        const dilated = [attributes.dilations ?? 1].flat().some((rate) => Number(rate) > 1);
        if (!dilated || tf.getBackend() !== "wasm") return stock.gradFunc(dy, saved, attributes);
        const [x, filter] = saved;
        const run = (name: string, inputs: Record<string, Tensor>, shape: NamedAttrMap) =>
          tf.engine().runKernel(name, inputs, { ...attributes, ...shape }) as unknown as Tensor;
        return {
          x: () => run(input, { dy: dy as Tensor, filter }, { inputShape: x.shape }),
          filter: () => run(ofFilter, { x, dy: dy as Tensor }, { filterShape: filter.shape }),
        };
      },
    });
  }
}
