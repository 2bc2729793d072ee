import type { Results } from "./results.ts";

/** SHA-256 in hex over the JSON of results without what they took: equal for equal figures. */
export async function resultsDigest(results: Omit<Results, "digest" | "run">): Promise<string> {
  const timeless = { ...results, cells: results.cells.map((cell) => ({ ...cell, seconds: undefined })) };
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(timeless)));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
