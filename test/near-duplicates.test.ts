import * as fc from "fast-check";
import { expect, test } from "vitest";
import { contentTwins, countTwins, withoutTwins } from "../src/evaluation/duplicates.ts";
import { nearDuplicates, wordsOf } from "../src/evaluation/near-duplicates.ts";
import { denseMatrix } from "../src/matrix.ts";
import { toyRows } from "./evaluation-doubles.ts";

/** Compares every pair, and joins what is connected. */
function pairByPair(texts: readonly string[]): number[] {
  const bags = texts.map((text) => new Set(wordsOf(text)));
  const group = texts.map((_, i) => i);
  const join = (a: number, b: number): void => {
    const [from, to] = [Math.max(group[a], group[b]), Math.min(group[a], group[b])];
    group.forEach((own, i) => (group[i] = own === from ? to : own));
  };
  for (let a = 0; a < texts.length; a++) {
    for (let b = a + 1; b < texts.length; b++) {
      const shared = [...bags[a]].filter((word) => bags[b].has(word)).length;
      const all = bags[a].size + bags[b].size - shared;
      if (all > 0 && shared >= 0.8 * all - 1e-9) join(a, b);
    }
  }
  return group;
}

test("finds the pairs that comparing every pair finds", () => {
  const word = fc.integer({ min: 0, max: 9 }).map((n) => `w${n}`);
  const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(" "));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 25 }), (texts) => {
      expect([...nearDuplicates(texts)]).toEqual(pairByPair(texts));
    }),
    { numRuns: 300 },
  );
});

test("punctuation, case and accents make no difference; one word in ten or more neither", () => {
  expect([...nearDuplicates(["I'm fine.", "im FINE!", "Café?", "cafe", "", "", "..."])]).toEqual([0, 0, 2, 2, 4, 5, 6]);
  const ten = "one two three four five six seven eight nine ten";
  expect([...nearDuplicates([ten, ten.replace("ten", "eleven"), ten.replace("nine ten", "x y")])]).toEqual([0, 0, 2]);
});

test("copies are known by name, by samples, by features and text together, or by long text alone", () => {
  const toy = toyRows({ a: 3, b: 3 }, 1, 1);
  const labels = toy.labels;
  const none = { corpus: "c", classes: ["a", "b"], labels };
  const twins = (more: object) => [...contentTwins({ ...none, ...more })];
  expect(twins({ ids: ["p", "q", "p", "r", "s", "q"] })).toEqual([0, 1, 0, 3, 4, 1]);
  expect(twins({ ids: ["p", "q", "r", "s", "t", "u"], audioHashes: ["x", "y", "z", "x", "v", "w"] })).toEqual([
    0, 1, 2, 0, 4, 5,
  ]);
  const features = denseMatrix(6, 1, Float32Array.of(1, 2, 1, 1, 5, 6));
  expect(twins({ features, transcripts: ["no", "no", "no", "yes", "no", "no"] })).toEqual([0, 1, 0, 3, 4, 5]);
  const long = "I have never said that to you";
  expect(twins({ transcripts: ["no", "no", long, "yes", long, ""] })).toEqual([0, 1, 2, 3, 2, 5]);
  expect(countTwins(Int32Array.of(0, 1, 0, 3, 0))).toBe(3);
});

test("a split loses the training rows whose copy tests", () => {
  const split = { name: "one", train: Int32Array.of(0, 1, 2, 3), test: Int32Array.of(4, 5) };
  const { split: clean, straddling } = withoutTwins(split, Int32Array.of(0, 1, 2, 0, 0, 5));
  expect([[...clean.train], [...clean.test], straddling]).toEqual([[1, 2], [4, 5], 2]);
});
