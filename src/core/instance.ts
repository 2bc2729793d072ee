import { inflateBase64 } from "../base64.ts";
import { applyPatch } from "./patch.ts";

/** A compiled module as scripts/build-core.mjs inlines it: the build with SIMD, and what the one without adds. */
export interface Binary {
  readonly bytes: number;
  readonly deflated: string;
  readonly scalarBytes: number;
  readonly scalarCopies: readonly number[];
  readonly scalarLiteralsBytes: number;
  readonly scalarLiterals: string;
}

/** A new instance. A module imports nothing, so it can neither read a clock nor call the host. @param simd which build */
export function instantiate<Exports>(binary: Binary, simd: boolean): Exports {
  let wasm = inflateBase64(binary.deflated, binary.bytes);
  if (!simd) {
    const literals = inflateBase64(binary.scalarLiterals, binary.scalarLiteralsBytes);
    wasm = applyPatch(wasm, binary.scalarCopies, literals, binary.scalarBytes);
  }
  return new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as unknown as Exports;
}
