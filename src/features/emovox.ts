import type { FrameFeature } from "../core/frame-features.ts";
import { FrameComputer } from "../core/frames.ts";
import { functionalNames, functionals } from "../core/functionals.ts";
import { log } from "../core/math.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";
import { librosaOptions, type OptionRecord, resolveFrameOptions } from "./options.ts";

/** Hz; every signal is brought to it first. */
export const emovoxSampleRate = 16000;

/** Frames of 25 ms every 10 ms; pitch from 55 to 600 Hz in frames of 64 ms. */
export const emovoxOptions = {
  nFft: 512,
  winLength: 400,
  hopLength: 160,
  window: "hann",
  center: true,
  padMode: "constant",
  power: 2,
  nMels: 40,
  fMin: 20,
  fMax: 8000,
  htk: false,
  norm: "slaney",
  ref: 1,
  amin: 1e-10,
  topDb: 70,
  nMfcc: 16,
  dctType: 2,
  dctNorm: "ortho",
  lifter: 0,
  deltaWidth: 9,
  deltaMode: "nearest",
  rollPercent: 0.85,
  flatnessAmin: 1e-10,
  frameLength: 1024,
  yinFMin: 55,
  yinFMax: 600,
  troughThreshold: 0.1,
} as const satisfies OptionRecord;

const features: readonly FrameFeature[] = [
  "mfcc",
  "delta",
  "delta2",
  "logmel",
  "centroid",
  "bandwidth",
  "rolloff",
  "flatness",
  "rms",
  "zcr",
  "yin",
  "aperiodicity",
];

/** A frame counts as voiced when its normalised difference lies below this (de Cheveigne and Kawahara 2002 use 0.1 to 0.2). */
const VOICED_BELOW = 0.25;
/** Octaves per semitone and semitones above 27.5 Hz: the scale of eGeMAPS (Eyben et al. 2016). */
const SEMITONES_PER_LOG = 12 / log(2);
const REFERENCE_HZ = 27.5;
/** Frames more than this below the loudest (dB) are pauses. */
const PAUSE_DB = 35;

/**
 * The utterance features that recognise emotion best here: functionals of cepstra, log-mel bands, spectral shape, loudness and pitch, with
 * the voiced frames summed up apart, and the rhythm of voiced, unvoiced and silent stretches.
 */
export class EmovoxFeatures {
  readonly names: readonly string[];
  readonly #frames: FrameComputer;

  constructor(options: OptionRecord) {
    this.#frames = new FrameComputer(
      features,
      emovoxSampleRate,
      resolveFrameOptions({ ...librosaOptions, ...options }, emovoxSampleRate),
    );
    const contours = contourNames(this.#frames.names);
    this.names = [
      ...contours.flatMap((name) => functionalNames.map((functional) => `${name}_${functional}`)),
      ...rhythmNames,
    ];
  }

  /** One row for an utterance at 16 kHz. */
  compute(samples: Float32Array): Float32Array {
    const frames = this.#frames.compute(samples);
    const { contours, voiced, loud } = deriveContours(frames, this.#frames.names);
    const summed = functionals(contours);
    const row = new Float32Array(summed.length + rhythmNames.length);
    row.set(summed);
    row.set(rhythm(voiced, loud), summed.length);
    return row;
  }
}

const derived = ["loudness", "loudness_delta", "pitch", "pitch_delta", "tilt"] as const;
const contourNames = (names: readonly string[]): string[] => [
  ...names.filter((name) => name !== "yin" && name !== "rms"),
  ...derived,
];

/** Columns of the frames with pitch in semitones, loudness in dB and spectral tilt; what only voiced frames have is NaN elsewhere. */
function deriveContours(frames: DenseMatrix, names: readonly string[]) {
  const { rows, columns, data } = frames;
  const at = (name: string) => names.indexOf(name);
  const kept = names.map((_, c) => c).filter((c) => c !== at("yin") && c !== at("rms"));
  const width = kept.length + derived.length;
  const contours = denseMatrix(rows, width);
  const voiced = new Uint8Array(rows);
  const loud = new Uint8Array(rows);
  const loudness = new Float32Array(rows);
  const pitch = new Float32Array(rows).fill(Number.NaN);
  let peak = Number.NEGATIVE_INFINITY;
  for (let t = 0; t < rows; t++) {
    loudness[t] = decibels(data[t * columns + at("rms")]);
    peak = Math.max(peak, loudness[t]);
  }
  for (let t = 0; t < rows; t++) {
    loud[t] = loudness[t] > peak - PAUSE_DB ? 1 : 0;
    if (loud[t] === 0 || data[t * columns + at("aperiodicity")] >= VOICED_BELOW) continue;
    voiced[t] = 1;
    pitch[t] = SEMITONES_PER_LOG * log(data[t * columns + at("yin")] / REFERENCE_HZ);
  }
  const low = at("logmel_4");
  const high = at("logmel_24");
  for (let t = 0; t < rows; t++) {
    const row = t * width;
    kept.forEach((c, k) => {
      contours.data[row + k] = data[t * columns + c];
    });
    const last = t > 0 ? t - 1 : t;
    contours.data.set(
      [
        loudness[t],
        loudness[t] - loudness[last],
        pitch[t],
        pitch[t] - pitch[last],
        voiced[t] ? data[t * columns + low] - data[t * columns + high] : Number.NaN,
      ],
      row + kept.length,
    );
  }
  return { contours, voiced, loud };
}

const decibels = (rms: number): number => (20 / log(10)) * log(Math.max(rms, 1e-5));

const rhythmNames = [
  "voiced_share",
  "pause_share",
  "voiced_segments_per_second",
  "voiced_length_mean",
  "voiced_length_std",
  "pause_length_mean",
  "pause_length_std",
  "duration",
] as const;

const FRAME_SECONDS = 0.01;

function rhythm(voiced: Uint8Array, loud: Uint8Array): number[] {
  const pauses = loud.map((value) => 1 - value);
  const seconds = voiced.length * FRAME_SECONDS;
  const voicedRuns = runLengths(voiced);
  const pauseRuns = runLengths(pauses);
  return [
    share(voiced),
    share(pauses),
    voicedRuns.length / seconds,
    ...meanAndDeviation(voicedRuns),
    ...meanAndDeviation(pauseRuns),
    seconds,
  ];
}

const share = (flags: Uint8Array): number => flags.reduce((sum, flag) => sum + flag, 0) / flags.length;

/** Seconds of each run of ones. */
function runLengths(flags: Uint8Array): number[] {
  const runs: number[] = [];
  let length = 0;
  for (let t = 0; t <= flags.length; t++) {
    if (t < flags.length && flags[t] === 1) length++;
    else if (length > 0) {
      runs.push(length * FRAME_SECONDS);
      length = 0;
    }
  }
  return runs;
}

function meanAndDeviation(values: readonly number[]): [mean: number, deviation: number] {
  if (values.length === 0) return [0, 0];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length;
  return [mean, Math.sqrt(variance)];
}
