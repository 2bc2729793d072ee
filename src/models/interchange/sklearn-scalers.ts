import { ModelFileError } from "../../errors.ts";
import { type DenseMatrix, denseMatrix, type Matrix } from "../../matrix.ts";
import type { LinearWeights, RowTransform } from "./fold-scalers.ts";
import { listOf, numbersOf } from "./json.ts";

/** `(x - shift) / divisor`, or `x * factor + offset`, by column, in float64. */
interface Step {
  readonly isStandard: boolean;
  readonly scale: readonly number[];
  readonly shift: readonly number[];
  readonly clip: readonly [number, number] | null;
}

/** One after the other scikit-learn's StandardScaler and MinMaxScaler, with their operations and roundings for rows of float64. */
export class SklearnScalers implements RowTransform {
  readonly #steps: readonly Step[];
  readonly #columns: number;

  /** @throws {ModelFileError} numbers that are missing or not finite, scales of 0 or below. */
  constructor(steps: readonly Record<string, unknown>[], columns: number) {
    this.#columns = columns;
    this.#steps = steps.map((step) => readStep(step, columns));
  }

  /** Rows as the classifier gets them: float32. */
  transform(x: Matrix): DenseMatrix {
    const data = (x as DenseMatrix).data;
    const scaled = denseMatrix(x.rows, x.columns);
    for (let i = 0; i < data.length; i++) scaled.data[i] = this.#scale(data[i], i % this.#columns);
    return scaled;
  }

  /** Weights that give the scores of the scaled rows, to the rounding of float64. @throws {ModelFileError} a scaler that clips. */
  foldInto({ coef, intercept, columns }: LinearWeights): LinearWeights {
    const folded = { coef: coef.slice(), intercept: intercept.slice(), columns };
    for (const { isStandard, scale, shift, clip } of [...this.#steps].reverse()) {
      if (clip)
        throw new ModelFileError("a MinMaxScaler with clip stands before a LogisticRegression, which is not read");
      for (let i = 0; i < coef.length; i++) {
        const c = i % columns;
        const r = (i - c) / columns;
        if (isStandard) {
          folded.coef[i] /= scale[c];
          folded.intercept[r] -= folded.coef[i] * shift[c];
        } else {
          folded.intercept[r] += folded.coef[i] * shift[c];
          folded.coef[i] *= scale[c];
        }
      }
    }
    return folded;
  }

  #scale(value: number, c: number): number {
    let scaled = value;
    for (const { isStandard, scale, shift, clip } of this.#steps) {
      scaled = isStandard ? (scaled - shift[c]) / scale[c] : scaled * scale[c] + shift[c];
      if (clip) scaled = Math.min(clip[1], Math.max(clip[0], scaled));
    }
    return scaled;
  }
}

function readStep(step: Record<string, unknown>, columns: number): Step {
  const isStandard = step.type === "StandardScaler";
  const scale = numbersOf(step.scale, `scale of the ${String(step.type)}`, columns);
  const shift = numbersOf(isStandard ? step.mean : step.min, `the shift of the ${String(step.type)}`, columns);
  if (!scale.every((factor) => factor > 0))
    throw new ModelFileError(`a scale of the ${String(step.type)} is not above 0`);
  const clip = isStandard || step.clip === null ? null : numbersOf(listOf(step.clip, "clip"), "clip", 2);
  return { isStandard, scale, shift, clip: clip && [clip[0], clip[1]] };
}
