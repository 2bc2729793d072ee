import { describe, expect, test } from "vitest";
import { RealFft } from "../src/core/fft.ts";
import { Hpss, type HpssOptions } from "../src/core/hpss.ts";
import { Resampler } from "../src/core/resample.ts";
import { type DeltaMode, delta, type WindowKind, windowFunction } from "../src/core/tables.ts";
import { createExtractor, type OptionRecord, type Preset } from "../src/features/index.ts";
import { type DenseMatrix, matrixFromRows } from "../src/matrix.ts";
import { fixtureJson, fixtureNpy, largestMagnitude } from "./fixture.ts";

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
