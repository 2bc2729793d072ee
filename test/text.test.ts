import * as fc from "fast-check";
import { expect, test } from "vitest";
import { normaliseTranscript, stripAccents } from "../src/text/normalise.ts";
import { ENGLISH_STOP_WORDS } from "../src/text/stop-words.ts";
import { tokenise, wordNgrams } from "../src/text/tokenise.ts";
import { fixtureJson } from "./fixture.ts";

// Python 3.11 and scikit-learn 1.2.1, for each text s:
// words = re.findall(r"(?u)\b\w\w+\b", s)
// unicode, ascii = strip_accents_unicode(s), strip_accents_ascii(s)
// bare = "".join(c for c in unicodedata.normalize("NFD", s.lower().strip()) if unicodedata.category(c) != "Mn")
// seed = re.sub(r"[^a-zA-Z.!?]+", " ", re.sub(r"([.!?])", r" \1", bare)).strip()
test("words, accents and the seed's normalisation are Python's", async () => {
  const { texts } = await fixtureJson("ml/tfidf_more.json");
  expect(texts.length).toBe(21);
  for (const { text, words, unicode, ascii, seed } of texts) {
    expect(tokenise(text)).toEqual(words);
    expect(stripAccents(text, "unicode")).toBe(unicode);
    expect(stripAccents(text, "ascii")).toBe(ascii);
    expect(normaliseTranscript(text)).toBe(seed);
  }
});

test("a normalised transcript holds letters, marks and single spaces, and stays as it is when normalised again", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const normalised = normaliseTranscript(text);
      expect(normalised).toMatch(/^([a-z]+|[.!?])?( ([a-z]+|[.!?]))*$|^$/);
      expect(normaliseTranscript(normalised)).toBe(normalised);
    }),
  );
});

test("text with no letter and no mark is normalised to nothing", () => {
  expect(["", "  ", "10:30", "電車", "—"].map(normaliseTranscript)).toEqual(["", "", "", "", ""]);
});

test.each<[string, string[]]>([
  ["I'm so happy!!! 😂", ["I'm", "so", "happy", "!!!", "😂"]],
  ["don’t 'quote' rock'n'roll", ["don't", "'", "quote", "'", "rock'n'roll"]],
  ["Wait... what?!", ["Wait", "...", "what", "?", "!"]],
  ["👍🏽👍🏽 👩‍🚀 ❤️", ["👍", "👍", "👩", "🚀", "❤"]],
  ["cafe\u0301 हिन्दी 電車", ["cafe\u0301", "हिन्दी", "電車"]],
  ["[NAME] 10:30 a_b", ["[", "NAME", "]", "10", ":", "30", "a_b"]],
  ["\u200b \ufe0f \u0301", []],
])("words and punctuation of %j", (text, tokens) => {
  expect(tokenise(text, "word-punctuation")).toEqual(tokens);
});

test("a long run of one mark is cut in linear time into one token", () => {
  expect(tokenise("!".repeat(200_000), "word-punctuation").map((t) => t.length)).toEqual([200_000]);
  expect(tokenise("a'".repeat(100_000), "word-punctuation").length).toBe(2);
});

test("n-grams run from the shortest to the longest, and no further than the text", () => {
  const tokens = ["not", "so", "bad"];
  expect(wordNgrams(tokens, [1, 1])).toEqual(tokens);
  expect(wordNgrams(tokens, [1, 2])).toEqual(["not", "so", "bad", "not so", "so bad"]);
  expect(wordNgrams(tokens, [2, 9])).toEqual(["not so", "so bad", "not so bad"]);
  expect(wordNgrams([], [1, 3])).toEqual([]);
});

test("the stop words are scikit-learn's", () => {
  // Python: len(ENGLISH_STOP_WORDS); sum(map(len, ENGLISH_STOP_WORDS))
  expect(ENGLISH_STOP_WORDS.size).toBe(318);
  expect([...ENGLISH_STOP_WORDS].join("").length).toBe(1592);
  expect(["the", "amoungst", "hasnt", "yourselves"].every((word) => ENGLISH_STOP_WORDS.has(word))).toBe(true);
});
