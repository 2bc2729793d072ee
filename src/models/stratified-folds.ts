import { Random } from "../random.ts";

/** Row numbers, ascending. */
export interface FoldRows {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Divides rows into `folds` parts, each the test part once, with every class spread evenly over them: the rows of each class are
 * shuffled and dealt out in turn. With fewer rows than folds there is a fold a row. Rows that belong together (one speaker's) may stand on
 * both sides.
 *
 * @param codes the class of every row, from 0
 */
export function stratifiedFolds(codes: Uint16Array, folds: number, seed: number): FoldRows[] {
  const members: number[][] = [];
  codes.forEach((code, row) => (members[code] ??= []).push(row));
  const random = new Random(seed);
  const dealt = members.flatMap((rows) => random.shuffle(rows));
  const foldOf = new Int32Array(codes.length);
  dealt.forEach((row, place) => (foldOf[row] = place % folds));
  return Array.from({ length: Math.min(folds, codes.length) }, (_, f) => ({
    train: Int32Array.from(codes.keys()).filter((row) => foldOf[row] !== f),
    test: Int32Array.from(codes.keys()).filter((row) => foldOf[row] === f),
  }));
}
