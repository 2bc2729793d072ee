import { readFileSync } from "node:fs";
import { nFft } from "../speech.mjs";

export const name = "pffft-wasm";

const REAL = 0;
const FORWARD = 0;

export async function load() {
  const pffft = await (await import("@echogarden/pffft-wasm/simd")).default();
  if (pffft._pffft_simd_size() !== 4) throw new Error("its build has no SIMD");
  const setup = pffft._pffft_new_setup(nFft, REAL);
  const [frames, out, work] = [16 * nFft, nFft, nFft].map((length) => pffft._pffft_aligned_malloc(length * 4));
  const place = (samples) => pffft.HEAPF32.set(samples, frames >> 2);
  const through = (transform, label) => ({
    label,
    run({ samples, count }) {
      place(samples);
      for (let i = 0; i < count; i++) transform(setup, frames + (i & 15) * nFft * 4, out, work, FORWARD);
    },
  });
  const ordered = {
    ...through(pffft._pffft_transform_ordered, "SIMD"),
    values({ samples }) {
      place(samples);
      pffft._pffft_transform_ordered(setup, frames, out, work, FORWARD);
      const spectrum = pffft.HEAPF32.slice(out >> 2, (out >> 2) + nFft);
      // The last bin's real part stands where the first one's imaginary part would.
      return [...spectrum.filter((_, i) => i % 2 === 0), spectrum[1]];
    },
  };
  const unordered = through(pffft._pffft_transform, "SIMD, its own order of bins");
  const { version } = JSON.parse(
    readFileSync(new URL("../node_modules/@echogarden/pffft-wasm/package.json", import.meta.url), "utf8"),
  );
  return { version, works: { fft: [ordered, unordered], "fft-abreast": [ordered, unordered] } };
}
