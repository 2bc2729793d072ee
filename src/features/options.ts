import { type FrameOptions, onsetAggregates } from "../core/frame-features.ts";
import { padModes } from "../core/signal.ts";
import { deltaModes } from "../core/deltas.ts";
import { type MelNorm, normCode } from "../core/tables.ts";
import { windowCode, windowParameterOf } from "../core/windows.ts";
import { OptionError } from "../errors.ts";

/** Options as a caller gives them: any of the preset's, with `null` where the preset allows it. */
export type OptionValue = number | string | boolean | null;
export type OptionRecord = { readonly [key: string]: OptionValue };

/** C7, which librosa's documentation recommends as the upper bound of pitch. */
const C7 = 2093;

/**
 * librosa 0.11's defaults. `winLength: null` means nFft, `fMax: null` half the sample rate, `yinFMax: null` C7 (2,093 Hz) or half the
 * sample rate, whichever is lower, `tuning: null` that it is estimated. librosa has no default for the bounds of `yin`; these are those
 * that its documentation recommends. `betaA` and `betaB` are librosa's `beta_parameters`, `windowParameter` is what librosa has in a tuple with
 * the window's name, `fillNa: "nan"` its `numpy.nan`, and `chromaNorm: "inf"` its `numpy.inf`.
 */
export const librosaOptions = {
  nFft: 2048,
  winLength: null,
  hopLength: 512,
  window: "hann",
  windowParameter: null,
  center: true,
  padMode: "constant",
  power: 2,
  nMels: 128,
  fMin: 0,
  fMax: null,
  htk: false,
  norm: "slaney",
  ref: 1,
  amin: 1e-10,
  topDb: 80,
  nMfcc: 20,
  dctType: 2,
  dctNorm: "ortho",
  lifter: 0,
  deltaWidth: 9,
  deltaMode: "interp",
  rollPercent: 0.85,
  bandwidthP: 2,
  bandwidthNorm: true,
  flatnessAmin: 1e-10,
  flatnessPower: 2,
  contrastFMin: 200,
  nBands: 6,
  quantile: 0.02,
  contrastLinear: false,
  polyOrder: 1,
  nChroma: 12,
  tuning: null,
  chromaNorm: "inf",
  ctroct: 5,
  octwidth: 2,
  baseC: true,
  onsetLag: 1,
  onsetMaxSize: 1,
  onsetAggregate: "mean",
  onsetDetrend: false,
  onsetCenter: true,
  frameLength: 2048,
  zcrThreshold: 1e-10,
  zeroPos: true,
  zcrPad: false,
  yinFMin: 65,
  yinFMax: null,
  troughThreshold: 0.1,
  nThresholds: 100,
  betaA: 2,
  betaB: 18,
  boltzmannParameter: 2,
  resolution: 0.1,
  maxTransitionRate: 35.92,
  switchProb: 0.01,
  noTroughProb: 0.01,
  fillNa: "nan",
} as const satisfies OptionRecord;

const NUMBER_OR_NULL = ["number", "null"];
const NORM = ["string", "number", "null"];
/** Types that the value of a key may have where they are not that of its default. */
const types: Readonly<Record<string, readonly string[]>> = {
  winLength: NUMBER_OR_NULL,
  windowParameter: NUMBER_OR_NULL,
  fMax: NUMBER_OR_NULL,
  norm: NORM,
  ref: ["number", "string"],
  topDb: NUMBER_OR_NULL,
  dctNorm: ["string", "null"],
  tuning: NUMBER_OR_NULL,
  chromaNorm: NORM,
  octwidth: NUMBER_OR_NULL,
  yinFMax: NUMBER_OR_NULL,
  fillNa: NORM,
};

/** `defaults` with `overrides` laid over them. @throws {OptionError} an unknown key, listing the known ones, or a value of another type */
export function mergeOptions<D extends OptionRecord>(
  defaults: D,
  overrides: OptionRecord,
): OptionRecord & { [K in keyof D]: OptionValue } {
  const merged: Record<string, OptionValue> = { ...defaults };
  for (const [key, value] of Object.entries(overrides)) {
    if (!Object.hasOwn(defaults, key)) {
      throw new OptionError(`unknown option "${key}"; known are ${Object.keys(defaults).join(", ")}`);
    }
    const expected = types[key] ?? (defaults[key] === null ? NUMBER_OR_NULL : [typeof defaults[key]]);
    if (!expected.includes(value === null ? "null" : typeof value)) {
      throw new OptionError(`option ${key} must be a ${expected.join(" or ")}, not ${JSON.stringify(value)}`);
    }
    merged[key] = value;
  }
  return merged as OptionRecord & { [K in keyof D]: OptionValue };
}

/** A value as it is typed on a command line: `true`, `false`, `null`/`none`, a number, else text. */
export function parseOptionValue(text: string): OptionValue {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  if (lower === "null" || lower === "none") return null;
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Checked options of the frame-level features for one sample rate. @throws {OptionError} naming the option, its value and its range */
export function resolveFrameOptions(options: OptionRecord, sampleRate: number): FrameOptions {
  const nyquist = sampleRate / 2;
  const o = {
    ...options,
    winLength: options.winLength ?? options.nFft,
    fMax: options.fMax ?? nyquist,
    yinFMax: options.yinFMax ?? Math.min(C7, nyquist),
  } as unknown as FrameOptions;
  integer(o, "nFft", 2, 65536);
  integer(o, "winLength", 1, o.nFft);
  integer(o, "hopLength", 1, 1 << 24);
  windowCode(o.window);
  windowParameterOf(o.window, o.windowParameter);
  oneOf(o, "padMode", padModes);
  range(o, "power", 0.01, 100);
  integer(o, "nMels", 1, 4096);
  range(o, "fMin", 0, nyquist);
  range(o, "fMax", 0, nyquist);
  if (o.fMin >= o.fMax) throw new OptionError(`fMin (${o.fMin} Hz) must be below fMax (${o.fMax} Hz)`);
  normCode("norm", o.norm);
  if (o.ref !== "max") range(o, "ref", 0, 1e30);
  range(o, "amin", 1e-30, 1e30);
  if (o.topDb !== null) range(o, "topDb", 0, 1e6);
  integer(o, "nMfcc", 1, o.nMels);
  oneOf(o, "dctType", [1, 2, 3]);
  if (o.dctType === 1 && o.nMels < 2) throw new OptionError("dctType 1 needs nMels of at least 2");
  oneOf(o, "dctNorm", ["ortho", null]);
  range(o, "lifter", 0, 1e6);
  integer(o, "deltaWidth", 3, 9999);
  if (o.deltaWidth % 2 === 0) throw new OptionError(`deltaWidth must be odd, not ${o.deltaWidth}`);
  oneOf(o, "deltaMode", deltaModes);
  range(o, "rollPercent", 0, 1);
  range(o, "bandwidthP", 0.01, 100);
  range(o, "flatnessAmin", 1e-30, 1e30);
  range(o, "flatnessPower", 0.01, 100);
  range(o, "contrastFMin", 1e-3, nyquist);
  integer(o, "nBands", 1, 16);
  range(o, "quantile", 0, 1);
  integer(o, "polyOrder", 0, Math.min(10, o.nFft >> 1));
  integer(o, "nChroma", 1, 120);
  if (o.tuning !== null) range(o, "tuning", -0.5, 0.5);
  if ((o.chromaNorm as MelNorm) === "slaney") throw new OptionError('chromaNorm must be "inf", a number or null');
  normCode("chromaNorm", o.chromaNorm);
  range(o, "ctroct", 0, 20);
  if (o.octwidth !== null) range(o, "octwidth", 0.01, 1000);
  integer(o, "onsetLag", 1, 10000);
  integer(o, "onsetMaxSize", 1, 4096);
  oneOf(o, "onsetAggregate", onsetAggregates);
  integer(o, "frameLength", 2, 65536);
  range(o, "zcrThreshold", 0, 1e30);
  range(o, "yinFMin", 1, nyquist);
  range(o, "yinFMax", o.yinFMin, nyquist);
  range(o, "troughThreshold", 0, 10);
  integer(o, "nThresholds", 1, 10000);
  range(o, "betaA", 0.01, 100);
  range(o, "betaB", 0.01, 100);
  range(o, "boltzmannParameter", 1e-3, 1000);
  range(o, "resolution", 0.01, 1);
  range(o, "maxTransitionRate", 0, 1e6);
  range(o, "switchProb", 0, 1);
  range(o, "noTroughProb", 0, 1);
  if (o.fillNa !== null && o.fillNa !== "nan") range(o, "fillNa", -1e30, 1e30);
  return o;
}

type Options = Readonly<Record<string, unknown>>;

export function integer<O extends object>(options: O, key: keyof O & string, low: number, high: number): void {
  const value = (options as Options)[key];
  if (!Number.isInteger(value)) throw new OptionError(`${key} must be an integer, not ${String(value)}`);
  range(options, key, low, high);
}

export function range<O extends object>(options: O, key: keyof O & string, low: number, high: number): void {
  const value = (options as Options)[key];
  if (typeof value !== "number" || !(value >= low && value <= high)) {
    throw new OptionError(`${key} must lie between ${low} and ${high}, not ${String(value)}`);
  }
}

export function oneOf<O extends object>(options: O, key: keyof O & string, known: readonly unknown[]): void {
  const value = (options as Options)[key];
  if (!known.includes(value))
    throw new OptionError(`${key} must be one of ${known.map(String).join(", ")}, not ${String(value)}`);
}
