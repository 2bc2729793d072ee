import { type CoreExports, coreBase64 } from "./binary.ts";

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** The compiled core, one instance a thread. It imports nothing, so it can neither read a clock nor call the host. */
export const core = new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(coreBase64)))
  .exports as unknown as CoreExports;
