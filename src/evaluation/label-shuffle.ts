import { Random } from "../random.ts";
import { contentTwins } from "./duplicates.ts";
import { balancedAccuracy, type Counts } from "./metrics.ts";
import type { EvaluationRows } from "./rows.ts";

/** What a pipeline scores when labels mean nothing, beside what it scores on the true ones. */
export interface LabelShuffleVerdict {
  /** The pipeline, e.g. `audio/rf`; run with the canary's smaller model, on the true labels too. */
  readonly cell: string;
  readonly shuffles: number;
  /** On the true labels. */
  readonly uar: number;
  /** The mean and the highest over the shuffles. */
  readonly shuffledUar: number;
  readonly highestShuffledUar: number;
  /** (1 + shuffles that score as high) / (1 + shuffles): how likely such a score is when features say nothing of labels. */
  readonly p: number;
  /** The verdict in a sentence. */
  readonly text: string;
}

/**
 * The rows with their labels dealt out anew. Where speakers are known labels stay with their speaker, so that what is left of a
 * speaker's habits (one is mostly angry) counts as chance, as in scikit-learn's `permutation_test_score` with groups. Copies of an utterance
 * keep one label between them.
 */
export function shuffledLabels(rows: EvaluationRows, seed: number): EvaluationRows {
  const random = new Random(seed);
  const twins = contentTwins(rows);
  const members = new Map<string, number[]>();
  rows.labels.forEach((_, row) => {
    if (twins[row] !== row) return;
    const speaker = rows.speakers?.[row] ?? "";
    const own = members.get(speaker);
    if (own) own.push(row);
    else members.set(speaker, [row]);
  });
  const dealt = new Map<number, string>();
  for (const own of members.values()) {
    const labels = random.shuffle(own.map((row) => rows.labels[row]));
    own.forEach((row, i) => dealt.set(row, labels[i]));
  }
  return { ...rows, labels: rows.labels.map((_, row) => dealt.get(twins[row])!) };
}

/**
 * Judges the scores of a pipeline on shuffled labels (Ojala and Garriga 2010). The whole pipeline is run again for each shuffle, division
 * into folds included, so under a protocol that leaks the shuffled scores are above chance, too.
 *
 * @param truth counts on the true labels, by the same model
 * @param shuffled counts of each shuffle
 */
export function judgeLabelShuffle(cell: string, truth: Counts, shuffled: readonly Counts[]): LabelShuffleVerdict {
  const uar = balancedAccuracy(truth);
  const scores = shuffled.map(balancedAccuracy);
  const p = (1 + scores.filter((score) => score >= uar).length) / (1 + scores.length);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const verdict = p <= 0.05 ? "the labels follow from the features" : "no better than with labels that mean nothing";
  return {
    cell,
    shuffles: scores.length,
    uar,
    shuffledUar: mean,
    highestShuffledUar: Math.max(...scores),
    p,
    text: `${verdict}: UAR ${percent(uar)}, with shuffled labels ${percent(mean)} on average (p = ${p.toFixed(3)}, ${scores.length} shuffles)`,
  };
}
