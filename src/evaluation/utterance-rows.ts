import type { DeepClassifier, DeepFitOptions } from "../deep/deep-classifier.ts";
import type { UtteranceInput } from "../deep/utterance-input.ts";
import { DataError } from "../errors.ts";
import { type DenseMatrix, denseMatrix, type Matrix, type Probabilities, toDense } from "../matrix.ts";
import type { Classifier } from "../models/classifier.ts";
import type { ModelState } from "../models/state.ts";
import type { EvaluationRows } from "./rows.ts";

/** What a model of utterances is given of them, beside features that the fold has fitted. */
export interface UtteranceParts {
  /** `transcript`: as the other models get it; `written`: as the corpus writes it, where that is known. */
  readonly text?: "transcript" | "written";
  readonly frames?: boolean;
  /** What was said before in the dialogue, too. */
  readonly context?: boolean;
}

/** One column with each row's number: what a fold divides, copies and holds out for {@link UtteranceRows}. */
export const rowNumbers = (rows: number): DenseMatrix =>
  denseMatrix(
    rows,
    1,
    Float32Array.from({ length: rows }, (_, row) => row),
  );

/**
 * A model of utterances as a classifier of the rows that a fold hands out: the first column is the number of an utterance, whose text and
 * frames are looked up, the others are its features. So it is given what the fold gives it and nothing else.
 */
export class UtteranceRows implements Classifier {
  readonly kind: string;
  readonly #model: DeepClassifier;
  readonly #rows: EvaluationRows;
  readonly #parts: UtteranceParts;

  /** @throws {DataError} rows that lack what the model reads */
  constructor(model: DeepClassifier, rows: EvaluationRows, parts: UtteranceParts) {
    if (parts.frames && !rows.frames)
      throw new DataError(`${rows.corpus}: ${model.kind} needs the frames of the audio`);
    if (parts.text && !rows.transcripts) throw new DataError(`${rows.corpus}: ${model.kind} needs transcripts`);
    if (parts.context && !rows.contexts) throw new DataError(`${rows.corpus}: ${model.kind} needs dialogues`);
    this.kind = model.kind;
    this.#model = model;
    this.#rows = rows;
    this.#parts = parts;
  }

  get classes(): readonly string[] {
    return this.#model.classes;
  }

  fit(x: Matrix, y: readonly string[], options: DeepFitOptions = {}): Promise<void> {
    return this.#model.fit(this.#inputs(x), y, { ...options, wordVectors: this.#rows.wordVectors });
  }

  predictProba(x: Matrix): Promise<Probabilities> {
    return this.#model.predictProba(this.#inputs(x));
  }

  save(): ModelState {
    return this.#model.save();
  }

  #inputs(x: Matrix): UtteranceInput[] {
    const { columns, data } = toDense(x);
    const { transcripts, texts = transcripts, contexts, frames, frameVariants } = this.#rows;
    const said = this.#parts.text === "written" ? texts : transcripts;
    return Array.from({ length: x.rows }, (_, r) => {
      const row = data[r * columns];
      return {
        text: this.#parts.text ? said![row] : undefined,
        context: this.#parts.context ? contexts![row] : undefined,
        frames: this.#parts.frames ? frames![row] : undefined,
        variants: this.#parts.frames ? frameVariants?.[row] : undefined,
        features: columns > 1 ? data.slice(r * columns + 1, (r + 1) * columns) : undefined,
      };
    });
  }
}
