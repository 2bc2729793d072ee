import { log } from "../core/math.ts";
import { DataError, ModelFileError } from "../errors.ts";
import type { SparseMatrix } from "../matrix.ts";
import type { ModelState } from "../models/state.ts";
import { stripAccents } from "./normalise.ts";
import { ENGLISH_STOP_WORDS } from "./stop-words.ts";
import { byCodePoint, countTerms } from "./term-counts.ts";
import { completeOptions, isStrings, type TfidfOptions } from "./tfidf-options.ts";
import { tokenise, wordNgrams } from "./tokenise.ts";

export type { TfidfOptions } from "./tfidf-options.ts";

/**
 * Turns texts into rows of TF-IDF weights, with the results of scikit-learn's `TfidfVectorizer`:
 * weight = tf * idf, idf = ln((1 + documents) / (1 + documents with the term)) + 1, rows scaled to unit length. Computed in
 * 64 bits, stored in 32. One difference: where `maxFeatures` cuts between terms of equal count, scikit-learn's choice hangs on
 * its sort and the machine; here the first in the vocabulary stay.
 *
 * Source: scikit-learn 1.2 (`feature_extraction.text`); Salton and Buckley 1988, "Term-weighting approaches in automatic text retrieval".
 *
 * @example
 * const vectorizer = new TfidfVectorizer({ ngramRange: [1, 2], sublinearTf: true });
 * const rows = vectorizer.fitTransform(["so happy", "so sad, so very sad"]); // 2 x 7, sparse
 * vectorizer.featureNames; // ["happy", "sad", "sad so", "so", "so happy", "so sad", ...]
 */
export class TfidfVectorizer {
  /** Every option, defaults filled in. */
  readonly options: Readonly<Required<TfidfOptions>>;
  readonly #stopWords: ReadonlySet<string>;
  #vocabulary: ReadonlyMap<string, number> = new Map();
  #idf = new Float64Array(0);

  /** @throws {OptionError} an option that is unknown or out of its range. */
  constructor(options: TfidfOptions = {}) {
    this.options = completeOptions(options);
    const { stopWords } = this.options;
    this.#stopWords = stopWords === "english" ? ENGLISH_STOP_WORDS : new Set(stopWords);
  }

  /** Each term's column; in the order of the columns, which is that of code points. Empty before `fit`. */
  get vocabulary(): ReadonlyMap<string, number> {
    return this.#vocabulary;
  }

  /** The terms in the order of their columns. */
  get featureNames(): string[] {
    return [...this.#vocabulary.keys()];
  }

  /** The weight of each term; all 1 with `useIdf: false`. */
  get idf(): Float64Array {
    return this.#idf.slice();
  }

  /**
   * Learns the vocabulary and the weights; what was learnt before is forgotten.
   * @throws {DataError} no documents, one that is no string, or no term left after stop words, `minDf` and `maxDf`.
   */
  fit(documents: readonly string[]): this {
    const { minDf, maxDf, maxFeatures, binary, useIdf, smoothIdf } = this.options;
    if (documents.length === 0) throw new DataError("TF-IDF needs at least one document to learn from");

    const numbers = new Map<string, number>();
    const { indices, counts } = countTerms(this.#analyse(documents), (term) => {
      const known = numbers.get(term);
      if (known !== undefined) return known;
      numbers.set(term, numbers.size);
      return numbers.size - 1;
    });
    const documentCount = new Int32Array(numbers.size);
    const termCount = new Float64Array(numbers.size);
    for (let i = 0; i < indices.length; i++) {
      documentCount[indices[i]]++;
      termCount[indices[i]] += binary ? 1 : counts[i];
    }

    const least = minDf < 1 ? minDf * documents.length : minDf;
    const most = maxDf <= 1 ? maxDf * documents.length : maxDf;
    let kept = [...numbers].filter(([, number]) => documentCount[number] >= least && documentCount[number] <= most);
    kept.sort(([a], [b]) => byCodePoint(a, b));
    if (maxFeatures !== null && kept.length > maxFeatures) {
      kept.sort(([, a], [, b]) => termCount[b] - termCount[a]); // a stable sort: ties stay in the order of code points
      kept = kept.slice(0, maxFeatures).sort(([a], [b]) => byCodePoint(a, b));
    }
    if (kept.length === 0) {
      throw new DataError(
        numbers.size === 0
          ? "no term is left to learn from: the documents are empty or hold stop words only"
          : `no term is left: none of ${numbers.size} stands in ${least} to ${most} of ${documents.length} documents; lower minDf or raise maxDf`,
      );
    }

    const extra = smoothIdf ? 1 : 0;
    this.#vocabulary = new Map(kept.map(([term], column) => [term, column]));
    this.#idf = Float64Array.from(kept, ([, number]) =>
      useIdf ? log((documents.length + extra) / (documentCount[number] + extra)) + 1 : 1,
    );
    return this;
  }

  /**
   * One row a document, one column a term. Text that is empty or holds no known term gives a row of zeros.
   * @throws {DataError} no `fit` before, or a document that is no string.
   */
  transform(documents: readonly string[]): SparseMatrix {
    if (this.#vocabulary.size === 0) throw new DataError("TF-IDF must be fitted before it can transform");
    const { sublinearTf, binary, norm } = this.options;
    const { indptr, indices, counts } = countTerms(this.#analyse(documents), (term) => this.#vocabulary.get(term));
    const weights = new Float64Array(indices.length);
    for (let i = 0; i < weights.length; i++) {
      const count = binary ? 1 : counts[i];
      weights[i] = (sublinearTf ? log(count) + 1 : count) * this.#idf[indices[i]];
    }
    if (norm !== null) scaleRows(weights, indptr, norm);
    return {
      kind: "csr",
      rows: documents.length,
      columns: this.#vocabulary.size,
      indptr,
      indices,
      values: Float32Array.from(weights),
    };
  }

  /** `fit`, then `transform` of the same documents. */
  fitTransform(documents: readonly string[]): SparseMatrix {
    return this.fit(documents).transform(documents);
  }

  /** The options, the terms and their weights. */
  save(): ModelState {
    return {
      kind: "tfidf",
      config: { ...this.options, terms: this.featureNames },
      tensors: { idf: { dtype: "F64", shape: [this.#idf.length], data: this.idf } },
    };
  }

  /**
   * The vectorizer that `save` described.
   * @throws {ModelFileError} a state of another kind, or terms and weights that do not agree.
   * @throws {OptionError} an option that this version does not know.
   */
  static load({ kind, config, tensors }: ModelState): TfidfVectorizer {
    if (kind !== "tfidf") throw new ModelFileError(`a TF-IDF vectorizer was expected, the file holds "${kind}"`);
    const { terms, ...options } = config;
    const vectorizer = new TfidfVectorizer(options as TfidfOptions);
    const idf = tensors.idf?.data;
    if (
      !isStrings(terms) ||
      !(idf instanceof Float64Array) ||
      idf.length !== terms.length ||
      !idf.every(Number.isFinite)
    ) {
      throw new ModelFileError("the TF-IDF vectorizer is corrupted: its terms and their weights do not agree");
    }
    vectorizer.#vocabulary = new Map(terms.map((term, column) => [term, column]));
    if (vectorizer.#vocabulary.size !== terms.length) {
      throw new ModelFileError("the TF-IDF vectorizer is corrupted: a term stands in it twice");
    }
    vectorizer.#idf = idf.slice();
    return vectorizer;
  }

  *#analyse(documents: readonly string[]): Generator<string[]> {
    if (typeof documents === "string") throw new DataError("TF-IDF takes a list of documents, not one string");
    const { lowercase, stripAccents: accents, tokenPattern, ngramRange } = this.options;
    for (let i = 0; i < documents.length; i++) {
      let text = documents[i];
      if (typeof text !== "string") throw new DataError(`document ${i} is not a string`);
      if (lowercase) text = text.toLowerCase();
      if (accents !== null) text = stripAccents(text, accents);
      const tokens = tokenise(text, tokenPattern).filter((token) => !this.#stopWords.has(token));
      yield wordNgrams(tokens, ngramRange);
    }
  }
}

/** Scales each row to unit length. All weights are positive, so the l1 norm is their plain sum. */
function scaleRows(weights: Float64Array, indptr: Int32Array, norm: "l1" | "l2"): void {
  for (let row = 0; row + 1 < indptr.length; row++) {
    let sum = 0;
    for (let i = indptr[row]; i < indptr[row + 1]; i++) sum += norm === "l2" ? weights[i] * weights[i] : weights[i];
    const length = norm === "l2" ? Math.sqrt(sum) : sum;
    for (let i = indptr[row]; i < indptr[row + 1]; i++) weights[i] /= length;
  }
}
