import zopfli from "@gfx/zopfli";

/**
 * Bytes deflated (RFC 1951) and in base64. Deflated before they become text: a server that compresses finds no repeats in base64, whose
 * digits do not keep to bytes. Zopfli takes seconds and gives 5 to 8 % less than zlib.
 */
export const deflated = async (bytes) =>
  Buffer.from(await zopfli.deflateAsync(bytes, { numiterations: 15 })).toString("base64");
