import { describe, expect, test } from "vitest";
import { DataError } from "../src/errors.ts";
import { conditionsFor, type StudyName } from "../src/evaluation/conditions.ts";
import { reproduce } from "../src/evaluation/reproduce.ts";
import type { EvaluationRows } from "../src/evaluation/rows.ts";
import { balancedAccuracy } from "../src/evaluation/metrics.ts";
import { denseMatrix } from "../src/matrix.ts";
import { LogisticRegression } from "../src/models/logistic-regression.ts";
import { Random } from "../src/random.ts";
import { testComponents, testModels, toyRows, WordCounter } from "./evaluation-doubles.ts";

const toy = toyRows({ ang: 30, sad: 30, neu: 30 }, 2, 1);
const random = new Random(9);
const { columns, data } = toy.features!;
const noisy = denseMatrix(
  toy.labels.length,
  columns,
  data.map((value) => value + 6 * random.normal()),
);
const heard: EvaluationRows = {
  ...toy,
  featureNames: Array.from({ length: columns }, (_, c) => `feature ${c}`),
  channels: [
    { name: "as it was", features: toy.features! },
    { name: "in noise", features: noisy },
  ],
};
const components = {
  ...testComponents,
  models: { ...testModels, lr: { ...testModels.lr, create: () => new LogisticRegression() } },
};
const run = (rows: EvaluationRows, studies: readonly StudyName[], protocol: "loso" | "seed" = "loso") =>
  reproduce(rows, { protocol, components, canaryRuns: 0, studies });

describe("studies", () => {
  test("none are made unless they are asked for, and those that are leave the figures as they were", async () => {
    const bare = await run(heard, []);
    expect(bare.studies).toBeNull();
    const studied = await run(heard, ["missing", "channel", "words", "learning", "contributions"]);
    expect(studied.cells.map(({ confusion }) => confusion)).toEqual(bare.cells.map(({ confusion }) => confusion));
    expect(await run(heard, ["missing", "channel", "words", "learning", "contributions"])).toEqual({
      ...studied,
      cells: studied.cells.map((cell) => ({ ...cell, seconds: expect.any(Number) })),
    });
  });

  test("an unchanged channel changes nothing; noise, wrong words and missing parts do harm", async () => {
    const { studies, cells } = await run(heard, ["missing", "channel", "words"]);
    const of = (cell: string, condition: string) =>
      studies!.conditions.find((result) => result.cell === cell && result.condition === condition)!;
    for (const cell of ["audio/lr", "both/lr"]) {
      expect(of(cell, "as it was").change).toEqual({ difference: 0, ci: [0, 0], p: 1 });
      expect(of(cell, "in noise").change.difference).toBeLessThan(-0.1);
    }
    const plain = cells.find(({ modality, model }) => modality === "both" && model === "lr")!;
    expect(of("both/lr", "no sound").uar).toBeLessThan(plain.uar);
    expect(of("both/lr", "no words").uar).toBeLessThan(plain.uar);
    expect(of("both/lr", "no words").change.difference).toBeCloseTo(of("both/lr", "no words").uar - plain.uar, 12);
    const words = ["10", "20", "40"].map((rate) => of("text/lr", `${rate} % wrong words`).uar);
    expect(words[2]).toBeLessThan(words[0]);
    // What cannot be lost is not tried.
    expect(studies!.conditions.some(({ cell, study }) => cell === "text/lr" && study !== "words")).toBe(false);
    expect(studies!.conditions.some(({ cell, study }) => cell === "audio/lr" && study !== "channel")).toBe(false);
    for (const { ci, uar } of studies!.conditions) {
      expect(ci.uar[0]).toBeLessThanOrEqual(uar);
      expect(ci.uar[1]).toBeGreaterThanOrEqual(uar);
    }
  });

  test("learning curves end with the cell's own figure, and have fewer rows before", async () => {
    for (const protocol of ["loso", "seed"] as const) {
      const { studies, cells, folds } = await run(heard, ["learning"], protocol);
      const train = folds.reduce((sum, fold) => sum + fold.train, 0) / folds.length;
      studies!.learning.forEach(({ points }, c) => {
        expect(points.map(({ share }) => share)).toEqual([0.1, 0.25, 0.5, 1]);
        expect(points[3].rows).toBe(train);
        expect(points[3].uar).toBe(cells[c].uar);
        expect(points[3].uar).toBe(balancedAccuracy(cells[c].confusion));
        points.slice(0, 3).forEach(({ rows, share }) => expect(Math.abs(rows - share * train)).toBeLessThan(6));
      });
    }
  });

  test("a share too small to learn from has no point", async () => {
    const words = toy.labels.map((label, row) => (row % 9 ? `${label} word${row}` : `only${row}`));
    class Careful extends WordCounter {
      override fit(documents: readonly string[]): void {
        if (documents.length < 20) throw new DataError("no term is left");
        super.fit(documents);
      }
    }
    const careful = { ...components, vectorizer: () => new Careful() };
    const { studies } = await reproduce(
      { ...toy, transcripts: words },
      { protocol: "loso", components: careful, canaryRuns: 0, studies: ["learning"] },
    );
    const shares = (cell: string) => studies!.learning.find((curve) => curve.cell === cell)!.points.map((p) => p.share);
    expect(shares("text/lr")).toEqual([0.5, 1]);
    expect(shares("audio/lr")).toEqual([0.1, 0.25, 0.5, 1]);
  });

  test("contributions name features and words, the strongest first", async () => {
    const { studies } = await run(heard, ["contributions"]);
    expect(studies!.contributions.map(({ cell }) => cell)).toEqual(["audio/lr", "text/lr", "both/lr"]);
    const [{ features, classes, columns: all, rows }] = studies!.contributions;
    expect(all).toBe(columns);
    expect(rows).toBeGreaterThan(0);
    // The first three features carry the three classes.
    expect(
      features
        .slice(0, 3)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["feature 0", "feature 1", "feature 2"]);
    for (const { value, byClass } of features) {
      expect(byClass).toHaveLength(classes.length);
      expect(byClass.reduce((sum, part) => sum + part, 0)).toBeCloseTo(value, 12);
    }
  });

  test("channels need sound, and features of the same shape", async () => {
    expect(() => conditionsFor(toy, "audio", ["channel"], 0)).toThrow("needs the audio");
    expect(conditionsFor(toy, "text", ["channel"], 0)).toEqual([]);
    await expect(
      run({ ...heard, channels: [{ name: "short", features: denseMatrix(3, columns) }] }, []),
    ).rejects.toThrow('channel "short"');
    const broken = denseMatrix(toy.labels.length, columns, new Float32Array(data.length).fill(Number.NaN));
    await expect(run({ ...heard, channels: [{ name: "broken", features: broken }] }, [])).rejects.toThrow("finite");
  });
});
