import { readFileSync } from "node:fs";
import { nFft } from "../speech.mjs";

export const name = "kissfft-wasm";

export async function load() {
  const { wasmKissFFT: kissfft } = await importWithoutFetch();
  const plan = kissfft._kiss_fftr_alloc(nFft, 0, 0, 0);
  const frames = kissfft._malloc(16 * nFft * 4);
  const out = kissfft._malloc((nFft + 2) * 4);
  const place = (samples) => kissfft.HEAPF32.set(samples, frames >> 2);
  const one = {
    run({ samples, count }) {
      place(samples);
      for (let i = 0; i < count; i++) kissfft._kiss_fftr(plan, frames + (i & 15) * nFft * 4, out);
    },
    values({ samples }) {
      place(samples);
      kissfft._kiss_fftr(plan, frames, out);
      return kissfft.HEAPF32.slice(out >> 2, (out >> 2) + nFft + 2).filter((_, i) => i % 2 === 0);
    },
  };
  const { version } = JSON.parse(
    readFileSync(new URL("../node_modules/kissfft-wasm/package.json", import.meta.url), "utf8"),
  );
  return { version, works: { fft: [one], "fft-abreast": [one] } };
}

/** Its loader takes a host with `fetch` for a browser, and fails in Node. */
async function importWithoutFetch() {
  const { fetch } = globalThis;
  globalThis.fetch = undefined;
  try {
    const { default: kissfft } = await import("kissfft-wasm");
    const { waitLoading } = (await import("kissfft-wasm/lib/wasm.js")).default;
    await waitLoading();
    return kissfft;
  } finally {
    globalThis.fetch = fetch;
  }
}
