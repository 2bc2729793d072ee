import type { KernelFunc } from "@tensorflow/tfjs";
import type { Tfjs } from "../tfjs.ts";

/** Puts a kernel in the place of one of tfjs's WASM backend; `make` is given the one that was there. */
export function replaceKernel(tf: Tfjs, name: string, make: (stock: KernelFunc) => KernelFunc): void {
  const stock = tf.getKernel(name, "wasm");
  tf.unregisterKernel(name, "wasm");
  tf.registerKernel({ ...stock, kernelFunc: make(stock.kernelFunc) });
}
