import fc from "fast-check";
import { deflateSync } from "fflate";
import { expect, test } from "vitest";
import { decodeBase64, inflateBase64 } from "../src/base64.ts";

test("decodes what btoa encodes, of every length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(decodeBase64(btoa(String.fromCharCode(...bytes)))).toEqual(bytes);
    }),
  );
});

test("inflates what was deflated, by Node's means or by ours", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
      const text = btoa(String.fromCharCode(...deflateSync(bytes)));
      expect(Array.from(inflateBase64(text, bytes.length))).toEqual(Array.from(bytes));
    }),
  );
});
