import { decodeBase64 } from "../base64.ts";
import { type CoreExports, coreBase64 } from "./binary.ts";

/** The compiled core, one instance a thread. It imports nothing, so it can neither read a clock nor call the host. */
export const core = new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(coreBase64)))
  .exports as unknown as CoreExports;
