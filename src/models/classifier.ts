import type { Matrix, Probabilities } from "../matrix.ts";
import type { ModelState } from "./state.ts";

export interface FitOptions {
  /** One weight an example; all 1 when left out. */
  sampleWeight?: ArrayLike<number>;
  /** Who spoke each row, for models that hold rows out of their training: whole groups are held out. */
  groups?: readonly string[];
  /** Called now and then with the share of the work that is done, from 0 to 1. */
  onProgress?: (done: number) => void;
}

/** What every classifier of the project does. Deep models answer with promises, so generic callers await both. */
export interface Classifier {
  /** The name under which its saved state is found again, e.g. `random-forest`. */
  readonly kind: string;
  /** The class names in ascending order, as in the columns of `predictProba`; empty before `fit`. */
  readonly classes: readonly string[];
  /**
   * Learns from the rows of `x` and their labels; what was learnt before is forgotten.
   * @throws {DataError} fewer than two classes, no rows, lengths that do not agree, NaN or infinite values.
   */
  fit(x: Matrix, y: readonly string[], options?: FitOptions): void | Promise<void>;
  /** Class probabilities, rows x classes. @throws {DataError} a column count other than that of `fit`, NaN, or no fit before. */
  predictProba(x: Matrix): Probabilities | Promise<Probabilities>;
  /** All that `predictProba` needs, to be written by `saveModel`. */
  save(): ModelState;
}
