import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../src/errors.ts";
import {
  assertGroupsApart,
  crossSplits,
  groupHoldout,
  groupKFold,
  holdout,
  leaveOneGroupOut,
  officialSplit,
  shuffledKFold,
  type Split,
  stratifiedGroupKFold,
} from "../src/evaluation/splits.ts";

import { fixtureJson } from "./fixture.ts";

const groups = fc
  .array(
    fc.integer({ min: 0, max: 8 }).map((n) => `g${n}`),
    { minLength: 2, maxLength: 60 },
  )
  .filter((names) => new Set(names).size > 1);

const complement = ({ train, test }: Split, rows: number): void => {
  expect([...train, ...test].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row));
};

describe("grouped splits", () => {
  test("leave one group out tests every row once and keeps groups apart", () => {
    fc.assert(
      fc.property(groups, (names) => {
        const splits = leaveOneGroupOut(names);
        expect(splits.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(names.map((_, row) => row));
        for (const split of splits) {
          complement(split, names.length);
          assertGroupsApart(split, names);
          expect(new Set(Array.from(split.test, (row) => names[row]))).toEqual(new Set([split.name]));
        }
      }),
    );
  });

  test("k-fold does, in parts no larger than the average and the largest group together", () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 2, max: 5 }), (names, k) => {
        fc.pre(new Set(names).size >= k);
        const splits = groupKFold(names, k);
        expect(splits).toHaveLength(k);
        expect(splits.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(names.map((_, row) => row));
        const largest = Math.max(...[...new Set(names)].map((name) => names.filter((other) => other === name).length));
        for (const split of splits) {
          assertGroupsApart(split, names);
          expect(split.test.length).toBeGreaterThan(0);
          expect(split.test.length).toBeLessThanOrEqual(names.length / k + largest);
        }
      }),
    );
  });

  test("holdout keeps groups apart and follows its seed", () => {
    fc.assert(
      fc.property(groups, fc.integer(), (names, seed) => {
        const split = groupHoldout(names, 0.2, seed);
        complement(split, names.length);
        assertGroupsApart(split, names);
        expect(groupHoldout(names, 0.2, seed)).toEqual(split);
      }),
    );
    const ten = Array.from({ length: 10 }, (_, i) => `g${i}`);
    expect(groupHoldout(ten, 0.2, 1).test).toHaveLength(2);
    const seen = new Set(Array.from({ length: 20 }, (_, seed) => groupHoldout(ten, 0.2, seed).test.join()));
    expect(seen.size).toBeGreaterThan(5);
  });

  test("too few groups", () => {
    expect(() => leaveOneGroupOut(["a", "a"])).toThrow('there is only "a"');
    expect(() => leaveOneGroupOut([])).toThrow(DataError);
    expect(() => groupKFold(["a", "b"], 3)).toThrow("3 folds need at least 3 groups");
    expect(() => groupKFold(["a", "b"], 1)).toThrow("at least 2 folds");
  });

  test("a group on both sides is caught", () => {
    const split = { name: "one", train: Int32Array.of(0), test: Int32Array.of(1) };
    expect(() => assertGroupsApart(split, ["a", "a"])).toThrow('fold one: "a" stands both');
    expect(() => assertGroupsApart(split, ["a", "b"])).not.toThrow();
  });
});

test("random holdout rounds as train_test_split does: 9,797 rows give 7,837 and 1,960", () => {
  const rows = Int32Array.from({ length: 9797 }, (_, row) => row);
  const split = holdout(rows, 0.2, 5);
  expect([split.train.length, split.test.length]).toEqual([7837, 1960]);
  complement(split, 9797);
  expect(holdout(rows, 0.2, 6).test).not.toEqual(split.test);
});

test("official split: parts by name, dev takes no part", () => {
  const split = officialSplit(["train", "dev", "test", "train", undefined]);
  expect([[...split.train], [...split.test]]).toEqual([[0, 3], [2]]);
  expect(() => officialSplit(["train", "dev"])).toThrow('"split" is "test"');
});

describe("stratified splits by group", () => {
  test("are those of scikit-learn's StratifiedGroupKFold", async () => {
    const { cases } = await fixtureJson("ml/stratified_group_k_fold.json");
    for (const { k, groups, labels, fold } of cases) {
      const splits = stratifiedGroupKFold(groups, labels, k);
      const own = labels.map((_: string, row: number) => splits.findIndex(({ test }) => test.includes(row)));
      expect(own).toEqual(fold);
    }
  });

  test("keep groups apart and test every row once, shuffled or not", () => {
    fc.assert(
      fc.property(
        groups,
        fc.integer({ min: 2, max: 4 }),
        fc.option(fc.integer(), { nil: undefined }),
        (names, k, seed) => {
          fc.pre(new Set(names).size >= k);
          const labels = names.map((_, row) => "ab"[row % 2]);
          for (const splits of [stratifiedGroupKFold(names, labels, k, seed), shuffledKFold(names, k, seed ?? 0)]) {
            expect(splits.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(names.map((_, row) => row));
            for (const split of splits) {
              complement(split, names.length);
              assertGroupsApart(split, names);
            }
          }
        },
      ),
    );
  });

  test("spread every class evenly where each row is a group", () => {
    const labels = Array.from({ length: 100 }, (_, row) => (row % 10 === 0 ? "rare" : "common"));
    const splits = stratifiedGroupKFold(Array.from(labels.keys(), String), labels, 5, 3);
    expect(splits.map(({ test }) => [test.length, test.filter((row) => labels[row] === "rare").length])).toEqual(
      splits.map(() => [20, 2]),
    );
    expect(() => stratifiedGroupKFold(["a", "b"], ["x", "y"], 3)).toThrow("3 folds need at least 3 groups");
  });
});

test("crossed splits keep both kinds of groups apart, and test every row once", () => {
  const speakers = Array.from({ length: 24 }, (_, row) => `s${row % 4}`);
  const texts = Array.from({ length: 24 }, (_, row) => `t${Math.floor(row / 4) % 3}`);
  const splits = crossSplits(leaveOneGroupOut(speakers), leaveOneGroupOut(texts));
  expect(splits).toHaveLength(12);
  expect(splits.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(texts.map((_, row) => row));
  for (const split of splits) {
    assertGroupsApart(split, speakers);
    assertGroupsApart(split, texts);
    expect(split.train).toHaveLength(12);
  }
});
