import { denseMatrix } from "../matrix.ts";
import { Random } from "../random.ts";
import { accuracy, balancedAccuracy, type Counts } from "./metrics.ts";
import type { Outcome } from "./pipeline.ts";
import type { EvaluationRows } from "./rows.ts";

/** What the noise canary found out about a protocol. */
export interface CanaryVerdict {
  /** The pipeline that was run on noise, e.g. `audio/rf`. */
  readonly cell: string;
  /** How often it was run, each time on other noise. */
  readonly runs: number;
  /** Test rows in all runs. */
  readonly rows: number;
  /** What noise scored, over all runs. */
  readonly accuracy: number;
  readonly uar: number;
  /** What chance gives: UAR 1 / k for k classes; for accuracy, the most that chance can, the majority's share. */
  readonly chance: { readonly accuracy: number; readonly uar: number };
  /** Noise that scores more than this has seen its test rows. */
  readonly limit: { readonly accuracy: number; readonly uar: number };
  readonly leaks: boolean;
  /** How likely noise scores as much or more when no test row has reached the fit: exact, over both figures (Bonferroni). At least 0.002. */
  readonly p: number;
  /** What each run scored by itself. */
  readonly perRun: readonly { readonly accuracy: number; readonly uar: number }[];
  /** How often, at most, a protocol that does not leak is called leaking. */
  readonly falseAlarmRate: number;
  /** The verdict in a sentence. */
  readonly text: string;
}

const permutations = 999;
const falseAlarmRate = 0.01;

/**
 * The same rows with noise for features: standard normal numbers in place of the audio features; the transcripts
 * dealt out anew. Copies of one utterance get the same noise, as they had the same features, so a protocol that tears copies apart
 * cannot hide.
 *
 * @param twins equal numbers for rows that are copies, each the number of the first of them; see `contentTwins`
 */
export function noiseRows(rows: EvaluationRows, twins: Int32Array, seed: number): EvaluationRows {
  const random = new Random(seed);
  return {
    ...rows,
    features: rows.features && noiseFeatures(rows.features.rows, rows.features.columns, twins, random),
    transcripts: rows.transcripts && dealtTranscripts(rows.transcripts, twins, random),
  };
}

function noiseFeatures(rows: number, columns: number, twins: Int32Array, random: Random) {
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const first = twins[row];
    if (first < row) data.copyWithin(row * columns, first * columns, (first + 1) * columns);
    else for (let c = 0; c < columns; c++) data[row * columns + c] = random.normal();
  }
  return denseMatrix(rows, columns, data);
}

function dealtTranscripts(transcripts: readonly string[], twins: Int32Array, random: Random): string[] {
  const utterances = [...twins.keys()].filter((row) => twins[row] === row);
  const hands = random.shuffle(utterances.map((row) => transcripts[row]));
  const dealt = new Map(utterances.map((row, i) => [row, hands[i]]));
  return Array.from(twins, (first) => dealt.get(first)!);
}

/**
 * Judges what a pipeline scored on noise, by an exact permutation test. Every fold of every run has noise of its own, so
 * given the labels the folds are independent (with noise in common they would not be: two rows that are each other's nearest are
 * right or wrong together). If no test row's label has reached the fit, the predictions within a fold know nothing of
 * its labels, and any order of those labels is as likely as the true one. So the labels are shuffled 999 times within
 * every fold; `limit` is the 995th of the 999 scores in ascending order, once for UAR and once for accuracy. By chance the true
 * score is among the highest 5 of all 1,000, and so above the limit, with probability at most 5 / 1,000, and above one of the
 * two limits with at most 1 / 100, however few rows or classes there are: nothing is approximated. The smaller the
 * corpus, the higher the limit, and the larger a leak must be to be seen.
 *
 * @param runs every fold of every run on noise.
 * @param classes the number of classes.
 */
export function judgeCanary(
  runs: readonly (readonly Outcome[])[],
  classes: number,
  run: { readonly cell: string; readonly seed: number },
): CanaryVerdict {
  const outcomes = runs.flat();
  const counts = countOutcomes(outcomes, classes);
  const totals = counts.map((row) => row.reduce((total, n) => total + n, 0));
  const rows = totals.reduce((total, n) => total + n, 0);
  const figures = { accuracy: accuracy(counts), uar: balancedAccuracy(counts) };
  const chance = { accuracy: Math.max(...totals) / rows, uar: 1 / totals.filter((n) => n > 0).length };
  const shuffled = chanceScores(outcomes, classes, new Random(run.seed));
  const alarms = Math.floor((falseAlarmRate / 2) * (permutations + 1));
  const limit = { accuracy: shuffled.accuracy[permutations - alarms], uar: shuffled.uar[permutations - alarms] };
  const as = (key: "accuracy" | "uar"): number =>
    (1 + shuffled[key].filter((score) => score >= figures[key]).length) / (1 + permutations);
  const verdict = {
    cell: run.cell,
    runs: runs.length,
    rows,
    ...figures,
    chance,
    limit,
    leaks: figures.uar > limit.uar || figures.accuracy > limit.accuracy,
    p: Math.min(1, 2 * Math.min(as("accuracy"), as("uar"))),
    perRun: runs.map((own) => {
      const part = countOutcomes(own, classes);
      return { accuracy: accuracy(part), uar: balancedAccuracy(part) };
    }),
    falseAlarmRate,
  };
  return { ...verdict, text: sentence(verdict) };
}

/** The confusion matrix of all outcomes together. */
export function countOutcomes(outcomes: readonly Outcome[], classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (const { truth, predicted } of outcomes) {
    for (let i = 0; i < truth.length; i++) counts[truth[i]][predicted[i]]++;
  }
  return counts;
}

/** What shuffled labels score, ascending. */
function chanceScores(outcomes: readonly Outcome[], classes: number, random: Random) {
  const shuffled = outcomes.map((outcome) => ({ ...outcome, truth: outcome.truth.slice() }));
  const uar: number[] = [];
  const weighted: number[] = [];
  for (let p = 0; p < permutations; p++) {
    for (const { truth } of shuffled) random.shuffle(truth);
    const counts: Counts = countOutcomes(shuffled, classes);
    uar.push(balancedAccuracy(counts));
    weighted.push(accuracy(counts));
  }
  return { accuracy: Float64Array.from(weighted).sort(), uar: Float64Array.from(uar).sort() };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function sentence({ uar, accuracy, chance, limit, leaks, p }: Omit<CanaryVerdict, "text">): string {
  const scored =
    `pure noise scores UAR ${percent(uar)} (chance ${percent(chance.uar)}, limit ${percent(limit.uar)}) and ` +
    `accuracy ${percent(accuracy)} (majority ${percent(chance.accuracy)}, limit ${percent(limit.accuracy)})`;
  const confidence = `p = ${p.toFixed(3)}`;
  return leaks
    ? `this protocol LEAKS (${confidence}): ${scored}`
    : `no leak found, chance as it must be (${confidence}): ${scored}`;
}
