import { createRequire } from "node:module";
import { frameOptions, nFft, sampleRate } from "../speech.mjs";

export const name = "Meyda";

// Spectral flux is left out: in Meyda 5.6 it throws.
const all = [
  "mfcc",
  "spectralCentroid",
  "spectralSpread",
  "spectralRolloff",
  "spectralFlatness",
  "spectralCrest",
  "spectralSlope",
  "rms",
  "zcr",
];

export function load() {
  const require = createRequire(import.meta.url);
  const meyda = require("meyda");
  Object.assign(meyda, {
    bufferSize: nFft,
    sampleRate,
    melBands: frameOptions.nMels,
    numberOfMFCCCoefficients: frameOptions.nMfcc,
    windowingFunction: "hanning",
  });
  const frames = (samples, visit) => {
    for (let at = 0; at + nFft <= samples.length; at += frameOptions.hopLength) visit(samples.subarray(at, at + nFft));
  };
  const batch = (features, note) => ({
    note,
    run({ samples }) {
      frames(samples, (frame) => meyda.extract(features, frame));
    },
    values({ samples }) {
      const second = [];
      frames(samples, (frame) =>
        second.push([meyda.extract(features, frame)].map((found) => (found.mfcc ?? found)[1])[0]),
      );
      return Float32Array.from(second);
    },
  });
  const window = "windows of 512: it has no shorter ones";
  return {
    version: require("meyda/package.json").version,
    works: {
      mfcc: [batch("mfcc", window)],
      "mfcc-utterances": [
        {
          note: window,
          run({ utterances }) {
            for (const utterance of utterances) frames(utterance, (frame) => meyda.extract("mfcc", frame));
          },
        },
      ],
      spectral: [batch(all, "without deltas, slope and crest for contrast and flux")],
    },
  };
}
