import type { Architecture } from "../deep/architecture.ts";
import { DeepClassifier } from "../deep/deep-classifier.ts";
import { frameCnn, recurrentNetwork, trainedOnFrames, transformer } from "../deep/networks.ts";
import type { TrainerHooks } from "../deep/trainer.ts";
import { DataError, OptionError } from "../errors.ts";
import type { Extractor } from "../features/extractor.ts";
import { mostProbable, type Probabilities, takeRows } from "../matrix.ts";
import type { Classifier } from "../models/classifier.ts";
import { LogisticRegression, type LogisticRegressionOptions } from "../models/logistic-regression.ts";
import { RandomForestClassifier } from "../models/random-forest.ts";
import { StandardScaler } from "../models/scaler.ts";
import { applyTemperature, fitTemperature } from "../models/temperature.ts";
import type { AudioBranch, TextBranch } from "../recognizer.ts";
import { TfidfVectorizer } from "../text/tfidf.ts";
import { expectedCalibrationError } from "./calibration.ts";
import { Fold } from "./fold.ts";
import type { Parts } from "./fold-parts.ts";
import { checkRows, type EvaluationRows } from "./rows.ts";
import { type Score, scorePredictions } from "./score.ts";
import { groupKFold, leaveOneGroupOut, type Split } from "./splits.ts";
import { balancedWeights } from "./training-part.ts";
import { rowNumbers, UtteranceRows } from "./utterance-rows.ts";

export const trainableClassifiers = ["lr", "rf", "cnn", "lstm", "transformer"] as const;
export type TrainableClassifier = (typeof trainableClassifiers)[number];

export interface TrainOptions {
  readonly classifier: TrainableClassifier;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
  /** Of the last training of a network: the one whose weights stay. */
  readonly hooks?: TrainerHooks;
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

/** The networks by the sound they hear and the words they read. */
const networks = {
  cnn: { audio: frameCnn },
  lstm: { audio: recurrentNetwork, text: recurrentNetwork },
  transformer: { audio: transformer, text: transformer },
} as const;

/** Whether a classifier reads frames and tokens itself, instead of the features of an utterance. */
export const readsUtterances = (classifier: TrainableClassifier): classifier is keyof typeof networks =>
  Object.hasOwn(networks, classifier);

function createNetwork(classifier: keyof typeof networks, seed: number, modality: "audio" | "text"): DeepClassifier {
  const architecture: Architecture | undefined = (networks[classifier] as Record<string, Architecture>)[modality];
  if (!architecture) throw new OptionError(`${classifier} is for sound; for words choose lr, rf, lstm or transformer`);
  return new DeepClassifier(architecture, { ...(modality === "audio" ? trainedOnFrames : {}), seed });
}

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
  if (readsUtterances(options.classifier)) return trainReader(rows, options, "audio", extractor);
  const { features } = rows;
  if (!features) throw new DataError(`${rows.corpus}: there is no audio to learn from`);
  const held = await holdOut(rows, groupSplits(rows), options, "audio", (fold) =>
    fold.fitTransform(new StandardScaler(), features),
  );
  const scaler = new StandardScaler();
  scaler.fit(features);
  const classifier = createClassifier(options, "audio");
  await classifier.fit(scaler.transform(features), rows.labels, {
    groups: speakersOf(rows),
    sampleWeight: balancedWeights(rows.labels),
  });
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
  if (readsUtterances(options.classifier)) return trainReader(rows, options, "text");
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
  await classifier.fit(vectorizer.fitTransform(texts), labels, {
    groups: speakersOf(rows, train),
    sampleWeight: balancedWeights(labels),
  });
  const { temperature, report } = calibrate(rows, held, tested, options.seed);
  return { branch: { vectorizer, classifier, temperature }, report };
}

interface Reader<Branch> {
  readonly branch: Branch;
  readonly report: TrainingReport;
}

/** Trains a network that reads utterances, as {@link trainAudioBranch} and {@link trainTextBranch} do it. */
async function trainReader(rows: EvaluationRows, options: TrainOptions, modality: "text"): Promise<Reader<TextBranch>>;
async function trainReader(
  rows: EvaluationRows,
  options: TrainOptions,
  modality: "audio",
  extractor: Extractor,
): Promise<Reader<AudioBranch>>;
async function trainReader(
  rows: EvaluationRows,
  options: TrainOptions,
  modality: "audio" | "text",
  extractor?: Extractor,
): Promise<Reader<AudioBranch | TextBranch>> {
  const name = options.classifier as keyof typeof networks;
  const parts = modality === "audio" ? { frames: true } : ({ text: "written" } as const);
  const create = (network = createNetwork(name, options.seed, modality)) => new UtteranceRows(network, rows, parts);
  const numbers = rowNumbers(rows.labels.length);
  const published = modality === "text" ? publishedSplits(rows) : undefined;
  const splits = published ? undefined : groupSplits(rows);
  const held = splits && (await holdOut(rows, splits, options, modality, (fold) => fold.take(numbers), create));
  const train = published?.dev[0].train ?? Int32Array.from(rows.labels, (_, row) => row);
  const labels = Array.from(train, (row) => rows.labels[row]);
  const classifier = createNetwork(name, options.seed, modality);
  const reader = create(classifier);
  await reader.fit(takeRows(numbers, train), labels, {
    ...options.hooks,
    groups: speakersOf(rows, train),
    sampleWeight: balancedWeights(labels),
  });
  const say = async ([{ test }]: NamedSplits, protocol: string): Promise<HeldOut> => ({
    protocol,
    rows: test,
    probabilities: alignedProbabilities(
      await reader.predictProba(takeRows(numbers, test)),
      reader.classes,
      rows.classes,
    ),
  });
  const judged = held ?? (await say(published!.dev, published!.dev.protocol ?? ""));
  const tested = held ?? (await say(published!.test, published!.test.protocol ?? ""));
  const { temperature, report } = calibrate(rows, judged, tested, options.seed);
  return { branch: { ...(extractor ? { extractor } : {}), classifier, temperature } as AudioBranch, report };
}

/** The columns in the order of `to`; 0 for classes that are not among `from`. */
function alignedProbabilities(
  { rows, columns, data }: Probabilities,
  from: readonly string[],
  to: readonly string[],
): Probabilities {
  const aligned = new Float64Array(rows * to.length);
  for (let r = 0; r < rows; r++) {
    from.forEach((name, c) => (aligned[r * to.length + to.indexOf(name)] = data[r * columns + c]));
  }
  return { rows, columns: to.length, data: aligned };
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

/** Who spoke each of `which` rows, of all when left out; nobody where a row does not say. */
function speakersOf({ speakers, labels }: EvaluationRows, which?: Int32Array): readonly string[] | undefined {
  if (!speakers?.every((speaker) => speaker)) return undefined;
  return Array.from(which ?? labels.keys(), (row) => speakers[row]!);
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
  create: () => Classifier = () => createClassifier(options, modality),
): Promise<HeldOut> {
  const { classes, labels } = rows;
  // What a model holds out inside, to tell when to stop, are then whole speakers, as when it learns from all rows.
  const groups = speakersOf(rows);
  const tested: number[] = [];
  const probabilities: number[] = [];
  for (const [f, split] of splits.entries()) {
    const fold = new Fold(split, labels);
    const prediction = await fold.fitPredict(create(), fit(fold), { weights: true, groups });
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
  const groups = speakersOf(rows, tested.rows);
  const score = scorePredictions({ truth, predicted: mostProbable(calibrated), classes, groups }, seed);
  const weights = weightsOf(tested);
  const ece = [tested.probabilities, calibrated].map((p) => expectedCalibrationError(p, truth, weights));
  return {
    temperature,
    report: { corpus, rows: labels.length, classes, protocol: tested.protocol, score, ece: [ece[0], ece[1]] },
  };
}
