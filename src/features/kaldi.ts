import type { KaldiOptions } from "../core/kaldi.ts";
import type { WindowKind } from "../core/windows.ts";
import { OptionError } from "../errors.ts";
import { integer, oneOf, type OptionRecord, range } from "./options.ts";

/**
 * The flags of Kaldi's compute-fbank-feats and compute-mfcc-feats in camelCase, with their defaults and no dither. `frameLength` and
 * `frameShift` are milliseconds; `winLength` and `hopLength` say the same in samples and go before them. A `highFreq` of 0 or less counts
 * from half the sample rate, a negative `vtlnHigh` as well. `dither` must be 0. `useEnergy` is that of compute-fbank-feats (compute-mfcc-feats has true), and `energyFloor` the value that
 * Kaldi advises without dither.
 */
export const kaldiOptions = {
  frameLength: 25,
  frameShift: 10,
  winLength: null,
  hopLength: null,
  snipEdges: true,
  removeDcOffset: true,
  preemphasisCoefficient: 0.97,
  windowType: "povey",
  blackmanCoeff: 0.42,
  roundToPowerOfTwo: true,
  numMelBins: 23,
  lowFreq: 20,
  highFreq: 0,
  vtlnLow: 100,
  vtlnHigh: -500,
  vtlnWarp: 1,
  usePower: true,
  useLogFbank: true,
  numCeps: 13,
  cepstralLifter: 22,
  useEnergy: false,
  rawEnergy: true,
  energyFloor: 1,
  htkCompat: false,
  subtractMean: false,
  dither: 0,
  deltaWindow: 2,
} as const satisfies OptionRecord;

/** librosa's names for options that mean the same. */
const aliases: Readonly<Record<string, keyof typeof kaldiOptions>> = {
  window: "windowType",
  nMels: "numMelBins",
  fMin: "lowFreq",
  fMax: "highFreq",
  nMfcc: "numCeps",
  lifter: "cepstralLifter",
};

/** `options` under Kaldi's names. */
export const kaldiNames = (options: OptionRecord): OptionRecord =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [aliases[key] ?? key, value]));

/** Kaldi's windows, all symmetric, under the core's names. */
const windows: Readonly<Record<string, WindowKind>> = {
  povey: "povey",
  hamming: "hamming",
  hanning: "hann",
  hann: "hann",
  rectangular: "boxcar",
  blackman: "blackman",
  sine: "sine",
};

/** Checked options for one sample rate. @throws {OptionError} naming the option, its value and its range */
export function resolveKaldiOptions(options: OptionRecord, sampleRate: number): KaldiOptions {
  const nyquist = sampleRate / 2;
  const o = { ...options } as unknown as KaldiOptions & Record<"frameLength" | "frameShift", number> & OptionRecord;
  range(o, "frameLength", 0, 1e6);
  range(o, "frameShift", 0, 1e6);
  // torchaudio multiplies in this order before it cuts off the fraction.
  o.winLength ??= Math.floor(sampleRate * o.frameLength * 0.001);
  o.hopLength ??= Math.floor(sampleRate * o.frameShift * 0.001);
  integer(o, "winLength", 2, 65536);
  integer(o, "hopLength", 1, 1 << 24);
  range(o, "preemphasisCoefficient", 0, 1);
  oneOf(o, "windowType", Object.keys(windows));
  o.window = windows[o.windowType as string];
  o.nFft = o.winLength;
  if (o.roundToPowerOfTwo) for (o.nFft = 2; o.nFft < o.winLength; ) o.nFft *= 2;
  if (o.nFft % 2 === 1) {
    throw new OptionError(
      `roundToPowerOfTwo false needs frames of an even number of samples, not ${o.winLength}; set winLength`,
    );
  }
  integer(o, "numMelBins", 1, 4096);
  range(o, "lowFreq", 0, nyquist);
  range(o, "highFreq", -nyquist, nyquist);
  if (o.highFreq <= 0) o.highFreq += nyquist;
  if (o.lowFreq >= o.highFreq) {
    throw new OptionError(`lowFreq (${o.lowFreq} Hz) must be below highFreq (${o.highFreq} Hz)`);
  }
  range(o, "blackmanCoeff", 0, 1);
  resolveVtln(o, nyquist);
  if (o.dither !== 0) {
    throw new OptionError(
      `dither must be 0, not ${String(o.dither)}: it adds random noise, so that no two runs give the same features; keep energyFloor at 1`,
    );
  }
  integer(o, "numCeps", 1, o.numMelBins);
  range(o, "cepstralLifter", 0, 1e6);
  range(o, "energyFloor", 0, 1e30);
  integer(o, "deltaWindow", 1, 1000);
  return o;
}

/** Kaldi's conditions for the corners of its warping function; without one they do not count. */
function resolveVtln(o: KaldiOptions, nyquist: number): void {
  range(o, "vtlnWarp", 0.1, 10);
  range(o, "vtlnLow", 0, nyquist);
  range(o, "vtlnHigh", -nyquist, nyquist);
  if (o.vtlnHigh < 0) o.vtlnHigh += nyquist;
  if (o.vtlnWarp === 1) return;
  if (!(o.lowFreq < o.vtlnLow && o.vtlnLow < o.vtlnHigh && o.vtlnHigh < o.highFreq)) {
    throw new OptionError(
      `vtlnLow (${o.vtlnLow} Hz) and vtlnHigh (${o.vtlnHigh} Hz) must lie in this order between lowFreq (${o.lowFreq} Hz) and highFreq (${o.highFreq} Hz)`,
    );
  }
}
