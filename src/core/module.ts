import { decodeBase64 } from "../base64.ts";
import { scalarCoreBase64 } from "./binary-scalar.ts";
import { type CoreExports, coreBase64 } from "./binary.ts";
import { hasSimd } from "./info.ts";

// A module imports nothing, so it can neither read a clock nor call the host.
const instantiate = (base64: string) =>
  new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(base64))).exports as unknown as CoreExports;

/** The compiled core, one instance a thread: the build with SIMD where the engine has it. */
export let core: CoreExports = instantiate(hasSimd ? coreBase64 : scalarCoreBase64);

/** Runs `body` on another instance; what it makes may outlive it, but must not be used after it. */
export function withCore<T>(other: CoreExports, body: () => T): T {
  const usual = core;
  core = other;
  try {
    return body();
  } finally {
    core = usual;
  }
}

/** Runs `body` on a fresh instance of the build without SIMD; see {@link withCore}. */
export const withScalarCore = <T>(body: () => T): T => withCore(instantiate(scalarCoreBase64), body);
