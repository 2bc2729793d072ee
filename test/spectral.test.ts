import { describe, expect, test } from "vitest";
import { chromaFilterbank } from "../src/core/tables.ts";
import { createExtractor, estimateTuning, type OptionRecord } from "../src/features/index.ts";
import type { DenseMatrix } from "../src/matrix.ts";
import { Random } from "../src/random.ts";
import { fixtureFrames, fixtureNpy, largestDifference, largestMagnitude } from "./fixture.ts";

const signals = ["speech_m_16k", "noise_16k", "impulse_16k", "short_16k", "speech_44k"];
const rateOf = (signal: string) => (signal === "speech_44k" ? 44100 : 16000);
const ser = (signal: string) =>
  signal === "speech_44k"
    ? { nFft: 2048, winLength: 1102, hopLength: 441 }
    : { nFft: 512, winLength: 400, hopLength: 160 };

async function compute(signal: string, feature: string, options: OptionRecord): Promise<DenseMatrix> {
  const { data } = await fixtureNpy(`oracle/${signal}/y.npy`);
  return extract(data, rateOf(signal), feature, options);
}

const extract = (samples: Float32Array, sampleRate: number, feature: string, options: OptionRecord) =>
  createExtractor({ preset: "librosa", sampleRate, features: [feature], options }).extract(samples);

// librosa 0.11.0: feature.spectral_contrast(S=mag, sr=sr), chroma_stft(S=mag**2, sr=sr, tuning=0), tonnetz(chroma=...) and
// onset.onset_strength(y=y, sr=sr, n_fft=..., hop_length=...), whose window is as long as n_fft. The valleys of the speech's highest band
// lie 110 to 130 dB below the frame's peak, which is where float32 ends: there contrast differs by up to 0.08 dB.
describe.each<[string, string, OptionRecord, number]>([
  ["contrast", "contrast", {}, 0.1],
  ["chroma", "chroma", { tuning: 0 }, 3e-6],
  ["tonnetz", "tonnetz", { tuning: 0 }, 1e-6],
  ["onset", "onset_strength", { winLength: null }, 1e-4],
])("%s against librosa's %s", (feature, file, options, tolerance) => {
  test.each(signals)("%s", async (signal) => {
    const expected = await fixtureFrames(`oracle/${signal}/ser.${file}.npy`);
    const got = await compute(signal, feature, { ...ser(signal), ...options });
    expect([got.rows, got.columns]).toEqual([expected.rows, expected.columns]);
    expect(largestDifference(got.data, expected.data)).toBeLessThan(tolerance);
  });

  test.skipIf(feature === "contrast")("of a tone", async () => {
    // Contrast of a tone compares rounding with rounding.
    const expected = await fixtureFrames(`oracle/sine_16k/ser.${file}.npy`);
    const got = await compute("sine_16k", feature, { ...ser("sine_16k"), ...options });
    expect(largestDifference(got.data, expected.data)).toBeLessThan(tolerance);
  });

  test("with every default", async () => {
    const expected = await fixtureFrames(`oracle/speech_m_16k/librosa_default.${file}.npy`);
    const got = await compute("speech_m_16k", feature, options);
    expect(largestDifference(got.data, expected.data)).toBeLessThan(tolerance);
  });
});

test("contrast differs from librosa's at the end of float32 only", async () => {
  const expected = await fixtureFrames("oracle/speech_m_16k/ser.contrast.npy");
  const got = await compute("speech_m_16k", "contrast", ser("speech_m_16k"));
  const close = got.data.filter((value, i) => Math.abs(value - expected.data[i]) < 1e-3);
  expect(close.length / got.data.length).toBeGreaterThan(0.9);
  const noise = await fixtureFrames("oracle/noise_16k/ser.contrast.npy");
  expect(largestDifference((await compute("noise_16k", "contrast", ser("noise_16k"))).data, noise.data)).toBeLessThan(
    5e-4,
  );
});

// librosa 0.11.0: estimate_tuning(S=mag**2, sr=sr). The impulse is left out: its flat spectrum has peaks by rounding only.
test.each([
  ["speech_m_16k", "ser"],
  ["speech_m_16k", "librosa_default"],
  ["noise_16k", "ser"],
  ["short_16k", "ser"],
  ["speech_44k", "ser"],
])("tuning of %s, %s", async (signal, framing) => {
  const { data } = await fixtureNpy(`oracle/${signal}/y.npy`);
  const [expected] = (await fixtureNpy(`oracle/${signal}/${framing}.tuning.npy`)).data;
  const options = framing === "ser" ? ser(signal) : { nFft: 2048, hopLength: 512 };
  expect(estimateTuning(data, rateOf(signal), { ...options, power: 2 })).toBeCloseTo(expected, 6);
});

test("a tone is tuned as it is, silence not at all", () => {
  for (const cents of [-40, -7, 0, 12, 31]) {
    const hz = 440 * 2 ** (cents / 1200);
    const tone = Float32Array.from({ length: 16000 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / 16000));
    // Parabolic interpolation of a Hann window's peak is off by a few hundredths of a bin, and a bin is 28 cents wide here.
    expect(Math.abs(100 * estimateTuning(tone, 16000) - cents)).toBeLessThan(3);
  }
  expect(estimateTuning(new Float32Array(8000), 16000)).toBe(0);
  expect(estimateTuning(new Float32Array(0), 16000)).toBe(0);
  expect(() => estimateTuning(new Float32Array(100), 16000, { nFft: 3 })).toThrow("nFft must be an integer from 4");
});

test("chroma without a tuning is chroma in the tuning that is estimated", async () => {
  const { data } = await fixtureNpy("oracle/speech_m_16k/y.npy");
  const options = ser("speech_m_16k");
  const tuning = estimateTuning(data, 16000, { ...options, power: 2 });
  for (const feature of ["chroma", "tonnetz"]) {
    expect(extract(data, 16000, feature, options)).toEqual(extract(data, 16000, feature, { ...options, tuning }));
  }
});

// librosa.filters.chroma(sr=..., n_fft=...) of 0.11; the last with numpy from the same formula, n_chroma=24, tuning=0.2. Weights below
// 1e-12 are left out here.
test.each([
  ["16000_512", 16000, 512, 12, 0],
  ["22050_2048", 22050, 2048, 12, 0],
  ["8000_64_24", 8000, 64, 24, 0.2],
])("chroma filters %s", async (file, sampleRate, nFft, nChroma, tuning) => {
  const { data } = await fixtureNpy(`oracle/const/chroma_${file}.npy`);
  expect(largestDifference(chromaFilterbank(sampleRate, nFft, nChroma, tuning).data, data)).toBeLessThan(2e-12);
});

// numpy.polyfit(numpy.arange(257) * 16000 / 512, S, order) of librosa's magnitudes S; of each coefficient's largest value
test.each([
  ["speech_m_16k", 1],
  ["speech_m_16k", 3],
  ["noise_16k", 1],
  ["noise_16k", 3],
])("polynomial of %s, order %i", async (signal, polyOrder) => {
  const expected = await fixtureFrames(`oracle/${signal}/ser.poly${polyOrder}.npy`);
  const got = await compute(signal, "poly", { ...ser(signal), polyOrder });
  for (let c = 0; c <= polyOrder; c++) {
    const of = ({ data }: DenseMatrix) => data.filter((_, i) => i % (polyOrder + 1) === c);
    expect(largestDifference(of(got), of(expected)) / largestMagnitude(of(expected))).toBeLessThan(1e-6);
  }
});

const random = new Random(5);
const buzz = Float32Array.from(
  { length: 6000 },
  (_, i) => ((i % 61) / 61 - 0.5) * (1 - i / 7000) + 0.1 * random.normal(),
);
const framing = { nFft: 500, winLength: 400, hopLength: 123 };

test("flux is the sum of the rises of the magnitudes", () => {
  const { rows, columns, data } = extract(buzz, 16000, "stft", framing);
  const flux = extract(buzz, 16000, "flux", framing);
  expect(flux.data[0]).toBe(0);
  for (let t = 1; t < rows; t++) {
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += Math.max(0, data[t * columns + k] - data[(t - 1) * columns + k]);
    expect(Math.abs(flux.data[t] - sum)).toBeLessThan(1e-5 * sum);
  }
});

test.each([
  [true, 2],
  [false, 0],
])("onset strength is the mean rise of the decibels, shifted when frames are centred (%s)", (center, shift) => {
  const options = { ...framing, center, nMels: 30 };
  const { rows, columns, data } = extract(buzz, 16000, "logmel", options);
  const onset = extract(buzz, 16000, "onset", options);
  for (let t = 0; t < rows; t++) {
    let sum = 0;
    const to = Math.max(0, t - shift);
    const from = Math.max(0, to - 1);
    for (let m = 0; m < columns; m++) sum += Math.max(0, data[to * columns + m] - data[from * columns + m]);
    expect(onset.data[t]).toBeCloseTo(sum / columns, 4);
  }
});

/** Peaks and valleys straight from the definition of librosa.feature.spectral_contrast, one frame. */
function extremesOf(magnitudes: Float32Array, sampleRate: number, nFft: number, quantile: number) {
  const edges = [0, 200, 400, 800, 1600, 3200, 6400, 12800];
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const bands = edges.slice(0, 7).map((low, b) => {
    const bins = [...magnitudes.keys()].filter((k) => {
      const hz = (k * sampleRate) / nFft;
      return hz >= low && (b === 6 || hz <= edges[b + 1]);
    });
    if (b > 0) bins.unshift(bins[0] - 1);
    const extremes = Math.max(1, roundHalfEven(quantile * bins.length));
    if (b < 6) bins.pop();
    return { extremes, sorted: bins.map((k) => magnitudes[k]).sort((x, y) => x - y) };
  });
  return {
    peaks: bands.map(({ sorted, extremes }) => mean(sorted.slice(-extremes))),
    valleys: bands.map(({ sorted, extremes }) => mean(sorted.slice(0, extremes))),
  };
}

const roundHalfEven = (x: number) => (x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

// 0.125 of the 52 bins of two bands is 6.5, which is rounded to 6.
test.each([0, 0.02, 0.1, 0.125, 0.25, 0.6, 1])("contrast of any quantile: %f", (quantile) => {
  const { rows, columns, data } = extract(buzz, 16000, "stft", framing);
  const contrast = extract(buzz, 16000, "contrast", { ...framing, quantile, contrastLinear: true });
  expect(contrast.columns).toBe(7);
  for (let t = 0; t < rows; t++) {
    const magnitudes = data.subarray(t * columns, (t + 1) * columns);
    const { peaks, valleys } = extremesOf(magnitudes, 16000, framing.nFft, quantile);
    const expected = peaks.map((peak, b) => peak - valleys[b]);
    expect(largestDifference(contrast.data.subarray(7 * t, 7 * t + 7), expected)).toBeLessThan(1e-4);
  }
});

test("contrast in decibels clips peaks and valleys, each below its own loudest", () => {
  const { rows, columns, data } = extract(buzz, 16000, "stft", framing);
  const contrast = extract(buzz, 16000, "contrast", { ...framing, topDb: 6 });
  const frames = Array.from({ length: rows }, (_, t) =>
    extremesOf(data.subarray(t * columns, (t + 1) * columns), 16000, framing.nFft, 0.02),
  );
  const clipped = (rowsOf: number[][]) => {
    const decibels = rowsOf.map((row) => row.map((value) => 10 * Math.log10(value)));
    const floor = Math.max(...decibels.flat()) - 6;
    return decibels.map((row) => row.map((value) => Math.max(floor, value)));
  };
  const peaks = clipped(frames.map((frame) => frame.peaks));
  const valleys = clipped(frames.map((frame) => frame.valleys));
  const expected = peaks.flatMap((row, t) => row.map((peak, b) => peak - valleys[t][b]));
  expect(largestDifference(contrast.data, expected)).toBeLessThan(1e-3);
});

test("chroma and tonnetz of 24 classes", () => {
  const options = { ...framing, nChroma: 24, tuning: 0.2 };
  const magnitudes = extract(buzz, 16000, "stft", options);
  const filters = chromaFilterbank(16000, framing.nFft, 24, 0.2);
  const chroma = extract(buzz, 16000, "chroma", options);
  const tonnetz = extract(buzz, 16000, "tonnetz", options);
  for (let t = 0; t < magnitudes.rows; t++) {
    const raw = Array.from({ length: 24 }, (_, c) => {
      let sum = 0;
      for (let k = 0; k < magnitudes.columns; k++) {
        const m = magnitudes.data[t * magnitudes.columns + k];
        sum += filters.data[c * magnitudes.columns + k] * m * m;
      }
      return sum;
    });
    const largest = Math.max(...raw);
    const total = raw.reduce((sum, value) => sum + value, 0);
    const row = chroma.data.subarray(24 * t, 24 * t + 24);
    expect(
      largestDifference(
        row,
        raw.map((value) => value / largest),
      ),
    ).toBeLessThan(3e-6);
    const centroids = Array.from({ length: 6 }, (_, i) => {
      const angle = (c: number) => Math.PI * (([7 / 6, 3 / 2, 2 / 3][i >> 1] * c) / 2 - (i % 2 === 0 ? 0.5 : 0));
      return raw.reduce((sum, value, c) => sum + (i < 4 ? 1 : 0.5) * Math.cos(angle(c)) * (value / total), 0);
    });
    expect(largestDifference(tonnetz.data.subarray(6 * t, 6 * t + 6), centroids)).toBeLessThan(1e-6);
  }
});

test("silence has no chroma, no flux, no contrast", () => {
  const features = ["contrast", "flux", "poly", "chroma", "tonnetz", "onset"];
  const extractor = createExtractor({ preset: "librosa", sampleRate: 16000, features });
  expect(extractor.extract(new Float32Array(8000)).data.every((value) => value === 0)).toBe(true);
});

test("names of columns, and librosa's names of features", () => {
  const features = ["spectral_contrast", "poly_features", "chroma_stft", "tonnetz", "onset_strength", "flux"];
  const { names } = createExtractor({
    preset: "librosa",
    sampleRate: 16000,
    features,
    options: { nBands: 2, nChroma: 3 },
  });
  expect(names.join(" ")).toBe(
    "contrast_0 contrast_1 contrast_2 poly_0 poly_1 chroma_0 chroma_1 chroma_2 " +
      "tonnetz_0 tonnetz_1 tonnetz_2 tonnetz_3 tonnetz_4 tonnetz_5 onset flux",
  );
});

test("bands that the spectrum does not have are refused, and options out of range", () => {
  const create = (sampleRate: number, features: string[], options: OptionRecord) => () =>
    createExtractor({ preset: "librosa", sampleRate, features, options });
  expect(create(8000, ["contrast"], {})).toThrow("the highest band starts at 6400 Hz");
  expect(create(8000, ["contrast"], { nBands: 5 })).not.toThrow();
  expect(create(8000, ["mfcc"], {})).not.toThrow();
  expect(create(16000, ["contrast"], { nFft: 64 })).toThrow("holds no bin of 250 Hz");
  expect(create(16000, ["poly"], { polyOrder: 11 })).toThrow("polyOrder must lie between 0 and 10");
  expect(create(16000, ["chroma"], { tuning: 1 })).toThrow("tuning must lie between -0.5 and 0.5");
  expect(create(16000, ["chroma"], { tuning: "A" })).toThrow("option tuning must be a number or null");
  expect(create(16000, ["contrast"], { quantile: 2 })).toThrow("quantile must lie between 0 and 1");
});
