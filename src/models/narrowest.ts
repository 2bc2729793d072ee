import type { Tensor } from "./state.ts";

/** Whole numbers from 0 to `largest` in the fewest bytes. */
export function narrowest(values: Int32Array, largest: number): Pick<Tensor, "dtype" | "data"> {
  if (largest < 256) return { dtype: "U8", data: Uint8Array.from(values) };
  if (largest < 65536) return { dtype: "U16", data: Uint16Array.from(values) };
  return { dtype: "I32", data: values };
}
