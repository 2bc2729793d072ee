import { describe, expect, test } from "vitest";
import { judgeCanary, noiseRows } from "../src/evaluation/canary.ts";
import { contentTwins } from "../src/evaluation/duplicates.ts";
import type { Outcome } from "../src/evaluation/pipeline.ts";
import { reproduce } from "../src/evaluation/reproduce.ts";
import { Random } from "../src/random.ts";
import { publishedShares, testComponents, toyRows } from "./evaluation-doubles.ts";

const options = { components: testComponents, cells: [{ modality: "audio", model: "rf" }] } as const;

describe("the noise canary", () => {
  test("cries under seed, and noise scores there what an honest split never gives", async () => {
    const noise = toyRows(publishedShares, 0, 4);
    const leaking = await reproduce(noise, { ...options, protocol: "seed", canaryRuns: 1 });
    const honest = await reproduce(noise, { ...options, protocol: "loso", canaryRuns: 1 });
    expect(leaking.canary).toMatchObject({ leaks: true, cell: "audio/rf", chance: { uar: 1 / 6 } });
    expect(leaking.canary!.text).toContain("LEAKS");
    expect(honest.canary!.leaks).toBe(false);
    // Fear and surprise come back by heart: a third of the UAR by themselves.
    expect(leaking.canary!.uar).toBeGreaterThan(0.4);
    expect(honest.canary!.uar).toBeLessThan(0.25);
    const recall = (name: string): number => leaking.cells[0].perClass.find((row) => row.class === name)!.recall;
    expect(Math.min(recall("fea"), recall("sur"))).toBeGreaterThan(0.9);
  });

  test("cries on the recipe's tables too, where copies are known by their names", async () => {
    const rows = toyRows({ ang: 30, sad: 30, fea: 5 }, 0, 2);
    const copies = rows.labels.flatMap((label, row) => Array.from({ length: label === "fea" ? 10 : 1 }, () => row));
    const table = (index: number[]) => {
      const drawn = noiseRows(rows, contentTwins(rows), 9);
      return {
        corpus: "tables",
        classes: rows.classes,
        labels: index.map((row) => rows.labels[row]),
        ids: index.map((row) => rows.ids![row]),
        features: {
          ...drawn.features!,
          rows: index.length,
          data: Float32Array.from(index.flatMap((row) => [...drawn.features!.data.subarray(row * 8, row * 8 + 8)])),
        },
      };
    };
    const tables = {
      train: table(copies.filter((_, i) => i % 5 > 0)),
      test: table(copies.filter((_, i) => i % 5 === 0)),
    };
    const { canary, classCounts, folds } = await reproduce(tables, { ...options, protocol: "seed" });
    expect(canary!.leaks).toBe(true);
    expect(classCounts).toEqual([30, 30, 5]);
    expect(folds).toEqual([{ name: "test table", train: 88, test: 22 }]);
  });

  test("is silent on honest splits of small corpora, at its documented rate", async () => {
    let alarms = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { canary } = await reproduce(toyRows({ a: 12, b: 9, c: 4 }, 0, seed), {
        ...options,
        protocol: "speaker",
        seed,
      });
      if (canary!.leaks) alarms++;
    }
    // At most 1 % each: 60 runs give 0.6 alarms at most on average, and more than 3 in 0.3 % of all worlds.
    expect(alarms).toBeLessThanOrEqual(3);
  });

  test("hears a leak through transcripts", async () => {
    const rows = { ...toyRows({ ang: 40, sad: 40, fea: 4 }, 0, 3), features: undefined };
    const cells = [{ modality: "text", model: "rf" }] as const;
    expect((await reproduce(rows, { ...options, cells, protocol: "seed" })).canary!.leaks).toBe(true);
    expect((await reproduce(rows, { ...options, cells, protocol: "loso" })).canary!.leaks).toBe(false);
  });
});

const outcome = (truth: number[], predicted: number[]): Outcome => ({
  rows: Int32Array.from(truth, (_, row) => row),
  truth: Int32Array.from(truth),
  predicted: Int32Array.from(predicted),
});

describe("the verdict", () => {
  const run = { cell: "audio/rf", seed: 1 };

  test("keeps to its false-alarm rate when predictions know nothing", () => {
    const random = new Random(11);
    let alarms = 0;
    for (let i = 0; i < 300; i++) {
      const folds = [0, 1].map(() => {
        const truth = Array.from({ length: 12 }, () => random.integer(3));
        return outcome(
          truth,
          truth.map(() => random.integer(3)),
        );
      });
      if (judgeCanary([folds], 3, { ...run, seed: i }).leaks) alarms++;
    }
    // 300 verdicts at 1 % give 3; 9 or more come up in 0.4 % of all worlds.
    expect(alarms).toBeLessThanOrEqual(8);
  });

  test("finds predictions that know the labels, and the majority's share is no leak", () => {
    const truth = Array.from({ length: 60 }, (_, i) => (i % 10 < 6 ? 0 : 1));
    expect(judgeCanary([[outcome(truth, truth)]], 2, run)).toMatchObject({ leaks: true, accuracy: 1, uar: 1 });
    const majority = judgeCanary(
      [
        [
          outcome(
            truth,
            truth.map(() => 0),
          ),
        ],
      ],
      2,
      run,
    );
    expect(majority).toMatchObject({ leaks: false, accuracy: 0.6, uar: 0.5, chance: { accuracy: 0.6, uar: 0.5 } });
  });

  test("with a handful of rows nothing can be proved, and nothing is", () => {
    expect(judgeCanary([[outcome([0, 1], [0, 1])]], 2, run).leaks).toBe(false);
  });
});

test("noise has the shape of the data and nothing else of it", () => {
  const rows = { ...toyRows({ a: 3, b: 3 }, 5, 1), ids: ["p", "q", "p", "r", "s", "q"] };
  const twins = contentTwins(rows);
  const noise = noiseRows(rows, twins, 1);
  const row = (r: number): number[] => [...noise.features!.data.subarray(r * 8, r * 8 + 8)];
  expect([noise.features!.rows, noise.features!.columns]).toEqual([6, 8]);
  expect(row(2)).toEqual(row(0));
  expect(row(5)).toEqual(row(1));
  expect(row(3)).not.toEqual(row(4));
  expect(noise.transcripts![2]).toBe(noise.transcripts![0]);
  expect(noise.labels).toBe(rows.labels);
  expect(noiseRows(rows, twins, 1)).toEqual(noise);
  expect(noiseRows(rows, twins, 2).features).not.toEqual(noise.features);
});
