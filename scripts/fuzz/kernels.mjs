// What the fuzz run calls: every wrapper of the core, so that a kernel gets what the wrapper would let through. An entry draws arguments and
// returns what to do with them; `plan` draws an object that `calls` calls in a row are made on.
import { autocorrelate } from "../../build/lib/core/autocorrelation.js";
import { RealFft } from "../../build/lib/core/fft.js";
import { frameFeatures } from "../../build/lib/core/frame-features.js";
import { FrameComputer } from "../../build/lib/core/frames.js";
import { functionals } from "../../build/lib/core/functionals.js";
import { Hpss } from "../../build/lib/core/hpss.js";
import { KaldiComputer, kaldiFeatures } from "../../build/lib/core/kaldi.js";
import { exp, log, pow } from "../../build/lib/core/math.js";
import { Resampler } from "../../build/lib/core/resample.js";
import { allFinite, signalMoments } from "../../build/lib/core/signal.js";
import { delta, regressionDelta } from "../../build/lib/core/deltas.js";
import { dctMatrix, melFilterbank } from "../../build/lib/core/tables.js";
import { windowFunction, windowKinds } from "../../build/lib/core/windows.js";
import { estimateTuning } from "../../build/lib/core/tuning.js";
import { createExtractor } from "../../build/lib/features/extractor.js";
import { kaldiOptions, resolveKaldiOptions } from "../../build/lib/features/kaldi.js";
import { librosaOptions, resolveFrameOptions } from "../../build/lib/features/options.js";
import { denseMatrix, toSparse } from "../../build/lib/matrix.js";
import { LinearSVC } from "../../build/lib/models/linear-svc.js";
import { explainForest } from "../../build/lib/models/explain.js";
import { ExtraTreesClassifier } from "../../build/lib/models/extra-trees.js";
import { GradientBoostingClassifier } from "../../build/lib/models/gradient-boosting.js";
import { LogisticRegression } from "../../build/lib/models/logistic-regression.js";
import { RandomForestClassifier } from "../../build/lib/models/random-forest.js";
import { RandomForestRegressor } from "../../build/lib/models/random-forest-regressor.js";

const padModes = ["constant", "reflect", "edge", "symmetric"];
const deltaModes = ["interp", "nearest", "mirror", "constant", "wrap"];
const norms = ["inf", null, 0.5, 1, 2, 3];
const rates = [8000, 11025, 16000, 22050, 44100, 48000];

/** A whole number around the useful ones, or something that is none. */
const oddInt = (d, low, high) => (d.chance(0.02) ? d.pick([-1, 0, 0.5, NaN, Infinity, -1e9]) : d.int(low, high));

/** A window, with a number where it takes one, and now and then where it takes none. */
function window(d) {
  const kind = d.pick(windowKinds);
  const takes = ["kaiser", "gaussian", "general_hamming", "tukey", "exponential"].includes(kind);
  return { window: kind, windowParameter: takes || d.chance(0.02) ? d.pick([0.01, 0.5, 1, 8.6]) : null };
}

function frameOptions(d) {
  const nFft = d.chance(0.05) ? d.int(2, 4096) : d.int(2, 64);
  const nMels = d.int(1, 12);
  return {
    nFft,
    winLength: d.chance(0.5) ? null : d.int(1, nFft),
    hopLength: d.chance(0.1) ? d.int(1, 3000) : d.int(1, 64),
    ...window(d),
    center: d.chance(0.7),
    padMode: d.pick(padModes),
    power: d.chance(0.05) ? d.pick([0.3, 3]) : d.int(1, 2),
    nMels,
    fMin: d.chance(0.7) ? 0 : d.real(0, 3000),
    fMax: d.chance(0.7) ? null : d.real(1, 4000),
    htk: d.chance(0.5),
    norm: d.chance(0.1) ? d.pick(norms) : "slaney",
    ref: d.pick([0, 1, 1e-30, 1e30, "max"]),
    amin: d.pick([1e-10, 1e-30, 1, 1e30]),
    topDb: d.pick([null, 0, 80]),
    nMfcc: d.int(1, nMels),
    dctType: nMels > 1 ? d.int(1, 3) : 2,
    dctNorm: d.pick(["ortho", null]),
    lifter: d.pick([0, 22, 1e-9, 1e6]),
    deltaWidth: 2 * d.int(1, 6) + 1,
    deltaMode: d.chance(0.3) ? d.pick(deltaModes) : "nearest",
    rollPercent: d.pick([0, 0.85, 1]),
    bandwidthP: d.chance(0.05) ? d.pick([0.01, 1, 3]) : 2,
    bandwidthNorm: d.chance(0.95),
    flatnessPower: d.chance(0.05) ? 0.5 : d.int(1, 2),
    chromaNorm: d.chance(0.1) ? d.pick(norms) : "inf",
    ctroct: d.pick([5, 0, 20]),
    octwidth: d.pick([2, null, 0.01]),
    baseC: d.chance(0.5),
    onsetLag: d.pick([1, 1, 3, 10000]),
    onsetMaxSize: d.chance(0.1) ? d.pick([2, 5, 4096]) : 1,
    onsetAggregate: d.chance(0.1) ? d.pick(["median", "max"]) : "mean",
    onsetDetrend: d.chance(0.3),
    onsetCenter: d.chance(0.7),
    zcrThreshold: d.pick([1e-10, 0, 0.1, 1e30]),
    zeroPos: d.chance(0.7),
    zcrPad: d.chance(0.3),
    fillNa: d.pick(["nan", null, 0]),
    frameLength: d.chance(0.05) ? d.int(2, 4096) : d.int(2, 64),
    tuning: d.chance(0.5) ? null : d.real(-1, 1),
    nChroma: d.int(1, 24),
    polyOrder: d.int(0, 3),
    contrastFMin: d.pick([20, 200]),
    nBands: d.int(1, 3),
    yinFMin: d.pick([1, 65, 1000]),
    yinFMax: d.pick([null, 2000, 4000]),
    nThresholds: d.pick([1, 20]),
    resolution: d.pick([0.1, 0.5, 1]),
    switchProb: d.pick([0, 0.01, 1]),
    troughThreshold: d.pick([0, 0.1, 10]),
  };
}

function kaldiOptionsOf(d) {
  const numMelBins = d.int(1, 12);
  const winLength = d.chance(0.05) ? d.int(2, 2000) : d.int(2, 64);
  return {
    ...kaldiOptions,
    winLength,
    hopLength: d.chance(0.1) ? d.int(1, 3000) : d.int(1, 64),
    snipEdges: d.chance(0.5),
    removeDcOffset: d.chance(0.5),
    preemphasisCoefficient: d.pick([0, 0.97, 1]),
    windowType: d.pick(["povey", "hamming", "hanning", "rectangular", "blackman", "sine"]),
    blackmanCoeff: d.pick([0.42, 0, 1]),
    vtlnLow: 1100,
    vtlnHigh: d.pick([-1500, 2000]),
    vtlnWarp: d.chance(0.2) ? d.pick([0.1, 0.9, 10]) : 1,
    subtractMean: d.chance(0.2),
    roundToPowerOfTwo: d.chance(0.5),
    numMelBins,
    lowFreq: d.pick([0, 20, 1000]),
    highFreq: d.pick([0, -100, 3000]),
    usePower: d.chance(0.5),
    useLogFbank: d.chance(0.5),
    numCeps: d.int(1, numMelBins),
    cepstralLifter: d.pick([0, 22]),
    useEnergy: d.chance(0.5),
    rawEnergy: d.chance(0.5),
    energyFloor: d.pick([0, 1, 1e30]),
    htkCompat: d.chance(0.5),
    deltaWindow: d.int(1, 4),
  };
}

/** Rows that a classifier may be fitted on: any finite values, labels of two or three classes. */
function examples(d) {
  const rows = d.chance(0.01) ? d.int(2, 2000) : d.int(2, 24);
  // From 16 columns on, ranks are laid out by rows, too.
  const columns = d.chance(0.1) ? d.int(13, 40) : d.int(1, 12);
  const values = d.samples(rows * columns, d.chance(0.95));
  // Forests lay out rows of few values other than 0 in a way of their own.
  const few = d.chance(0.4);
  const x = denseMatrix(rows, columns, few ? values.map((value) => (d.chance(0.9) ? 0 : value)) : values);
  const labels = Array.from({ length: rows }, (_, i) => (i < 2 ? "ab"[i] : d.pick(["a", "b", "c"])));
  const sparse = d.chance(0.5);
  return { x: sparse ? toSparse(x) : x, other: sparse ? x : toSparse(x), labels };
}

const matrix = (d, rows, columns) => denseMatrix(rows, columns, d.samples(rows * columns));

export const kernels = {
  math: {
    share: 10,
    call(d) {
      const [x, y] = [d.number(), d.number()];
      return () => [exp(x), log(x), pow(x, y)];
    },
  },
  moments: {
    share: 14,
    call(d) {
      const x = d.samples(d.size());
      return () => Object.values(signalMoments(x));
    },
  },
  allFinite: {
    share: 10,
    call(d) {
      const x = d.samples(d.size());
      return () => [Number(allFinite(x))];
    },
  },
  functionals: {
    share: 10,
    call(d) {
      const columns = d.int(0, 4);
      const frames = matrix(d, d.size(1 << 15), columns);
      return () => [functionals(frames)];
    },
  },
  delta: {
    share: 8,
    call(d) {
      const frames = matrix(d, d.size(1 << 12), d.int(0, 5));
      const options = {
        width: d.chance(0.9) ? 2 * d.int(1, 5) + 1 : oddInt(d, 3, 11),
        order: oddInt(d, 1, 2),
        mode: d.pick(deltaModes),
      };
      return () => [delta(frames, options).data];
    },
  },
  regressionDelta: {
    share: 2,
    call(d) {
      const frames = matrix(d, d.size(1 << 12), d.int(0, 5));
      const options = { window: oddInt(d, 1, 5), order: oddInt(d, 1, 3) };
      return () => [regressionDelta(frames, options).data];
    },
  },
  autocorrelate: {
    share: 6,
    call(d) {
      const x = d.samples(d.size());
      const level = d.chance(0.5) ? 0 : d.number();
      return () => [autocorrelate(x, level)];
    },
  },
  window: {
    share: 5,
    call(d) {
      const { window: kind, windowParameter } = window(d);
      const [length, periodic] = [d.chance(0.02) ? d.number() : d.size(), d.chance(0.5)];
      return () => [windowFunction(kind, length, periodic, windowParameter)];
    },
  },
  dctMatrix: {
    share: 5,
    call(d) {
      const n = oddInt(d, 2, 20);
      const [rows, type, norm] = [
        oddInt(d, 1, d.chance(0.9) && n > 1 ? Math.floor(n) : 20),
        d.int(1, 3),
        d.pick(["ortho", null]),
      ];
      return () => [dctMatrix(rows, n, type, norm).data];
    },
  },
  melFilterbank: {
    share: 3,
    call(d) {
      const options = {
        sampleRate: d.chance(0.05) ? d.number() : d.pick(rates),
        nFft: oddInt(d, 2, 130),
        nMels: oddInt(d, 1, 12),
        fMin: d.chance(0.1) ? d.number() : 0,
        fMax: d.chance(0.1) ? d.number() : undefined,
        htk: d.chance(0.5),
        norm: d.pick(["slaney", ...norms]),
      };
      return () => [melFilterbank(options).data];
    },
  },
  fft: {
    share: 12,
    calls: 64,
    plan(d) {
      const length = d.chance(0.02) ? d.number() : d.size() + 1;
      return () => new RealFft(length);
    },
    call(d, { length }) {
      const x = d.samples(length);
      const [re, im] = [d.samples((length >> 1) + 1), d.samples((length >> 1) + 1)];
      return (fft) => [...Object.values(fft.forward(x)), fft.inverse(re, im)];
    },
  },
  resample: {
    share: 6,
    calls: 100,
    plan(d) {
      const rate = () => (d.chance(0.02) ? d.number() : d.chance(0.2) ? d.int(4000, 48000) : d.pick(rates));
      const [from, to] = [rate(), rate()];
      return () => new Resampler(from, to);
    },
    call(d) {
      const x = d.samples(d.size());
      return (resampler) => [resampler.process(x)];
    },
  },
  frames: {
    share: 8,
    calls: 40,
    plan(d) {
      const options = frameOptions(d);
      const features = frameFeatures.filter(() => d.chance(0.4));
      if (features.length === 0) features.push("mfcc");
      return () => new FrameComputer(features, 8000, resolveFrameOptions({ ...librosaOptions, ...options }, 8000));
    },
    call(d) {
      const x = d.samples(d.size());
      return (computer) => [computer.compute(x).data];
    },
  },
  kaldi: {
    share: 4,
    calls: 40,
    plan(d) {
      const options = kaldiOptionsOf(d);
      const features = kaldiFeatures.filter(() => d.chance(0.4));
      if (features.length === 0) features.push("mfcc");
      return () => new KaldiComputer(features, 8000, resolveKaldiOptions(options, 8000));
    },
    call(d) {
      const x = d.samples(d.size());
      return (computer) => [computer.compute(x).data];
    },
  },
  tuning: {
    share: 1,
    call(d) {
      const x = d.samples(d.size(1 << 14));
      const options = { nFft: oddInt(d, 4, 100), power: d.int(1, 2), binsPerOctave: oddInt(d, 1, 36) };
      return () => [estimateTuning(x, 8000, options)];
    },
  },
  hpss: {
    share: 2,
    calls: 40,
    plan(d) {
      const nFft = oddInt(d, 2, 64);
      const options = {
        nFft,
        hopLength: oddInt(d, 1, 32),
        winLength: d.chance(0.5) ? undefined : oddInt(d, 1, nFft),
        ...window(d),
        center: d.chance(0.8),
        padMode: d.pick(padModes),
        kernelSize: [oddInt(d, 1, 40), oddInt(d, 1, 40)],
        power: d.chance(0.1) ? d.number() : d.pick([1, 2, 3, Infinity]),
        margin: d.chance(0.7) ? 1 : [d.pick([1, 2, 1e6]), d.pick([1, 1.5])],
      };
      return () => new Hpss(options);
    },
    call(d) {
      const x = d.samples(d.size(1 << 14));
      if (d.chance(0.3)) return (hpss) => Object.values(hpss.masks(x)).map(({ data }) => data);
      return d.chance(0.5) ? (hpss) => [hpss.harmonic(x)] : (hpss) => [hpss.percussive(x)];
    },
  },
  extractor: {
    share: 0.5,
    calls: 40,
    plan(d) {
      const preset = d.pick(["sahu2019", "emovox"]);
      const sampleRate = preset === "emovox" ? undefined : d.pick(rates);
      return () => createExtractor({ preset, sampleRate });
    },
    call(d) {
      const x = d.samples(d.chance(0.05) ? d.size(1 << 14) : d.size(100), true);
      const rate = d.chance(0.7) ? undefined : d.pick(rates);
      return (extractor) => [extractor.extract(x, rate).data];
    },
  },
  forest: {
    share: 0.3,
    call(d) {
      const { x, other, labels } = examples(d);
      const options = {
        nEstimators: d.int(1, 4),
        maxFeatures: d.pick(["sqrt", "log2", "all", 1, 0.5]),
        maxDepth: d.pick([null, 1, 3]),
        minSamplesSplit: d.int(2, 5),
        minSamplesLeaf: d.int(1, 4),
        splitter: d.pick(["best", "histogram"]),
        maxBins: d.pick([2, 10, 255]),
        bootstrap: d.chance(0.7),
        classWeight: d.pick([null, "balanced", "balancedSubsample"]),
        seed: d.int(0, 1e6),
      };
      return () => {
        const forest = new RandomForestClassifier(options);
        forest.fit(x, labels);
        return [forest.predictProba(x).data, forest.predictProba(other).data];
      };
    },
  },
  trees: {
    share: 0.2,
    call(d) {
      const { x, other, labels } = examples(d);
      const forest = { nEstimators: d.int(1, 3), maxDepth: d.pick([null, 2]), minSamplesLeaf: d.int(1, 3) };
      const boosting = {
        nEstimators: d.int(1, 4),
        maxDepth: d.pick([null, 1, 4]),
        maxLeafNodes: d.pick([null, 2, 5]),
        minChildWeight: d.pick([0, 1]),
        l2: d.pick([0, 1]),
        maxBins: d.pick([2, 10, 255]),
        subsample: d.pick([1, 0.3]),
        colsample: d.pick([1, 0.3]),
        earlyStoppingRounds: d.pick([null, 1]),
        seed: d.int(0, 1e6),
      };
      return () => {
        const regression = new RandomForestRegressor(forest);
        regression.fit(
          x,
          labels.map((label) => label.length + labels.indexOf(label)),
        );
        const outputs = [regression.predict(other)];
        for (const model of [new ExtraTreesClassifier(forest), new GradientBoostingClassifier(boosting)]) {
          model.fit(x, labels);
          outputs.push(model.predictProba(other).data, explainForest(model, x).values);
        }
        return outputs;
      };
    },
  },
  logistic: {
    share: 0.2,
    call(d) {
      const { x, other, labels } = examples(d);
      const options = {
        penalty: d.pick(["l2", "l1"]),
        C: d.pick([1, 1e-3, 1e3]),
        fitIntercept: d.chance(0.7),
        maxIter: d.int(1, 20),
      };
      return () => {
        const regression = new LogisticRegression(options);
        regression.fit(x, labels);
        return [regression.predictProba(x).data, regression.predictProba(other).data];
      };
    },
  },
  svm: {
    share: 0.2,
    call(d) {
      const { x, other, labels } = examples(d);
      const options = {
        C: d.pick([1, 1e-3, 1e3]),
        fitIntercept: d.chance(0.7),
        classWeight: d.pick([null, "balanced"]),
        calibration: d.pick(["temperature", "sigmoid", "isotonic"]),
        maxIter: d.int(1, 20),
        seed: d.int(0, 1e6),
      };
      return () => {
        const machine = new LinearSVC(options);
        machine.fit(x, labels);
        return [machine.decisionFunction(other).data, machine.predictProba(other).data];
      };
    },
  },
};
