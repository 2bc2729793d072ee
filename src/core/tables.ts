import { OptionError } from "../errors.ts";
import { type DenseMatrix, denseMatrix } from "../matrix.ts";
import { expectInteger, expectRange } from "./check.ts";
import { f32, scratch } from "./memory.ts";
import { core } from "./module.ts";

/** The longest frame that the features' options allow. */
const LONGEST_FRAME = 65536;

export interface MelOptions {
  /** Hz. */
  sampleRate: number;
  nFft: number;
  nMels: number;
  /** Hz; 0 when left out. */
  fMin?: number;
  /** Hz; half the sample rate when left out. */
  fMax?: number;
  /** HTK's mel scale instead of Slaney's. */
  htk?: boolean;
  /** `slaney`: every triangle has the same area; `null`: every triangle has height 1; a number p: every filter has p-norm 1, `inf` is infinity. */
  norm?: MelNorm;
}

export type MelNorm = "slaney" | "inf" | number | null;

/** The core's code of a norm: its p, 0 for none, -1 for Slaney's. @throws {OptionError} what is none of them */
export function normCode(name: string, norm: MelNorm): number {
  if (norm === null) return 0;
  if (norm === "slaney") return -1;
  if (norm === "inf") return Number.POSITIVE_INFINITY;
  if (typeof norm !== "number") {
    throw new OptionError(`${name} must be "inf", a number above 0 or null, not ${JSON.stringify(norm)}`);
  }
  expectRange(name, norm, 0.01, 1000);
  return norm;
}

/** Mel filters, nMels x (nFft / 2 + 1), as `librosa.filters.mel`. @throws {OptionError} an option out of range */
export function melFilterbank(options: MelOptions): DenseMatrix {
  const { sampleRate, nFft, nMels, fMin = 0, fMax = sampleRate / 2, htk = false, norm = "slaney" } = options;
  expectInteger("nFft", nFft, 1, LONGEST_FRAME);
  expectInteger("nMels", nMels, 1, 4096);
  expectRange("sampleRate", sampleRate, 1, 768000);
  expectRange("fMin", fMin, 0, sampleRate);
  expectRange("fMax", fMax, 0, sampleRate);
  if (fMin >= fMax) throw new OptionError(`fMin (${fMin} Hz) must be below fMax (${fMax} Hz)`);
  const code = normCode("norm", norm);
  const bins = (nFft >> 1) + 1;
  return scratch((memory) => {
    const out = memory.zeros(nMels * bins * 4);
    core.melFilterbank(sampleRate, nFft, nMels, fMin, fMax, htk, code, out);
    return denseMatrix(nMels, bins, f32(out, nMels * bins).slice());
  });
}

/** The octaves that chroma filters weigh, as `librosa.filters.chroma` names them. */
export interface ChromaOctaves {
  /** The octave above 27.5 Hz in the middle of the weights. */
  ctroct?: number;
  /** Their standard deviation in octaves; `null`: all octaves weigh alike. */
  octwidth?: number | null;
  /** Row 0 is C, else A. */
  baseC?: boolean;
}

/**
 * Chroma filters, nChroma x (nFft / 2 + 1), as `librosa.filters.chroma(sr=sampleRate, n_fft=nFft, n_chroma=nChroma, tuning=tuning, ...)`.
 * Weights below 1e-12 are 0.
 * @throws {OptionError} an option out of range
 */
export function chromaFilterbank(
  sampleRate: number,
  nFft: number,
  nChroma = 12,
  tuning = 0,
  { ctroct = 5, octwidth = 2, baseC = true }: ChromaOctaves = {},
): DenseMatrix {
  expectRange("sampleRate", sampleRate, 1, 768000);
  expectInteger("nFft", nFft, 2, LONGEST_FRAME);
  expectInteger("nChroma", nChroma, 1, 4096);
  expectRange("tuning", tuning, -1e3, 1e3);
  expectRange("ctroct", ctroct, 0, 20);
  if (octwidth !== null) expectRange("octwidth", octwidth, 0.01, 1000);
  const bins = (nFft >> 1) + 1;
  return scratch((memory) => {
    const out = memory.zeros(nChroma * bins * 4);
    const width = octwidth ?? Number.POSITIVE_INFINITY;
    core.chromaFilters(nChroma, bins, sampleRate / nFft, tuning, ctroct, width, baseC, out);
    return denseMatrix(nChroma, bins, f32(out, nChroma * bins).slice());
  });
}

/** The first `rows` rows of the DCT matrix of size `n`, as `scipy.fft.dct(numpy.eye(n), type, norm=norm, axis=0)`. @throws {OptionError} */
export function dctMatrix(rows: number, n: number, type: 1 | 2 | 3 = 2, norm: "ortho" | null = "ortho"): DenseMatrix {
  expectInteger("n", n, type === 1 ? 2 : 1, 4096);
  expectInteger("rows", rows, 1, n);
  return scratch((memory) => {
    const out = memory.zeros(rows * n * 4);
    core.dctMatrix(type, rows, n, norm === "ortho", out);
    return denseMatrix(rows, n, f32(out, rows * n).slice());
  });
}

/** Every band of contrast must have a bin, the lowest one two, and must start below half the rate. @throws {OptionError} */
export function expectContrastBands(
  sampleRate: number,
  { nFft, contrastFMin, nBands }: { nFft: number; contrastFMin: number; nBands: number },
): void {
  const spacing = 1 / (nFft * (1 / sampleRate));
  if (contrastFMin < spacing) {
    throw new OptionError(
      `contrast: the lowest band, up to contrastFMin (${contrastFMin} Hz), holds no bin of ${spacing} Hz; raise contrastFMin or nFft`,
    );
  }
  const highest = contrastFMin * (1 << (nBands - 1));
  if (highest >= sampleRate / 2 || highest > (nFft >> 1) * spacing) {
    throw new OptionError(
      `contrast: the highest band starts at ${highest} Hz, not below half the sample rate of ${sampleRate} Hz; lower contrastFMin or nBands`,
    );
  }
}
