import { inflateSync } from "fflate";

/** The value of each base64 digit by its character code (RFC 4648, section 4). */
const values = new Uint8Array(128);
for (let i = 0; i < 64; i++) {
  values["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".charCodeAt(i)] = i;
}

/** The bytes that a base64 text stands for, in every engine alike (not all have `atob`). */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const digit = (i: number) => values[text.charCodeAt(i)];
  for (let from = 0, to = 0; from < text.length; from += 4) {
    const word = (digit(from) << 18) | (digit(from + 1) << 12) | (digit(from + 2) << 6) | digit(from + 3);
    // What lies past the end of a typed array is not stored.
    bytes[to++] = word >> 16;
    bytes[to++] = word >> 8;
    bytes[to++] = word;
  }
  return bytes;
}

type Bytes = Uint8Array<ArrayBuffer>;
interface NodeModules {
  "node:zlib": { inflateRawSync(bytes: Uint8Array): Bytes };
  "node:buffer": { Buffer: { from(text: string, encoding: "base64"): Bytes } };
}
/** Since Node 20.16: the way to what Node brings along that asks nothing of bundlers. */
type GetBuiltinModule = <K extends keyof NodeModules>(name: K) => NodeModules[K] | undefined;

// Node's own inflation, where it can be had: ours would run before the engine has made it fast, and cost most of the start.
const builtin = (globalThis as { process?: { getBuiltinModule?: GetBuiltinModule } }).process?.getBuiltinModule;
const zlib = builtin?.("node:zlib");
const buffer = builtin?.("node:buffer");

/** What a base64 text of deflated bytes (RFC 1951) stands for. @param length of the result */
export const inflateBase64 = (text: string, length: number): Bytes =>
  zlib && buffer
    ? zlib.inflateRawSync(buffer.Buffer.from(text, "base64"))
    : (inflateSync(decodeBase64(text), { out: new Uint8Array(length) }) as Bytes);
