import { DataError, explainPrediction, type Recognizer, type RecognizerInput } from "emovox";
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
 * What speaks for an emotion in an answer: what each feature or word added to its score, less the mean over the emotions (adding the same to
 * every emotion changes nothing). Sound is summed up by what can be heard.
 */
export async function explain(recognizer: Recognizer, input: RecognizerInput, emotion: string): Promise<ExplanationOf> {
  let sound: Contribution[] | null = null;
  let words: Contribution[] | null = null;
  try {
    const { parts } = await explainPrediction(recognizer, input);
    for (const { modality, classes, features } of parts) {
      const values = features.map(
        (feature) => [feature.name, lead(feature.contributions, classes.indexOf(emotion))] as const,
      );
      if (modality === "text") words = ranked(values).slice(0, 8);
      else {
        const sums = new Map<string, number>();
        for (const [name, value] of values) sums.set(familyOf(name), (sums.get(familyOf(name)) ?? 0) + value);
        sound = ranked([...sums]);
      }
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { emotion, sound, words, note: `This answer is not explained: ${error.message}.` };
  }
  return { emotion, sound, words, note: null };
}

/** What a feature adds to one class beyond what it adds to all; 0 for a class that the part does not know. */
function lead(contributions: Float64Array, wanted: number): number {
  if (wanted < 0) return 0;
  return contributions[wanted] - contributions.reduce((sum, value) => sum + value, 0) / contributions.length;
}

const ranked = (entries: readonly (readonly [string, number])[]): Contribution[] =>
  entries.map(([name, value]) => ({ name, value })).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
