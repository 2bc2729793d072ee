import { DataError } from "../errors.ts";
import type { DenseMatrix, Matrix } from "../matrix.ts";
import { checkMatrix } from "../models/check.ts";

/** One utterance as the deep models take it; each takes the parts that it was made for. */
export interface UtteranceInput {
  /** What was said; words that a model does not know count as one unknown word. */
  readonly text?: string;
  /** What was said before in the dialogue, the first turn first; read by models with the option `contextTokens`. */
  readonly context?: readonly string[];
  /** Features of short frames, one row a frame. */
  readonly frames?: DenseMatrix;
  /** The frames as they would be if the speech had been faster, noisier and so on: training takes one of all at random. */
  readonly variants?: readonly DenseMatrix[];
  /** Features of the utterance as a whole. */
  readonly features?: Float32Array;
}

/** The parts of an utterance that a model may take. */
export type InputPart = "text" | "frames" | "features";

/** The rows of a matrix as features of utterances; sparse rows are written out when they are asked for. */
export function inputsOf(x: Matrix | readonly UtteranceInput[]): readonly UtteranceInput[] {
  if (!("kind" in x)) return x;
  checkMatrix(x);
  return Array.from({ length: x.rows }, (_, row) => ({
    get features() {
      if (x.kind === "dense") return x.data.subarray(row * x.columns, (row + 1) * x.columns);
      const features = new Float32Array(x.columns);
      for (let i = x.indptr[row]; i < x.indptr[row + 1]; i++) features[x.indices[i]] = x.values[i];
      return features;
    },
  }));
}

/** Makes sure that all utterances have the parts, of one width, and finite. @throws {DataError} */
export function checkInputs(
  inputs: readonly UtteranceInput[],
  parts: readonly InputPart[],
  { features, coefficients }: { readonly features: number; readonly coefficients: number },
): void {
  inputs.forEach((input, row) => {
    const lacking = parts.find((part) => input[part] === undefined);
    if (lacking !== undefined) throw new DataError(`utterance ${row} has no ${lacking}, which the model learns from`);
    if (parts.includes("features")) checkVector(input.features!, features, row);
    if (!parts.includes("frames")) return;
    for (const frames of [input.frames!, ...(input.variants ?? [])]) {
      if (frames.rows === 0) throw new DataError(`utterance ${row} has no frames: its audio is too short`);
      if (frames.columns !== coefficients) {
        throw new DataError(
          `utterance ${row} has ${frames.columns} values a frame, but the model learnt from ${coefficients}`,
        );
      }
      checkMatrix(frames);
    }
  });
}

function checkVector(values: Float32Array, columns: number, row: number): void {
  if (values.length !== columns)
    throw new DataError(`the rows have ${values.length} columns, but the model learnt from ${columns}`);
  const broken = values.findIndex((value) => value - value !== 0);
  if (broken >= 0) {
    throw new DataError(
      `the value in row ${row}, column ${broken} (counted from 0) is ${values[broken]}; replace it or leave the row out`,
    );
  }
}
