import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FrameComputer } from "../src/core/frames.ts";
import { createExtractor, type OptionRecord } from "../src/features/index.ts";
import { librosaOptions, resolveFrameOptions } from "../src/features/options.ts";
import { fixtureFrames, fixtureNpy, largestDifference, largestMagnitude } from "./fixture.ts";

const signals = ["speech_m_16k", "noise_16k", "sine_16k", "impulse_16k", "short_16k", "speech_44k"];
const rateOf = (signal: string) => (signal === "speech_44k" ? 44100 : 16000);
/** `ser` in the fixtures' names: n_fft, win_length and hop_length that speech emotion recognition uses. */
const ser = (signal: string): OptionRecord =>
  signal === "speech_44k"
    ? { nFft: 2048, winLength: 1102, hopLength: 441, nMels: 40, nMfcc: 13, frameLength: 1102 }
    : { nFft: 512, winLength: 400, hopLength: 160, nMels: 40, nMfcc: 13, frameLength: 400 };

async function compute(signal: string, feature: string, options: OptionRecord) {
  const { data } = await fixtureNpy(`oracle/${signal}/y.npy`);
  return createExtractor({ preset: "librosa", sampleRate: rateOf(signal), features: [feature], options }).extract(data);
}

/** The largest difference of a frame, as a share of the frame's largest value. */
function relativeToFrame(got: { rows: number; columns: number; data: Float32Array }, expected: typeof got): number {
  if (got.rows !== expected.rows || got.columns !== expected.columns) return Number.NaN;
  let worst = 0;
  for (let t = 0; t < got.rows; t++) {
    const row = expected.data.subarray(t * got.columns, (t + 1) * got.columns);
    const difference = largestDifference(got.data.subarray(t * got.columns, (t + 1) * got.columns), row);
    worst = Math.max(worst, difference / (largestMagnitude(row) || 1));
  }
  return worst;
}

// librosa 0.11.0: abs(stft(y, **c)), feature.melspectrogram(y=y, sr=sr, n_mels=40, **c); 1e-5 of the frame's maximum
describe.each<[string, string, OptionRecord]>([
  ["mel", "mel40", {}],
  ["mel", "mel40_htk", { htk: true, norm: null }],
])("%s against librosa's %s", (feature, file, options) => {
  test.each(signals)("%s", async (signal) => {
    const expected = await fixtureFrames(`oracle/${signal}/ser.${file}.npy`);
    expect(relativeToFrame(await compute(signal, feature, { ...ser(signal), ...options }), expected)).toBeLessThan(
      2e-6,
    );
  });
});

test.each<[string, string, OptionRecord]>([
  ["speech_m_16k", "stft_mag", {}],
  ["noise_16k", "stft_mag", {}],
  ["speech_m_16k", "stft_mag_reflect", { padMode: "reflect" }],
  ["speech_m_16k", "stft_mag_nocenter", { center: false }],
])("STFT magnitudes of %s: %s", async (signal, file, options) => {
  const expected = await fixtureFrames(`oracle/${signal}/ser.${file}.npy`);
  expect(relativeToFrame(await compute(signal, "stft", { ...ser(signal), ...options }), expected)).toBeLessThan(1e-6);
});

// librosa 0.11.0: power_to_db(mel), feature.mfcc, feature.delta, feature.rms, zero_crossing_rate, spectral_*; the tolerances are some
// times what librosa's own float32 is away from float64
describe.each<[string, string, OptionRecord, number]>([
  ["logmel", "logmel40_db", {}, 2e-3],
  ["mfcc", "mfcc13", {}, 2e-3],
  ["mfcc", "mfcc40", { nMfcc: 40 }, 2e-3],
  ["mfcc", "mfcc13_lifter22", { lifter: 22 }, 0.01],
  ["delta", "mfcc13_delta_nearest", { deltaMode: "nearest" }, 5e-4],
  ["delta2", "mfcc13_delta2_nearest", { deltaMode: "nearest" }, 5e-4],
  ["rms", "rms", {}, 1e-6],
  ["zcr", "zcr", {}, 1e-7],
  ["centroid", "centroid", {}, 0.05],
  ["bandwidth", "bandwidth", {}, 0.05],
  ["rolloff", "rolloff85", {}, 1e-3],
  ["rolloff", "rolloff95", { rollPercent: 0.95 }, 1e-3],
  ["flatness", "flatness", {}, 5e-5],
])("%s against librosa's %s", (feature, file, options, tolerance) => {
  test.each(signals)("%s", async (signal) => {
    const expected = await fixtureFrames(`oracle/${signal}/ser.${file}.npy`);
    const got = await compute(signal, feature, { ...ser(signal), ...options });
    expect(largestDifference(got.data, expected.data)).toBeLessThan(tolerance);
  });
});

test.each([1, 2])("deltas of order %i with interpolated ends", async (order) => {
  const expected = await fixtureFrames(`oracle/speech_m_16k/ser.mfcc13_delta${order === 1 ? "" : "2"}.npy`);
  const got = await compute("speech_m_16k", order === 1 ? "delta" : "delta2", ser("speech_m_16k"));
  expect(largestDifference(got.data, expected.data)).toBeLessThan(5e-4);
});

// librosa 0.11.0 with every default: n_fft 2048, hop 512, 128 mel
test.each<[string, string, OptionRecord, number]>([
  ["mfcc13", "mfcc", {}, 2e-3],
  ["mfcc13_lifter22", "mfcc", { lifter: 22 }, 0.01],
  ["mfcc13_delta", "delta", {}, 5e-4],
  ["mfcc13_delta2_nearest", "delta2", { deltaMode: "nearest" }, 5e-4],
  ["logmel128_db", "logmel", {}, 2e-3],
  ["rms", "rms", {}, 1e-6],
  ["zcr", "zcr", {}, 1e-7],
  ["centroid", "centroid", {}, 0.05],
  ["bandwidth", "bandwidth", {}, 0.05],
  ["rolloff85", "rolloff", {}, 1e-3],
  ["flatness", "flatness", {}, 5e-5],
])("the preset's defaults are librosa's: %s", async (file, feature, options, tolerance) => {
  const expected = await fixtureFrames(`oracle/speech_m_16k/librosa_default.${file}.npy`);
  const got = await compute("speech_m_16k", feature, { nMfcc: 13, ...options });
  expect(largestDifference(got.data, expected.data)).toBeLessThan(tolerance);
});

test("the preset's defaults are librosa's: mel128", async () => {
  const expected = await fixtureFrames("oracle/speech_m_16k/librosa_default.mel128.npy");
  expect(relativeToFrame(await compute("speech_m_16k", "mel", {}), expected)).toBeLessThan(2e-6);
});

// librosa.yin(y, fmin=65, fmax=500, sr=sr, frame_length=1024 or 2048, hop_length=160 or 441); in Hz
test.each(["speech_m_16k", "noise_16k", "short_16k", "speech_44k"])("YIN of %s", async (signal) => {
  const expected = await fixtureFrames(`oracle/${signal}/yin_f0.npy`);
  const options = { ...ser(signal), frameLength: signal === "speech_44k" ? 2048 : 1024, yinFMin: 65, yinFMax: 500 };
  expect(largestDifference((await compute(signal, "yin", options)).data, expected.data)).toBeLessThan(0.02);
});

test("features asked for together are the features asked for alone", async () => {
  const { data } = await fixtureNpy("oracle/speech_m_16k/y.npy");
  const options = ser("speech_m_16k");
  const names = ["flatness", "mfcc", "rms", "delta2", "centroid", "yin", "mel", "zcr", "aperiodicity", "bandwidth"];
  names.push("tonnetz", "contrast", "onset", "flux", "poly", "chroma");
  const all = createExtractor({ preset: "librosa", sampleRate: 16000, features: names, options });
  const together = all.extract(data);
  for (const name of names) {
    const one = createExtractor({ preset: "librosa", sampleRate: 16000, features: [name], options });
    const alone = one.extract(data);
    const first = all.names.indexOf(one.names[0]);
    for (let t = 0; t < alone.rows; t++) {
      const row = together.data.subarray(t * together.columns + first, t * together.columns + first + alone.columns);
      expect(row).toEqual(alone.data.subarray(t * alone.columns, (t + 1) * alone.columns));
    }
  }
});

test("any length and any framing gives finite values for finite samples", () => {
  const features = ["mfcc", "centroid", "bandwidth", "rolloff", "flatness", "rms", "zcr"];
  features.push("flux", "poly", "chroma", "tonnetz", "onset");
  fc.assert(
    fc.property(
      fc.record({
        length: fc.integer({ min: 1, max: 3000 }),
        nFft: fc.integer({ min: 16, max: 700 }),
        hopLength: fc.integer({ min: 1, max: 400 }),
        shorter: fc.integer({ min: 0, max: 15 }),
        scale: fc.constantFrom(0, 1e-30, 1e-6, 1, 1000),
        padMode: fc.constantFrom("constant", "reflect", "edge"),
      }),
      ({ length, nFft, hopLength, shorter, scale, padMode }) => {
        const options = { nFft, hopLength, padMode, winLength: nFft - shorter, nMels: 8, nMfcc: 5, frameLength: 64 };
        const extractor = createExtractor({ preset: "librosa", sampleRate: 8000, features, options });
        const samples = Float32Array.from({ length }, (_, i) => scale * Math.sin(i * i * 0.1));
        const { rows, data } = extractor.extract(samples);
        expect(rows).toBeGreaterThan(0);
        expect(data.every(Number.isFinite)).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});

test("bad input is refused in words", () => {
  const extractor = createExtractor({ preset: "librosa", sampleRate: 16000, options: { center: false } });
  expect(() => extractor.extract(new Float32Array(0))).toThrow("the audio has 0 samples");
  expect(() => extractor.extract(Float32Array.of(0, Number.NaN))).toThrow("NaN or infinite");
  expect(() => extractor.extract(Float32Array.of(0, Number.POSITIVE_INFINITY))).toThrow("NaN or infinite");
  expect(() => extractor.extract(new Float32Array(100))).toThrow("100 samples are fewer than one frame of 2048");
  const create = (options: OptionRecord) => () => createExtractor({ preset: "librosa", sampleRate: 16000, options });
  expect(create({ nFtt: 512 })).toThrow('unknown option "nFtt"; known are nFft');
  expect(create({ nFft: 1 })).toThrow("nFft must lie between 2 and 65536, not 1");
  expect(create({ fMin: 9000 })).toThrow("fMin must lie between 0 and 8000");
  expect(create({ nMels: "many" })).toThrow("option nMels must be a number");
  expect(create({ window: "dpss" })).toThrow("unknown window");
  expect(create({ window: "kaiser" })).toThrow("the window kaiser needs windowParameter");
  expect(create({ windowParameter: 3 })).toThrow("the window hann takes no windowParameter, but it is 3");
  expect(create({ padMode: "wrap" })).toThrow("padMode must be one of constant, reflect, edge, symmetric, not wrap");
  expect(create({ power: 0 })).toThrow("power must lie between 0.01 and 100, not 0");
  expect(create({ norm: "l2" })).toThrow('norm must be "inf", a number above 0 or null, not "l2"');
  expect(create({ norm: -1 })).toThrow("norm must be a number from 0.01 to 1000, not -1");
  expect(create({ norm: true })).toThrow("option norm must be a string or number or null, not true");
  expect(create({ chromaNorm: "slaney" })).toThrow('chromaNorm must be "inf", a number or null');
  expect(create({ ref: "median" })).toThrow("ref must lie between 0 and 1e+30, not median");
  expect(create({ hopLength: null })).toThrow("option hopLength must be a number, not null");
  expect(create({ onsetAggregate: "sum" })).toThrow("onsetAggregate must be one of mean, median, max, not sum");
  expect(create({ fillNa: "zero" })).toThrow("fillNa must lie between -1e+30 and 1e+30, not zero");
  expect(create({ zcrThreshold: -1 })).toThrow("zcrThreshold must lie between 0 and 1e+30, not -1");
  expect(() => createExtractor({ preset: "librosa", sampleRate: 16000, features: ["pitch"] })).toThrow(
    'unknown feature "pitch"',
  );
});

test("a frame has the same bits wherever it lies in a long signal, and topDb counts from the loudest of all", () => {
  const features = ["mfcc", "delta", "contrast", "flux", "poly", "chroma", "onset", "centroid", "stft"];
  const framing = { nFft: 512, hopLength: 160, center: false, nMels: 20 };
  const options = { ...framing, topDb: null, tuning: 0 };
  const samples = Float32Array.from({ length: 100_000 }, (_, i) => ((i * i * 7919 + i * 31) % 2001) / 1000 - 1);
  const extractor = createExtractor({ preset: "librosa", sampleRate: 16000, features, options });
  const whole = extractor.extract(samples);
  for (const first of [3, 150, 201, 390]) {
    const part = extractor.extract(samples.slice(first * 160, first * 160 + 60 * 160 + 512));
    // The features of the outermost frames look at their neighbours.
    for (let t = 5; t < part.rows - 5; t++) {
      const row = (rows: typeof whole, at: number) => [
        ...rows.data.subarray(at * rows.columns, (at + 1) * rows.columns),
      ];
      expect(row(part, t)).toEqual(row(whole, first + t));
    }
  }
  const fading = samples.map((x, i) => (i < 2000 ? x : 0));
  const { data } = createExtractor({
    preset: "librosa",
    sampleRate: 16000,
    features: ["logmel"],
    options: framing,
  }).extract(fading);
  expect(data.at(-1)).toBe(Math.fround(data.reduce((a, b) => Math.max(a, b)) - 80));
});

test("samples of a part of a signal are asked for once, however many parts they go through the core in", () => {
  const options = resolveFrameOptions({ ...librosaOptions, nFft: 512, frameLength: 512, hopLength: 160 }, 16000);
  const computer = new FrameComputer(["mfcc", "rms", "zcr"], 16000, options);
  const asked: string[] = [];
  const { rows } = computer.computeFrames(1000, (frameLength, padMode) => {
    asked.push(`${frameLength} ${padMode}`);
    return new Float32Array(999 * 160 + frameLength);
  });
  expect(rows).toBe(1000);
  expect(asked.sort()).toEqual(["512 constant", "512 edge"]);
});
