import { OptionError } from "../errors.ts";
import { type Contribution, sumByFamily } from "../explanation.ts";
import type { Explained } from "./explained.ts";

/** What a feature added to the class that is explained. */
export interface ShownFeature {
  readonly name: string;
  readonly value: number;
  readonly contribution: number;
}

/** The part of an explanation that speaks of one class. */
export interface ShownPart {
  readonly modality: "audio" | "text" | "table";
  readonly unit: "score" | "probability";
  readonly base: number;
  readonly features: readonly ShownFeature[];
}

/** An explanation of one class. */
export interface Shown {
  readonly file: string;
  readonly emotion: string;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly class: string;
  readonly parts: readonly ShownPart[];
}

/** Features or words that the terminal lists. */
const LISTED = 12;
/** From so many features on, families of them are listed. */
const MANY_FEATURES = 40;

/** What an explanation says of one class. @throws {OptionError} a class that the model does not know */
export function forClass({ source, emotion, probabilities, parts }: Explained, name: string): Shown {
  if (!Object.hasOwn(probabilities, name)) {
    throw new OptionError(`there is no class "${name}"; the classes are ${Object.keys(probabilities).join(", ")}`);
  }
  return {
    file: source,
    emotion,
    probabilities,
    class: name,
    parts: parts.map(({ modality, unit, classes, base, features }) => {
      const c = classes.indexOf(name);
      const shown = ({ contributions, ...rest }: Contribution): ShownFeature => ({
        ...rest,
        contribution: contributions[c],
      });
      return { modality, unit, base: base[c], features: features.map(shown) };
    }),
  };
}

/** The most frequent name, of equals the first. */
export function commonest(names: readonly string[]): string {
  const count = new Map<string, number>();
  for (const name of names) count.set(name, (count.get(name) ?? 0) + 1);
  return [...count].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

/** The entries of a waterfall: features with their values or, where there are many, families of features. */
export function entriesOf({ modality, features }: ShownPart): { readonly name: string; readonly value: number }[] {
  if (modality === "audio" && features.length >= MANY_FEATURES) {
    const all = features.map(({ name, value, contribution }) => ({
      name,
      value,
      contributions: Float64Array.of(contribution),
    }));
    return sumByFamily(all).map(({ name, value, contributions }) => ({
      name: value > 1 ? `${name} (${value} features)` : name,
      value: contributions[0],
    }));
  }
  return features.map(({ name, value, contribution }) => ({
    name: modality === "text" ? name : `${name} = ${Number(value.toPrecision(4))}`,
    value: contribution,
  }));
}

/** What the entries that are not listed are called. */
export const otherEntries = (count: number): string => `${count} others`;

/** One answer, its largest contributions first. */
export function describeOne(shown: Shown): string {
  const { file, emotion, probabilities, parts } = shown;
  const percent = (100 * probabilities[emotion]).toFixed(1);
  const lines = [`${file}: ${emotion} (${percent} %)`];
  for (const part of parts) {
    const entries = entriesOf(part).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    const sum = entries.reduce((total, { value }) => total + value, part.base);
    const title = { audio: "sound", text: "words", table: "features" }[part.modality];
    lines.push(
      "",
      `${title}, ${part.unit} of ${shown.class}: ${part.base.toFixed(3)} to begin with, ${sum.toFixed(3)} in all`,
    );
    for (const { name, value } of entries.slice(0, LISTED)) lines.push(`  ${signed(value)}  ${name}`);
    const rest = entries.slice(LISTED);
    if (rest.length > 0) {
      lines.push(`  ${signed(rest.reduce((total, { value }) => total + value, 0))}  ${otherEntries(rest.length)}`);
    }
  }
  return lines.join("\n");
}

/** Many answers: the features that moved the class most, by the mean size of what they added. */
export function describeMany(shown: readonly Shown[]): string {
  const lines = [`${shown.length} answers; what moved ${shown[0].class} most, by the mean size of what was added:`];
  for (const { name, meanSize } of rankFeatures(shown).slice(0, LISTED)) {
    lines.push(`  ${meanSize.toFixed(4).padStart(9)}  ${name}`);
  }
  return lines.join("\n");
}

/** The features of the first part of many answers, the one that moved them most first. */
export function rankFeatures(
  shown: readonly Shown[],
): { readonly index: number; readonly name: string; readonly meanSize: number }[] {
  return shown[0].parts[0].features
    .map(({ name }, index) => ({
      index,
      name,
      meanSize:
        shown.reduce((sum, { parts }) => sum + Math.abs(parts[0].features[index].contribution), 0) / shown.length,
    }))
    .sort((a, b) => b.meanSize - a.meanSize);
}

const signed = (value: number): string => `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(3)}`.padStart(8);
