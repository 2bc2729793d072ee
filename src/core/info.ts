import { scalarBytes } from "./binary-scalar.ts";
import { coreBytes } from "./binary.ts";

/** A module with one function that returns a v128: valid only where the engine has SIMD. */
const simdProbe = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  5,
  1,
  96,
  0,
  1,
  123,
  3,
  2,
  1,
  0,
  10,
  10,
  1,
  8,
  0,
  65,
  0,
  253,
  15,
  253,
  98,
  11,
);

/** Whether this engine runs WebAssembly SIMD; the core has a build without, which takes a few times as long. */
export const hasSimd: boolean = WebAssembly.validate(simdProbe);

/** Bytes of the compiled core that runs here. */
export const coreSize = hasSimd ? coreBytes : scalarBytes;
