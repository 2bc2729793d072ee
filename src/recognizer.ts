import { exp, log } from "./core/math.ts";
import { DataError, ModelFileError, OptionError } from "./errors.ts";
import { createExtractor, type Extractor, type Preset } from "./features/extractor.ts";
import type { OptionRecord } from "./features/options.ts";
import type { Matrix } from "./matrix.ts";
import type { Classifier } from "./models/classifier.ts";
import { loadClassifier, loadModel, saveModel } from "./models/model-file.ts";
import { nestState, unnestState } from "./models/nested-state.ts";
import { pretrained } from "./models/pretrained.ts";
import { StandardScaler } from "./models/scaler.ts";
import type { Json, ModelState } from "./models/state.ts";
import { TfidfVectorizer } from "./text/tfidf.ts";

/** What recognises emotion from sound. */
export interface AudioBranch {
  readonly extractor: Extractor;
  readonly scaler: StandardScaler;
  readonly classifier: Classifier;
  /** Divides the logarithms of the classifier's probabilities (Guo et al. 2017); above 1 it makes them less sure. */
  readonly temperature: number;
}

/** What recognises emotion from words. */
export interface TextBranch {
  readonly vectorizer: TfidfVectorizer;
  readonly classifier: Classifier;
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

export interface Prediction {
  /** The most probable class. */
  readonly emotion: string;
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

  /** One safetensors file with all that `predict` needs. */
  save(): Uint8Array {
    return saveModel(stateOf(this));
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
   */
  async predict(input: RecognizerInput): Promise<Prediction> {
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
    const rows = scaler.transform(extractor.extract(samples, sampleRate));
    return classProbabilities(classifier, rows, temperature);
  }

  async #read({ vectorizer, classifier, temperature }: TextBranch, text: string) {
    const rows = vectorizer.transform([text]);
    return { known: rows.values.length > 0, probabilities: await classProbabilities(classifier, rows, temperature) };
  }
}

type ClassProbabilities = ReadonlyMap<string, number>;

async function classProbabilities(classifier: Classifier, row: Matrix, temperature: number): Promise<ClassProbabilities> {
  const { data } = await classifier.predictProba(row);
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
    config.audio = { temperature: audio.temperature, extractor: { preset, sampleRate, level, features: [...features], options, hash } };
    parts["audio.scaler"] = audio.scaler.save();
    parts["audio.classifier"] = audio.classifier.save();
  }
  if (text) {
    config.text = { temperature: text.temperature };
    parts["text.vectorizer"] = text.vectorizer.save();
    parts["text.classifier"] = text.classifier.save();
  }
  return nestState(KIND, config, parts);
}

interface SavedAudio {
  readonly temperature: number;
  readonly extractor: {
    readonly preset: Preset;
    readonly sampleRate: number;
    readonly level: "frames" | "utterance";
    readonly features: readonly string[];
    readonly options: OptionRecord;
    readonly hash: string;
  };
}

function partsOf(state: ModelState): RecognizerParts {
  if (state.kind !== KIND) throw new ModelFileError(`the file holds a model of kind "${state.kind}", not a recogniser`);
  const { config, parts } = unnestState(state);
  const audio = config.audio as unknown as SavedAudio | undefined;
  const text = config.text as unknown as { temperature: number } | undefined;
  return {
    info: config.info as RecognizerParts["info"],
    audio: audio && {
      extractor: savedExtractor(audio),
      scaler: StandardScaler.load(part(parts, "audio.scaler")),
      classifier: loadClassifier(part(parts, "audio.classifier")),
      temperature: audio.temperature,
    },
    text: text && {
      vectorizer: TfidfVectorizer.load(part(parts, "text.vectorizer")),
      classifier: loadClassifier(part(parts, "text.classifier")),
      temperature: text.temperature,
    },
  };
}

function part(parts: Readonly<Record<string, ModelState>>, name: string): ModelState {
  const found = parts[name];
  if (!found) throw new ModelFileError(`the recogniser lacks its part "${name}"`);
  return found;
}

function savedExtractor({ extractor: saved }: SavedAudio): Extractor {
  const { preset, sampleRate, level, features, options, hash } = saved;
  const extractor = createExtractor({ preset, sampleRate, level, options, features: preset === "librosa" ? features : undefined });
  if (extractor.hash !== hash) {
    throw new ModelFileError("the features of the model's extractor have changed since it was trained; train it again");
  }
  return extractor;
}
