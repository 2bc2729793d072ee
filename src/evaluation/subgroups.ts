import { log } from "../core/math.ts";
import type { Interval } from "./bootstrap.ts";
import { accuracy, balancedAccuracy } from "./metrics.ts";
import type { EvaluationRows } from "./rows.ts";
import { countDrawn } from "./score.ts";
import { wordsOf } from "./near-duplicates.ts";

export type SubgroupKind = "speaker" | "gender" | "session" | "style" | "length" | "loudness";

/** How a cell does on the test rows of one kind of speaker or utterance. */
export interface Subgroup {
  readonly name: string;
  readonly rows: number;
  readonly accuracy: number;
  /** Wilson's 95 % interval of the accuracy, as if rows were independent. */
  readonly ci: Interval;
  /** Over the classes that the subgroup has rows of. */
  readonly uar: number;
}

/** A cell's test rows divided by something that should make no difference. */
export interface Breakdown {
  readonly by: SubgroupKind;
  /** Those with ten rows or more, in the order of their names; what is left over is in `small`. */
  readonly subgroups: readonly Subgroup[];
  /** Subgroups with fewer rows, and their rows together. */
  readonly small: { readonly subgroups: number; readonly rows: number };
  /** The name of the subgroup with the lowest UAR. */
  readonly worst: string;
  /** The highest UAR less the lowest. Of many subgroups some differ by chance. */
  readonly gap: number;
}

const LEAST_ROWS = 10;

/** The subgroup of every row, for each kind that the corpus tells: undefined where a row is of none. */
export type SubgroupColumns = readonly (readonly [SubgroupKind, readonly (string | undefined)[]])[];

/**
 * How the rows of a corpus divide: by speaker, gender and session; by style (scripted or improvised, by the names of IEMOCAP's
 * scenes); into thirds by length (in seconds, else in words) and by loudness.
 */
export function subgroupColumns(rows: EvaluationRows): SubgroupColumns {
  const { speakers, genders, sessions, scripts, seconds, loudness, transcripts } = rows;
  const style = scripts?.map((script) => /^(impro|script)/.exec(script ?? "")?.[1]);
  const styles = { impro: "improvised", script: "scripted" } as Readonly<Record<string, string>>;
  const decibels =
    loudness && Array.from(loudness, (rms) => (rms > 0 ? (20 * log(rms)) / log(10) : Number.NEGATIVE_INFINITY));
  const words = transcripts?.map((text) => wordsOf(text).length);
  const columns: readonly (readonly [SubgroupKind, readonly (string | undefined)[] | undefined])[] = [
    ["speaker", speakers],
    ["gender", genders],
    ["session", sessions],
    ["style", style?.some((name) => name) ? style.map((name) => (name ? styles[name] : undefined)) : undefined],
    [
      "length",
      seconds ? thirds(seconds, "short", "long", "s", 1) : words && thirds(words, "short", "long", "words", 0),
    ],
    ["loudness", decibels && thirds(decibels, "quiet", "loud", "dBFS", 0)],
  ];
  return columns.flatMap(([kind, column]) => (column ? [[kind, column] as const] : []));
}

/** @param tested row numbers of the test rows, which `truth` and `predicted` are of */
export function breakDown(
  columns: SubgroupColumns,
  tested: Int32Array,
  predictions: { readonly truth: Int32Array; readonly predicted: Int32Array; readonly classes: readonly string[] },
): Breakdown[] {
  return columns.flatMap(([by, column]) => {
    const places = new Map<string, number[]>();
    tested.forEach((row, place) => {
      const name = column[row];
      if (name === undefined) return;
      const own = places.get(name);
      if (own) own.push(place);
      else places.set(name, [place]);
    });
    const names = [...places.keys()].sort().filter((name) => places.get(name)!.length >= LEAST_ROWS);
    if (names.length < 2) return [];
    const subgroups = names.map((name) => judge(name, Int32Array.from(places.get(name)!), predictions));
    const ranked = [...subgroups].sort((a, b) => a.uar - b.uar);
    const few = [...places.values()].filter((own) => own.length < LEAST_ROWS);
    const small = { subgroups: few.length, rows: few.reduce((total, own) => total + own.length, 0) };
    return [{ by, subgroups, small, worst: ranked[0].name, gap: ranked[ranked.length - 1].uar - ranked[0].uar }];
  });
}

function judge(name: string, places: Int32Array, predictions: Parameters<typeof countDrawn>[0]): Subgroup {
  const counts = countDrawn(predictions, [places], Int32Array.of(1));
  const share = accuracy(counts);
  return {
    name,
    rows: places.length,
    accuracy: share,
    ci: wilson(share, places.length),
    uar: balancedAccuracy(counts),
  };
}

/** Wilson's 95 % score interval of a share of n rows (1927). */
export function wilson(share: number, n: number): Interval {
  const z = 1.959963984540054;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** Rows in three parts of about equal size, named by their bounds; numbers that are equal stay together. */
function thirds(values: ArrayLike<number>, low: string, high: string, unit: string, decimals: number): string[] {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))];
  const [first, second] = [at(1 / 3), at(2 / 3)];
  const text = (value: number): string => `${value.toFixed(decimals)} ${unit}`;
  const names = [`1 ${low} (to ${text(first)})`, `2 middle (to ${text(second)})`, `3 ${high} (above ${text(second)})`];
  return Array.from(values, (value) => names[value <= first ? 0 : value <= second ? 1 : 2]);
}
