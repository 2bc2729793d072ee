import { Hpss } from "./core/hpss.ts";
import { frameFeatures } from "./core/frames.ts";
import { functionals } from "./core/functionals.ts";
import { kaldiFeatures } from "./core/kaldi.ts";
import { exp, log, pow } from "./core/math.ts";
import { RealFft } from "./core/fft.ts";
import { Resampler } from "./core/resample.ts";
import { estimateTuning } from "./core/tuning.ts";
import { dctMatrix, delta, melFilterbank, regressionDelta, windowFunction } from "./core/tables.ts";
import { kaldiOptions } from "./features/kaldi.ts";
import { createExtractor } from "./features/extractor.ts";
import { denseMatrix } from "./matrix.ts";
import { LogisticRegression } from "./models/logistic-regression.ts";
import { RandomForestClassifier } from "./models/random-forest.ts";
import { Random } from "./random.ts";

/** Signals that reach the corners: a buzz with noise, silence, a constant, clipping, denormals. */
function signals(): Float32Array[] {
  const random = new Random(1);
  const buzz = Float32Array.from({ length: 4801 }, (_, i) => (i % 97) / 97 - 0.5 + (random.uniform() - 0.5) * 0.3);
  return [
    buzz,
    new Float32Array(2000),
    new Float32Array(1999).fill(0.25),
    buzz.map((v) => Math.max(-0.2, Math.min(0.2, v * 4))),
    buzz.map((v) => v * 1e-39),
  ];
}

function* outputs(): Generator<Float32Array | Float64Array> {
  yield Float64Array.from({ length: 200 }, (_, i) => exp((i - 100) / 7));
  yield Float64Array.from({ length: 200 }, (_, i) => log((i + 1) / 13));
  yield Float64Array.from({ length: 200 }, (_, i) => pow((i + 1) / 17, i / 31));
  for (const kind of ["hann", "hamming", "blackman", "bartlett", "povey", "blackmanharris", "cosine"] as const) {
    yield windowFunction(kind, 401);
  }
  yield melFilterbank({ sampleRate: 16000, nFft: 512, nMels: 40 }).data;
  yield melFilterbank({ sampleRate: 22050, nFft: 1000, nMels: 26, htk: true, norm: null }).data;
  for (const type of [1, 2, 3] as const) yield dctMatrix(13, 40, type).data;
  const [buzz] = signals();
  for (const length of [1, 15, 67, 400, 512, 1009, 2310]) {
    const { re, im } = new RealFft(length).forward(buzz.slice(0, length));
    yield re;
    yield im;
  }
  const short = { nFft: 512, winLength: 400, hopLength: 160, frameLength: 1024, deltaMode: "nearest" };
  const other = { quantile: 0.3, contrastLinear: true, polyOrder: 3, nChroma: 24, tuning: 0.1 };
  for (const options of [short, { ...short, nFft: 441, winLength: 441, power: 1, padMode: "reflect", ...other }]) {
    const extractor = createExtractor({ preset: "librosa", sampleRate: 16000, features: frameFeatures, options });
    for (const signal of signals()) yield extractor.extract(signal).data;
  }
  const mirrored = { frameLength: 20.1, snipEdges: false, usePower: false, useEnergy: true, rawEnergy: false };
  for (const options of [kaldiOptions, { ...kaldiOptions, ...mirrored }]) {
    const extractor = createExtractor({ preset: "kaldi", sampleRate: 22050, features: kaldiFeatures, options });
    for (const signal of signals()) yield extractor.extract(signal).data;
  }
  for (const signal of signals()) {
    yield createExtractor({ preset: "sahu2019", sampleRate: 16000 }).extract(signal).data;
    yield createExtractor({ preset: "emovox" }).extract(signal, 22050).data;
  }
  yield Float64Array.of(estimateTuning(buzz, 16000));
  yield new Hpss({ nFft: 512 }).percussive(buzz);
  yield new Resampler(16000, 44100).process(buzz);
  const table = denseMatrix(48, 100, buzz.slice(0, 4800));
  yield delta(table, { order: 2 }).data;
  yield regressionDelta(table, { window: 3, order: 2 }).data;
  yield functionals(table);
  const labels = Array.from({ length: 48 }, (_, i) => "abc"[(i * i) % 3]);
  const forest = new RandomForestClassifier({ nEstimators: 10, seed: 1 });
  forest.fit(table, labels);
  yield forest.predictProba(table).data;
  const regression = new LogisticRegression();
  regression.fit(table, labels);
  yield regression.predictProba(table).data;
}

/**
 * SHA-256 in hex over a fixed list of the core's outputs: equal on every engine, or something is wrong.
 *
 * @example
 * console.log(await digest());
 */
export async function digest(): Promise<string> {
  const parts = [...outputs()].map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
