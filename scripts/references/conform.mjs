// Computes every feature of a folder of reference vectors (librosa's, and Kaldi's by torchaudio; as in test/fixtures/oracle: a folder a signal
// with y.npy and FRAMING.FEATURE.npy) and prints how far they are apart at most, and on which signal.
//   node scripts/references/conform.mjs [FOLDER] [--json]
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createExtractor, denseMatrix, estimateTuning, Hpss } from "../../build/lib/index.js";

const { values: flags, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const folder = positionals[0] ?? "test/fixtures/oracle";

function npy(path) {
  const bytes = readFileSync(path);
  const header = bytes.toString("latin1", 10, 10 + bytes.readUInt16LE(8));
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)[1]
    .split(",")
    .filter((size) => size.trim() !== "")
    .map(Number);
  const data = new Float32Array(new Uint8Array(bytes.subarray(10 + bytes.readUInt16LE(8))).buffer);
  return header.includes("'fortran_order': True")
    ? { shape, data: transposed(data, shape[1], shape[0]) }
    : { shape, data };
}

function transposed(data, rows, columns) {
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c];
  return out;
}

/** librosa's features x frames, or Kaldi's frames x features, one row a frame. */
function frames(path, transpose) {
  const { shape, data } = npy(path);
  const [features, count] = shape.length === 1 ? [1, shape[0]] : shape;
  return transpose
    ? denseMatrix(count, features, transposed(data, features, count))
    : denseMatrix(features, count, data);
}

/** The largest difference; `relative`: as a share of the row's largest magnitude, where a row has one. */
function difference(got, expected, relative) {
  if (got.rows !== expected.rows || got.columns !== expected.columns) return Number.NaN;
  let worst = 0;
  for (let t = 0; t < got.rows; t++) {
    const row = expected.data.subarray(t * got.columns, (t + 1) * got.columns);
    const scale = relative ? row.reduce((m, v) => Math.max(m, Math.abs(v)), 0) || 1 : 1;
    row.forEach((value, c) => {
      const here = got.data[t * got.columns + c];
      // Unvoiced on both sides.
      const apart = Number.isNaN(here) && Number.isNaN(value) ? 0 : Math.abs(here - value) / scale;
      if (!(apart <= worst)) worst = apart;
    });
  }
  return worst;
}

const framings = {
  ser: (rate) =>
    rate === 44100
      ? { nFft: 2048, winLength: 1102, hopLength: 441, frameLength: 1102, nMels: 40 }
      : { nFft: 512, winLength: 400, hopLength: 160, frameLength: 400, nMels: 40 },
  librosa_default: () => ({}),
};
const nearest = { deltaMode: "nearest" };
/** Feature, options over those of the framing, relative. */
const librosa = {
  stft_mag: ["stft", {}, true],
  stft_mag_reflect: ["stft", { padMode: "reflect" }, true],
  stft_mag_nocenter: ["stft", { center: false }, true],
  mel40: ["mel", {}, true],
  mel40_htk: ["mel", { htk: true, norm: null }, true],
  mel128: ["mel", {}, true],
  mel128_htk: ["mel", { htk: true, norm: null }, true],
  logmel40_db: ["logmel", {}],
  logmel128_db: ["logmel", {}],
  mfcc13: ["mfcc", { nMfcc: 13 }],
  mfcc40: ["mfcc", { nMfcc: 40 }],
  mfcc13_lifter22: ["mfcc", { nMfcc: 13, lifter: 22 }],
  mfcc13_delta: ["delta", { nMfcc: 13 }],
  mfcc13_delta2: ["delta2", { nMfcc: 13 }],
  mfcc13_delta_nearest: ["delta", { nMfcc: 13, ...nearest }],
  mfcc13_delta2_nearest: ["delta2", { nMfcc: 13, ...nearest }],
  rms: ["rms", {}],
  zcr: ["zcr", {}],
  centroid: ["centroid", {}],
  bandwidth: ["bandwidth", {}],
  rolloff85: ["rolloff", {}],
  rolloff95: ["rolloff", { rollPercent: 0.95 }],
  flatness: ["flatness", {}],
  contrast: ["contrast", {}],
  chroma: ["chroma", { tuning: 0 }],
  tonnetz: ["tonnetz", { tuning: 0 }],
  // librosa's window is as long as nFft here, and it takes 128 bands
  onset_strength: ["onset", { winLength: null, nMels: 128 }],
  poly1: ["poly", { polyOrder: 1 }],
  poly3: ["poly", { polyOrder: 3 }],
};
/** Feature, options, and what the signal was multiplied by for it. */
const kaldi = {
  mfcc13: ["mfcc", {}, 32768],
  mfcc13_40: ["mfcc", { numMelBins: 40 }, 1],
  fbank40: ["fbank", { numMelBins: 40 }, 32768],
};
const pitch = { yin_f0: "yin", pyin_f0: "pyin", pyin_voiced: "voiced", pyin_prob: "voiced_prob" };

/** Where the last bits of float32 decide, in the reference as here; these come in lines of their own. */
const rounding = {
  "kaldi fbank40": { sine_16k: "bands 130 dB below the tone" },
  "kaldi mfcc13": { sine_16k: "bands 130 dB below the tone" },
  contrast: { sine_16k: "valleys 130 dB below the tone", speech_m_16k: "valleys 110 to 130 dB below the peak" },
  bandwidth: { sine_16k: "the width of one line" },
  tuning: { impulse_16k: "maxima of a flat spectrum" },
  yin_f0: { impulse_16k: "troughs of silence around the impulse" },
  pyin_prob: { impulse_16k: "troughs of silence around the impulse" },
  "harmonic signal": { short_16k: "scipy's median of two frames" },
  "harmonic magnitudes, of the largest": { short_16k: "scipy's median of two frames" },
};

const results = new Map();
let vectors = 0;
function record(feature, signal, apart, relative = false) {
  vectors++;
  const why = rounding[feature]?.[signal];
  const name = why === undefined ? feature : `${feature} (${why})`;
  const worst = results.get(name);
  if (worst === undefined || !(apart <= worst.apart)) results.set(name, { name, apart, signal, relative });
}

/** What a vector is compared with; undefined for those of other kinds. */
function compare(name, path, samples, rate) {
  const features = (preset, feature, options, signal = samples) =>
    createExtractor({ preset, sampleRate: rate, features: [feature], options }).extract(signal);
  const [, framing, kind] = /^(ser|librosa_default|kaldi)[._](.*)$/.exec(name) ?? [];
  if (framing === "kaldi" && kaldi[kind]) {
    const [feature, options, scale] = kaldi[kind];
    const scaled = samples.map((x) => (x * scale) / 32768);
    return [`kaldi ${kind}`, difference(features("kaldi", feature, options, scaled), frames(path, false))];
  }
  if (framing !== undefined && framing !== "kaldi") {
    const options = framings[framing](rate);
    if (librosa[kind]) {
      const [feature, more, relative = false] = librosa[kind];
      return [
        kind,
        difference(features("librosa", feature, { ...options, ...more }), frames(path, true), relative),
        relative,
      ];
    }
    const { nFft, winLength, hopLength } = options;
    if (kind === "tuning") {
      const tuning = estimateTuning(samples, rate, { nFft, winLength, hopLength, power: 2 });
      return [kind, Math.abs(Math.fround(tuning) - npy(path).data[0])];
    }
    const hpss = new Hpss({ nFft, winLength, hopLength });
    if (kind === "harmonic_y") {
      const { data } = npy(path);
      const part = hpss.harmonic(samples);
      return [
        "harmonic signal",
        difference(denseMatrix(1, part.length, part), denseMatrix(1, data.length, data), true),
        true,
      ];
    }
    if (kind === "hpss_h_mag") {
      const stft = features("librosa", "stft", options);
      const masks = hpss.masks(samples).harmonic.data;
      const expected = frames(path, true);
      const got = { ...stft, data: stft.data.map((m, i) => m * masks[i]) };
      const largest = expected.data.reduce((m, v) => Math.max(m, v), 0);
      return ["harmonic magnitudes, of the largest", difference(got, expected) / largest];
    }
  }
  if (pitch[name]) {
    const options = rate === 44100 ? { frameLength: 2048, hopLength: 441 } : { frameLength: 1024, hopLength: 160 };
    const got = features("librosa", pitch[name], { ...options, yinFMin: 65, yinFMax: 500 });
    return [name, difference(got, frames(path, true))];
  }
  return undefined;
}

const left = new Set();
for (const signal of readdirSync(folder).filter((name) => existsSync(`${folder}/${name}/y.npy`))) {
  const samples = npy(`${folder}/${signal}/y.npy`).data;
  const rate = signal.endsWith("44k") ? 44100 : 16000;
  for (const file of readdirSync(`${folder}/${signal}`)) {
    const name = file.replace(/\.npy$/, "");
    if (name === "y") continue;
    const compared = compare(name, `${folder}/${signal}/${file}`, samples, rate);
    if (compared === undefined) left.add(name);
    else record(compared[0], signal, compared[1], compared[2]);
  }
}
const rows = [...results.values()].sort((a, b) => a.name.localeCompare(b.name));
if (flags.json) console.log(JSON.stringify({ vectors, rows }, null, 1));
else {
  for (const { name, apart, signal, relative } of rows) {
    console.log(
      `${name.padEnd(64)}${apart.toExponential(1).padStart(9)}${relative ? " of the frame's largest" : ""}  ${signal}`,
    );
  }
  console.log(`${vectors} vectors; not compared here: ${[...left].join(", ") || "none"}`);
}
