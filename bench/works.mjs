// What is measured. `input(speech, seconds)` is about that much audio: { seconds, samples | utterances | count }, with the very number of
// seconds; `compare` says how well two results agree (correlation when left out).
import { samePitch } from "./compare.mjs";
import { hopLength, nFft, sampleRate } from "./speech.mjs";

const signal = (speech, seconds) => cut(speech.signal, sampleRate, seconds);

function cut(whole, rate, seconds) {
  const samples = whole.subarray(0, Math.round(seconds * rate));
  return { seconds: samples.length / rate, samples, count: samples.length };
}

/** Whole utterances from the first on. */
function utterances(all, rate, seconds) {
  let length = 0;
  let count = 0;
  while (count < all.length && length < seconds * rate) length += all[count++].length;
  return { seconds: length / rate, utterances: all.slice(0, count), count };
}

/** Frames that the transforms take again and again: what is measured is arithmetic, not memory. */
const DISTINCT = 16;

/** One transform a frame, about as many as that much audio has. */
function transforms(speech, seconds) {
  const count = DISTINCT * Math.round((seconds * sampleRate) / hopLength / DISTINCT);
  const samples = speech.signal.subarray(32000, 32000 + DISTINCT * nFft);
  return { seconds: (count * hopLength) / sampleRate, samples, count };
}

export const works = [
  { id: "mfcc", title: "MFCC-13, batch", input: signal },
  {
    id: "mfcc-utterances",
    title: "MFCC-13, utterance by utterance",
    input: (speech, seconds) => utterances(speech.utterances, sampleRate, seconds),
  },
  { id: "fbank", title: "Kaldi's log filter banks, 40 bands", input: signal },
  { id: "fft", title: "real FFT of 512, one at a time", input: transforms, perFrame: true },
  { id: "fft-abreast", title: "real FFT of 512, many", input: transforms, perFrame: true },
  { id: "spectral", title: "MFCC, deltas, 6 spectral features, RMS, ZCR", input: signal },
  { id: "hpss", title: "HPSS, harmonic signal", input: signal },
  { id: "yin", title: "YIN", input: signal, compare: samePitch },
  { id: "pyin", title: "pYIN", input: signal, compare: samePitch },
  {
    id: "sahu2019",
    title: "sahu2019 at 44.1 kHz",
    input: (speech, seconds) => utterances(speech.utterances44k, 44100, seconds),
  },
  {
    id: "resample",
    title: "resampling 48 to 16 kHz",
    input: (speech, seconds) => cut(speech.signal48k, 48000, seconds),
  },
];
