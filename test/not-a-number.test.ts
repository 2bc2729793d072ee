import { expect, test } from "vitest";
import { autocorrelate } from "../src/core/autocorrelation.ts";
import { RealFft } from "../src/core/fft.ts";
import { functionals } from "../src/core/functionals.ts";
import { Hpss } from "../src/core/hpss.ts";
import { Resampler } from "../src/core/resample.ts";
import { delta } from "../src/core/deltas.ts";
import { createExtractor } from "../src/features/extractor.ts";
import { denseMatrix } from "../src/matrix.ts";

// Samples with both kinds of what is no finite number, and one NaN whose sign and payload are not the usual ones.
const broken = Float32Array.from({ length: 1200 }, (_, i) => (i % 61) / 61 - 0.5);
broken[300] = Infinity;
broken[400] = -Infinity;
new Uint32Array(broken.buffer)[500] = 0xffc12345;

/** How many values are NaN. Every one must have the same bits, which WebAssembly leaves to the engine. */
function countNaN(values: Float32Array): number {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = words.filter((_, i) => Number.isNaN(values[i]));
  expect([...new Set(bits)]).toEqual(bits.length > 0 ? [0x7fc00000] : []);
  return bits.length;
}

test("NaN leaves the core with the same bits from every kernel", () => {
  const { re, im } = new RealFft(1200).forward(broken);
  const frames = denseMatrix(100, 12, broken);
  const outputs = [
    re,
    im,
    new RealFft(1200).inverse(re, im),
    autocorrelate(broken),
    new Hpss({ nFft: 256 }).harmonic(broken),
  ];
  outputs.push(new Resampler(48000, 44100).process(broken), delta(frames).data);
  for (const output of outputs) expect(countNaN(output)).toBeGreaterThan(0);
  countNaN(functionals(frames));
});

test("samples whose squares overflow give features with one NaN, not an error", () => {
  const huge = broken.map((v) => (Number.isFinite(v) ? v * 1e30 : 0));
  for (const preset of ["librosa", "sahu2019", "emovox"] as const) {
    const extractor = createExtractor(preset === "emovox" ? { preset } : { preset, sampleRate: 16000 });
    countNaN(extractor.extract(huge).data);
  }
});
