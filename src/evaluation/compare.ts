import { bootstrap, type Difference, differences, type Unit } from "./bootstrap.ts";
import { type Cell, cellName } from "./cell.ts";
import { countDrawn, figures } from "./score.ts";
import { incompleteBeta } from "./student-t.ts";

/** Two cells on the same test rows. */
export interface Comparison {
  readonly a: string;
  readonly b: string;
  /** UAR and accuracy of a less those of b, by the paired bootstrap over the units of the intervals. */
  readonly uar: Difference & CorrectedP;
  readonly accuracy: Difference & CorrectedP;
  readonly mcnemar: McNemar & CorrectedP;
}

/** A p-value as if no other comparison had been made is `p`; Holm's holds for all comparisons of the run together. */
export interface CorrectedP {
  readonly pHolm: number;
}

/** McNemar's test (1947), exact: do two models fail on other rows? It takes rows as independent, which those of one speaker are not. */
export interface McNemar {
  /** Rows that only a, or only b, recognised. */
  readonly onlyA: number;
  readonly onlyB: number;
  /** Two-sided. */
  readonly p: number;
}

/** A cell's predictions. */
export interface Candidate extends Cell {
  readonly predicted: Int32Array;
  /** The cells that it is made of, where it joins some. */
  readonly members?: readonly Cell[];
}

/**
 * Compares models on each modality, and what is made of both modalities with the same on one: what a modality adds. p-values are
 * corrected by Holm (1979), separately for each of the three tests.
 *
 * @param truth the true class of every test row, as are the predictions, as indices into `classes`
 * @param units rows that are drawn together
 */
export function compareCells(
  candidates: readonly Candidate[],
  truth: Int32Array,
  classes: readonly string[],
  units: readonly Unit[],
  seed: number,
): Comparison[] {
  const drawn = new Map(
    candidates.map((candidate) => {
      const judge = (weights: Int32Array): Record<"uar" | "accuracy", number> => {
        const { uar, accuracy } = figures(countDrawn({ ...candidate, truth, classes }, units, weights));
        return { uar, accuracy };
      };
      return [candidate, bootstrap(units, judge, seed)];
    }),
  );
  const pairs = candidates.flatMap((a, i) =>
    candidates.slice(i + 1).flatMap((b): (readonly [Candidate, Candidate])[] => {
      if (a.modality === b.modality) return [[a, b]];
      return addsTo(b, a) ? [[b, a]] : addsTo(a, b) ? [[a, b]] : [];
    }),
  );
  const tests = pairs.map(([a, b]) => ({
    a: cellName(a),
    b: cellName(b),
    ...differences(drawn.get(a)!, drawn.get(b)!),
    mcnemar: mcnemar(truth, a.predicted, b.predicted),
  }));
  const [uar, accuracy, rows] = (["uar", "accuracy", "mcnemar"] as const).map((test) =>
    holm(tests.map((comparison) => comparison[test].p)),
  );
  return tests.map((test, i) => ({
    ...test,
    uar: { ...test.uar, pHolm: uar[i] },
    accuracy: { ...test.accuracy, pHolm: accuracy[i] },
    mcnemar: { ...test.mcnemar, pHolm: rows[i] },
  }));
}

/** Whether a cell on both modalities is another one with a modality more: the same model, or one that joins it with others. */
const addsTo = ({ modality, model, members }: Candidate, part: Candidate): boolean =>
  modality === "both" &&
  part.modality !== "both" &&
  (members?.some((member) => cellName(member) === cellName(part)) ?? part.model === model);

/**
 * McNemar's exact test: of the rows that one of the two recognised, each has even odds to be a's.
 *
 * @example
 * mcnemar(Int32Array.of(0, 0, 1), Int32Array.of(0, 0, 1), Int32Array.of(1, 0, 0)); // { onlyA: 2, onlyB: 0, p: 0.5 }
 */
export function mcnemar(truth: Int32Array, a: Int32Array, b: Int32Array): McNemar {
  let onlyA = 0;
  let onlyB = 0;
  truth.forEach((code, row) => {
    if (a[row] === code && b[row] !== code) onlyA++;
    if (b[row] === code && a[row] !== code) onlyB++;
  });
  const [fewer, more] = [Math.min(onlyA, onlyB), Math.max(onlyA, onlyB)];
  // P(X <= fewer) for X of onlyA + onlyB fair coins, as an incomplete beta function (DLMF 8.17.5).
  const p = fewer === more ? 1 : Math.min(1, 2 * incompleteBeta(more, fewer + 1, 0.5));
  return { onlyA, onlyB, p };
}

/** Holm's step-down correction: each p-value times the number of those that are not below it, never falling, at most 1. */
export function holm(ps: readonly number[]): number[] {
  const order = [...ps.keys()].sort((a, b) => ps[a] - ps[b]);
  const corrected = ps.map(() => 1);
  let highest = 0;
  order.forEach((i, rank) => {
    highest = Math.max(highest, Math.min(1, (ps.length - rank) * ps[i]));
    corrected[i] = highest;
  });
  return corrected;
}
