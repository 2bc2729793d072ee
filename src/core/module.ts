import { scalarBytes, scalarCopies, scalarLiterals, scalarLiteralsBytes } from "./binary-scalar.ts";
import { type CoreExports, coreBytes, coreDeflated } from "./binary.ts";
import { hasSimd } from "./info.ts";
import { instantiate } from "./instance.ts";

const binary = {
  bytes: coreBytes,
  deflated: coreDeflated,
  scalarBytes,
  scalarCopies,
  scalarLiteralsBytes,
  scalarLiterals,
};

/** The compiled core, one instance a thread: the build with SIMD where the engine has it. */
export let core: CoreExports = instantiate(binary, hasSimd);

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
export const withScalarCore = <T>(body: () => T): T => withCore(instantiate(binary, false), body);
