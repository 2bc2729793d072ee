import { functionalNames } from "./core/functionals.ts";
import { DataError } from "./errors.ts";
import { explainClassifier } from "./models/explain-classifier.ts";
import { type Prediction, type RecognizerInput, type Recognizer } from "./recognizer.ts";

/** What a feature added to every class. */
export interface Contribution {
  /** The feature's name, or the term. */
  readonly name: string;
  /** What the extractor measured, or the term's TF-IDF weight. */
  readonly value: number;
  /** One a class, in the order of the part's `classes`. */
  readonly contributions: Float64Array;
}

/** Why one part of a recogniser said what it said. */
export interface PartExplanation {
  readonly modality: "audio" | "text";
  /**
   * Of `base` and the contributions. `score`: the softmax of their sums is what the part gives, temperature included (for a support vector
   * machine: decision values). `probability`: they sum to the classifier's probabilities, before the temperature.
   */
  readonly unit: "score" | "probability";
  readonly classes: readonly string[];
  /** What the part says when it knows nothing: of the average utterance it learnt from, or of no known word (forests: of no feature). */
  readonly base: Float64Array;
  /** Every audio feature in the extractor's order, or every known term of the text. */
  readonly features: readonly Contribution[];
}

/** An answer and the reasons for it. */
export interface PredictionExplanation {
  readonly prediction: Prediction;
  /**
   * The parts that the answer rests on. Where both take part the answer is proportional to the product of what they give, so their scores
   * add up.
   */
  readonly parts: readonly PartExplanation[];
}

/**
 * Explains an answer of a recogniser: audio by its features, text by its words (see `explainClassifier`).
 *
 * @throws {DataError} what `predict` throws, and a part whose classifier cannot be explained
 * @example
 * const { prediction, parts } = await explainPrediction(new Recognizer(), { text: "I am so happy" });
 * const joy = parts[0].classes.indexOf(prediction.emotion);
 * parts[0].features.map(({ name, contributions }) => `${name} ${contributions[joy]}`);
 */
export async function explainPrediction(
  recognizer: Recognizer,
  input: RecognizerInput,
): Promise<PredictionExplanation> {
  const prediction = await recognizer.predict(input);
  const parts = prediction.modalities.map((modality) =>
    modality === "audio" ? explainAudio(recognizer, input) : explainText(recognizer, input),
  );
  return { prediction, parts };
}

function explainAudio({ audio }: Recognizer, { samples, sampleRate }: RecognizerInput): PartExplanation {
  if (!audio || !samples) throw new DataError("there is no audio to explain");
  const { extractor, scaler, classifier, temperature } = audio;
  if (!scaler) throw unexplained(classifier.kind);
  const measured = extractor.extract(samples, sampleRate);
  const { unit, base, values } = explainClassifier(classifier, scaler.transform(measured));
  const { classes } = classifier;
  const scale = unit === "score" ? temperature : 1;
  const features = extractor.names.map((name, f) => ({
    name,
    value: measured.data[f],
    contributions: values.subarray(f * classes.length, (f + 1) * classes.length).map((value) => value / scale),
  }));
  return { modality: "audio", unit, classes, base: base.map((value) => value / scale), features };
}

function explainText({ text }: Recognizer, input: RecognizerInput): PartExplanation {
  if (!text || input.text === undefined) throw new DataError("there is no text to explain");
  const { vectorizer, classifier, temperature } = text;
  if (!vectorizer) throw unexplained(classifier.kind);
  const row = vectorizer.transform([input.text]);
  const { unit, base, values } = explainClassifier(classifier, row);
  const { classes } = classifier;
  const scale = unit === "score" ? temperature : 1;
  const names = vectorizer.featureNames;
  // Trees may also rest on a word that is not there, but only the words that are can be shown: the rest is one entry.
  const features = Array.from(row.indices, (column, i) => ({
    name: names[column],
    value: row.values[i],
    contributions: values.subarray(column * classes.length, (column + 1) * classes.length).map((v) => v / scale),
  }));
  const present = new Set(row.indices);
  const absent = new Float64Array(classes.length);
  for (let column = 0; column < row.columns; column++) {
    if (present.has(column)) continue;
    for (let o = 0; o < classes.length; o++) absent[o] += values[column * classes.length + o] / scale;
  }
  if (absent.some((value) => value !== 0)) features.push({ name: ABSENT_TERMS, value: 0, contributions: absent });
  return { modality: "text", unit, classes, base: base.map((value) => value / scale), features };
}

const unexplained = (kind: string): DataError =>
  new DataError(`a ${kind} reads frames or tokens and cannot be explained by features; linear models and trees can`);

/** The name under which trees' contributions of terms that do not stand in a text are summed. */
export const ABSENT_TERMS = "(all other words being absent)";

const familySuffix = new RegExp(`(_\\d+)?_(${functionalNames.join("|")})$`);

/**
 * Contributions of utterance features added up by what they are functionals of: `mfcc_3_mean` and `mfcc_12_slope` are both of the family
 * `mfcc`. Hundreds of features that say nearly the same share what they add, so that none of them looks important by itself.
 *
 * @returns one entry a family, in the order in which they first stand in `features`; `value` is the number of features in it.
 */
export function sumByFamily(features: readonly Contribution[]): Contribution[] {
  const families = new Map<string, { value: number; contributions: Float64Array }>();
  for (const { name, contributions } of features) {
    const family = name.replace(familySuffix, "");
    const sum = families.get(family) ?? { value: 0, contributions: new Float64Array(contributions.length) };
    families.set(family, sum);
    sum.value++;
    for (let c = 0; c < contributions.length; c++) sum.contributions[c] += contributions[c];
  }
  return [...families].map(([name, sum]) => ({ name, ...sum }));
}
