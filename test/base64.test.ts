import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeBase64 } from "../src/base64.ts";

test("decodes what btoa encodes, of every length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(decodeBase64(btoa(String.fromCharCode(...bytes)))).toEqual(bytes);
    }),
  );
});
