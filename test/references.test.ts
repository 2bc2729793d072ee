import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RealFft } from "../src/core/fft.ts";
import { Hpss, type HpssOptions } from "../src/core/hpss.ts";
import { Resampler } from "../src/core/resample.ts";
import { magphase, Stft, type StftOptions } from "../src/core/stft.ts";
import { type DeltaMode, delta } from "../src/core/deltas.ts";
import { type WindowKind, windowFunction } from "../src/core/windows.ts";
import { createExtractor, type OptionRecord, type Preset } from "../src/features/index.ts";
import { type DenseMatrix, denseMatrix, matrixFromRows } from "../src/matrix.ts";
import { fixtureJson, fixtureNpy, largestDifference, largestMagnitude } from "./fixture.ts";

// Options one by one against values that scripts/references/*.py made; each file there says by which calls.
interface Case {
  feature: string;
  options: OptionRecord;
  rows: number;
  columns: number;
  values: number[];
}
interface Reference {
  cases: Case[];
  signal: string;
  start: number;
  length: number;
}

async function read(name: string): Promise<Reference & { samples: Float32Array }> {
  const reference = (await fixtureJson(`references/${name}.json`)) as Reference;
  const { data } = await fixtureNpy(`oracle/${reference.signal}/y.npy`);
  return { ...reference, samples: data.slice(reference.start, reference.start + reference.length) };
}

const title = ({ feature, options }: Case) => `${feature} ${JSON.stringify(options)}`;

/** The largest difference of two tables; with `relative`, as a share of the largest value of each row. */
function worst(got: ArrayLike<number>, { rows, columns, values }: Case, relative: boolean): number {
  if (got.length !== values.length) return Number.NaN;
  let largest = 0;
  for (let t = 0; t < rows; t++) {
    const scale = relative ? largestMagnitude(values.slice(t * columns, (t + 1) * columns)) || 1 : 1;
    for (let i = t * columns; i < (t + 1) * columns; i++) {
      const difference = Math.abs(got[i] - values[i]) / scale;
      if (!(difference <= largest)) largest = difference;
    }
  }
  return largest;
}

/** Tolerance, and whether it is a share of the row's largest value: float32 against float64. */
const tolerances: Readonly<Record<string, readonly [tolerance: number, relative?: boolean]>> = {
  mel: [2e-6, true],
  logmel: [2e-3],
  mfcc: [2e-3],
  delta: [5e-4],
  delta2: [5e-4],
  rms: [1e-6],
  zcr: [1e-7],
  bandwidth: [2e-6, true],
  flatness: [2e-5], // of values up to 0.9: logarithms of 257 bins are summed in float32
  rolloff: [1e-3],
  contrast: [2e-3],
  poly: [1e-4, true],
  onset: [5e-4],
  chroma: [3e-6, true],
  tonnetz: [1e-6],
  fbank: [4e-4],
};

const extract = (preset: Preset, samples: Float32Array, { feature, options }: Case): DenseMatrix =>
  createExtractor({ preset, sampleRate: 16000, features: [feature], options }).extract(samples);

const librosa = await read("librosa");
describe("librosa's options", () => {
  test.each(librosa.cases.map((one) => [title(one), one] as const))("%s", (_, one) => {
    const got = extract("librosa", librosa.samples, one);
    expect([got.rows, got.columns]).toEqual([one.rows, one.columns]);
    const [tolerance, relative = false] = tolerances[one.feature];
    expect(worst(got.data, one, relative)).toBeLessThan(tolerance);
  });
});

const kaldi = await read("kaldi");
describe("Kaldi's options", () => {
  test.each(kaldi.cases.map((one) => [title(one), one] as const))("%s", (_, one) => {
    const got = extract("kaldi", kaldi.samples, one);
    expect([got.rows, got.columns]).toEqual([one.rows, one.columns]);
    const relative = one.options.useLogFbank === false;
    expect(worst(got.data, one, relative)).toBeLessThan(tolerances[one.feature][0]);
  });
});

const hpss = await read("hpss");
describe("harmonic-percussive separation", () => {
  test.each(hpss.cases.map((one) => [title(one), one] as const))("%s", (_, one) => {
    const { power, ...options } = one.options;
    const separator = new Hpss({
      nFft: 512,
      winLength: 400,
      hopLength: 160,
      ...(options as HpssOptions),
      ...(power === undefined ? {} : { power: power === "inf" ? Number.POSITIVE_INFINITY : (power as number) }),
    });
    const [part, mask] = one.feature.split(" ") as ["harmonic" | "percussive", string?];
    if (mask === undefined) {
      const got = separator[part](hpss.samples);
      // Not centred, the outermost samples are divided by the square of a window of 6e-5: float32 shows.
      const tolerance = options.center === false ? 2e-4 : 1e-5;
      expect(worst(got, one, false)).toBeLessThan(tolerance * largestMagnitude(hpss.samples));
      return;
    }
    const { columns, data } = separator.masks(hpss.samples)[part];
    // Where power^p is small against the other part's a mask is a quotient of two medians of float32 magnitudes.
    const seventh = data.filter((_value, i) => (i % columns) % 7 === 0);
    expect(worst(seventh, one, false)).toBeLessThan(1e-4);
  });
});

const stft = await read("stft");
describe("short-time Fourier transform", () => {
  const framing = { nFft: 512, winLength: 400, hopLength: 160 };
  const ofAll = stft.cases.map((one) => [title(one), one] as const);
  test.each(ofAll)("%s", (_, one) => {
    const { power = 1, double, ...options } = one.options;
    const transform = new Stft({ ...framing, ...(options as StftOptions) });
    const spectra = transform.forward(stft.samples);
    if (one.feature === "inverse") {
      const twice = ({ rows, columns, data }: DenseMatrix) =>
        denseMatrix(
          rows,
          columns,
          data.map((v, i) => (Math.floor(i / columns) % (double as number) === 0 ? 2 * v : v)),
        );
      const changed = { re: twice(spectra.re), im: twice(spectra.im) };
      expect(worst(transform.inverse(changed, stft.length), one, false)).toBeLessThan(1e-6);
      return;
    }
    const { magnitude, phase } = magphase(spectra, power as number);
    const parts: Record<string, DenseMatrix> = { ...spectra, magnitude, phase: phase.im };
    const { columns, data } = parts[one.feature];
    const fifth = data.filter((_value, i) => (i % columns) % 5 === 0);
    if (one.feature !== "phase") {
      const largest = largestMagnitude(one.feature === "magnitude" ? one.values : magnitude.data);
      expect(worst(fifth, one, false)).toBeLessThan(1e-6 * largest);
      return;
    }
    // The phase of a bin is as sure as its magnitude stands above float32's rounding of the frame.
    const loud = magnitude.data.map((m, i) => (m > 1e-3 ? i : -1)).filter((i) => i >= 0 && (i % columns) % 5 === 0);
    const place = (i: number) => Math.floor(i / columns) * one.columns + (i % columns) / 5;
    expect(loud.length).toBeGreaterThan(100);
    expect(Math.max(...Array.from(loud, (i) => Math.abs(data[i] - one.values[place(i)])))).toBeLessThan(1e-3);
  });

  test("magnitudes are those of the feature, and the inverse gives the signal back", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1200 }),
        fc.integer({ min: 8, max: 300 }),
        fc.constantFrom("constant", "reflect", "edge", "symmetric"),
        (length, nFft, padMode) => {
          const samples = stft.samples.slice(0, length);
          const options = { nFft, padMode, hopLength: nFft >> 2 };
          const transform = new Stft(options as StftOptions);
          const spectra = transform.forward(samples);
          const feature = createExtractor({ preset: "librosa", sampleRate: 16000, features: ["stft"], options });
          const { data } = feature.extract(samples);
          expect(largestDifference(magphase(spectra).magnitude.data, data)).toBeLessThan(1e-5);
          expect(largestDifference(transform.inverse(spectra, length), samples)).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("bad input is refused in words", () => {
    const transform = new Stft({ nFft: 16 });
    expect(() => new Stft({ nFft: 1 })).toThrow("nFft must be an integer from 2 to 65536, not 1");
    expect(() => new Stft({ padMode: "wrap" as "edge" })).toThrow('unknown padMode "wrap"');
    expect(() => transform.forward(new Float32Array(0))).toThrow("0 samples are fewer than one frame of 16");
    expect(() => transform.forward(Float32Array.of(Number.NaN))).toThrow("NaN or infinite");
    expect(() => transform.inverse({ re: denseMatrix(2, 9), im: denseMatrix(3, 9) })).toThrow(
      "as many frames of 9 bins",
    );
    expect(() => transform.inverse({ re: denseMatrix(1, 9), im: denseMatrix(1, 9) }, -1)).toThrow(
      "length must be an integer",
    );
    expect(transform.inverse({ re: denseMatrix(0, 9), im: denseMatrix(0, 9) })).toHaveLength(0);
    expect(() => magphase(transform.forward(new Float32Array(16)), 0)).toThrow("power must be a number from 0.01");
    expect(magphase(transform.forward(new Float32Array(16))).phase.re.data[0]).toBe(1);
  });
});

// librosa.resample(y, orig_sr=16000, target_sr=..., res_type="soxr_hq" or "polyphase") of white noise: the filters are others, so what is
// compared is the spectrum below a share of the lower Nyquist frequency, where all let everything through, against its mean level.
// soxr's own ripple towards 0.9 is 0.01 dB (1e-3), scipy's resample_poly has a wider one.
test.each([
  [8000, "8000_soxr_hq", 0.9, 2e-5],
  [22050, "22050_soxr_hq", 0.8, 5e-4],
  [22050, "22050_soxr_hq", 0.9, 2e-3],
  [8000, "8000_polyphase", 0.8, 5e-3],
])("resampling from 16000 to %i Hz against %s up to %f of Nyquist", async (to, file, share, tolerance) => {
  const { data: noise } = await fixtureNpy("oracle/const/resample_in_16k.npy");
  const { data: expected } = await fixtureNpy(`oracle/const/resample_16k_${file}.npy`);
  const got = new Resampler(16000, to).process(noise);
  expect(got.length).toBe(expected.length);
  const window = windowFunction("blackmanharris", got.length, false);
  const fft = new RealFft(got.length);
  const passed = Math.floor((((share * Math.min(16000, to)) / 2) * got.length) / to);
  const levels = (values: Float32Array) => {
    const { re, im } = fft.forward(values.map((v, i) => v * window[i]));
    return Array.from({ length: passed }, (_, k) => Math.hypot(re[k], im[k]));
  };
  const level = Math.sqrt(levels(expected).reduce((sum, m) => sum + m * m, 0) / passed);
  expect(largestMagnitude(levels(got.map((v, i) => v - expected[i]))) / level).toBeLessThan(tolerance);
});

// aubio compares two halves of a frame; librosa, which this equals to 0.02 Hz, correlates a frame with itself, followed by zeros, and measures up
// to 0.3 Hz beside it. A voice that moves is measured 10 ms apart.
const yin = (await fixtureJson("references/yin.json")) as Reference & { firstSample: number };
test.each(yin.cases.map((one) => [title(one), one] as const))("YIN against aubio's: %s", (_, one) => {
  const { start, rise, troughThreshold } = one.options as Record<string, number>;
  let phase = 0;
  const samples = Float32Array.from({ length: 8000 }, (_value, i) => {
    phase += (2 * Math.PI * (start + (rise * i) / 16000)) / 16000;
    return [1, 2, 3, 4, 5].reduce((sum, k) => sum + Math.sin(k * phase) / k, 0) / 4;
  });
  const options = { frameLength: 1024, hopLength: 160, center: false, yinFMin: 65, yinFMax: 500, troughThreshold };
  const extractor = createExtractor({ preset: "librosa", sampleRate: 16000, features: ["yin"], options });
  const got = extractor.extract(samples.subarray(yin.firstSample));
  expect(worst(got.data.subarray(0, one.rows), one, false)).toBeLessThan(rise === 0 ? 0.3 : 0.02 * rise);
});

const windows = (await fixtureJson("references/windows.json")) as Reference;
test.each(windows.cases.map((one) => [title(one), one] as const))("window %s", (_, one) => {
  const {
    length,
    periodic,
    parameter = null,
  } = one.options as { length: number; periodic: boolean; parameter?: number };
  const got = windowFunction(one.feature as WindowKind, length, periodic, parameter);
  expect(worst(got, one, false)).toBeLessThan(1e-7);
});

const deltas = (await fixtureJson("references/deltas.json")) as Reference & { table: number[][] };
test.each(deltas.cases.map((one) => [title(one), one] as const))("deltas %s", (_, one) => {
  const { frames, ...options } = one.options as { frames: number; width: number; order: number; mode: DeltaMode };
  expect(worst(delta(matrixFromRows(deltas.table.slice(0, frames)), options).data, one, false)).toBeLessThan(1e-6);
});
