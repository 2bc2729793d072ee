import { LogisticRegression, type Matrix, type Recognizer, type RecognizerInput } from "emovox";
import type { Contribution, ExplanationOf } from "./protocol.ts";

/** Names of features to what a person can hear of them; the first that fits. */
const families: readonly (readonly [RegExp, string])[] = [
  [/^pitch/, "Pitch: height, range and melody"],
  [/^loudness/, "Loudness: level and its changes"],
  [/^(voiced|pause|duration)/, "Rhythm: tempo, pauses, voiced stretches"],
  [/^(tilt|centroid|bandwidth|rolloff|flatness|zcr)/, "Brightness: how sharp or dull the voice is"],
  [/^aperiodicity/, "Breathiness: how noisy the voice is"],
  [/^(delta)/, "Articulation: how fast the sound changes"],
  [/^(mfcc|logmel)/, "Timbre: colour of the voice"],
];

const familyOf = (name: string): string => families.find(([pattern]) => pattern.test(name))?.[1] ?? "Other";

/**
 * What speaks for an emotion in the answer of linear models: coefficient times value, less the mean over the emotions (adding the same to
 * every emotion changes nothing), in logits after the temperature. Sound is summed up by what can be heard.
 */
export function explain(recognizer: Recognizer, input: RecognizerInput, emotion: string): ExplanationOf {
  const { audio, text } = recognizer;
  let sound: Contribution[] | null = null;
  let note: string | null = null;
  if (audio && input.samples) {
    if (audio.classifier instanceof LogisticRegression) {
      const row = audio.scaler.transform(audio.extractor.extract(input.samples, input.sampleRate));
      const values = contributions(audio.classifier, row, emotion, audio.temperature);
      const sums = new Map<string, number>();
      audio.extractor.names.forEach((name, column) => {
        const family = familyOf(name);
        sums.set(family, (sums.get(family) ?? 0) + (values.get(column) ?? 0));
      });
      sound = ranked([...sums]);
    } else note = `Answers of this kind of model (${audio.classifier.kind}) are not explained here yet.`;
  }
  let words: Contribution[] | null = null;
  if (text && input.text !== undefined && text.classifier instanceof LogisticRegression) {
    const values = contributions(text.classifier, text.vectorizer.transform([input.text]), emotion, text.temperature);
    const names = text.vectorizer.featureNames;
    words = ranked([...values].map(([column, value]) => [names[column], value])).slice(0, 8);
  }
  return { emotion, sound, words, note };
}

const ranked = (entries: readonly (readonly [string, number])[]): Contribution[] =>
  entries.map(([name, value]) => ({ name, value })).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));

/** By column, of the one row of `x`. */
function contributions({ classes, coef }: LogisticRegression, x: Matrix, emotion: string, temperature: number) {
  const { columns } = x;
  const wanted = classes.indexOf(emotion);
  const values = new Map<number, number>();
  if (wanted < 0) return values;
  const entries: Iterable<readonly [number, number]> =
    x.kind === "dense"
      ? Array.from(x.data, (value, column) => [column, value] as const)
      : Array.from(x.indices, (column, i) => [column, x.values[i]] as const);
  for (const [column, value] of entries) {
    let mean = 0;
    for (let c = 0; c < classes.length; c++) mean += coef[c * columns + column] / classes.length;
    values.set(column, ((coef[wanted * columns + column] - mean) * value) / temperature);
  }
  return values;
}
