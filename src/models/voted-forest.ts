import type { Forest } from "../core/forest.ts";
import { ResidentForest } from "../core/resident-forest.ts";
import { DataError, ModelFileError } from "../errors.ts";
import type { Matrix, Probabilities } from "../matrix.ts";
import { checkRows } from "./check.ts";
import type { Classifier } from "./classifier.ts";
import { forestOf, forestTensors } from "./forest-state.ts";
import type { ModelState } from "./state.ts";
import { checkKind, classesOf } from "./state-reader.ts";

/** By how much the class that `ml-random-forest` answers is ahead of one with as many votes. */
const TIE = 1e-9;

/**
 * A forest of `ml-random-forest` or a tree of `ml-cart`, whose trees vote: a probability is a class's share of the votes. Of classes with
 * as many votes that is ahead (by 1e-9) which reached their number first, in the order of the trees, as in `ml-array-mode`; so the
 * likeliest class is always the one that `predict` of that package names. Cannot be trained here.
 *
 * @example
 * const forest = readModel(bytesOfJson).classifier; // of JSON.stringify(randomForest.toJSON())
 * forest.predictProba(matrixFromRows([[5.1, 3.5, 1.4, 0.2]]));
 */
export class VotedForest implements Classifier {
  static readonly kind = "voted-forest";
  readonly kind = VotedForest.kind;
  readonly classes: readonly string[];
  /** The trees; the one number of a leaf is that of a class. */
  readonly forest: Forest;
  #resident: ResidentForest | null = null;

  /** @throws {ModelFileError} a leaf that votes for no class. */
  constructor(forest: Forest, classes: readonly string[]) {
    const stray = forest.leafValues.find((code) => !Number.isInteger(code) || code < 0 || code >= classes.length);
    if (stray !== undefined) {
      throw new ModelFileError(`a leaf votes for class ${stray}, but there are ${classes.length} classes`);
    }
    this.forest = forest;
    this.classes = classes;
  }

  /** @throws {DataError} always: train a `RandomForestClassifier`. */
  fit(): never {
    throw new DataError("a forest that votes cannot be trained here: train a RandomForestClassifier");
  }

  predictProba(x: Matrix): Probabilities {
    const { forest } = this;
    checkRows(x, forest.columns);
    const trees = forest.offsets.length - 1;
    // Trees take turns at the outputs: with as many outputs as trees, each output is one tree's vote.
    this.#resident ??= new ResidentForest(forest, trees, false);
    const votes = this.#resident.predict(x);
    const columns = this.classes.length;
    const data = new Float64Array(x.rows * columns);
    for (let row = 0; row < x.rows; row++) {
      tally(votes.subarray(row * trees, (row + 1) * trees), data.subarray(row * columns, (row + 1) * columns));
    }
    return { rows: x.rows, columns, data };
  }

  save(): ModelState {
    const { columns, offsets } = this.forest;
    return {
      kind: this.kind,
      config: { classes: this.classes, columns, trees: offsets.length - 1 },
      tensors: forestTensors(this.forest),
    };
  }

  /** The forest that {@link save} wrote. @throws {ModelFileError} when a part is missing, out of range or does not fit the others. */
  static load(state: ModelState): VotedForest {
    checkKind(state, VotedForest.kind);
    return new VotedForest(forestOf(state, 1), classesOf(state));
  }
}

/** Makes probabilities of one row's votes. */
function tally(votes: Float64Array, shares: Float64Array): void {
  let ahead = 0;
  let most = 0;
  for (const code of votes) {
    if (++shares[code] > most) {
      most = shares[code];
      ahead = code;
    }
  }
  for (let c = 0; c < shares.length; c++) shares[c] /= votes.length;
  const tied = shares.some((share, c) => c !== ahead && share === shares[ahead]);
  if (!tied) return;
  shares[ahead] += TIE;
  for (let c = 0; c < shares.length; c++) shares[c] /= 1 + TIE;
}
