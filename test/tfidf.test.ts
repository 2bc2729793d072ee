import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DataError, ModelFileError, OptionError } from "../src/errors.ts";
import { type SparseMatrix, takeRows } from "../src/matrix.ts";
import { byCodePoint } from "../src/text/term-counts.ts";
import { type TfidfOptions, TfidfVectorizer } from "../src/text/tfidf.ts";
import { fixtureJson } from "./fixture.ts";

type Row = [column: number, weight: number][];

/** The same columns, and weights within 1e-6 (they are below 10 and stored in 32 bits, whose step there is 5e-7). */
function expectRows(matrix: SparseMatrix, expected: Row[]): void {
  expect(matrix.rows).toBe(expected.length);
  expected.forEach((row, r) => {
    const [from, to] = [matrix.indptr[r], matrix.indptr[r + 1]];
    expect([...matrix.indices.subarray(from, to)]).toEqual(row.map(([column]) => column));
    row.forEach(([, weight], i) => expect(Math.abs(matrix.values[from + i] - weight)).toBeLessThan(1e-6));
  });
}

function expectClose(actual: ArrayLike<number>, expected: number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => expect(Math.abs(actual[i] - value)).toBeLessThan(tolerance));
}

// scikit-learn 1.2.1:
// v = TfidfVectorizer(**params).fit(sentences)
// dict(vocabulary=v.vocabulary_, idf=v.idf_, train=v.transform(sentences), query=v.transform(queries))
const fifty: [string, TfidfOptions][] = [
  ["tfidf_default", {}],
  ["tfidf_bigram_sublinear_mindf2", { ngramRange: [1, 2], sublinearTf: true, minDf: 2 }],
  ["tfidf_stop_english", { stopWords: "english" }],
];
test.each(fifty)("%s equals scikit-learn's on fifty sentences", async (name, options) => {
  const reference = await fixtureJson(`ml/${name}.json`);
  const vectorizer = new TfidfVectorizer(options).fit(reference.sentences);
  expect(Object.fromEntries(vectorizer.vocabulary)).toEqual(reference.vocabulary);
  expectClose(vectorizer.idf, reference.idf, 1e-12); // the same formula in 64 bits; only the last bits of ln may differ
  expectRows(vectorizer.transform(reference.sentences), reference.train);
  expectRows(vectorizer.transform(reference.queries), reference.query);
});

// scikit-learn 1.2.1, for each of the fixture's cases, over texts in eight scripts with emoji, fullwidth letters and letters
// beyond U+FFFF (no count is equal on both sides of a max_features cut, where scikit-learn's order is undefined):
// v = TfidfVectorizer(**params).fit(documents)
// dict(terms=sorted(v.vocabulary_), idf=v.idf_, train=v.transform(documents), query=v.transform(queries))
test("every option gives scikit-learn's terms, weights and rows", async () => {
  const { documents, queries, cases } = await fixtureJson("ml/tfidf_more.json");
  expect(cases.length).toBe(15);
  for (const { params, terms, idf, train, query } of cases) {
    const options = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name.replace(/_(\w)/g, (_, c) => c.toUpperCase()), value]),
    );
    const vectorizer = new TfidfVectorizer(options);
    const rows = vectorizer.fitTransform(documents);
    expect(vectorizer.featureNames, JSON.stringify(params)).toEqual(terms);
    if (idf !== null) expectClose(vectorizer.idf, idf, 1e-12);
    expectRows(rows, train);
    expectRows(vectorizer.transform(queries), query);
  }
});

test("terms are ordered by code point, not by UTF-16 unit", () => {
  // Python: sorted(["\uff41", "\U00020bb7", "z", "za", "\ue000", "\ud7fb"])
  const sorted = ["z", "za", "\ud7fb", "\ue000", "\uff41", "\u{20bb7}"];
  expect([...sorted].reverse().sort(byCodePoint)).toEqual(sorted);
});

/** Orders by the code points as numbers. */
const reference = (a: string, b: string) => {
  const [x, y] = [[...a], [...b]].map((chars) => chars.map((c) => c.codePointAt(0) as number));
  const i = x.findIndex((code, at) => code !== y[at]);
  return i < 0 ? x.length - y.length : i >= y.length ? 1 : x[i] - y[i];
};

test("the order of code points is that of the strings' code points as numbers", () => {
  const text = fc.string({ unit: "binary", maxLength: 6 });
  fc.assert(fc.property(text, text, (a, b) => Math.sign(byCodePoint(a, b)) === Math.sign(reference(a, b))));
});

test("maxFeatures keeps the first of the terms that occur equally often", () => {
  const vectorizer = new TfidfVectorizer({ maxFeatures: 2 }).fit(["dd cc bb aa", "dd"]);
  expect(vectorizer.featureNames).toEqual(["aa", "dd"]);
});

test("text that is empty or has no known word is a row of zeros", () => {
  const vectorizer = new TfidfVectorizer().fit(["so happy", "so sad"]);
  const rows = vectorizer.transform(["", "unheard of", "!?", "sad"]);
  expect([...rows.indptr]).toEqual([0, 0, 0, 0, 1]);
  expect([rows.rows, rows.columns]).toEqual([4, 3]);
});

test("punctuation, contractions and emoji can be terms", () => {
  const vectorizer = new TfidfVectorizer({ tokenPattern: "word-punctuation", ngramRange: [1, 2] });
  vectorizer.fit(["I don't know!!! 😂"]);
  expect(vectorizer.featureNames).toEqual(
    ["!!!", "!!! 😂", "don't", "don't know", "i", "i don't", "know", "know !!!", "😂"], // Python's sorted()
  );
});

const words = fc.constantFrom("so", "happy", "sad", "very", "the", "été", "😂", "電車", "!", "I", "won't");
const corpus = fc.array(
  fc.array(words, { maxLength: 8 }).map((list) => list.join(" ")),
  { minLength: 2, maxLength: 12 },
);
const options = fc.record({
  ngramRange: fc.constantFrom<[number, number][]>([1, 1], [1, 2], [1, 3]),
  sublinearTf: fc.boolean(),
  smoothIdf: fc.boolean(),
  norm: fc.constantFrom("l1" as const, "l2" as const),
  tokenPattern: fc.constantFrom("word" as const, "word-punctuation" as const),
});
const fitted = fc
  .tuple(corpus, options)
  .map(([documents, o]) => ({ documents: ["so happy", ...documents], vectorizer: new TfidfVectorizer(o) }));

test("each row has unit length or is zero", () => {
  fc.assert(
    fc.property(fitted, ({ documents, vectorizer }) => {
      const { indptr, values } = vectorizer.fitTransform(documents);
      for (let r = 0; r < documents.length; r++) {
        const row = values.subarray(indptr[r], indptr[r + 1]);
        const length = row.reduce((sum, v) => sum + (vectorizer.options.norm === "l1" ? v : v * v), 0);
        // each of at most 30 weights is off by half a 32-bit step (6e-8 of itself)
        expect(row.length === 0 ? 1 : length).toBeCloseTo(1, 5);
      }
    }),
  );
});

test("the order of the documents changes neither the terms nor their weights", () => {
  fc.assert(
    fc.property(fitted, fc.infiniteStream(fc.nat()), ({ documents, vectorizer }, keys) => {
      const order = documents.map((_, i) => ({ i, key: keys.next().value })).sort((a, b) => a.key - b.key);
      const index = order.map(({ i }) => i);
      const rows = vectorizer.fitTransform(documents);
      const other = new TfidfVectorizer(vectorizer.options);
      const permuted = other.fitTransform(index.map((i) => documents[i]));
      expect(other.featureNames).toEqual(vectorizer.featureNames);
      expect(other.idf).toEqual(vectorizer.idf);
      expect(permuted).toEqual(takeRows(rows, index));
    }),
  );
});

test("a vectorizer that was saved, written as JSON and loaded gives the same rows", () => {
  fc.assert(
    fc.property(fitted, ({ documents, vectorizer }) => {
      const rows = vectorizer.fitTransform(documents);
      const { kind, config, tensors } = vectorizer.save();
      const loaded = TfidfVectorizer.load({ kind, config: JSON.parse(JSON.stringify(config)), tensors });
      expect(loaded.options).toEqual(vectorizer.options);
      expect(loaded.transform(documents)).toEqual(rows);
    }),
  );
});

const fit = (documents: unknown, options?: TfidfOptions) => () =>
  new TfidfVectorizer(options).fit(documents as string[]);

test("documents that nothing can be learnt from are refused in one sentence", () => {
  expect(fit([])).toThrow(DataError);
  expect(fit([])).toThrow("at least one document");
  expect(fit(["", "a !"])).toThrow("no term is left to learn from: the documents are empty or hold stop words only");
  expect(fit(["the and of"], { stopWords: "english" })).toThrow(DataError);
  expect(fit(["aa bb", "cc"], { minDf: 2 })).toThrow(
    "no term is left: none of 3 stands in 2 to 2 of 2 documents; lower minDf or raise maxDf",
  );
  expect(fit(["aa", undefined])).toThrow("document 1 is not a string");
  expect(fit("aa bb")).toThrow("not one string");
  expect(() => new TfidfVectorizer().transform(["aa"])).toThrow("must be fitted");
});

test.each<[unknown, string]>([
  [{ min_df: 2 }, 'no option "min_df"'],
  [{ ngramRange: [2, 1] }, "ngramRange must be two integers from 1, the smaller one first, not [2,1]"],
  [{ ngramRange: [0, 1] }, "ngramRange"],
  [{ ngramRange: 2 }, "ngramRange"],
  [{ minDf: 0.5 + 1 }, "minDf must be an integer from 1 or a share from 0 to below 1, not 1.5"],
  [{ minDf: -1 }, "minDf"],
  [{ minDf: Number.NaN }, "minDf"],
  [{ minDf: "2" }, "minDf"],
  [{ maxDf: 1.5 }, "maxDf must be a share from 0 to 1 or an integer from 2, not 1.5"],
  [{ maxFeatures: 0 }, "maxFeatures"],
  [{ norm: "max" }, 'norm must be "l1", "l2" or null, not "max"'],
  [{ stopWords: "french" }, "stopWords"],
  [{ stopWords: [1] }, "stopWords"],
  [{ stripAccents: "all" }, "stripAccents"],
  [{ tokenPattern: "char" }, "tokenPattern must be one of word, word-punctuation"],
  [{ sublinearTf: 1 }, "sublinearTf must be true or false, not 1"],
])("the option %j is refused", (options, message) => {
  const make = () => new TfidfVectorizer(options as TfidfOptions);
  expect(make).toThrow(OptionError);
  expect(make).toThrow(message);
});

test("an option that is undefined is the default", () => {
  expect(new TfidfVectorizer({ minDf: undefined }).options).toEqual(new TfidfVectorizer().options);
});

test("a state that is not a whole vectorizer is refused", () => {
  const state = new TfidfVectorizer().fit(["so happy", "so sad"]).save();
  const idf = state.tensors.idf;
  const broken = [
    { ...state, kind: "random-forest" },
    { ...state, tensors: {} },
    { ...state, config: { ...state.config, terms: ["so"] } },
    { ...state, config: { ...state.config, terms: ["so", "so", "sad"] } },
    { ...state, config: { ...state.config, terms: "so" } },
    { ...state, tensors: { idf: { ...idf, data: Float64Array.of(1, Number.NaN, 1) } } },
  ];
  for (const state of broken) expect(() => TfidfVectorizer.load(state)).toThrow(ModelFileError);
  expect(() => TfidfVectorizer.load({ ...state, config: { ...state.config, newOption: 1 } })).toThrow(OptionError);
});
