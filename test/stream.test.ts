import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { createExtractor, createStream, frameFeatures, type OptionRecord, type Preset } from "../src/features/index.ts";
import { Resampler } from "../src/core/resample.ts";
import { Random } from "../src/random.ts";
import { oddOptions } from "./odd-options.ts";

const random = new Random(3);
const signal = Float32Array.from({ length: 9000 }, (_, i) => 0.3 * Math.sin(i / 9) + 0.1 * random.normal());
const short: OptionRecord = {
  nFft: 512,
  winLength: 400,
  hopLength: 160,
  nMels: 20,
  nMfcc: 8,
  frameLength: 700,
  topDb: null,
  tuning: 0.1,
  yinFMax: 500,
};
/** pyin and voiced decode the whole signal. */
const every = frameFeatures.filter((feature) => feature !== "pyin" && feature !== "voiced");

function streamed(
  options: OptionRecord,
  features: readonly string[],
  samples: Float32Array,
  chunk: () => number,
  preset: Preset = "librosa",
) {
  const stream = createStream(createExtractor({ preset, sampleRate: 16000, features, options }));
  const parts: Float32Array[] = [];
  for (let at = 0; at < samples.length; ) {
    const end = at + chunk();
    parts.push(stream.push(samples.subarray(at, end)).data);
    at = end;
  }
  parts.push(stream.finish().data);
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const batch = (options: OptionRecord, features: readonly string[], samples: Float32Array, preset: Preset = "librosa") =>
  createExtractor({ preset, sampleRate: 16000, features, options }).extract(samples).data;

test.each([
  ["in one piece", signal.length],
  ["by 128 samples", 128],
  ["by 997", 997],
  ["by one sample", 1],
])("every feature has the bits of the whole, %s", (_, size) => {
  for (const options of [
    short,
    { ...short, padMode: "reflect", deltaMode: "nearest" },
    { ...short, padMode: "edge" },
    { ...short, center: false },
  ]) {
    const samples = size === 1 ? signal.subarray(0, 3000) : signal;
    expect(streamed(options, every, samples, () => size)).toEqual(batch(options, every, samples));
  }
});

test("any framing, any length, any chunks", () => {
  fc.assert(
    fc.property(
      fc.record({
        length: fc.integer({ min: 1, max: 5000 }),
        nFft: fc.integer({ min: 64, max: 600 }),
        hopLength: fc.integer({ min: 20, max: 700 }),
        frameLength: fc.integer({ min: 100, max: 900 }),
        center: fc.boolean(),
        padMode: fc.constantFrom("constant", "reflect", "edge"),
        chunk: fc.integer({ min: 1, max: 2000 }),
      }),
      ({ length, chunk, ...options }) => {
        const samples = signal.subarray(0, length);
        const given = { ...short, ...options, winLength: null, deltaMode: "nearest" };
        const features = ["delta", "mfcc", "rms", "onset", "zcr", "centroid", "flux"];
        const need = Math.max(options.nFft, options.frameLength);
        if (!options.center && length < need) {
          expect(streamed(given, features, samples, () => chunk)).toHaveLength(0);
        } else {
          const expected = batch(given, features, samples);
          expect(streamed(given, features, samples, () => chunk)).toEqual(expected);
        }
      },
    ),
    { numRuns: 150 },
  );
});

const odd: OptionRecord = { ...short, ...oddOptions };

test("options that are no defaults: any length, any chunks", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 1500 }),
      fc.boolean(),
      fc.constantFrom("mirror", "constant", "nearest"),
      fc.boolean(),
      (length, chunk, onsetCenter, deltaMode, onsetDetrend) => {
        const options = { ...odd, onsetCenter, deltaMode, onsetDetrend };
        const samples = signal.subarray(0, length);
        expect(streamed(options, every, samples, () => chunk)).toEqual(batch(options, every, samples));
      },
    ),
    { numRuns: 60 },
  );
});

test("a push that completes no row takes no memory, however long the stream is", () => {
  // Arrays that are made while `body` runs.
  const made = (body: () => void): number => {
    const Original = Float32Array;
    let count = 0;
    vi.stubGlobal(
      "Float32Array",
      class extends Original {
        constructor(...values: ConstructorParameters<typeof Float32Array>) {
          super(...values);
          count++;
        }
      },
    );
    try {
      body();
    } finally {
      vi.unstubAllGlobals();
    }
    return count;
  };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 128 }), fc.constantFrom("librosa", "kaldi"), (size, preset) => {
      const options = preset === "kaldi" ? {} : { ...short, hopLength: 400 };
      const features = preset === "kaldi" ? ["mfcc", "delta"] : ["mfcc", "rms", "delta"];
      const stream = createStream(createExtractor({ preset: preset as Preset, sampleRate: 16000, features, options }));
      const piece = signal.subarray(0, size);
      // The buffer has its size when some windows have gone by.
      for (let received = 0; received < 8000; received += size) stream.push(piece);
      let completed = 0;
      for (let i = 0; i < 400; i++) {
        let rows = 0;
        const arrays = made(() => {
          rows = stream.push(piece).rows;
        });
        if (rows === 0) expect(arrays).toBe(0);
        completed += rows;
      }
      expect(Math.abs(completed - (400 * size) / (preset === "kaldi" ? 160 : 400))).toBeLessThan(1.01);
    }),
    { numRuns: 20 },
  );
});

test("rows come as early as the latency says", () => {
  const extractor = createExtractor({ preset: "librosa", sampleRate: 16000, features: ["centroid"], options: short });
  const stream = createStream(extractor);
  expect(stream.latency).toBe(256);
  expect(stream.push(new Float32Array(256)).rows).toBe(0);
  expect(stream.push(new Float32Array(1)).rows).toBe(1);
  expect(stream.push(new Float32Array(159)).rows).toBe(1);
  const deltas = createStream(
    createExtractor({ preset: "librosa", sampleRate: 16000, features: ["delta"], options: short }),
  );
  expect(deltas.latency).toBe(256 + 4 * 160);
});

test("what needs the whole signal is refused", () => {
  const create = (features: string[], options: OptionRecord) => () =>
    createStream(createExtractor({ preset: "librosa", sampleRate: 16000, features, options }));
  expect(create(["mfcc"], {})).toThrow("set topDb to null");
  expect(create(["contrast"], {})).toThrow("set topDb to null");
  expect(create(["contrast"], { contrastLinear: true })).not.toThrow();
  expect(create(["tonnetz"], {})).toThrow("give tuning a number");
  expect(create(["logmel"], { topDb: null, ref: "max" })).toThrow("ref max is the loudest frame of the whole signal");
  expect(create(["delta"], { topDb: null, deltaMode: "wrap" })).toThrow("deltaMode wrap takes the end of the signal");
  expect(create(["mel"], { ref: "max", deltaMode: "wrap" })).not.toThrow();
  const means = createExtractor({ preset: "kaldi", sampleRate: 16000, options: { subtractMean: true } });
  expect(() => createStream(means)).toThrow("subtractMean cannot be streamed");
  expect(() => createStream(createExtractor({ preset: "emovox" }))).toThrow("rows of frames");
  const stream = create(["rms"], {})();
  expect(() => stream.push(Float32Array.of(Number.NaN))).toThrow("NaN");
  expect(stream.finish().rows).toBe(0);
  expect(() => stream.push(new Float32Array(1))).toThrow("finished");
  expect(() => stream.finish()).toThrow("finished");
});

test.each([1, 128, 997, 9000])("kaldi's features have the bits of the whole, by %i samples", (size) => {
  const features = ["fbank", "mfcc", "energy", "delta", "delta2", "fbank_delta2"];
  for (const options of [
    {},
    { snipEdges: false },
    { useEnergy: true, htkCompat: true, hopLength: 333, winLength: 300 },
  ] as OptionRecord[]) {
    const samples = size === 1 ? signal.subarray(0, 2500) : signal;
    expect(streamed(options, features, samples, () => size, "kaldi")).toEqual(
      batch(options, features, samples, "kaldi"),
    );
  }
});

test("kaldi's features of any length, in any chunks", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 81, max: 4000 }),
      fc.integer({ min: 1, max: 900 }),
      fc.boolean(),
      (length, chunk, snipEdges) => {
        const samples = signal.subarray(0, length);
        const got = streamed({ snipEdges }, ["mfcc", "delta2"], samples, () => chunk, "kaldi");
        if (snipEdges && length < 400) expect(got).toHaveLength(0);
        else expect(got).toEqual(batch({ snipEdges }, ["mfcc", "delta2"], samples, "kaldi"));
      },
    ),
    { numRuns: 100 },
  );
});

test.each([
  [48000, 16000],
  [44100, 16000],
  [16000, 22050],
  [16001, 16000],
  [11025, 8000],
  [16000, 16000],
])("resampling from %i to %i Hz in any chunks has the bits of the whole", (from, to) => {
  const long = Float32Array.from({ length: 30000 }, (_, i) => signal[i % signal.length]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30000 }), fc.integer({ min: 1, max: 9000 }), (length, size) => {
      const samples = long.subarray(0, length);
      const resampler = new Resampler(from, to);
      const stream = resampler.stream();
      const parts: number[] = [];
      for (let at = 0; at < length; at += size) parts.push(...stream.push(samples.subarray(at, at + size)));
      parts.push(...stream.finish());
      expect(Float32Array.from(parts)).toEqual(resampler.process(samples).slice());
      expect(() => stream.finish()).toThrow("finished");
    }),
    { numRuns: 12 },
  );
});

test("a stream takes samples at another rate", () => {
  const extractor = createExtractor({
    preset: "librosa",
    sampleRate: 16000,
    features: ["rms", "centroid"],
    options: short,
  });
  const stream = createStream(extractor, 44100);
  const parts: number[] = [];
  for (let at = 0; at < signal.length; at += 777) parts.push(...stream.push(signal.subarray(at, at + 777)).data);
  parts.push(...stream.finish().data);
  expect(Float32Array.from(parts)).toEqual(extractor.extract(signal, 44100).data);
});
