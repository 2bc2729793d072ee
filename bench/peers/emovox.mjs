import { createExtractor, frameFeatures, Hpss, kaldiFeatures, RealFft, Resampler, version } from "../../dist/index.js";
import { core } from "../../build/lib/core/module.js";
import { abreast } from "./abreast.mjs";
import { frameOptions, nFft, pitchOptions, sampleRate } from "../speech.mjs";

export const name = "emovox";

const { frameLength, fMin, fMax } = pitchOptions;
const spectral = ["centroid", "bandwidth", "rolloff", "flatness", "contrast", "flux"];

export function load({ folder }) {
  return {
    version,
    works: {
      mfcc: both(["mfcc"], frameOptions),
      "mfcc-utterances": [perUtterance()],
      fbank: [extracting(["fbank"], { nMels: 40 }, "fbank_9", "kaldi")],
      fft: [rawFft(), realFft()],
      "fft-abreast": [abreast(folder), stft()],
      spectral: both(["mfcc", "delta", "delta2", ...spectral, "rms", "zcr"], { ...frameOptions, frameLength: nFft }),
      hpss: [harmonic()],
      yin: [extracting(["yin"], pitch({ yinFMin: fMin, yinFMax: fMax }), "yin")],
      pyin: [extracting(["pyin"], pitch({ yinFMin: fMin, yinFMax: fMax }), "pyin")],
      sahu2019: [sahu2019()],
      resample: [resampling()],
    },
  };
}

const pitch = (bounds) => ({ hopLength: frameOptions.hopLength, frameLength, center: false, ...bounds });

/** All features of the signal in one call; `column` is compared with the peers'. */
function extracting(features, options, column, preset = "librosa") {
  const known = preset === "kaldi" ? kaldiFeatures : frameFeatures;
  const missing = features.filter((feature) => !known.includes(feature));
  if (missing.length > 0) return { error: `emovox has no ${missing.join(", ")}` };
  const extractor = createExtractor({ preset, sampleRate, features, options });
  return {
    run({ samples }) {
      extractor.extract(samples);
    },
    values({ samples }) {
      const { columns, data } = extractor.extract(samples);
      const at = extractor.names.indexOf(column);
      return data.filter((_, i) => i % columns === at);
    },
  };
}

/** Into one array for all calls, as a batch is done, and into a new one for each, whose memory the system must first clear. */
function both(features, options) {
  const fresh = extracting(features, options, "mfcc_1");
  const extractor = createExtractor({ preset: "librosa", sampleRate, features, options });
  let out = new Float32Array(0);
  const run = ({ samples }) => {
    const length = Math.ceil(samples.length / options.hopLength) * extractor.names.length;
    if (out.length < length) out = new Float32Array(length);
    extractor.extract(samples, sampleRate, out);
  };
  return [
    { ...fresh, label: "one array for all calls", run },
    { ...fresh, label: "a new array each call" },
  ];
}

function perUtterance() {
  const extractor = createExtractor({ preset: "librosa", sampleRate, features: ["mfcc"], options: frameOptions });
  return {
    run({ utterances }) {
      for (const utterance of utterances) extractor.extract(utterance);
    },
  };
}

/** The core's own function, with the frames in its memory already, as the other FFTs compiled to WebAssembly are called. */
function rawFft() {
  const plan = core.realFftPlan(nFft);
  const frames = core.alloc(16 * nFft * 4);
  const re = core.alloc((nFft / 2 + 1) * 4);
  const im = core.alloc((nFft / 2 + 1) * 4);
  const view = (pointer, length) => new Float32Array(core.memory.buffer, pointer, length);
  const place = (samples) => view(frames, 16 * nFft).set(samples);
  return {
    label: "in the core",
    run({ samples, count }) {
      place(samples);
      for (let i = 0; i < count; i++) core.rfft(plan, frames + (i & 15) * nFft * 4, re, im);
    },
    values({ samples }) {
      place(samples);
      core.rfft(plan, frames, re, im);
      return view(re, nFft / 2 + 1).slice();
    },
  };
}

/** What a user calls: the samples go into the core and a new spectrum comes out. */
function realFft() {
  const fft = new RealFft(nFft);
  const frame = (samples, i) => samples.subarray((i & 15) * nFft, ((i & 15) + 1) * nFft);
  return {
    label: "RealFft.forward, with copies",
    run({ samples, count }) {
      for (let i = 0; i < count; i++) fft.forward(frame(samples, i));
    },
    values: ({ samples }) => fft.forward(frame(samples, 0)).re,
  };
}

/** What a user calls for the spectra of a signal, here sixteen frames a call: it windows, takes magnitudes and copies in and out. */
function stft() {
  const options = { nFft, hopLength: nFft, window: "boxcar", center: false };
  const extractor = createExtractor({ preset: "librosa", sampleRate, features: ["stft"], options });
  return {
    label: "feature stft, with copies",
    run({ samples, count }) {
      for (let i = 0; i < count; i += 16) extractor.extract(samples);
    },
  };
}

function harmonic() {
  const hpss = new Hpss();
  return {
    run({ samples }) {
      hpss.harmonic(samples);
    },
  };
}

function sahu2019() {
  const extractor = createExtractor({ preset: "sahu2019", sampleRate: 44100 });
  return {
    run({ utterances }) {
      for (const utterance of utterances) extractor.extract(utterance);
    },
  };
}

function resampling() {
  const resampler = new Resampler(48000, 16000);
  return {
    run({ samples }) {
      resampler.process(samples);
    },
    values: ({ samples }) => resampler.process(samples),
  };
}
