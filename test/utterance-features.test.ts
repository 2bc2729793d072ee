import { expect, test } from "vitest";
import { Hpss } from "../src/core/hpss.ts";
import { functionalNames, functionals } from "../src/core/functionals.ts";
import { Resampler } from "../src/core/resample.ts";
import { createExtractor } from "../src/features/index.ts";
import { matrixFromRows } from "../src/matrix.ts";
import { fixtureFrames, fixtureJson, fixtureNpy, largestDifference, largestMagnitude } from "./fixture.ts";

// The published features by librosa 0.11 (see oracle/sahu2019.json for their definition); 1e-4 relative, 1e-6 absolute near zero.
test.each(["speech_m_16k", "noise_16k", "impulse_16k", "short_16k", "speech_44k"])("sahu2019 of %s", async (signal) => {
  const reference = (await fixtureJson("oracle/sahu2019.json")).signals[signal];
  const { data } = await fixtureNpy(`oracle/${signal}/y.npy`);
  for (const padMode of ["reflect", "constant"]) {
    const extractor = createExtractor({ preset: "sahu2019", sampleRate: reference.sr, options: { padMode } });
    const row = extractor.extract(data).data;
    extractor.names.forEach((name, i) => {
      const expected = reference[padMode][name];
      expect(Math.abs(row[i] - expected), `${name}, ${padMode}`).toBeLessThanOrEqual(
        Math.max(1e-6, 1e-4 * Math.abs(expected)),
      );
    });
  }
});

// librosa.effects.harmonic(y, n_fft=..., win_length=..., hop_length=...) of 0.11
test.each([
  ["speech_m_16k", "ser", 16000],
  ["noise_16k", "ser", 16000],
  ["speech_44k", "librosa_default", 44100],
])("harmonic part of %s", async (signal, kind) => {
  const { data } = await fixtureNpy(`oracle/${signal}/y.npy`);
  const { data: expected } = await fixtureNpy(`oracle/${signal}/${kind}.harmonic_y.npy`);
  const hpss = new Hpss(kind === "ser" ? { nFft: 512, winLength: 400, hopLength: 160 } : {});
  const harmonic = hpss.harmonic(data);
  expect(largestDifference(harmonic, expected)).toBeLessThan(1e-5 * largestMagnitude(expected));
  const percussive = hpss.percussive(data);
  const sum = harmonic.map((value, i) => value + percussive[i]);
  expect(largestDifference(sum, data)).toBeLessThan(1e-5);
});

// librosa.decompose.hpss(S) of 0.11: kernel 31, power 2, margin 1
test("harmonic magnitudes are the magnitudes times the mask", async () => {
  const framing = { nFft: 512, winLength: 400, hopLength: 160 };
  const { data } = await fixtureNpy("oracle/noise_16k/y.npy");
  const expected = await fixtureFrames("oracle/noise_16k/ser.hpss_h_mag.npy");
  const stft = createExtractor({ preset: "librosa", sampleRate: 16000, features: ["stft"], options: framing });
  const { harmonic, percussive } = new Hpss(framing).masks(data);
  const magnitudes = stft.extract(data).data.map((m, i) => m * harmonic.data[i]);
  expect([harmonic.rows, harmonic.columns]).toEqual([expected.rows, expected.columns]);
  expect(largestDifference(magnitudes, expected.data)).toBeLessThan(2e-6 * largestMagnitude(expected.data));
  expect(
    largestDifference(
      harmonic.data.map((v, i) => v + percussive.data[i]),
      new Float32Array(harmonic.data.length).fill(1),
    ),
  ).toBeLessThan(1e-6);
});

test("options of HPSS out of range are refused", () => {
  expect(() => new Hpss({ margin: 0.5 })).toThrow("margin must be a number from 1 to 1000000, not 0.5");
  expect(() => new Hpss({ margin: [1, Number.NaN] })).toThrow("margin must be a number");
  expect(() => new Hpss({ power: 0 })).toThrow("power must be a number from 0.001 to 1000, not 0");
  expect(() => new Hpss({ window: "kaiser" })).toThrow("the window kaiser needs windowParameter");
  expect(() => new Hpss({ center: false }).masks(new Float32Array(100))).toThrow(
    "100 samples are fewer than one frame",
  );
});

// python3: numpy.percentile(x, [5, 25, 50, 75, 95]), scipy.stats.skew(x), kurtosis(x), numpy.polyfit(range(6), x, 1)[0] of x = [3, 1, 4, 1, 5, 9]
test("functionals", () => {
  const column = [3, 1, 4, 1, 5, 9];
  const got = functionals(matrixFromRows(column.map((v) => [v, 7, v === 4 ? Number.NaN : 2 * v, Number.NaN])));
  const expected = [3.833333, 2.733537, 1, 9, 1, 1.5, 3.5, 4.75, 8, 0.762478, -0.481171, 1.114286];
  expect(functionalNames.length).toBe(expected.length);
  expect(largestDifference(got.subarray(0, 12), expected)).toBeLessThan(1e-5);
  expect([...got.subarray(12, 24)]).toEqual([7, 0, 7, 7, 7, 7, 7, 7, 7, 0, 0, 0]);
  expect(got[24]).toBeCloseTo((2 * (3 + 1 + 1 + 5 + 9)) / 5, 5);
  expect([...got.subarray(36)]).toEqual(new Array(12).fill(0));
});

const sine = (hz: number, rate: number, n: number) =>
  Float32Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rate));
const decibels = (share: number) => 20 * Math.log10(Math.max(share, 1e-12));

/** The loudest sample in the middle half, away from the ends where the filter runs into silence. */
const middlePeak = (x: Float32Array) => largestMagnitude(x.subarray(x.length >> 2, (3 * x.length) >> 2));

test.each([
  [48000, 16000],
  [44100, 16000],
  [16000, 22050],
  [8000, 16000],
  [11025, 16000],
  [96000, 44100],
  [16001, 16000],
])("resampling from %i to %i Hz keeps what is below 0.9 of the lower Nyquist frequency", (from, to) => {
  const nyquist = Math.min(from, to) / 2;
  const resampler = new Resampler(from, to);
  for (const share of [0.01, 0.3, 0.7, 0.9]) {
    const hz = share * nyquist;
    const got = resampler.process(sine(hz, from, from >> 1));
    expect(got.length).toBe(Math.ceil(((from >> 1) * to) / from));
    const expected = sine(hz, to, got.length);
    const from4 = got.length >> 2;
    const error = largestDifference(got.subarray(from4, 3 * from4), expected.subarray(from4, 3 * from4));
    expect(decibels(error)).toBeLessThan(-60);
  }
});

test.each([
  [48000, 16000],
  [44100, 16000],
  [22050, 16000],
])("resampling from %i to %i Hz removes what is above the new Nyquist frequency by 96 dB", (from, to) => {
  const resampler = new Resampler(from, to);
  for (const share of [1.001, 1.05, 1.3]) {
    const hz = (share * to) / 2;
    if (hz < from / 2) expect(decibels(middlePeak(resampler.process(sine(hz, from, from))))).toBeLessThan(-96);
  }
});

test("the emovox preset brings every rate to its own", () => {
  const extractor = createExtractor({ preset: "emovox" });
  const at16 = extractor.extract(sine(200, 16000, 16000), 16000);
  const at48 = extractor.extract(sine(200, 48000, 48000), 48000);
  const pitch = extractor.names.indexOf("pitch_p50");
  expect(at16.columns).toBe(extractor.names.length);
  expect(at16.data[pitch]).toBeCloseTo(12 * Math.log2(200 / 27.5), 1);
  expect(at48.data[pitch]).toBeCloseTo(at16.data[pitch], 1);
  expect(at16.data.every(Number.isFinite)).toBe(true);
});

test("silence and a single sample give finite utterance features", () => {
  for (const samples of [new Float32Array(8000), Float32Array.of(0.5), new Float32Array(1)]) {
    expect(createExtractor({ preset: "emovox" }).extract(samples).data.every(Number.isFinite)).toBe(true);
    const sahu = createExtractor({ preset: "sahu2019", sampleRate: 16000 }).extract(samples);
    expect(sahu.data.every(Number.isFinite)).toBe(true);
  }
});

test("extractors with the same description have the same hash", () => {
  const request = { preset: "librosa", sampleRate: 16000 } as const;
  expect(createExtractor(request).hash).toBe(createExtractor(request).hash);
  expect(createExtractor({ ...request, options: { nMfcc: 13 } }).hash).not.toBe(createExtractor(request).hash);
});
