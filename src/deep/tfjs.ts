/** The namespace of `@tensorflow/tfjs`. */
export type Tfjs = typeof import("@tensorflow/tfjs");

/**
 * tfjs on its WASM backend: undefined until `deepBackend` has resolved, the same object from then on. Only `src/deep` imports it.
 */
export let tf: Tfjs;

/** For `deepBackend` alone. */
export function setTfjs(tfjs: Tfjs): void {
  tf = tfjs;
}
