import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KaldiComputer } from "../src/core/kaldi.ts";
import { delta, regressionDelta } from "../src/core/deltas.ts";
import { createExtractor, kaldiFeatures, kaldiOptions, type OptionRecord } from "../src/features/index.ts";
import { resolveKaldiOptions } from "../src/features/kaldi.ts";
import { denseMatrix } from "../src/matrix.ts";
import { Random } from "../src/random.ts";
import { fixtureNpy, largestDifference } from "./fixture.ts";

const kaldi = (features: readonly string[], options: OptionRecord = {}, sampleRate = 16000) =>
  createExtractor({ preset: "kaldi", sampleRate, features, options });

async function compute(
  signal: string,
  feature: string,
  options: OptionRecord,
  { length, scale = 1 }: { length?: number; scale?: number } = {},
) {
  const { data } = await fixtureNpy(`oracle/${signal}/y.npy`);
  const samples = data.subarray(0, length).map((v) => v * scale);
  return kaldi([feature], options, signal === "speech_44k" ? 44100 : 16000).extract(samples);
}

// Kaldi makes its mel weights in float32: against the same computation in float64 torchaudio's filterbanks are off by up to 2.1e-4,
// and these by up to 2.3e-4. Cepstra sum 23 or 40 of them, the lifter weighs them by up to 12.
const tolerances: Readonly<Record<string, number>> = { fbank: 4e-4, mfcc: 2e-3 };

// torchaudio.compliance.kaldi.mfcc(y * 32768, sample_frequency=sr), mfcc(y, ..., num_mel_bins=40), fbank(y * 32768, ..., num_mel_bins=40)
describe.each([
  ["mfcc", "mfcc13", {}, 1],
  ["mfcc", "mfcc13_40", { numMelBins: 40 }, 1 / 32768],
  ["fbank", "fbank40", { numMelBins: 40 }, 1],
])("%s against torchaudio's %s", (feature, file, options, scale) => {
  test.each(["speech_m_16k", "noise_16k", "impulse_16k", "speech_44k"])("%s", async (signal) => {
    const { shape, data } = await fixtureNpy(`oracle/${signal}/kaldi.${file}.npy`);
    const got = await compute(signal, feature, options, { scale });
    expect([got.rows, got.columns]).toEqual(shape);
    expect(largestDifference(got.data, data)).toBeLessThan(tolerances[feature]);
  });
});

// torchaudio.compliance.kaldi.mfcc or fbank(y[:, :16000] * 32768, sample_frequency=16000, ...), torchaudio 0.13.1:
test.each<[string, string, string, OptionRecord]>([
  // snip_edges=False
  ["speech_m_16k", "mfcc", "mfcc_reflect", { snipEdges: false }],
  // snip_edges=False, frame_shift=40: the hop is longer than the frame
  ["noise_16k", "mfcc", "mfcc_reflect", { snipEdges: false, frameShift: 40 }],
  // use_energy=True
  ["speech_m_16k", "mfcc", "mfcc_raw_energy", { useEnergy: true }],
  ["impulse_16k", "mfcc", "mfcc_energy", { useEnergy: true }],
  // use_energy=True, raw_energy=False, energy_floor=0
  ["speech_m_16k", "mfcc", "mfcc_windowed_energy", { useEnergy: true, rawEnergy: false, energyFloor: 0 }],
  // htk_compat=True, window_type="hamming"
  ["speech_m_16k", "mfcc", "mfcc_htk", { htkCompat: true, windowType: "hamming" }],
  // htk_compat=True, use_energy=True, cepstral_lifter=0
  ["speech_m_16k", "mfcc", "mfcc_htk_energy", { htkCompat: true, useEnergy: true, cepstralLifter: 0 }],
  // use_energy=True, energy_floor=0
  ["speech_m_16k", "fbank", "fbank_energy", { useEnergy: true, energyFloor: 0 }],
  // use_energy=True, raw_energy=False, htk_compat=True
  ["speech_m_16k", "fbank", "fbank_htk_energy", { useEnergy: true, rawEnergy: false, htkCompat: true }],
  // low_freq=100, high_freq=-500, window_type="hanning"
  ["speech_m_16k", "fbank", "fbank_band", { lowFreq: 100, highFreq: -500, windowType: "hanning" }],
  // low_freq=0, high_freq=4000, window_type="blackman"
  ["speech_m_16k", "fbank", "fbank_high", { lowFreq: 0, highFreq: 4000, windowType: "blackman" }],
  // preemphasis_coefficient=0, remove_dc_offset=False, window_type="rectangular"
  [
    "speech_m_16k",
    "fbank",
    "fbank_plain",
    { preemphasisCoefficient: 0, removeDcOffset: false, windowType: "rectangular" },
  ],
  // use_power=False
  ["speech_m_16k", "fbank", "fbank_magnitude", { usePower: false }],
  // round_to_power_of_two=False
  ["speech_m_16k", "fbank", "fbank_window400", { roundToPowerOfTwo: false }],
])("%s: %s as torchaudio's %s", async (signal, feature, file, options) => {
  const { shape, data } = await fixtureNpy(`oracle/${signal}/kaldi.${file}.npy`);
  const got = await compute(signal, feature, options, { length: 16000 });
  expect([got.rows, got.columns]).toEqual(shape);
  expect(largestDifference(got.data, data)).toBeLessThan(tolerances[feature]);
});

// torchaudio.compliance.kaldi.fbank(y[:, :16000] * 32768, sample_frequency=16000, use_log_fbank=False): energies, compared as a ratio.
test("filterbank without logarithm", async () => {
  const { data } = await fixtureNpy("oracle/speech_m_16k/kaldi.fbank_linear.npy");
  const got = await compute("speech_m_16k", "fbank", { useLogFbank: false }, { length: 16000 });
  const ratios = got.data.map((v, i) => v / data[i]);
  expect(ratios.length).toBe(data.length);
  expect(largestDifference(ratios, new Float32Array(data.length).fill(1))).toBeLessThan(4e-4);
});

// torchaudio.functional.compute_deltas(mfcc, 5) of kaldi.mfcc13.npy; for the second order, twice over mfcc padded by 4 frames at each end
// (torch.nn.functional.pad, replicate) and cut: the edges of Kaldi's add-deltas
test.each([1, 2])("regression deltas of order %i", async (order) => {
  const file = order === 1 ? "delta" : "delta2";
  const cepstra = await fixtureNpy("oracle/speech_m_16k/kaldi.mfcc13.npy");
  const { data } = await fixtureNpy(`oracle/speech_m_16k/kaldi.${file}.npy`);
  const frames = denseMatrix(cepstra.shape[0], cepstra.shape[1], cepstra.data);
  expect(largestDifference(regressionDelta(frames, { order }).data, data)).toBeLessThan(2e-5); // float32 in torchaudio
  const got = await compute("speech_m_16k", file, {});
  expect(largestDifference(got.data, data)).toBeLessThan(tolerances.mfcc);
});

test("regression over n frames is the slope of librosa's deltas over 2 n + 1", () => {
  const random = new Random(3);
  const frames = denseMatrix(
    12,
    2,
    Float32Array.from({ length: 24 }, () => random.uniform()),
  );
  expect(regressionDelta(frames, { window: 3 })).toEqual(delta(frames, { width: 7, mode: "nearest" }));
  expect(largestDifference(regressionDelta(denseMatrix(1, 2, Float32Array.of(3, 4))).data, [0, 0])).toBeLessThan(1e-15);
  expect(() => regressionDelta(frames, { window: 0 })).toThrow("the window of regression deltas must be an integer");
  expect(() => regressionDelta(frames, { order: 1.5 })).toThrow("the order of regression deltas must be an integer");
});

test("columns are named where the energy and C0 stand", () => {
  const names = (feature: string, options: OptionRecord) =>
    kaldi([feature], { numMelBins: 3, numCeps: 3, ...options }).names;
  expect(names("fbank", {})).toEqual(["fbank_0", "fbank_1", "fbank_2"]);
  expect(names("fbank", { htkCompat: true })).toEqual(["fbank_0", "fbank_1", "fbank_2"]);
  expect(names("fbank", { useEnergy: true })).toEqual(["fbank_energy", "fbank_0", "fbank_1", "fbank_2"]);
  expect(names("fbank", { useEnergy: true, htkCompat: true }).at(-1)).toBe("fbank_energy");
  expect(names("mfcc", { htkCompat: true })).toEqual(["mfcc_1", "mfcc_2", "mfcc_0"]);
  expect(names("mfcc", { useEnergy: true })).toEqual(["mfcc_energy", "mfcc_1", "mfcc_2"]);
  expect(names("fbank_delta2", { useEnergy: true })[0]).toBe("fbank_delta2_energy");
});

test("features asked for together are the features asked for alone", async () => {
  const { data } = await fixtureNpy("oracle/short_16k/y.npy");
  const samples = Float32Array.from({ length: 3000 }, (_, i) => data[i % data.length]);
  const variants: OptionRecord[] = [{ useEnergy: true }, { usePower: false, htkCompat: true }, { useLogFbank: false }];
  for (const options of variants) {
    const together = kaldi([...kaldiFeatures].reverse(), options);
    const rows = together.extract(samples);
    for (const feature of kaldiFeatures) {
      const one = kaldi([feature], options);
      const alone = one.extract(samples);
      const first = together.names.indexOf(one.names[0]);
      for (let t = 0; t < alone.rows; t++) {
        const row = rows.data.subarray(t * rows.columns + first, t * rows.columns + first + alone.columns);
        expect(row, feature).toEqual(alone.data.subarray(t * alone.columns, (t + 1) * alone.columns));
      }
    }
  }
});

test("frames of a part have the bits that they have in the whole", () => {
  const random = new Random(1);
  const samples = Float32Array.from({ length: 4000 }, () => random.uniform() - 0.5);
  for (const snipEdges of [true, false]) {
    const options = resolveKaldiOptions({ ...kaldiOptions, snipEdges }, 16000);
    const computer = new KaldiComputer(["mfcc", "fbank", "energy"], 16000, options);
    const whole = computer.compute(samples);
    for (const [first, count] of [
      [1, 1],
      [2, 5],
      [7, 13],
    ]) {
      const start = computer.firstSample + first * options.hopLength;
      const part = computer.computeFrames(
        count,
        samples.subarray(start, start + (count - 1) * options.hopLength + options.winLength),
      );
      expect(part.data).toEqual(whole.data.subarray(first * whole.columns, (first + count) * whole.columns));
    }
  }
});

test("without snipEdges the signal is mirrored, however short it is", () => {
  const random = new Random(2);
  // Kaldi's ExtractWindow: an index before or behind the signal is mirrored until it lies in it.
  const mirrored = (i: number, n: number): number =>
    i < 0 ? mirrored(-i - 1, n) : i >= n ? mirrored(2 * n - 1 - i, n) : i;
  for (const length of [80, 81, 160, 399, 1000]) {
    const samples = Float32Array.from({ length }, () => random.uniform() - 0.5);
    const got = kaldi(["fbank"], { snipEdges: false }).extract(samples);
    expect(got.rows).toBe(Math.floor((length + 80) / 160));
    const padded = Float32Array.from(
      { length: 400 + 160 * (got.rows - 1) },
      (_, i) => samples[mirrored(i - 120, length)],
    );
    expect(got.data).toEqual(kaldi(["fbank"]).extract(padded).data);
  }
});

test("silence and a constant are the logarithm of the floor; energyFloor is that of the energy", () => {
  for (const value of [0, 0.25, 0.3]) {
    const { data } = kaldi(["fbank", "energy"], { numMelBins: 4, numCeps: 4 }).extract(
      new Float32Array(800).fill(value),
    );
    expect([...data.subarray(0, 5)].map((v) => Math.round(v * 1e4))).toEqual([-159424, -159424, -159424, -159424, 0]);
  }
  const { data } = kaldi(["energy"], { energyFloor: 0 }).extract(new Float32Array(800));
  expect(data[0]).toBeCloseTo(-15.9424, 4);
});

test("any length and any framing gives finite values for finite samples", () => {
  fc.assert(
    fc.property(
      fc.record({
        length: fc.integer({ min: 700, max: 3000 }),
        winLength: fc.integer({ min: 2, max: 700 }),
        hopLength: fc.integer({ min: 1, max: 800 }),
        snipEdges: fc.boolean(),
        useEnergy: fc.boolean(),
        rawEnergy: fc.boolean(),
        scale: fc.constantFrom(0, 1e-30, 1e-6, 1, 1000),
      }),
      ({ length, scale, ...options }) => {
        const extractor = kaldi(kaldiFeatures, { ...options, numMelBins: 8, numCeps: 5 }, 8000);
        const { rows, data } = extractor.extract(
          Float32Array.from({ length }, (_, i) => scale * Math.sin(i * i * 0.1)),
        );
        expect(rows).toBeGreaterThan(0);
        expect(data.every(Number.isFinite)).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});

test("options in samples, under librosa's names, and as functionals", () => {
  const samples = Float32Array.from({ length: 2000 }, (_, i) => Math.sin(i * 0.2) / 2);
  const milliseconds = kaldi(["mfcc"], { frameLength: 20, frameShift: 8, numMelBins: 30, numCeps: 12, lowFreq: 50 });
  const inSamples = kaldi(["mfcc"], { winLength: 320, hopLength: 128, nMels: 30, nMfcc: 12, fMin: 50 });
  expect(milliseconds.extract(samples)).toEqual(inSamples.extract(samples));
  expect(inSamples.options).toMatchObject({ numMelBins: 30, numCeps: 12, lowFreq: 50 });
  const utterance = createExtractor({ preset: "kaldi", sampleRate: 16000, level: "utterance" });
  expect(utterance.extract(samples)).toMatchObject({ rows: 1, columns: 13 * 12 });
  expect(utterance.names[0]).toBe("mfcc_0_mean");
});

test("bad input is refused in words", () => {
  expect(() => kaldi(["mfcc"]).extract(new Float32Array(399))).toThrow("399 samples are fewer than one frame of 400");
  expect(() => kaldi(["mfcc"], { snipEdges: false }).extract(new Float32Array(79))).toThrow(
    "79 samples are fewer than half a hop of 160",
  );
  expect(() => kaldi(["mfcc"]).extract(Float32Array.of(0, Number.NaN))).toThrow("NaN or infinite");
  expect(() => kaldi(["mffc"])).toThrow('unknown feature "mffc"; known are fbank, mfcc, energy, delta');
  const create = (options: OptionRecord) => () => kaldi(["mfcc"], options);
  expect(create({ nFft: 512 })).toThrow('unknown option "nFft"; known are frameLength');
  expect(create({ windowType: "kaiser" })).toThrow("windowType must be one of povey, hamming, hanning");
  expect(create({ highFreq: -7990 })).toThrow("lowFreq (20 Hz) must be below highFreq (10 Hz)");
  expect(create({ numCeps: 24 })).toThrow("numCeps must lie between 1 and 23, not 24");
  expect(create({ roundToPowerOfTwo: false, winLength: 401 })).toThrow("even number of samples, not 401");
  expect(create({ frameShift: 0 })).toThrow("hopLength must lie between 1");
  expect(create({ hopLength: "many" })).toThrow("option hopLength must be a number or null");
  expect(create({ dither: 1 })).toThrow("dither must be 0, not 1: it adds random noise");
  expect(create({ vtlnWarp: 0 })).toThrow("vtlnWarp must lie between 0.1 and 10, not 0");
  expect(create({ vtlnWarp: 1.1, vtlnLow: 10 })).toThrow("must lie in this order between lowFreq (20 Hz) and highFreq");
  expect(create({ vtlnLow: 10 })).not.toThrow();
  expect(create({ blackmanCoeff: -1 })).toThrow("blackmanCoeff must lie between 0 and 1, not -1");
});
