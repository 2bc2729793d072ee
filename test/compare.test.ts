import { describe, expect, test } from "vitest";
import { unitsOf } from "../src/evaluation/bootstrap.ts";
import { compareCells, holm, mcnemar } from "../src/evaluation/compare.ts";
import { breakDown, subgroupColumns, wilson } from "../src/evaluation/subgroups.ts";
import { Random } from "../src/random.ts";

/** Truth and what a model says of it that is right with this probability, less for one speaker. */
function says(truth: Int32Array, right: number, seed: number): Int32Array {
  const random = new Random(seed);
  return truth.map((code) => (random.uniform() < right ? code : (code + 1 + random.integer(2)) % 3));
}

const random = new Random(2);
const truth = Int32Array.from({ length: 300 }, () => random.integer(3));
const speakers = Array.from(truth, (_, row) => `s${row % 10}`);

describe("comparisons", () => {
  const cells = [
    { modality: "audio", model: "rf", predicted: says(truth, 0.5, 1) },
    { modality: "audio", model: "lr", predicted: says(truth, 0.52, 2) },
    { modality: "text", model: "rf", predicted: says(truth, 0.6, 3) },
    { modality: "both", model: "rf", predicted: says(truth, 0.9, 4) },
  ] as const;
  const all = compareCells(cells, truth, ["a", "b", "c"], unitsOf(300, speakers), 1);

  test("are models on one modality, and both modalities against one", () => {
    expect(all.map(({ a, b }) => `${a} ${b}`)).toEqual(["audio/rf audio/lr", "both/rf audio/rf", "both/rf text/rf"]);
  });

  test("find what a modality adds, and not what is not there", () => {
    const [models, sound] = all;
    expect(sound.uar.difference).toBeGreaterThan(0.3);
    expect(sound.uar.ci[0]).toBeGreaterThan(0);
    expect(sound.uar.pHolm).toBeLessThan(0.001);
    expect(sound.mcnemar.pHolm).toBeLessThan(0.001);
    expect(models.uar.pHolm).toBeGreaterThan(0.05);
    for (const { uar, accuracy, mcnemar } of all)
      for (const { p, pHolm } of [uar, accuracy, mcnemar]) expect(pHolm).toBeGreaterThanOrEqual(p);
  });

  // The paired test must keep its promise where two models are equally good: says() with the same odds.
  test("call equals different about as often as they say", () => {
    let alarms = 0;
    for (let s = 0; s < 100; s++) {
      const pair = [1, 2].map((m) => ({
        modality: "audio" as const,
        model: `m${m}`,
        predicted: says(truth, 0.6, 100 * m + s),
      }));
      if (compareCells(pair, truth, ["a", "b", "c"], unitsOf(300, speakers), s)[0].accuracy.p < 0.05) alarms++;
    }
    // 5 of 100 expected; 13 or more in 0.1 % of all worlds.
    expect(alarms).toBeLessThanOrEqual(12);
  });

  // scipy 1.10: stats.binomtest(k, n).pvalue for (3, 10), (0, 8), (5, 10)
  test("McNemar's test is the exact binomial one", () => {
    const rows = (onlyA: number, onlyB: number) => {
      const n = onlyA + onlyB + 2;
      const right = (from: number, to: number) =>
        Int32Array.from({ length: n }, (_, i) => (i >= from && i < to ? 0 : 1));
      return mcnemar(new Int32Array(n), right(0, onlyA), right(onlyA, onlyA + onlyB));
    };
    expect(rows(3, 7)).toMatchObject({ onlyA: 3, onlyB: 7 });
    expect(rows(3, 7).p).toBeCloseTo(0.34375, 10);
    expect(rows(8, 0).p).toBeCloseTo(0.0078125, 10);
    expect(rows(5, 5).p).toBe(1);
    expect(rows(0, 0).p).toBe(1);
  });

  // By hand: 4 * 0.005, 3 * 0.01, 2 * 0.03, and no less than that for the last.
  test("Holm's correction", () => {
    holm([0.01, 0.04, 0.03, 0.005]).forEach((p, i) => expect(p).toBeCloseTo([0.03, 0.06, 0.06, 0.02][i], 12));
    expect(holm([0.5, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

describe("subgroups", () => {
  const labels = Array.from(truth, (code) => "abc"[code]);
  const rows = {
    corpus: "c",
    classes: ["a", "b", "c"],
    labels,
    speakers,
    genders: speakers.map((name) => (Number(name.slice(1)) < 5 ? "female" : "male")),
    scripts: speakers.map((_, row) => (row % 2 ? "impro01" : "script01_1")),
    seconds: Float64Array.from(truth, (_, row) => row / 10),
    loudness: Float64Array.from(truth, (_, row) => (row === 0 ? 0 : 0.1)),
  };
  const columns = subgroupColumns(rows);
  const tested = Int32Array.from(truth.keys());

  test("are speakers, genders, styles, and thirds of length and loudness", () => {
    const found = breakDown(columns, tested, { truth, predicted: says(truth, 0.6, 1), classes: rows.classes });
    expect(found.map(({ by }) => by)).toEqual(["speaker", "gender", "style", "length"]);
    const [bySpeaker, , style, length] = found;
    expect(bySpeaker.subgroups).toHaveLength(10);
    expect(style.subgroups.map(({ name, rows }) => [name, rows])).toEqual([
      ["improvised", 150],
      ["scripted", 150],
    ]);
    expect(length.subgroups.map(({ rows }) => rows)).toEqual([100, 100, 100]);
    for (const { subgroups } of found) expect(subgroups.reduce((sum, { rows }) => sum + rows, 0)).toBe(300);
  });

  test("show whom a model fails", () => {
    const predicted = says(truth, 0.9, 1).map((code, row) => (speakers[row] === "s7" ? (code + 1) % 3 : code));
    const [bySpeaker] = breakDown(columns, tested, { truth, predicted, classes: rows.classes });
    expect(bySpeaker.worst).toBe("s7");
    expect(bySpeaker.gap).toBeGreaterThan(0.5);
  });

  test("of fewer than ten rows are not ranked", () => {
    const few = breakDown(columns, tested.slice(0, 65), { truth, predicted: truth, classes: rows.classes });
    expect(few.map(({ by }) => by)).not.toContain("speaker");
    const uneven = [["speaker", speakers.map((name, row) => (row < 3 ? "rare" : name))]] as const;
    const [only] = breakDown(uneven, tested, { truth, predicted: truth, classes: rows.classes });
    expect(only.small).toEqual({ subgroups: 1, rows: 3 });
  });

  // Python, the formula of the paper: (0.39677814746114537, 0.8922087325936989)
  test("Wilson's interval", () => {
    const [lower, upper] = wilson(0.7, 10);
    expect(lower).toBeCloseTo(0.39677815, 6);
    expect(upper).toBeCloseTo(0.89220875, 6);
    expect(wilson(0, 5)[0]).toBe(0);
    expect(wilson(1, 5)[1]).toBe(1);
  });
});
