import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addNoise, clip, reverberate, telephone } from "../src/audio/degrade.ts";
import { decodeMuLaw } from "../src/audio/g711.ts";
import { Random } from "../src/random.ts";

const sine = (frequency: number, sampleRate: number, length: number) =>
  Float32Array.from({ length }, (_, n) => 0.5 * Math.sin((2 * Math.PI * frequency * n) / sampleRate));
const power = (samples: Float32Array) => samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
const difference = (a: Float32Array, b: Float32Array) => a.map((x, n) => x - b[n]);
const decibels = (ratio: number) => 10 * Math.log10(ratio);

describe("noise", () => {
  test("has the power that the ratio asks for", () => {
    const clean = sine(300, 16000, 64000);
    for (const snr of [20, 10, 0, -6]) {
      const noise = difference(addNoise(clean, snr, new Random(3)), clean);
      // 64,000 draws: the standard deviation of the measured power is 0.6 %, 0.024 dB.
      expect(Math.abs(decibels(power(clean) / power(noise)) - snr)).toBeLessThan(0.1);
    }
  });

  test("leaves silence silent, and the empty signal empty", () => {
    expect(addNoise(new Float32Array(100), 0, new Random(1)).every((x) => x === 0)).toBe(true);
    expect(addNoise(new Float32Array(0), 0, new Random(1))).toHaveLength(0);
    expect(() => addNoise(new Float32Array(1), Number.NaN, new Random(1))).toThrow("snr must be a number");
  });
});

describe("the telephone", () => {
  test("keeps what lies in its band and drops what does not", () => {
    const [low, high] = [1000, 6000].map((frequency) => telephone(sine(frequency, 16000, 16000), 16000));
    const middle = (samples: Float32Array) => samples.subarray(4000, 12000);
    // A step of mu-law is at most 1/16 of the value, so the error lies at least 30 dB below the signal.
    const error = power(difference(middle(low), middle(sine(1000, 16000, 16000))));
    expect(decibels(power(middle(low)) / error)).toBeGreaterThan(30);
    expect(power(middle(high))).toBeLessThan(1e-6);
  });

  test("at 8 kHz gives the nearest of mu-law's values", () => {
    const values = Array.from({ length: 256 }, (_, byte) => decodeMuLaw(byte));
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1.2, max: 1.2, noNaN: true }), { maxLength: 50 }), (samples) => {
        const x = Float32Array.from(samples);
        telephone(x, 8000).forEach((y, n) => {
          expect(values).toContain(y);
          expect(Math.abs(y - x[n])).toBe(Math.min(...values.map((value) => Math.abs(value - x[n]))));
        });
      }),
    );
  });

  test("keeps the length at any rate", () => {
    for (const [sampleRate, length] of [
      [44100, 12345],
      [16000, 1],
      [48000, 0],
      [11025, 777],
    ]) {
      expect(telephone(sine(200, sampleRate, length), sampleRate)).toHaveLength(length);
    }
  });
});

describe("clipping", () => {
  test("cuts the given share off at one level", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (samples, share) => {
          const x = Float32Array.from(samples);
          const y = clip(x, share);
          const level = Math.max(...y.map(Math.abs));
          expect(x.filter((value, n) => value !== y[n]).length).toBeLessThanOrEqual(Math.ceil(share * x.length));
          y.forEach((value, n) => expect(value).toBe(Math.abs(x[n]) <= level ? x[n] : Math.sign(x[n]) * level));
        },
      ),
    );
    const ramp = Float32Array.from({ length: 100 }, (_, n) => (n + 1) / 100);
    expect(clip(ramp, 0.1).filter((value) => value === Math.fround(0.9))).toHaveLength(11);
    expect(clip(new Float32Array(0), 0.1)).toHaveLength(0);
    expect(() => clip(ramp, 1)).toThrow("must be in [0, 1)");
  });
});

describe("reverberation", () => {
  const impulse = new Float32Array(20000);
  impulse[0] = 1;

  test("of an impulse is direct sound and a tail of equal energy that falls by 60 dB", () => {
    const room = reverberate(impulse, 16000, 1, new Random(5));
    expect(room[0]).toBeCloseTo(1, 6);
    const tail = room.subarray(1);
    expect(power(tail) * tail.length).toBeCloseTo(1, 1);
    const early = power(room.subarray(1, 1601));
    const late = power(room.subarray(8000, 9600));
    // 7,999 samples later, half the time of 60 dB: 30 dB.
    expect(Math.abs(decibels(early / late) - 30)).toBeLessThan(1.5);
    expect(power(room.subarray(16001))).toBeLessThan(1e-12);
  });

  test("is the plain convolution, over several blocks too", () => {
    const room = reverberate(impulse.subarray(0, 200), 1000, 0.2, new Random(7));
    const random = new Random(9);
    const x = Float32Array.from({ length: 2500 }, () => random.normal());
    const y = reverberate(x, 1000, 0.2, new Random(7));
    y.forEach((value, n) => {
      let sum = 0;
      for (let m = 0; m < 200 && m <= n; m++) sum += room[m] * x[n - m];
      expect(Math.abs(value - sum)).toBeLessThan(1e-5);
    });
    expect(reverberate(new Float32Array(0), 16000, 0.5, new Random(1))).toHaveLength(0);
    expect(() => reverberate(x, 16000, 0, new Random(1))).toThrow("at most 10 s");
  });
});
