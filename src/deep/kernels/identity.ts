import type { TensorInfo } from "@tensorflow/tfjs";
import type { Tfjs } from "../tfjs.ts";
import type { WasmBackend } from "./module.ts";
import { replaceKernel } from "./replace.ts";

/**
 * Replaces the copy of a tensor, which tfjs makes of everything that a gradient needs later: its WASM backend copies the numbers, where
 * its cpu backend, as this does, counts one more owner of them. Both are the same as long as no kernel writes to what it is given. None does: the
 * backend's own Reshape shares numbers in this way already, `assign` gives a variable other numbers instead of other values, and `compute`
 * hands our kernels copies, which some change.
 */
export function replaceIdentity(tf: Tfjs): void {
  replaceKernel(tf, "Identity", (stock) => (call) => {
    const { x } = call.inputs as Record<"x", TensorInfo>;
    if (x.dtype === "string") return stock(call);
    (call.backend as unknown as WasmBackend).incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });
}
