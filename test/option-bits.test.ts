import { expect, test } from "vitest";
import { Hpss } from "../src/core/hpss.ts";
import { withScalarCore } from "../src/core/module.ts";
import { delta } from "../src/core/deltas.ts";
import { chromaFilterbank, melFilterbank } from "../src/core/tables.ts";
import { windowFunction, windowKinds } from "../src/core/windows.ts";
import { createExtractor, frameFeatures, kaldiFeatures, type OptionRecord } from "../src/features/index.ts";
import { denseMatrix } from "../src/matrix.ts";
import { Random } from "../src/random.ts";
import { oddOptions } from "./odd-options.ts";

// The core's digest covers the options' defaults and some more; this covers the others.
const random = new Random(11);
const buzz = Float32Array.from({ length: 6001 }, (_, i) => (i % 83) / 83 - 0.5 + 0.2 * random.uniform());
const signals = [buzz, buzz.map((v) => v * 1e-39), buzz.map((v) => v * 1e30), new Float32Array(2500)];

const framing = { nFft: 441, winLength: 400, hopLength: 111, frameLength: 701, nMels: 17, nMfcc: 9, yinFMin: 80 };
const librosa: OptionRecord[] = [
  { ...oddOptions, ref: "max", fillNa: null },
  {
    window: "tukey",
    power: 0.3,
    norm: "inf",
    deltaMode: "wrap",
    bandwidthNorm: false,
    flatnessPower: 2.5,
    chromaNorm: 3,
    tuning: 0.1,
    ctroct: 3.5,
    octwidth: 0.7,
    baseC: false,
    onsetAggregate: "max",
    onsetCenter: false,
    fillNa: -1,
  },
  { window: "flattop", norm: 0.5, deltaMode: "constant", chromaNorm: null, onsetMaxSize: 40 },
];
const kaldi: OptionRecord[] = [
  { windowType: "sine", vtlnWarp: 0.85, subtractMean: true },
  { windowType: "blackman", blackmanCoeff: 0.2, vtlnWarp: 1.2, vtlnLow: 300, vtlnHigh: -900, snipEdges: false },
];

function* outputs(): Iterable<Float32Array> {
  for (const kind of windowKinds) {
    const parameter = ["kaiser", "gaussian"].includes(kind) ? 5 : kind === "general_hamming" ? 0.6 : null;
    for (const periodic of [true, false]) yield windowFunction(kind, 57, periodic, parameter);
  }
  yield melFilterbank({ sampleRate: 16000, nFft: 441, nMels: 17, norm: 1.7 }).data;
  yield chromaFilterbank(16000, 441, 24, 0.1, { octwidth: 0.7, ctroct: 3, baseC: false }).data;
  for (const mode of ["mirror", "constant", "wrap"] as const) {
    yield delta(denseMatrix(60, 100, buzz.slice(0, 6000)), { mode, order: 3 }).data;
    yield delta(denseMatrix(2, 3, buzz.slice(0, 6)), { mode }).data;
  }
  const separators = [
    new Hpss({ nFft: 512, margin: [1, 3], kernelSize: [31, 8], power: 1 }),
    new Hpss({
      nFft: 400,
      margin: 2,
      center: false,
      power: Number.POSITIVE_INFINITY,
      window: "gaussian",
      windowParameter: 60,
    }),
  ];
  for (const signal of signals) {
    for (const options of librosa) {
      const extractor = { preset: "librosa", sampleRate: 16000, features: frameFeatures } as const;
      yield createExtractor({ ...extractor, options: { ...framing, ...options } }).extract(signal).data;
    }
    for (const options of kaldi) {
      yield createExtractor({ preset: "kaldi", sampleRate: 16000, features: kaldiFeatures, options }).extract(signal)
        .data;
    }
    for (const separator of separators) {
      const { harmonic, percussive } = separator.masks(signal);
      yield* [harmonic.data, percussive.data, separator.harmonic(signal), separator.percussive(signal)];
    }
  }
}

async function hash(): Promise<string> {
  const parts = [...outputs()].map((values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const bytes = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

test("options that are no defaults give the same bits on every engine, with SIMD and without", async () => {
  const everywhere = "67360e187e9ebd3a85a7831d047c7b7fa0b64114db6bc7fb810c2710978dd7af";
  expect(await hash()).toBe(everywhere);
  const scalar = withScalarCore(() => [...outputs()]);
  const simd = [...outputs()];
  scalar.forEach((values, i) => expect(new Uint8Array(values.buffer)).toEqual(new Uint8Array(simd[i].buffer)));
});
