import { inflateBase64 } from "../base64.ts";
import { scalarBytes, scalarCopies, scalarLiterals, scalarLiteralsBytes } from "./binary-scalar.ts";
import { type CoreExports, coreBytes, coreDeflated } from "./binary.ts";
import { hasSimd } from "./info.ts";
import { applyPatch } from "./patch.ts";

// A module imports nothing, so it can neither read a clock nor call the host.
const instantiate = (wasm: Uint8Array<ArrayBuffer>) =>
  new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as unknown as CoreExports;

const simdCore = () => inflateBase64(coreDeflated, coreBytes);

function instantiateScalar(): CoreExports {
  const literals = inflateBase64(scalarLiterals, scalarLiteralsBytes);
  return instantiate(applyPatch(simdCore(), scalarCopies, literals, scalarBytes));
}

/** The compiled core, one instance a thread: the build with SIMD where the engine has it. */
export let core: CoreExports = hasSimd ? instantiate(simdCore()) : instantiateScalar();

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
export const withScalarCore = <T>(body: () => T): T => withCore(instantiateScalar(), body);
