import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../src/random.ts";
import { corruptWords, wordsOf } from "../src/text/word-errors.ts";

const others = ["yes", "no", "maybe"];

// Levenshtein's distance of words: substitutions, deletions and insertions.
function wordErrors(said: string[], heard: string[]): number {
  let row = heard.map((_, j) => j + 1);
  said.forEach((word, i) => {
    const next: number[] = [];
    heard.forEach((other, j) => {
      const diagonal = j === 0 ? i : row[j - 1];
      const left = j === 0 ? i + 1 : next[j - 1];
      next.push(Math.min(diagonal + (word === other ? 0 : 1), row[j] + 1, left + 1));
    });
    row = next;
  });
  return heard.length === 0 ? said.length : row[row.length - 1];
}

test("the word error rate is the one that was asked for", () => {
  const words = Array.from({ length: 4000 }, (_, n) => `w${n}`);
  for (const rate of [0.1, 0.2, 0.4]) {
    const heard = corruptWords(words.join(" "), rate, others, new Random(4));
    // Every error is a word of its own here; an insertion next to a deletion may count as one.
    expect(Math.abs(wordErrors(words, wordsOf(heard)) / words.length - rate)).toBeLessThan(0.025);
  }
});

test("no errors at rate 0 but in the spaces; every word touched at rate 1; a seed, one text", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 30 }), fc.integer(), (words, seed) => {
      const text = words.join("  ");
      expect(corruptWords(text, 0, others, new Random(seed))).toBe(words.join(" "));
      expect(corruptWords(text, 0.3, others, new Random(seed))).toBe(corruptWords(text, 0.3, others, new Random(seed)));
      expect(
        wordsOf(corruptWords(text, 1, ["§"], new Random(seed))).filter((word) => word === "§").length,
      ).toBeLessThanOrEqual(words.length);
    }),
  );
  expect(corruptWords("", 0.5, others, new Random(1))).toBe("");
});

test("refuses a rate that is none, and no words to draw from", () => {
  expect(() => corruptWords("a", 1.5, others, new Random(1))).toThrow("word error rate must be in [0, 1]");
  expect(() => corruptWords("a", 0.5, [], new Random(1))).toThrow("no words to draw errors from");
});
