import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createExtractor, type OptionRecord } from "../src/features/index.ts";
import { Random } from "../src/random.ts";
import { fixtureFrames, fixtureNpy, largestDifference } from "./fixture.ts";
import { referencePyin } from "./reference-pyin.ts";

/** Each feature's values, frame by frame. */
function extract(samples: Float32Array, features: string[], options: OptionRecord, sampleRate = 16000) {
  const { rows, data } = createExtractor({ preset: "librosa", sampleRate, features, options }).extract(samples);
  const column = (c: number) => Float32Array.from({ length: rows }, (_, t) => data[t * features.length + c]);
  return Object.fromEntries(features.map((feature, c) => [feature, column(c)]));
}

const speech = { frameLength: 1024, hopLength: 160, yinFMin: 65, yinFMax: 500 };

// librosa 0.11.0: librosa.pyin(y, fmin=65, fmax=500, sr=sr, frame_length=1024, hop_length=160), at 44.1 kHz 2048 and 441
describe.each(["speech_m_16k", "noise_16k", "sine_16k", "short_16k", "speech_44k"])("pYIN of %s", (signal) => {
  const [sampleRate, options] =
    signal === "speech_44k" ? [44100, { ...speech, frameLength: 2048, hopLength: 441 }] : [16000, speech];

  test("pitch and the voiced decision", async () => {
    const { data } = await fixtureNpy(`oracle/${signal}/y.npy`);
    const expected = await fixtureFrames(`oracle/${signal}/pyin_f0.npy`);
    const { pyin, voiced } = extract(data, ["pyin", "voiced"], options, sampleRate);
    expect(Array.from(voiced)).toEqual(Array.from(expected.data, (f) => (Number.isNaN(f) ? 0 : 1)));
    // Both choose one of the same pitch bins, so what remains is float32.
    expect(largestDifference(pyin.map(nanAsZero), expected.data.map(nanAsZero))).toBeLessThan(1e-4);
  });

  test.skipIf(signal === "short_16k")("the probability of being voiced", async () => {
    const { data } = await fixtureNpy(`oracle/${signal}/y.npy`);
    const expected = await fixtureFrames(`oracle/${signal}/pyin_prob.npy`);
    // A probability jumps where a trough's height crosses a threshold, so float32 in the autocorrelation could show; it does not here.
    const { voiced_prob } = extract(data, ["voiced_prob"], options, sampleRate);
    expect(largestDifference(voiced_prob, expected.data)).toBeLessThan(1e-6);
  });
});

const nanAsZero = (v: number) => (Number.isNaN(v) ? 0 : v);

describe("pYIN with other options", () => {
  const defaults = {
    nThresholds: 100,
    betaA: 2,
    betaB: 18,
    boltzmannParameter: 2,
    switchProb: 0.01,
    noTroughProb: 0.01,
  };
  const rate = { maxTransitionRate: 35.92 };
  test.each<[string, OptionRecord, OptionRecord]>([
    ["an even number of bins a transition", { ...speech, hopLength: 320 }, { resolution: 0.2, maxTransitionRate: 12 }],
    ["a prior that expects deep troughs less", speech, { betaA: 4, betaB: 6, nThresholds: 37, resolution: 0.5 }],
    ["a weak preference for short periods", speech, { boltzmannParameter: 0.25, resolution: 0.3 }],
    ["easy changes of voicing", speech, { switchProb: 0.3, noTroughProb: 0.4, resolution: 0.25 }],
    [
      "a band as wide as the range",
      { ...speech, yinFMin: 150, yinFMax: 300 },
      { maxTransitionRate: 75, resolution: 1 },
    ],
    ["steps to the neighbouring bins only", { ...speech, frameLength: 800 }, { maxTransitionRate: 5, resolution: 1 }],
  ])("%s", async (_, framing, chosen) => {
    const { data } = await fixtureNpy("oracle/speech_m_16k/y.npy");
    const options = { ...framing, ...chosen };
    const { pyin, voiced_prob } = extract(data, ["pyin", "voiced_prob"], options);
    const full = { ...defaults, ...rate, ...framing, ...chosen } as Record<string, number>;
    const expected = referencePyin(data, {
      ...(full as unknown as Parameters<typeof referencePyin>[1]),
      sampleRate: 16000,
      fMin: full.yinFMin,
      fMax: full.yinFMax,
      binsPerSemitone: Math.ceil(1 / full.resolution),
    });
    // The pitch is one of the bins; paths that are equally likely but for float32 could part, and do not here.
    expect(largestDifference(pyin.map(nanAsZero), expected.pyin.map(nanAsZero))).toBeLessThan(1e-4);
    expect(largestDifference(voiced_prob, expected.voicedProb)).toBeLessThan(1e-6);
  });
});

test("what pyin is where it is unvoiced", async () => {
  const { data } = await fixtureNpy("oracle/speech_m_16k/y.npy");
  const options = { ...speech, resolution: 0.25 };
  const chosen = { nThresholds: 100, betaA: 2, betaB: 18, boltzmannParameter: 2, switchProb: 0.01, noTroughProb: 0.01 };
  const model = { sampleRate: 16000, fMin: 65, fMax: 500, binsPerSemitone: 4, maxTransitionRate: 35.92 };
  const { guesses, pyin } = referencePyin(data, { frameLength: 1024, hopLength: 160, ...chosen, ...model });
  const filled = (fillNa: OptionRecord[string]) => extract(data, ["pyin", "voiced"], { ...options, fillNa });
  // Steps of one bin in this frame or in the next are equally likely where it is unvoiced; between them float32 decides.
  const ratios = Array.from(filled(null).pyin, (f, t) => Math.max(f / guesses[t], guesses[t] / f));
  expect(Math.max(...ratios)).toBeLessThan(2 ** (1 / 48) + 1e-4);
  expect(ratios.filter((ratio) => ratio < 1 + 1e-6).length / ratios.length).toBeGreaterThan(0.97);
  const { pyin: zeros, voiced } = filled(0);
  expect(largestDifference(zeros, pyin.map(nanAsZero))).toBeLessThan(1e-4);
  expect(voiced.includes(0)).toBe(true);
  expect(filled(null).voiced).toEqual(voiced);
  expect(filled(-1).pyin).toEqual(filled("nan").pyin.map((v) => (Number.isNaN(v) ? -1 : v)));
});

test("a path over many blocks is that of one voice", () => {
  // 20 s at a hop of 160: 2,001 frames, eight blocks of the decoder. Vibrato around 150 Hz, a pause every second.
  const random = new Random(3);
  let phase = 0;
  const frequency = (i: number) => 150 + 15 * Math.sin(i / 2500);
  const samples = Float32Array.from({ length: 320000 }, (_, i) => {
    phase = (phase + frequency(i) / 16000) % 1;
    return i % 16000 < 12000 ? 0.5 * (phase - 0.5) : 0.05 * (random.uniform() - 0.5);
  });
  const { pyin, voiced } = extract(samples, ["pyin", "voiced"], speech);
  let wrong = 0;
  for (let t = 0; t < pyin.length; t++) {
    const place = (t * 160) % 16000;
    if (place > 600 && place < 11400) {
      // Half a bin is 0.3 %; the pitch of a frame is an average over 64 ms of a pitch that moves.
      if (!(Math.abs(pyin[t] / frequency(t * 160) - 1) < 0.01)) wrong++;
    } else if (place > 12600 && place < 15400 && voiced[t] !== 0) wrong++;
  }
  expect(wrong).toBe(0);
});

describe("HNR and voicing", () => {
  // A periodic signal plus white noise `db` below it: Boersma 1993, figure 2, finds the ratio with a bias of some tenths of a dB.
  test.each([
    [110.3, 5, 0],
    [110.3, 5, 10],
    [150, 20, 20],
    [220.7, 10, 30],
  ])("%d Hz, %i harmonics, %i dB", (f0, harmonics, db) => {
    const random = new Random(5);
    const gauss = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
    const clean = Float32Array.from({ length: 16000 }, (_, i) => {
      let sum = 0;
      for (let h = 1; h <= harmonics; h++) sum += Math.sin((2 * Math.PI * h * f0 * i) / 16000 + h) / h;
      return sum / 10;
    });
    const noise = Math.sqrt(clean.reduce((sum, v) => sum + v * v, 0) / clean.length / 10 ** (db / 10));
    const { hnr, voicing } = extract(
      clean.map((v) => v + noise * gauss()),
      ["hnr", "voicing"],
      { ...speech, center: false },
    );
    const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
    expect(Math.abs(mean(hnr) - db)).toBeLessThan(0.8);
    expect(Math.abs(mean(voicing) - 1 / (1 + 10 ** (-db / 10)))).toBeLessThan(0.04);
  });

  test("a constant and silence are not voiced", () => {
    for (const level of [0, 0.1, 1e-39]) {
      const { hnr, voicing } = extract(new Float32Array(4000).fill(level), ["hnr", "voicing"], {
        ...speech,
        center: false,
      });
      expect(new Set(voicing)).toEqual(new Set([0]));
      for (const value of hnr) expect(value).toBeCloseTo(-60, 4);
    }
  });
});

const pitchFeatures = ["yin", "aperiodicity", "pyin", "voiced", "voiced_prob", "hnr", "voicing", "rms", "zcr"];

test("features of pitch asked for together are those asked for alone", async () => {
  const { data } = await fixtureNpy("oracle/speech_m_16k/y.npy");
  const together = extract(data, pitchFeatures, speech);
  for (const feature of pitchFeatures) expect(extract(data, [feature], speech)[feature]).toEqual(together[feature]);
});

test("any samples, framing and options give values in their ranges", () => {
  fc.assert(
    fc.property(
      fc.record({
        length: fc.integer({ min: 1, max: 3000 }),
        frameLength: fc.integer({ min: 100, max: 700 }),
        hopLength: fc.integer({ min: 1, max: 700 }),
        scale: fc.constantFrom(0, 1e-39, 1e-20, 1, 1e10, 1e30),
        step: fc.constantFrom(0, 0.1, 1, 1.5),
        resolution: fc.constantFrom(0.03, 0.1, 0.7, 1),
        nThresholds: fc.constantFrom(1, 2, 100),
        maxTransitionRate: fc.constantFrom(0, 36, 1e6),
        switchProb: fc.constantFrom(0, 0.01, 1),
        yinFMax: fc.constantFrom(210, 2000, 4000),
        betaA: fc.constantFrom(0.01, 2, 100),
        betaB: fc.constantFrom(0.01, 18, 100),
        noTroughProb: fc.constantFrom(0, 1),
        center: fc.constant(true),
      }),
      ({ length, scale, step, ...options }) => {
        const samples = Float32Array.from({ length }, (_, i) => scale * Math.sin(i * i * step * 0.1));
        const all = extract(samples, pitchFeatures, { ...options, yinFMin: 190 }, 8000);
        const { pyin, voiced, voiced_prob, hnr, voicing } = all;
        for (let t = 0; t < pyin.length; t++) {
          expect(voiced[t] === 1 ? pyin[t] > 189.9 && pyin[t] < 4001 : voiced[t] === 0 && Number.isNaN(pyin[t])).toBe(
            true,
          );
          expect(voiced_prob[t] >= 0 && voiced_prob[t] <= 1).toBe(true);
          expect(Math.abs(hnr[t]) <= 60.001 && voicing[t] >= 0 && voicing[t] <= 1).toBe(true);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("bad input is refused in words", () => {
  const create = (features: string[], options: OptionRecord) => () =>
    createExtractor({ preset: "librosa", sampleRate: 16000, features, options });
  expect(create(["pyin"], { frameLength: 100, yinFMin: 65, yinFMax: 100 })).toThrow("holds no period between yinFMin");
  expect(create(["hnr"], { frameLength: 300, yinFMin: 65, yinFMax: 100 })).toThrow("holds no period between yinFMin");
  expect(create(["pyin"], { resolution: 0 })).toThrow("resolution must lie between 0.01 and 1, not 0");
  expect(create(["pyin"], { nThresholds: 1.5 })).toThrow("nThresholds must be an integer");
  expect(create(["pyin"], { switchProb: 2 })).toThrow("switchProb must lie between 0 and 1, not 2");
});
