import fc from "fast-check";
import { expect, test } from "vitest";
import { RealFft } from "../src/core/fft.ts";
import { fixtureNpy, largestDifference, largestMagnitude } from "./fixture.ts";

/** The transform by its definition, in double precision. */
function dft(x: ArrayLike<number>): { re: number[]; im: number[] } {
  const n = x.length;
  const re: number[] = [];
  const im: number[] = [];
  for (let k = 0; k <= n >> 1; k++) {
    let r = 0;
    let i = 0;
    for (let t = 0; t < n; t++) {
      const angle = (-2 * Math.PI * ((k * t) % n)) / n;
      r += x[t] * Math.cos(angle);
      i += x[t] * Math.sin(angle);
    }
    re.push(r);
    im.push(i);
  }
  return { re, im };
}

// numpy.fft.rfft of 1.24 on the stored input; single precision is good for 2e-7 of the largest bin.
test.each([8, 12, 15, 16, 100, 400, 512, 1024, 2048])("equals numpy.fft.rfft at length %i", async (n) => {
  const { data: x } = await fixtureNpy(`oracle/const/rfft_${n}_in.npy`);
  const { data: re } = await fixtureNpy(`oracle/const/rfft_${n}_re.npy`);
  const { data: im } = await fixtureNpy(`oracle/const/rfft_${n}_im.npy`);
  const spectrum = new RealFft(n).forward(x);
  const scale = largestMagnitude(re);
  expect(largestDifference(spectrum.re, re)).toBeLessThan(5e-7 * scale);
  expect(largestDifference(spectrum.im, im)).toBeLessThan(5e-7 * scale);
});

const lengths = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.constantFrom(1009, 2 * 509, 4 * 127, 61 * 16, 3 * 5 * 7 * 11),
);

test("equals the definition at any length, and goes back", () => {
  fc.assert(
    fc.property(lengths, fc.integer(), (n, seed) => {
      const x = Float32Array.from({ length: n }, (_, i) => Math.sin((i + 1) * (seed % 1000) * 0.731 + i * i * 0.01));
      const fft = new RealFft(n);
      const { re, im } = fft.forward(x);
      const reference = dft(x);
      const scale = Math.sqrt(n) * 2;
      expect(largestDifference(re, reference.re)).toBeLessThan(2e-6 * scale);
      expect(largestDifference(im, reference.im)).toBeLessThan(2e-6 * scale);
      expect(largestDifference(fft.inverse(re, im), x)).toBeLessThan(5e-6);
    }),
    { numRuns: 60 },
  );
});

test("keeps the energy (Parseval) up to 2^16", () => {
  for (const n of [65536, 65534, 32768, 44100]) {
    const x = Float32Array.from({ length: n }, (_, i) => Math.sin(i * i * 0.001));
    const { re, im } = new RealFft(n).forward(x);
    let energy = 0;
    for (let k = 0; k < re.length; k++) energy += (k === 0 || 2 * k === n ? 1 : 2) * (re[k] ** 2 + im[k] ** 2);
    const expected = n * x.reduce((sum, v) => sum + v * v, 0);
    expect(Math.abs(energy / expected - 1)).toBeLessThan(1e-5);
  }
});

test("refuses lengths that it cannot take", () => {
  for (const n of [0, -8, 1.5, 2 ** 25, Number.NaN]) expect(() => new RealFft(n)).toThrow("an FFT's length");
  expect(() => new RealFft(8).forward(new Float32Array(7))).toThrow("samples must have 8 values, not 7");
});
