/** Anything that JSON holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type TensorData =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** Numbers with a shape, in C order. `F16` is held as the bits of each half in a `Uint16Array`. */
export interface Tensor {
  readonly dtype: "F64" | "F32" | "F16" | "I32" | "U32" | "I16" | "U16" | "I8" | "U8";
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** What a model is when it lies still: numbers as tensors, everything else as JSON. */
export interface ModelState {
  readonly kind: string;
  readonly config: { readonly [key: string]: Json };
  readonly tensors: { readonly [name: string]: Tensor };
}
