import { DataError } from "../errors.ts";
import { denseMatrix, type Matrix, toDense, toSparse } from "../matrix.ts";
import { Random } from "../random.ts";
import { checkExamples } from "./check.ts";
import { areGroups, innerFolds } from "./inner-folds.ts";
import type { EncodedLabels } from "./label-encoder.ts";

/** Examples that are held out of training, to tell when it should end. */
export interface HeldOutPart {
  readonly x: Matrix;
  readonly y: readonly string[];
}

/** Examples and, for each, whether it is held out. */
export interface SplitExamples {
  readonly x: Matrix;
  readonly codes: Uint16Array;
  readonly isHeldOut: Uint8Array;
}

/**
 * Holds out a share of each class, drawn by `seed`: at least one example, while one stays. Where there are groups, whole groups instead, of about
 * that share of the rows and with class shares as equal as they allow ({@link innerFolds}).
 */
export function holdOutShare(
  x: Matrix,
  labels: EncodedLabels,
  share: number,
  seed: number,
  groups?: readonly string[],
): SplitExamples {
  const { codes, counts } = labels;
  const isHeldOut = new Uint8Array(codes.length);
  if (areGroups(groups)) {
    const [{ test }] = innerFolds(labels, { folds: Math.max(2, Math.round(1 / share)), seed, groups, least: 1 });
    for (const row of test) isHeldOut[row] = 1;
    return { x, codes, isHeldOut };
  }
  const wanted = counts.map((count) => Math.min(count - 1, Math.max(1, Math.round(share * count))));
  for (const row of new Random(seed).shuffle(Int32Array.from(codes, (_, i) => i))) {
    if (wanted[codes[row]]-- > 0) isHeldOut[row] = 1;
  }
  return { x, codes, isHeldOut };
}

/** Puts a part that is held out below the examples. @throws {DataError} when it has other columns or classes. */
export function holdOutPart(x: Matrix, { classes, codes }: EncodedLabels, part: HeldOutPart): SplitExamples {
  checkExamples(part.x, part.y);
  if (part.x.columns !== x.columns) {
    throw new DataError(`the held-out rows have ${part.x.columns} columns, but the examples have ${x.columns}`);
  }
  const places = new Map(classes.map((name, code) => [name, code]));
  const all = new Uint16Array(codes.length + part.y.length);
  all.set(codes);
  part.y.forEach((name, i) => {
    const code = places.get(name);
    if (code === undefined)
      throw new DataError(`a held-out example is of the class "${name}", which no other example is of`);
    all[codes.length + i] = code;
  });
  const isHeldOut = new Uint8Array(all.length).fill(1, codes.length);
  return { x: stackRows(x, part.x), codes: all, isHeldOut };
}

function stackRows(top: Matrix, bottom: Matrix): Matrix {
  const rows = top.rows + bottom.rows;
  if (top.kind === "dense") {
    const data = new Float32Array(rows * top.columns);
    data.set(top.data);
    data.set(toDense(bottom).data, top.data.length);
    return denseMatrix(rows, top.columns, data);
  }
  const below = toSparse(bottom);
  const stored = top.values.length;
  const indptr = new Int32Array(rows + 1);
  indptr.set(top.indptr);
  below.indptr.forEach((end, i) => {
    indptr[top.rows + i] = stored + end;
  });
  const indices = new Int32Array(stored + below.indices.length);
  indices.set(top.indices);
  indices.set(below.indices, stored);
  const values = new Float32Array(indices.length);
  values.set(top.values);
  values.set(below.values, stored);
  return { kind: "csr", rows, columns: top.columns, indptr, indices, values };
}
