import { autocorrelate } from "./core/autocorrelation.ts";
import { RealFft } from "./core/fft.ts";
import { frameFeatures } from "./core/frame-features.ts";
import { FrameComputer } from "./core/frames.ts";
import { functionals } from "./core/functionals.ts";
import { Hpss } from "./core/hpss.ts";
import { KaldiComputer, kaldiFeatures } from "./core/kaldi.ts";
import { exp, log, pow } from "./core/math.ts";
import { withScalarLearn } from "./core/learn.ts";
import { withScalarCore } from "./core/module.ts";
import { Resampler } from "./core/resample.ts";
import { estimateTuning } from "./core/tuning.ts";
import { signalMoments } from "./core/signal.ts";
import { delta, regressionDelta } from "./core/deltas.ts";
import { chromaFilterbank, dctMatrix, melFilterbank } from "./core/tables.ts";
import { windowFunction } from "./core/windows.ts";
import { createExtractor } from "./features/extractor.ts";
import { kaldiOptions, resolveKaldiOptions } from "./features/kaldi.ts";
import { librosaOptions, resolveFrameOptions } from "./features/options.ts";
import { denseMatrix, type Matrix, toSparse } from "./matrix.ts";
import { explainForest } from "./models/explain.ts";
import { ExtraTreesClassifier } from "./models/extra-trees.ts";
import { GradientBoostingClassifier } from "./models/gradient-boosting.ts";
import { LinearSVC } from "./models/linear-svc.ts";
import { LogisticRegression } from "./models/logistic-regression.ts";
import { RandomForestClassifier } from "./models/random-forest.ts";
import { RandomForestRegressor } from "./models/random-forest-regressor.ts";
import { Random } from "./random.ts";

type Output = Float32Array | Float64Array;

/** A buzz with noise. */
function buzz(length: number): Float32Array {
  const random = new Random(1);
  return Float32Array.from({ length }, (_, i) => (i % 97) / 97 - 0.5 + (random.uniform() - 0.5) * 0.3);
}

/** Signals that a caller may give: a buzz, silence, a constant, clipping, denormals, and one whose squares overflow. */
function finiteSignals(): Float32Array[] {
  const plain = buzz(4801);
  return [
    plain,
    new Float32Array(2000),
    new Float32Array(1999).fill(0.25),
    plain.map((v) => Math.max(-0.2, Math.min(0.2, v * 4))),
    plain.map((v) => v * 1e-39),
    plain.map((v) => v * 1e30),
  ];
}

/** All of those, and signals with NaN and with infinities, which functions that take any samples must answer alike everywhere. */
function signals(): Float32Array[] {
  const broken = (value: number, every: number) => buzz(4801).map((v, i) => (i % every === 700 ? value : v));
  return [
    ...finiteSignals(),
    broken(Number.NaN, 1200),
    broken(Number.POSITIVE_INFINITY, 1500),
    broken(-Infinity, 900).map((v, i) => (i > 2400 ? -v : v)),
  ];
}

/** 48 rows of 100 columns in three classes; a third of the values are zero. */
function table(): { x: Matrix & { kind: "dense" }; labels: string[] } {
  const x = denseMatrix(
    48,
    100,
    buzz(4800).map((v) => (Math.abs(v) < 0.17 ? 0 : v)),
  );
  return { x, labels: Array.from({ length: 48 }, (_, i) => "abc"[(i * i) % 3]) };
}

const short = { nFft: 512, winLength: 400, hopLength: 160, frameLength: 1024, deltaMode: "nearest" };

/** Every kernel of the core by name, and what it gives on fixed input. */
const kernels: Readonly<Record<string, () => Iterable<Output>>> = {
  *math() {
    const grid = Array.from({ length: 200 }, (_, i) => i);
    const odd = [0, -1, Infinity, -Infinity, Number.NaN, 5e-324, 1e308];
    yield Float64Array.from([...grid.map((i) => (i - 100) / 7), ...odd], exp);
    yield Float64Array.from([...grid.map((i) => (i + 1) / 13), ...odd], log);
    yield Float64Array.from(grid, (i) => pow((i + 1) / 17, i / 31));
    yield Float64Array.from(odd.flatMap((x) => odd.map((y) => pow(x, y))));
  },
  *windows() {
    for (const kind of ["hann", "hamming", "blackman", "bartlett", "povey", "blackmanharris", "cosine"] as const) {
      yield windowFunction(kind, 401);
    }
  },
  *mel() {
    yield melFilterbank({ sampleRate: 16000, nFft: 512, nMels: 40 }).data;
    yield melFilterbank({ sampleRate: 22050, nFft: 1000, nMels: 26, htk: true, norm: null }).data;
  },
  *chroma() {
    yield chromaFilterbank(16000, 512).data;
    yield chromaFilterbank(22050, 1009, 24, 0.3).data;
  },
  *dct() {
    for (const type of [1, 2, 3] as const) {
      for (const norm of ["ortho", null] as const) yield dctMatrix(13, 40, type, norm).data;
    }
  },
  *fft() {
    for (const signal of signals()) {
      for (const length of [1, 2, 15, 67, 400, 512, 1009, 1155]) {
        const fft = new RealFft(length);
        const { re, im } = fft.forward(signal.slice(600, 600 + length));
        yield* [re, im, fft.inverse(re, im)];
      }
    }
  },
  *frames() {
    const shapes = { quantile: 0.3, contrastLinear: true, polyOrder: 3, nChroma: 24, tuning: 0.1 };
    const odd = {
      ...short,
      ...shapes,
      nFft: 441,
      winLength: 441,
      hopLength: 111,
      power: 1,
      padMode: "reflect",
      topDb: null,
    };
    const prime = { ...short, nFft: 1009, winLength: 1000, window: "povey", padMode: "edge", htk: true, norm: null };
    for (const options of [short, odd, prime]) {
      const resolved = resolveFrameOptions({ ...librosaOptions, ...options }, 16000);
      const computer = new FrameComputer(frameFeatures, 16000, resolved);
      for (const signal of signals()) yield computer.compute(signal).data;
    }
  },
  *tuning() {
    for (const signal of finiteSignals()) yield Float64Array.of(estimateTuning(signal, 16000));
  },
  *kaldi() {
    const energy = { useEnergy: true, rawEnergy: false, energyFloor: 0, htkCompat: true, preemphasisCoefficient: 0 };
    const mirrored = {
      ...energy,
      snipEdges: false,
      roundToPowerOfTwo: false,
      usePower: false,
      useLogFbank: false,
      winLength: 442,
    };
    for (const options of [kaldiOptions, { ...kaldiOptions, ...mirrored }]) {
      const computer = new KaldiComputer(kaldiFeatures, 22050, resolveKaldiOptions(options, 22050));
      for (const signal of signals()) yield computer.compute(signal).data;
    }
  },
  *hpss() {
    const hpss = new Hpss({ nFft: 512 });
    const cubic = new Hpss({ nFft: 400, hopLength: 111, kernelSize: [17, 8], power: 3 });
    for (const signal of signals()) yield* [hpss.harmonic(signal), cubic.percussive(signal)];
  },
  *resample() {
    for (const [from, to] of [
      [16000, 44100],
      [48000, 16000],
      [22050, 22051],
    ] as const) {
      const resampler = new Resampler(from, to);
      for (const signal of signals()) {
        yield resampler.process(signal);
        const stream = resampler.stream();
        for (let i = 0; i < signal.length; i += 1777) yield stream.push(signal.subarray(i, i + 1777));
        yield stream.finish();
      }
    }
  },
  *autocorrelation() {
    for (const signal of signals()) yield* [autocorrelate(signal), autocorrelate(signal.subarray(0, 701), 0.1)];
  },
  *moments() {
    for (const signal of signals()) {
      const { meanAbsolute, std, mean } = signalMoments(signal);
      yield Float64Array.of(meanAbsolute, std, mean);
    }
  },
  *delta() {
    for (const signal of signals()) {
      const x = denseMatrix(39, 51, signal.slice(0, 39 * 51));
      yield* [delta(x).data, delta(x, { order: 2, width: 5, mode: "nearest" }).data];
      yield regressionDelta(x, { window: 3, order: 2 }).data;
    }
  },
  *functionals() {
    for (const signal of signals()) yield functionals(denseMatrix(39, 51, signal.slice(0, 39 * 51)));
  },
  *presets() {
    for (const features of [["mfcc"], frameFeatures]) {
      const extractor = createExtractor({ preset: "librosa", sampleRate: 16000, features, options: short });
      for (const signal of finiteSignals()) yield extractor.extract(signal).data;
    }
    for (const signal of finiteSignals()) {
      yield createExtractor({ preset: "sahu2019", sampleRate: 16000 }).extract(signal).data;
      yield createExtractor({ preset: "emovox" }).extract(signal, 22050).data;
    }
  },
  *forest() {
    const { x, labels } = table();
    const grown = { nEstimators: 10, seed: 1, oobScore: true };
    for (const rows of [x, toSparse(x)]) {
      const forest = new RandomForestClassifier({ ...grown, classWeight: "balancedSubsample" });
      forest.fit(rows, labels);
      if (forest.outOfBag) yield forest.outOfBag.decision.data;
      yield forest.predictProba(x).data;
      yield forest.predictProba(toSparse(x)).data;
    }
  },
  *trees() {
    const { x, labels } = table();
    const numbers = Array.from({ length: x.rows }, (_, i) => (i * i) % 7);
    const regression = new RandomForestRegressor({ nEstimators: 5 });
    regression.fit(x, numbers);
    yield regression.predict(x);
    const drawn = { subsample: 0.7, colsample: 0.7, earlyStoppingRounds: 5 };
    for (const rows of [x, toSparse(x)]) {
      for (const model of [
        new ExtraTreesClassifier({ nEstimators: 5 }),
        new GradientBoostingClassifier({ nEstimators: 10 }),
        new GradientBoostingClassifier({ nEstimators: 10, maxLeafNodes: 5, maxBins: 6, minChildWeight: 0, ...drawn }),
      ]) {
        model.fit(rows, labels);
        yield model.predictProba(rows).data;
        const { base, values } = explainForest(model, rows);
        yield* [base, values];
      }
    }
  },
  *svm() {
    const { x, labels } = table();
    for (const rows of [x, toSparse(x)]) {
      const machine = new LinearSVC({ C: 0.5, maxIter: 50, seed: 3 });
      machine.fit(rows, labels);
      yield* [machine.coef, machine.intercept, machine.predictProba(rows).data];
    }
  },
  *logistic() {
    const { x, labels } = table();
    for (const rows of [x, toSparse(x)]) {
      const regression = new LogisticRegression();
      regression.fit(rows, labels);
      yield regression.predictProba(x).data;
      yield regression.predictProba(toSparse(x)).data;
    }
  },
};

/**
 * The bytes that {@link digest} hashes, kernel by kernel.
 *
 * @param scalar of the build without SIMD, even where the engine has it
 */
export function digestBytes(scalar = false): Map<string, Uint8Array<ArrayBuffer>> {
  const compute = () => new Map(Object.entries(kernels).map(([name, outputs]) => [name, join([...outputs()])]));
  return scalar ? withScalarCore(() => withScalarLearn(compute)) : compute();
}

function join(parts: readonly ArrayBufferView[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return bytes;
}

/**
 * SHA-256 in hex over a fixed list of the core's outputs: equal on every engine, with SIMD and without, or something is wrong.
 *
 * @param scalar of the build without SIMD, even where the engine has it
 * @example
 * console.log(await digest());
 */
export async function digest(scalar = false): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", join([...digestBytes(scalar).values()]));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
