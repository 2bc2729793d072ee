import { exp, log } from "./core/math.ts";
import { DataError, ModelFileError, OptionError } from "./errors.ts";
import { createExtractor, type Extractor } from "./features/extractor.ts";
import type { InputPart, UtteranceInput } from "./deep/utterance-input.ts";
import type { Matrix, Probabilities } from "./matrix.ts";
import { isTemperature } from "./models/calibrator.ts";
import type { Classifier } from "./models/classifier.ts";
import { loadClassifier } from "./models/load-classifier.ts";
import { loadModel, type SaveOptions, saveModel } from "./models/model-file.ts";
import { hasPart, joinStates, partOf } from "./models/nested-state.ts";
import { pretrained } from "./models/pretrained.ts";
import { StandardScaler } from "./models/scaler.ts";
import type { Json, ModelState } from "./models/state.ts";
import { TfidfVectorizer } from "./text/tfidf.ts";

/** A deep model: it reads utterances, frame by frame and token by token, and scales and numbers them itself. */
export interface UtteranceModel extends Classifier {
  /** What it reads of an utterance. */
  readonly parts: readonly InputPart[];
  predictProba(x: Matrix | readonly UtteranceInput[]): Promise<Probabilities>;
}

/** What recognises emotion from sound. */
export interface AudioBranch {
  /** Of one row an utterance, or of frames where the classifier reads them. */
  readonly extractor: Extractor;
  /** Left out where the classifier is an {@link UtteranceModel}. */
  readonly scaler?: StandardScaler;
  readonly classifier: Classifier | UtteranceModel;
  /** Divides the logarithms of the classifier's probabilities (Guo et al. 2017); above 1 it makes them less sure. */
  readonly temperature: number;
}

/** What recognises emotion from words. */
export interface TextBranch {
  /** Left out where the classifier is an {@link UtteranceModel}. */
  readonly vectorizer?: TfidfVectorizer;
  readonly classifier: Classifier | UtteranceModel;
  readonly temperature: number;
}

export interface RecognizerParts {
  readonly audio?: AudioBranch;
  readonly text?: TextBranch;
  /** How it was trained and how well it does; whatever JSON holds. */
  readonly info?: { readonly [key: string]: Json };
}

export interface RecognizerInput {
  /** Mono, in [-1, 1). */
  samples?: Float32Array;
  /** Hz, of the samples. */
  sampleRate?: number;
  /** What was said. */
  text?: string;
}

export interface PredictOptions {
  /** From 0 to 1: when no class is as probable, no emotion is named. */
  abstainBelow: number;
}

export interface Prediction<Emotion = string> {
  /** The most probable class; `null` where the recogniser abstains. */
  readonly emotion: Emotion;
  /** Class name to probability; they sum to 1. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** What the answer rests on. Words of which the model knows none do not count beside audio. */
  readonly modalities: readonly ("audio" | "text")[];
}

/**
 * Recognises emotion from speech, from its transcript, or from both.
 *
 * Audio alone answers with the classes of the audio model, text alone with those of the text model. Both together answer with the classes
 * that the two share: p(c | audio, text) is proportional to p(c | audio) p(c | text), which is Bayes' rule for a uniform prior when sound
 * and words are independent given the emotion (late fusion; Kittler et al. 1998, "On combining classifiers").
 *
 * @example
 * const recognizer = new Recognizer();
 * const { emotion, probabilities } = await recognizer.predict({ samples, sampleRate: 16000, text: "Leave me alone!" });
 */
export class Recognizer {
  readonly audio?: AudioBranch;
  readonly text?: TextBranch;
  readonly info: { readonly [key: string]: Json };

  /**
   * @param parts the pretrained recogniser of the package when left out
   * @throws {OptionError} no part, or two parts that share fewer than two classes
   */
  constructor(parts: RecognizerParts = partsOf(loadModel(pretrained()))) {
    this.audio = parts.audio;
    this.text = parts.text;
    this.info = parts.info ?? {};
    if (!parts.audio && !parts.text) throw new OptionError("a recogniser needs an audio or a text part");
    if (parts.audio && parts.text && this.classes.length < 2) {
      throw new OptionError("the audio and the text part share fewer than two classes");
    }
  }

  /** @throws {ModelFileError} bytes that are no recogniser, cut, corrupted or from a newer version */
  static load(bytes: Uint8Array): Recognizer {
    return new Recognizer(partsOf(loadModel(bytes)));
  }

  /** One safetensors file with all that `predict` needs. @throws {OptionError} `leaves` where no part has trees */
  save(options: SaveOptions = {}): Uint8Array {
    return saveModel(stateOf(this), options);
  }

  /** The classes of an answer that rests on all that the recogniser can use. */
  get classes(): readonly string[] {
    const { audio, text } = this;
    if (audio && text) return audio.classifier.classes.filter((name) => text.classifier.classes.includes(name));
    return (audio ?? text)?.classifier.classes ?? [];
  }

  /**
   * @throws {DataError} neither samples nor text, or only what this recogniser cannot use
   * @throws {AudioError} samples that the features cannot be computed of
   * @throws {OptionError} a threshold that is not from 0 to 1
   */
  predict(input: RecognizerInput): Promise<Prediction>;
  predict(input: RecognizerInput, options: PredictOptions): Promise<Prediction<string | null>>;
  async predict(input: RecognizerInput, { abstainBelow }: PredictOptions = { abstainBelow: 0 }) {
    if (!(abstainBelow >= 0 && abstainBelow <= 1)) {
      throw new OptionError(`abstainBelow is ${abstainBelow}; it must be from 0 to 1`);
    }
    const prediction = await this.#answer(input);
    const unsure = prediction.probabilities[prediction.emotion] < abstainBelow;
    return unsure ? { ...prediction, emotion: null } : prediction;
  }

  async #answer(input: RecognizerInput): Promise<Prediction> {
    const heard = this.audio && input.samples ? await this.#hear(this.audio, input) : undefined;
    const read = this.text && input.text !== undefined ? await this.#read(this.text, input.text) : undefined;
    if (heard && read?.known) return answer(fuse(heard, read.probabilities, this.classes), ["audio", "text"]);
    if (heard) return answer(heard, ["audio"]);
    if (read) return answer(read.probabilities, ["text"]);
    throw new DataError(
      input.samples === undefined && input.text === undefined
        ? "there is neither audio nor text to recognise"
        : `this recogniser takes ${this.audio ? "audio" : "text"} only`,
    );
  }

  async #hear({ extractor, scaler, classifier, temperature }: AudioBranch, input: RecognizerInput) {
    const { samples = new Float32Array(0), sampleRate } = input;
    if (sampleRate === undefined) throw new DataError("samples come with their sampleRate");
    const rows = extractor.extract(samples, sampleRate);
    const proba = scaler
      ? await classifier.predictProba(scaler.transform(rows))
      : await (classifier as UtteranceModel).predictProba([{ frames: rows }]);
    return classProbabilities(classifier, proba, temperature);
  }

  async #read({ vectorizer, classifier, temperature }: TextBranch, text: string) {
    if (!vectorizer) {
      const proba = await (classifier as UtteranceModel).predictProba([{ text }]);
      return { known: text.trim() !== "", probabilities: classProbabilities(classifier, proba, temperature) };
    }
    const rows = vectorizer.transform([text]);
    const proba = await classifier.predictProba(rows);
    return { known: rows.values.length > 0, probabilities: classProbabilities(classifier, proba, temperature) };
  }
}

type ClassProbabilities = ReadonlyMap<string, number>;

function classProbabilities(classifier: Classifier, { data }: Probabilities, temperature: number): ClassProbabilities {
  const scores = Array.from(data, (p) => log(Math.max(p, SMALLEST)) / temperature);
  return normalised(classifier.classes, scores);
}

/** Keeps a class that a forest has never seen in a leaf possible. */
const SMALLEST = 1e-6;

function fuse(a: ClassProbabilities, b: ClassProbabilities, classes: readonly string[]): ClassProbabilities {
  const of = (from: ClassProbabilities, name: string) => log(Math.max(from.get(name) ?? 0, SMALLEST));
  return normalised(
    classes,
    classes.map((name) => of(a, name) + of(b, name)),
  );
}

/** Softmax of log-scores. */
function normalised(classes: readonly string[], scores: readonly number[]): ClassProbabilities {
  const largest = Math.max(...scores);
  const weights = scores.map((score) => exp(score - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return new Map(classes.map((name, c) => [name, weights[c] / sum]));
}

function answer(probabilities: ClassProbabilities, modalities: Prediction["modalities"]): Prediction {
  const [[emotion]] = [...probabilities].sort(([, p], [, q]) => q - p);
  return { emotion, probabilities: Object.fromEntries(probabilities), modalities };
}

const KIND = "recognizer";

function stateOf({ audio, text, info }: Recognizer): ModelState {
  const parts: Record<string, ModelState> = {};
  const config: Record<string, Json> = { info };
  if (audio) {
    const { preset, sampleRate, level, features, options, hash } = audio.extractor;
    config.audio = {
      temperature: audio.temperature,
      extractor: { preset, sampleRate, level, features: [...features], options, hash },
    };
    if (audio.scaler) parts["audio.scaler"] = audio.scaler.save();
    parts["audio.classifier"] = audio.classifier.save();
  }
  if (text) {
    config.text = { temperature: text.temperature };
    if (text.vectorizer) parts["text.vectorizer"] = text.vectorizer.save();
    parts["text.classifier"] = text.classifier.save();
  }
  return joinStates(KIND, config, parts);
}

interface SavedText {
  readonly temperature: number;
}

interface SavedAudio extends SavedText {
  readonly extractor: Pick<Extractor, "preset" | "sampleRate" | "level" | "features" | "options" | "hash">;
}

function partsOf(state: ModelState): RecognizerParts {
  if (state.kind !== KIND) throw new ModelFileError(`the file holds a model of kind "${state.kind}", not a recogniser`);
  const { info, audio, text } = state.config as unknown as {
    info?: RecognizerParts["info"];
    audio?: SavedAudio;
    text?: SavedText;
  };
  return {
    info,
    audio: hasPart(state, "audio.classifier")
      ? {
          extractor: savedExtractor(audio),
          ...(hasPart(state, "audio.scaler")
            ? {
                scaler: StandardScaler.load(partOf(state, "audio.scaler")),
                classifier: loadClassifier(partOf(state, "audio.classifier")),
              }
            : { classifier: savedReader(state, "audio.classifier", "frames") }),
          temperature: savedTemperature(audio),
        }
      : undefined,
    text: hasPart(state, "text.classifier")
      ? {
          ...(hasPart(state, "text.vectorizer")
            ? {
                vectorizer: TfidfVectorizer.load(partOf(state, "text.vectorizer")),
                classifier: loadClassifier(partOf(state, "text.classifier")),
              }
            : { classifier: savedReader(state, "text.classifier", "text") }),
          temperature: savedTemperature(text),
        }
      : undefined,
  };
}

/** A model that reads utterances. */
function savedReader(state: ModelState, name: string, part: InputPart): UtteranceModel {
  const classifier = loadClassifier(partOf(state, name)) as Partial<UtteranceModel>;
  if (classifier.parts?.length === 1 && classifier.parts[0] === part) return classifier as UtteranceModel;
  throw new ModelFileError(`the recogniser's part "${name}" lacks what turns its input into features`);
}

function savedTemperature(saved: SavedText | undefined): number {
  const temperature = saved?.temperature;
  if (!isTemperature(temperature)) {
    throw new ModelFileError("the recogniser's temperature must be a number from 1e-6 to 1e6");
  }
  return temperature;
}

function savedExtractor(saved: SavedAudio | undefined): Extractor {
  if (typeof saved?.extractor !== "object" || saved.extractor === null) {
    throw new ModelFileError("the recogniser does not say which features it hears");
  }
  const { preset, sampleRate, level, features, options, hash } = saved.extractor;
  try {
    const chosen = preset === "librosa" || preset === "kaldi" ? features : undefined;
    const extractor = createExtractor({ preset, sampleRate, level, options, features: chosen });
    if (extractor.hash === hash) return extractor;
  } catch (error) {
    if (!(error instanceof OptionError || error instanceof TypeError)) throw error;
    throw new ModelFileError(`the options of the recogniser's features are not sound: ${error.message}`);
  }
  throw new ModelFileError("the recogniser's features have changed since it was trained; train it again");
}
