import { createRequire } from "node:module";
import { frameOptions, nFft, pitchOptions, sampleRate } from "../speech.mjs";

export const name = "essentia.js";

const { winLength, hopLength, nMels, nMfcc } = frameOptions;
const { frameLength, fMin, fMax } = pitchOptions;

export function load() {
  const require = createRequire(import.meta.url);
  const { Essentia, EssentiaWASM } = require("essentia.js");
  // It makes every uncaught error print its own source; the process must go on as it was.
  for (const event of ["uncaughtException", "unhandledRejection"]) process.removeAllListeners(event);
  const essentia = new Essentia(EssentiaWASM);

  const mfccs = (samples, visit) =>
    eachFrame(samples, winLength, (signal) => {
      const windowed = essentia.Windowing(signal, true, winLength, "hann", nFft - winLength, false).frame;
      const { spectrum } = essentia.Spectrum(windowed, nFft);
      const { bands, mfcc } = essentia.MFCC(
        spectrum,
        2,
        sampleRate / 2,
        nFft / 2 + 1,
        0,
        "dbpow",
        0,
        "unit_sum",
        nMels,
        nMfcc,
        sampleRate,
      );
      visit?.(mfcc);
      for (const vector of [windowed, spectrum, bands, mfcc]) vector.delete();
    });
  const eachFrame = (samples, length, visit) => {
    for (let at = 0; at + length <= samples.length; at += hopLength) {
      const signal = essentia.arrayToVector(samples.subarray(at, at + length));
      visit(signal);
      signal.delete();
    }
  };
  const pitches = (samples, visit) =>
    eachFrame(samples, frameLength, (signal) =>
      visit?.(essentia.PitchYin(signal, frameLength, true, fMax, fMin, sampleRate, 0.1).pitch),
    );
  const probabilistic = (samples) => {
    const signal = essentia.arrayToVector(samples);
    const { pitch, voicedProbabilities } = essentia.PitchYinProbabilistic(
      signal,
      frameLength,
      hopLength,
      0.001,
      "negative",
      false,
      sampleRate,
    );
    const found = essentia.vectorToArray(pitch);
    for (const vector of [signal, pitch, voicedProbabilities]) vector.delete();
    return found;
  };

  return {
    version: require("essentia.js/package.json").version,
    works: {
      mfcc: [
        {
          run: ({ samples }) => mfccs(samples),
          values({ samples }) {
            const second = [];
            mfccs(samples, (mfcc) => second.push(mfcc.get(1)));
            return second;
          },
        },
      ],
      "mfcc-utterances": [
        {
          run({ utterances }) {
            for (const utterance of utterances) mfccs(utterance);
          },
        },
      ],
      yin: [
        {
          run: ({ samples }) => pitches(samples),
          values({ samples }) {
            const found = [];
            pitches(samples, (pitch) => found.push(pitch));
            return found;
          },
        },
      ],
      pyin: [
        {
          note: "its own bounds of pitch; finds others than YIN at this rate",
          run({ samples }) {
            probabilistic(samples);
          },
          values: ({ samples }) => probabilistic(samples),
        },
      ],
    },
  };
}
