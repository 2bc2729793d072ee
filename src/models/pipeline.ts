import { DataError, ModelFileError, OptionError } from "../errors.ts";
import type { Matrix, Probabilities } from "../matrix.ts";
import { TfidfVectorizer } from "../text/tfidf.ts";
import type { Classifier, FitOptions } from "./classifier.ts";
import type { Loader } from "./members.ts";
import { hasPart, joinStates, partOf } from "./nested-state.ts";
import { loadScaler, type Scaler } from "./scaler.ts";
import type { ModelState } from "./state.ts";
import { checkKind, integerOf, withOptions } from "./state-reader.ts";

/** What stands before a classifier: a vectoriser of texts, or scalers of rows. */
export interface PipelineSteps {
  readonly vectorizer?: TfidfVectorizer;
  readonly scalers?: readonly Scaler[];
  readonly classifier: Classifier;
}

/** Scalers at most, in a file. */
const MOST_SCALERS = 16;

/**
 * A classifier and what turns its input into the rows that it learns from, as scikit-learn's `Pipeline`: scalers for rows of numbers, or
 * TF-IDF for texts.
 *
 * @example
 * const pipeline = new Pipeline({ vectorizer: new TfidfVectorizer(), classifier: new LogisticRegression() });
 * await pipeline.fit(["so happy", "happy day", "so sad", "sad day"], ["joy", "joy", "grief", "grief"]);
 * await pipeline.predictProba(["a happy day"]); // mostly joy: columns are grief, joy
 */
export class Pipeline implements Classifier {
  static readonly kind = "pipeline";
  readonly kind = Pipeline.kind;
  readonly vectorizer: TfidfVectorizer | null;
  readonly scalers: readonly Scaler[];
  readonly classifier: Classifier;

  /** @throws {OptionError} scalers behind a vectoriser, whose rows are sparse. */
  constructor({ vectorizer, scalers = [], classifier }: PipelineSteps) {
    if (vectorizer && scalers.length > 0) {
      throw new OptionError(
        "a pipeline has a vectoriser or scalers: rows of texts are sparse, and scalers take dense ones",
      );
    }
    this.vectorizer = vectorizer ?? null;
    this.scalers = scalers;
    this.classifier = classifier;
  }

  get classes(): readonly string[] {
    return this.classifier.classes;
  }

  /** Fits every step on what the one before makes. @throws {DataError} as the steps do. */
  async fit(x: Matrix | readonly string[], y: readonly string[], options?: FitOptions): Promise<void> {
    if (this.vectorizer && isTexts(x)) this.vectorizer.fit(x);
    let rows = this.#rows(x);
    for (const scaler of this.scalers) rows = scaler.fit(rows).transform(rows);
    await this.classifier.fit(rows, y, options);
  }

  /** Class probabilities of rows, or of texts where the pipeline begins with a vectoriser. @throws {DataError} as the steps do. */
  async predictProba(x: Matrix | readonly string[]): Promise<Probabilities> {
    let rows = this.#rows(x);
    for (const scaler of this.scalers) rows = scaler.transform(rows);
    return this.classifier.predictProba(rows);
  }

  save(): ModelState {
    const parts: Record<string, ModelState> = {};
    if (this.vectorizer) parts.vectorizer = this.vectorizer.save();
    for (const [i, scaler] of this.scalers.entries()) parts[`scaler${i}`] = scaler.save();
    parts.classifier = this.classifier.save();
    return joinStates(this.kind, { scalers: this.scalers.length }, parts);
  }

  /** The pipeline that {@link save} wrote. @throws {ModelFileError} when a part is missing or not sound. */
  static load(state: ModelState, load: Loader): Pipeline {
    checkKind(state, Pipeline.kind);
    const count = integerOf(state, "scalers", 0);
    if (count > MOST_SCALERS)
      throw new ModelFileError(`the pipeline has ${count} scalers; there may be ${MOST_SCALERS}`);
    const scalers = Array.from({ length: count }, (_, i) => loadScaler(partOf(state, `scaler${i}`)));
    return withOptions(() => {
      const vectorizer = hasPart(state, "vectorizer") ? TfidfVectorizer.load(partOf(state, "vectorizer")) : undefined;
      return new Pipeline({ vectorizer, scalers, classifier: load(partOf(state, "classifier")) });
    });
  }

  #rows(x: Matrix | readonly string[]): Matrix {
    if (isTexts(x) !== (this.vectorizer !== null)) {
      throw new DataError(`the pipeline takes ${this.vectorizer ? "a list of texts" : "rows of numbers"}`);
    }
    return this.vectorizer && isTexts(x) ? this.vectorizer.transform(x) : (x as Matrix);
  }
}

const isTexts = (x: Matrix | readonly string[]): x is readonly string[] => Array.isArray(x);
