import { describe, expect, test } from "vitest";
import { DataError, OptionError } from "../src/errors.ts";
import { joinCorpora } from "../src/evaluation/cross-corpus.ts";
import {
  parseProtocol,
  parseProtocols,
  planProtocol,
  type ProtocolName,
  protocols,
} from "../src/evaluation/protocols.ts";
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
    expect(() => planProtocol("loso", alone, 1)).toThrow('"speaker" is "solo" in every row');
  });

  test("a class of one group only is announced as lost", () => {
    const speakers = toy.labels.map((label, row) => (label === "fea" ? "solo" : `other${row % 2}`));
    const plan = planProtocol("speaker", { ...toy, speakers }, 1);
    expect(plan.warnings).toEqual(['fold solo: no training row is "fea", so its test rows count as wrong']);
  });
});

describe("protocols about texts, rows and two corpora", () => {
  const texts = toy.labels.map(
    (_, row) => `this sentence is number ${["one", "two", "three", "four", "five", "six"][row % 6]}`,
  );

  test("script-disjoint keeps texts and speakers apart, near-duplicates too", () => {
    const near = texts.map((text, row) => (row % 12 < 6 ? text : text.toUpperCase().replace("THIS", "this, ")));
    const plan = planProtocol("script-disjoint", { ...toy, transcripts: near }, 1);
    expect(plan.overlap).toEqual({ speaker: 0, session: 0, text: 0 });
    expect(plan.folds.flatMap((fold) => [...fold.testRows]).length).toBe(toy.labels.length);
    expect(planProtocol("loso", { ...toy, transcripts: near }, 1).overlap.text).toBe(1);
    const scripts = toy.labels.map((_, row) => `a0${row % 3}`);
    expect(planProtocol("script-disjoint", { ...toy, transcripts: undefined, scripts }, 1).overlap.text).toBe(0);
  });

  test("script-disjoint says what it lacks", () => {
    const mute = { ...toy, transcripts: undefined };
    expect(() => planProtocol("script-disjoint", mute, 1)).toThrow("needs transcripts");
    const same = { ...toy, transcripts: toy.labels.map(() => "the only text") };
    expect(() => planProtocol("script-disjoint", same, 1)).toThrow("two texts or more");
    const solo = { ...toy, transcripts: texts, sessions: undefined, speakers: toy.labels.map(() => "solo") };
    expect(planProtocol("script-disjoint", solo, 1).warnings.join()).toContain("only the texts are disjoint");
  });

  test("row by row, folds are even, and say that speakers are on both sides", () => {
    for (const protocol of ["row-kfold", "stratified-kfold"] as const) {
      const plan = planProtocol(protocol, toy, 1);
      expect(plan.folds).toHaveLength(5);
      expect(plan.overlap.speaker).toBeGreaterThan(0.9);
      expect(plan.warnings.join()).toContain("not kept apart");
    }
    expect(planProtocol("stratified-group-kfold", toy, 1).overlap.session).toBe(0);
  });

  test("copies by content never straddle a fold, whoever speaks them, and are counted", () => {
    // Every row of speaker 0 is there again, under another name and another speaker.
    const own = [...toy.labels.keys()].filter((row) => toy.speakers![row] === "speaker0");
    const again = <T>(column: readonly T[], value?: (item: T) => T): T[] => [
      ...column,
      ...own.map((row) => (value ? value(column[row]) : column[row])),
    ];
    const all = [...toy.labels.keys(), ...own];
    const features = {
      ...toy.features!,
      rows: all.length,
      data: Float32Array.from(all.flatMap((row) => [...toy.features!.data.subarray(8 * row, 8 * row + 8)])),
    };
    const copied = {
      ...toy,
      labels: again(toy.labels),
      features,
      transcripts: again(toy.transcripts!),
      ids: again(toy.ids!, (id) => `copy of ${id}`),
      speakers: again(toy.speakers!, () => "speaker9"),
      sessions: again(toy.sessions!, () => "session4"),
    };
    for (const protocol of ["loso", "speaker", "kfold", "row-kfold", "stratified-kfold", "holdout"] as const) {
      const plan = planProtocol(protocol, copied, 1);
      expect(plan.duplicates.rows).toBe(2 * own.length);
      for (const fold of plan.folds) {
        const tested = new Set(Array.from(fold.testRows, (row) => plan.twins[row]));
        expect(fold.trainLabels.length).toBeLessThanOrEqual(all.length - fold.testRows.length);
        expect(tested.size).toBeGreaterThan(0);
      }
    }
    const loso = planProtocol("loso", copied, 1);
    expect(loso.duplicates).toEqual({ rows: 2 * own.length, straddling: 2 * own.length, removed: true });
    expect(planProtocol("row-kfold", copied, 1).duplicates.straddling).toBe(0);
    const { duplicates } = planProtocol("seed", copied, 1);
    expect(duplicates.removed).toBe(false);
    expect(duplicates.straddling).toBeGreaterThan(0);
  });

  test("two corpora: classes in common, one trains, the other tests", () => {
    const other = toyRows({ joy: 6, sad: 6, calm: 6 }, 1, 2);
    const { rows, notes } = joinCorpora(toy, { ...other, corpus: "other" }, { joy: "hap" });
    expect(rows.classes).toEqual(["hap", "sad"]);
    expect(notes).toHaveLength(2);
    expect(notes[1]).toBe("6 rows of other were left out: the other corpus has no calm");
    const plan = planProtocol("cross-corpus", rows, 1);
    expect(plan.folds[0].sizes).toEqual({ train: 24, test: 12 });
    expect(plan.overlap.speaker).toBe(0);
    expect(() => joinCorpora(toy, toyRows({ calm: 3, bored: 3 }, 1, 2))).toThrow("no class in common");
    expect(() => planProtocol("cross-corpus", toy, 1)).toThrow('needs the field "split"');
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
  expect(parseProtocols("seed, loso,seed")).toEqual(["seed", "loso"]);
  expect(() => parseProtocols("seed,")).toThrow(OptionError);
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
