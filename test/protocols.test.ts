import { describe, expect, test } from "vitest";
import { DataError, OptionError } from "../src/errors.ts";
import { parseProtocol, planProtocol, type ProtocolName, protocols } from "../src/evaluation/protocols.ts";
import { checkRows, rowsOfCorpus } from "../src/evaluation/rows.ts";
import { toyRows } from "./evaluation-doubles.ts";

const counts = { ang: 12, hap: 12, sad: 12, fea: 2, sur: 3, neu: 12 };
const toy = toyRows(counts, 1, 1);

describe("honest protocols", () => {
  test("loso leaves sessions out where there are any, else speakers", () => {
    const bySession = planProtocol("loso", toy, 1);
    expect(bySession.groupedBy).toBe("session");
    expect(bySession.folds.map(({ name }) => name)).toEqual([
      "session0",
      "session1",
      "session2",
      "session3",
      "session4",
    ]);
    const bySpeaker = planProtocol("loso", { ...toy, sessions: undefined }, 1);
    expect(bySpeaker.groupedBy).toBe("speaker");
    expect(bySpeaker.folds).toHaveLength(10);
    expect(planProtocol("speaker", toy, 1).folds).toHaveLength(10);
  });

  test("loso leaves speakers out when one is heard in two sessions", () => {
    const sessions = toy.labels.map((_, row) => (row % 2 === 0 ? "morning" : "evening"));
    expect(planProtocol("loso", { ...toy, sessions }, 1).groupedBy).toBe("speaker");
  });

  test("no group is in both parts, and none of them leaks", () => {
    for (const protocol of ["loso", "speaker", "kfold", "holdout"] as const) {
      const plan = planProtocol(protocol, toy, 1);
      expect(plan).toMatchObject({ protocol, leaks: false, reasons: [], scale: true });
      for (const fold of plan.folds) {
        const testing = new Set(fold.testRows);
        const left = new Set(toy.speakers!.filter((_, row) => testing.has(row)));
        expect(toy.speakers!.filter((speaker, row) => left.has(speaker) && !testing.has(row))).toEqual([]);
        expect(fold.sizes.train + fold.sizes.test).toBe(toy.labels.length);
      }
    }
  });

  test("the official split counts speakers that are on both sides", () => {
    const splits = toy.labels.map((_, row) => ["train", "test", "dev"][row % 3]);
    const plan = planProtocol("official", { ...toy, splits }, 1);
    expect(plan.leaks).toBe(false);
    expect(plan.warnings.join()).toMatch(/of the \d+ speakers of the official test part are in training too/);
    expect(() => planProtocol("official", toy, 1)).toThrow('needs the field "split"');
  });

  test("missing, partial and single groups", () => {
    const nobody = { ...toy, sessions: undefined, speakers: undefined };
    expect(() => planProtocol("loso", nobody, 1)).toThrow('toy: the protocol loso needs the field "speaker"');
    const speakers = toy.speakers!.map((speaker, row) => (row === 7 ? undefined : speaker));
    expect(() => planProtocol("speaker", { ...toy, speakers }, 1)).toThrow("utterance7 has none");
    const alone = { ...toy, sessions: undefined, speakers: toy.labels.map(() => "solo") };
    expect(() => planProtocol("loso", alone, 1)).toThrow('there is only "solo"');
  });

  test("a class of one group only is announced as lost", () => {
    const speakers = toy.labels.map((label, row) => (label === "fea" ? "solo" : `other${row % 2}`));
    const plan = planProtocol("speaker", { ...toy, speakers }, 1);
    expect(plan.warnings).toEqual(['fold solo: no training row is "fea", so its test rows count as wrong']);
  });
});

const fear = (labels: string[]): number => labels.filter((label) => label === "fea").length;

describe("the leaking recipe", () => {
  const plan = planProtocol("seed", toy, 1);
  const { train, test: testing } = plan.folds[0].sizes;

  test("has 31 copies of fear, 11 of surprise, and a fifth tests", () => {
    expect(train + testing).toBe(48 + 2 * 31 + 3 * 11);
    expect(testing).toBe(Math.ceil((48 + 2 * 31 + 3 * 11) / 5));
    const inTest = fear(Array.from(plan.folds[0].testRows, (row) => toy.labels[row]));
    expect(fear(plan.folds[0].trainLabels) + inTest).toBe(62);
    expect(inTest).toBeGreaterThan(0);
  });

  test("says that it leaks, and why", () => {
    expect(plan.leaks).toBe(true);
    expect(plan.reasons.length).toBeGreaterThan(0);
    expect(plan.groupedBy).toBeUndefined();
    expect(protocols.seed).toContain("LEAKS");
  });

  test("knows other names of the six, and leaves the rest out", () => {
    const names: Record<string, string> = { ang: "anger", hap: "happiness", sad: "boredom", fea: "fear" };
    const renamed = {
      ...toy,
      labels: toy.labels.map((label) => names[label] ?? label),
      classes: ["anger", "boredom", "fear", "happiness", "neu", "sur"],
    };
    const other = planProtocol("seed", renamed, 1);
    expect(other.classes).toEqual(["anger", "fear", "happiness", "neu", "sur"]);
    expect(other.warnings).toContain("12 rows of other classes than the recipe's six were left out");
    const strange = { ...toy, classes: ["x", "y"], labels: toy.labels.map((_, row) => (row % 2 ? "x" : "y")) };
    expect(() => planProtocol("seed", strange, 1)).toThrow("no row has one of them");
  });

  test("is split anew by another seed", () => {
    expect(planProtocol("seed", toy, 2).folds[0].testRows).not.toEqual(plan.folds[0].testRows);
    expect(planProtocol("seed", toy, 1).folds[0].testRows).toEqual(plan.folds[0].testRows);
  });
});

test("protocols are read by name", () => {
  for (const name of Object.keys(protocols)) expect(parseProtocol(name)).toBe(name as ProtocolName);
  expect(() => parseProtocol("loo")).toThrow(OptionError);
  expect(() => parseProtocol("toString")).toThrow("known are loso, speaker, kfold, ");
});

describe("rows that cannot be judged", () => {
  const pair = { corpus: "c", classes: ["a", "b"], labels: ["a", "a", "b", "b"] };

  test("are refused with a reason", () => {
    expect(() => checkRows(pair)).not.toThrow();
    expect(() => checkRows({ ...pair, labels: ["a", "a"] })).toThrow("at least two classes");
    expect(() => checkRows({ ...pair, labels: [] })).toThrow(DataError);
    expect(() => checkRows({ ...pair, labels: ["a", "a", "b"] })).toThrow('class "b" has one example');
    expect(() => checkRows({ ...pair, labels: ["a", "b"], classes: ["a", "b", "c"] })).toThrow(
      "fewer than the 3 classes",
    );
    expect(() => checkRows({ ...pair, labels: ["a", "b", "x"] })).toThrow('label "x" is not one of a, b');
    expect(() => checkRows({ ...pair, speakers: ["s"] })).toThrow("4 labels, but 1 speakers");
    const features = { kind: "dense", rows: 4, columns: 1, data: Float32Array.of(0, 0, Number.NaN, 0) } as const;
    expect(() => checkRows({ ...pair, features, ids: ["p", "q", "r", "s"] })).toThrow(
      "features of r are not all finite",
    );
  });
});

test("a corpus becomes rows; what it does not have is left out", () => {
  const utterances = [
    { id: "u1", emotion: "ang", transcript: "no", speaker: "F1" },
    { id: "u2", emotion: "neu", speaker: "M1" },
  ];
  const rows = rowsOfCorpus({ name: "tiny", classes: ["ang", "neu"], utterances });
  expect(rows).toMatchObject({
    corpus: "tiny",
    labels: ["ang", "neu"],
    transcripts: ["no", ""],
    speakers: ["F1", "M1"],
  });
  expect(rows.sessions).toBeUndefined();
  expect(rows.splits).toBeUndefined();
});
