import { DataError } from "../errors.ts";
import type { Extractor } from "../features/extractor.ts";
import { mostProbable, type Probabilities } from "../matrix.ts";
import type { Classifier } from "../models/classifier.ts";
import { LogisticRegression, type LogisticRegressionOptions } from "../models/logistic-regression.ts";
import { RandomForestClassifier } from "../models/random-forest.ts";
import { StandardScaler } from "../models/scaler.ts";
import { applyTemperature, fitTemperature } from "../models/temperature.ts";
import type { AudioBranch, TextBranch } from "../recognizer.ts";
import { TfidfVectorizer } from "../text/tfidf.ts";
import { expectedCalibrationError } from "./calibration.ts";
import { balancedWeights, Fold, type Parts } from "./fold.ts";
import { checkRows, type EvaluationRows } from "./rows.ts";
import { type Score, scorePredictions } from "./score.ts";
import { groupKFold, leaveOneGroupOut, type Split } from "./splits.ts";

export const trainableClassifiers = ["lr", "rf"] as const;
export type TrainableClassifier = (typeof trainableClassifiers)[number];

export interface TrainOptions {
  readonly classifier: TrainableClassifier;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

/** How a branch does on rows that it was not fitted on. */
export interface TrainingReport {
  readonly corpus: string;
  readonly rows: number;
  readonly classes: readonly string[];
  /** In words: who was held out. */
  readonly protocol: string;
  /** After calibration. */
  readonly score: Score;
  /** Expected calibration error before and after, every class counting the same. */
  readonly ece: readonly [before: number, after: number];
}

/** Terms that a text model keeps: the most frequent ones. */
const MAX_TERMS = 25000;

/** Groups beyond this many are put into as many folds. */
const MOST_FOLDS = 10;

/** Strong regularisation for many features and few speakers; weak, and coefficients of one byte, for many terms. */
const linear = {
  audio: { C: 0.01 },
  text: { C: 2, coefBits: 8 },
} as const satisfies Record<string, LogisticRegressionOptions>;

function createClassifier({ classifier, seed }: TrainOptions, modality: keyof typeof linear): Classifier {
  return classifier === "rf"
    ? new RandomForestClassifier({ nEstimators: 300, minSamplesLeaf: 2, seed })
    : new LogisticRegression(linear[modality]);
}

const createVectorizer = (): TfidfVectorizer =>
  new TfidfVectorizer({
    tokenPattern: "word-punctuation",
    ngramRange: [1, 2],
    sublinearTf: true,
    minDf: 2,
    maxFeatures: MAX_TERMS,
  });

/**
 * Trains the audio part of a recogniser. Held-out predictions, one speaker (or group of speakers) at a time, give its temperature and its
 * report; then scaler and classifier learn from all rows.
 *
 * @throws {DataError} no features, no speakers, or too few examples
 */
export async function trainAudioBranch(
  rows: EvaluationRows,
  extractor: Extractor,
  options: TrainOptions,
): Promise<{ branch: AudioBranch; report: TrainingReport }> {
  checkRows(rows);
  const { features } = rows;
  if (!features) throw new DataError(`${rows.corpus}: there is no audio to learn from`);
  const held = await holdOut(rows, groupSplits(rows), options, "audio", (fold) =>
    fold.fitTransform(new StandardScaler(), features),
  );
  const scaler = new StandardScaler();
  scaler.fit(features);
  const classifier = createClassifier(options, "audio");
  await classifier.fit(scaler.transform(features), rows.labels, { sampleWeight: balancedWeights(rows.labels) });
  const { temperature, report } = calibrate(rows, held, held, options.seed);
  return { branch: { extractor, scaler, classifier, temperature }, report };
}

/**
 * Trains the text part of a recogniser. Where the corpus has a published split, it learns from `train`, is calibrated on `dev` and judged
 * on `test`; elsewhere as {@link trainAudioBranch}.
 *
 * @throws {DataError} no transcripts, neither a split nor speakers, or too few examples
 */
export async function trainTextBranch(
  rows: EvaluationRows,
  options: TrainOptions,
): Promise<{ branch: TextBranch; report: TrainingReport }> {
  checkRows(rows);
  const { transcripts } = rows;
  if (!transcripts) throw new DataError(`${rows.corpus}: there are no transcripts to learn from`);
  const vectorise = (fold: Fold) => fold.fitTransform(createVectorizer(), transcripts);
  const published = publishedSplits(rows);
  const held = await holdOut(rows, published?.dev ?? groupSplits(rows), options, "text", vectorise);
  const tested = published ? await holdOut(rows, published.test, options, "text", vectorise) : held;
  const train = published?.dev[0].train ?? Int32Array.from(rows.labels, (_, row) => row);
  const texts = Array.from(train, (row) => transcripts[row]);
  const labels = Array.from(train, (row) => rows.labels[row]);
  const vectorizer = createVectorizer();
  const classifier = createClassifier(options, "text");
  await classifier.fit(vectorizer.fitTransform(texts), labels, { sampleWeight: balancedWeights(labels) });
  const { temperature, report } = calibrate(rows, held, tested, options.seed);
  return { branch: { vectorizer, classifier, temperature }, report };
}

/** Probabilities of rows by models that have not seen them, one column a class of the corpus. */
interface HeldOut {
  readonly protocol: string;
  readonly rows: Int32Array;
  readonly probabilities: Probabilities;
}

interface NamedSplits extends ReadonlyArray<Split> {
  readonly protocol?: string;
}

function groupSplits(rows: EvaluationRows): NamedSplits {
  for (const field of ["speakers", "sessions"] as const) {
    const groups = rows[field];
    if (!groups?.every((group) => group)) continue;
    const names = groups as readonly string[];
    const count = new Set(names).size;
    if (count < 2) continue;
    const one = field.slice(0, -1);
    return count <= MOST_FOLDS
      ? Object.assign(leaveOneGroupOut(names), { protocol: `leave one ${one} out (${count} ${field})` })
      : Object.assign(groupKFold(names, MOST_FOLDS), { protocol: `${MOST_FOLDS}-fold over ${count} ${field}` });
  }
  throw new DataError(`${rows.corpus}: training needs at least two speakers or sessions, to hold some out`);
}

function publishedSplits({ splits, corpus }: EvaluationRows): { dev: NamedSplits; test: NamedSplits } | undefined {
  if (!splits) return undefined;
  const part = (name: string) => Int32Array.from(splits.flatMap((split, row) => (split === name ? [row] : [])));
  const [train, dev, test] = ["train", "dev", "test"].map(part);
  if (train.length === 0 || dev.length === 0 || test.length === 0) {
    throw new DataError(`${corpus}: its split must have the parts train, dev and test`);
  }
  const protocol = "the published split: fitted on train, calibrated on dev, judged on test";
  return {
    dev: Object.assign([{ name: "dev", train, test: dev }], { protocol }),
    test: Object.assign([{ name: "test", train, test }], { protocol }),
  };
}

async function holdOut(
  rows: EvaluationRows,
  splits: NamedSplits,
  options: TrainOptions,
  modality: keyof typeof linear,
  fit: (fold: Fold) => Parts,
): Promise<HeldOut> {
  const { classes, labels } = rows;
  const tested: number[] = [];
  const probabilities: number[] = [];
  for (const [f, split] of splits.entries()) {
    const fold = new Fold(split, labels);
    const prediction = await fold.fitPredict(createClassifier(options, modality), fit(fold), { weights: true });
    const { columns, data } = prediction.probabilities;
    const column = new Map(prediction.classes.map((name, c) => [name, c]));
    for (let r = 0; r < prediction.rows.length; r++) {
      tested.push(prediction.rows[r]);
      for (const name of classes) probabilities.push(column.has(name) ? data[r * columns + column.get(name)!] : 0);
    }
    options.onProgress?.((f + 1) / (splits.length + 1));
  }
  return {
    protocol: splits.protocol ?? "",
    rows: Int32Array.from(tested),
    probabilities: { rows: tested.length, columns: classes.length, data: Float64Array.from(probabilities) },
  };
}

function calibrate(
  rows: EvaluationRows,
  held: HeldOut,
  tested: HeldOut,
  seed: number,
): { temperature: number; report: TrainingReport } {
  const { classes, labels, corpus } = rows;
  const truthOf = (of: HeldOut) => Int32Array.from(of.rows, (row) => classes.indexOf(labels[row]));
  const weightsOf = (of: HeldOut) => balancedWeights(Array.from(of.rows, (row) => labels[row]));
  const temperature = fitTemperature(held.probabilities, truthOf(held), weightsOf(held));
  const truth = truthOf(tested);
  const calibrated = applyTemperature(tested.probabilities, temperature);
  const speakers = rows.speakers?.every((speaker) => speaker) ? (rows.speakers as readonly string[]) : undefined;
  const groups = speakers && Array.from(tested.rows, (row) => speakers[row]);
  const score = scorePredictions({ truth, predicted: mostProbable(calibrated), classes, groups }, seed);
  const weights = weightsOf(tested);
  const ece = [tested.probabilities, calibrated].map((p) => expectedCalibrationError(p, truth, weights));
  return {
    temperature,
    report: { corpus, rows: labels.length, classes, protocol: tested.protocol, score, ece: [ece[0], ece[1]] },
  };
}
