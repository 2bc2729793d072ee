import { expect, test } from "vitest";
import { frameFeatures } from "../src/core/frame-features.ts";
import { kaldiFeatures } from "../src/core/kaldi.ts";
import { scratch, u8 } from "../src/core/memory.ts";
import { createExtractor, type ExtractorRequest } from "../src/features/index.ts";
import { Resampler } from "../src/core/resample.ts";

// The core's buffers are not cleared where the kernels write all of them: whatever lay there before, the results are the same.
const signal = (n: number) =>
  Float32Array.from({ length: n }, (_, i) => 0.5 * Math.sin(i * i * 1e-5) + 0.1 * Math.sin(i * 0.3));
const lengths = [5001, 40000];

/** Leaves `byte` all over what is free of the core's memory. */
function soil(byte: number): void {
  scratch((memory) => {
    for (const size of [4000, 300_000, 20_000_000]) u8(memory.space(size), size).fill(byte);
  });
}

/** 0: numbers; 0x7f: huge ones; 0xff: NaN, and -1 of integers. */
function expectSame(compute: () => Float32Array): void {
  soil(0);
  const clean = compute();
  for (const byte of [0x7f, 0xff]) {
    soil(byte);
    expect(compute()).toEqual(clean);
  }
}

const each = (preset: "librosa" | "kaldi", features: readonly string[]): ExtractorRequest[] =>
  features.map((feature) => ({ preset, sampleRate: 16000, features: [feature] }));
const requests: ExtractorRequest[] = [
  ...each("librosa", frameFeatures),
  ...each("kaldi", kaldiFeatures),
  { preset: "librosa", sampleRate: 16000, features: frameFeatures },
  {
    preset: "librosa",
    sampleRate: 16000,
    features: frameFeatures,
    options: { center: false, nFft: 400, hopLength: 100, frameLength: 512 },
  },
  { preset: "librosa", sampleRate: 16000, features: frameFeatures, options: { topDb: null, tuning: 0.1, power: 1 } },
  { preset: "sahu2019", sampleRate: 16000 },
  { preset: "emovox" },
];

test.each(
  requests.map(
    (request) =>
      [
        `${request.preset} ${request.features?.slice(0, 2) ?? ""} ${JSON.stringify(request.options ?? {})}`,
        request,
      ] as const,
  ),
)("%s", (_, request) => {
  const extractor = createExtractor(request);
  for (const length of lengths) expectSame(() => extractor.extract(signal(length), 16000).data);
});

test.each([
  [48000, 16000],
  [44100, 16000],
  [127, 101],
])("resampling %i to %i Hz", (from, to) => {
  for (const length of [1, ...lengths]) expectSame(() => new Resampler(from, to).process(signal(length)));
});
