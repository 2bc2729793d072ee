import { createRequire } from "node:module";
import { nFft } from "../speech.mjs";

export const name = "fft.js";

export function load() {
  const require = createRequire(import.meta.url);
  const FFT = require("fft.js");
  const fft = new FFT(nFft);
  const spectrum = fft.createComplexArray();
  const split = (samples) =>
    Array.from({ length: 16 }, (_, i) => Array.from(samples.subarray(i * nFft, (i + 1) * nFft)));
  const one = {
    note: "float64",
    run({ samples, count }) {
      const frames = split(samples);
      for (let i = 0; i < count; i++) fft.realTransform(spectrum, frames[i & 15]);
    },
    values({ samples }) {
      fft.realTransform(spectrum, split(samples)[0]);
      return spectrum.slice(0, nFft + 2).filter((_, i) => i % 2 === 0);
    },
  };
  return { version: require("fft.js/package.json").version, works: { fft: [one], "fft-abreast": [one] } };
}
