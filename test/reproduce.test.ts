import { describe, expect, test } from "vitest";
import { BackendError, DataError, OptionError } from "../src/errors.ts";
import { type Cell, cellName, type Components, knownCells, parseCells } from "../src/evaluation/cell.ts";
import { deepModels } from "../src/evaluation/deep-models.ts";
import type { ProtocolName } from "../src/evaluation/protocols.ts";
import { reproduce } from "../src/evaluation/reproduce.ts";
import type { EvaluationRows } from "../src/evaluation/rows.ts";
import { renderTables } from "../src/evaluation/tables.ts";
import { type DenseMatrix, denseMatrix, type Matrix, toDense } from "../src/matrix.ts";
import {
  MaxAbsScaler,
  NearestNeighbour,
  testComponents,
  testModels,
  toyRows,
  WordCounter,
} from "./evaluation-doubles.ts";

const counts = { ang: 14, hap: 14, sad: 14, fea: 8, sur: 8, neu: 14 };
const toy = toyRows(counts, 2.5, 1);
const audioRf: Cell = { modality: "audio", model: "rf" };

const firstColumn = (x: Matrix): number[] => {
  const { rows, columns, data } = toDense(x);
  return Array.from({ length: rows }, (_, r) => data[r * columns]);
};
const shared = (seen: readonly number[], tested: readonly number[]): number[] =>
  seen.filter((row) => tested.includes(row));

describe("nothing of a test row reaches a fit", () => {
  // The first feature of row r, and one word of its transcript, is r itself: whoever sees a row can be asked which.
  const marked = {
    ...toy,
    features: denseMatrix(
      toy.labels.length,
      1,
      Float32Array.from(toy.labels, (_, row) => row + 1),
    ),
    transcripts: toy.labels.map((_, row) => `row${row + 1}`),
  };

  /** For every fold: the rows that each fit saw, and those that were predicted. */
  async function watch(protocol: ProtocolName, balance: "oversample" | "weights") {
    const folds: { scaled: number[]; read: string[]; learnt: number[]; labels: string[]; predicted: number[] }[] = [];
    const current = () => folds[folds.length - 1];
    class Scaler extends MaxAbsScaler {
      override fit(x: DenseMatrix): void {
        folds.push({ scaled: [...x.data], read: [], learnt: [], labels: [], predicted: [] });
      }
      override transform(x: DenseMatrix): DenseMatrix {
        return x;
      }
    }
    class Reader extends WordCounter {
      override fit(documents: readonly string[]): void {
        current().read = [...documents];
        super.fit(documents);
      }
    }
    class Model extends NearestNeighbour {
      override fit(x: Matrix, y: readonly string[]): void {
        current().learnt = firstColumn(x);
        current().labels = [...y];
        super.fit(x, y);
      }
      override predictProba(x: Matrix) {
        current().predicted = firstColumn(x);
        return super.predictProba(x);
      }
    }
    const components: Components = {
      models: { rf: { ...testModels.rf, create: () => new Model() } },
      canaryModel: "rf",
      scaler: () => new Scaler(),
      vectorizer: () => new Reader(),
    };
    await reproduce(marked, {
      protocol,
      components,
      balance,
      cells: [{ modality: "both", model: "rf" }],
      canaryRuns: 0,
    });
    return folds;
  }

  test.each(["loso", "speaker", "kfold", "holdout"] as const)("%s", async (protocol) => {
    for (const balance of ["oversample", "weights"] as const) {
      const folds = await watch(protocol, balance);
      for (const { scaled, read, learnt, labels, predicted } of folds) {
        expect(scaled.length + predicted.length).toBe(toy.labels.length);
        expect(shared(scaled, predicted)).toEqual([]);
        expect(read).toEqual(scaled.map((row) => `row${row}`));
        expect(shared(learnt, predicted)).toEqual([]);
        expect(labels).toEqual(learnt.map((row) => toy.labels[row - 1]));
      }
      if (protocol !== "holdout") expect(folds.flatMap(({ predicted }) => predicted)).toHaveLength(toy.labels.length);
    }
  });

  test("but under seed it does: the test can fail", async () => {
    const [{ scaled, learnt, predicted }] = await watch("seed", "weights");
    expect(shared(scaled, predicted).length).toBeGreaterThan(0);
    expect(shared(learnt, predicted).length).toBeGreaterThan(0);
  });
});

describe("reproduce", () => {
  test("fills every cell and says what it did", async () => {
    const steps: number[] = [];
    const results = await reproduce(toy, {
      protocol: "loso",
      components: testComponents,
      seed: 5,
      run: { command: "emovox reproduce" },
      onProgress: ({ done }) => steps.push(done),
    });
    expect(results.cells.map(cellName)).toEqual(["audio/rf", "audio/lr", "text/rf", "text/lr", "both/rf", "both/lr"]);
    expect(results).toMatchObject({
      protocol: "loso",
      leaks: false,
      corpus: "toy",
      synthetic: true,
      groupedBy: "session",
    });
    expect(results.classCounts).toEqual(Object.values(counts));
    expect(results.canary?.leaks).toBe(false);
    for (const cell of results.cells) {
      expect(cell.rows).toBe(toy.labels.length);
      expect(cell.confusion.flat().reduce((total, n) => total + n)).toBe(toy.labels.length);
      expect(cell.ci.accuracy[0]).toBeLessThanOrEqual(cell.accuracy);
      expect(cell.ci.accuracy[1]).toBeGreaterThanOrEqual(cell.accuracy);
      expect(cell.ciOver).toBe("speakers");
      expect(cell.uar).toBeGreaterThan(0.4);
    }
    expect(results.cells[0].published).toEqual({ accuracy: 56.9, f1: 56.3, precision: 58.0, recall: 57.3 });
    expect(results.baselines.map(({ name }) => name)).toEqual(["majority", "prior"]);
    expect(results.baselines[0].uar).toBeLessThanOrEqual(1 / 6);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps.at(-1)).toBe(1);
    expect(JSON.parse(JSON.stringify(results))).toEqual(results);
  });

  test("a model on request is run only where it is named", async () => {
    const models = { ...testModels, lr: { ...testModels.lr, onRequest: true } };
    const options = { protocol: "loso", components: { ...testComponents, models }, canaryRuns: 0 } as const;
    const unasked = await reproduce(toy, options);
    expect(unasked.cells.map(cellName)).toEqual(["audio/rf", "text/rf", "both/rf"]);
    const asked = await reproduce(toy, { ...options, cells: parseCells("audio/lr", models) });
    expect(asked.cells.map(cellName)).toEqual(["audio/lr"]);
  });

  test("the same seed gives the same figures, whatever else is run", async () => {
    const options = { protocol: "loso", components: testComponents, seed: 3, canaryRuns: 1 } as const;
    const all = await reproduce(toy, options);
    const one = await reproduce(toy, { ...options, cells: [{ modality: "both", model: "lr" }] });
    expect(one.cells[0]).toEqual({ ...all.cells[5], seconds: one.cells[0].seconds });
    expect(one.baselines).toEqual(all.baselines);
  });

  test("a class that a training part lacks counts as wrong, and is announced", async () => {
    const speakers = toy.labels.map((label, row) => (label === "fea" ? "solo" : `other${row % 3}`));
    const results = await reproduce(
      { ...toy, speakers },
      { protocol: "speaker", components: testComponents, cells: [audioRf] },
    );
    expect(results.cells[0].perClass[3]).toMatchObject({ class: "fea", recall: 0, support: 8 });
    expect(results.warnings.join()).toContain('no training row is "fea"');
  });

  test("takes speaker normalisation where speakers are known, and not under seed", async () => {
    const options = { components: testComponents, cells: [audioRf], canaryRuns: 0, normalize: "speaker" } as const;
    const loud = toy.features!.data.map((value, i) => value + 50 * toy.speakers![Math.floor(i / 8)]!.charCodeAt(7));
    const shifted = { ...toy, features: { ...toy.features!, data: loud } };
    const plain = await reproduce(shifted, { ...options, protocol: "loso", normalize: "none" });
    const normalised = await reproduce(shifted, { ...options, protocol: "loso" });
    expect(normalised.cells[0].uar).toBeGreaterThan(plain.cells[0].uar);
    await expect(reproduce(toy, { ...options, protocol: "seed" })).rejects.toThrow(OptionError);
    const nobody = { ...toy, speakers: undefined };
    await expect(reproduce(nobody, { ...options, protocol: "loso" })).rejects.toThrow('needs the field "speaker"');
  });

  test("runs what the corpus allows, and refuses the rest", async () => {
    const options = { protocol: "loso", components: testComponents, canaryRuns: 0 } as const;
    const mute = { ...toy, features: undefined };
    expect((await reproduce(mute, options)).cells.map(cellName)).toEqual(["text/rf", "text/lr"]);
    await expect(reproduce(mute, { ...options, cells: [audioRf] })).rejects.toThrow("toy: cell audio/rf needs audio");
    const wordless = { ...toy, transcripts: undefined };
    const text: Cell = { modality: "both", model: "rf" };
    await expect(reproduce(wordless, { ...options, cells: [text] })).rejects.toThrow("cell both/rf needs transcripts");
    await expect(reproduce({ ...mute, transcripts: undefined }, options)).rejects.toThrow(DataError);
    await expect(reproduce({ train: toy, test: toy }, options)).rejects.toThrow("only the protocol seed fits");
    const tables = { train: toy, test: wordless };
    await expect(reproduce(tables, { ...options, protocol: "seed" })).rejects.toThrow(
      "transcripts stand in one of the two",
    );
  });
});

describe("cells by name", () => {
  test("are read in any order, once each", () => {
    expect(parseCells("text/lr, audio/rf,text/lr", testModels).map(cellName)).toEqual(["audio/rf", "text/lr"]);
    expect(knownCells({ cnn: { ...testModels.rf, modalities: ["audio", "both"] } }).map(cellName)).toEqual([
      "audio/cnn",
      "both/cnn",
    ]);
  });

  test("what is not known is refused with a list of what is", () => {
    for (const only of ["audio/svm", "rf", "", "audio/rf,"])
      expect(() => parseCells(only, testModels)).toThrow(OptionError);
    expect(() => parseCells("audio/svm", testModels)).toThrow(
      'unknown cell "audio/svm"; known are audio/rf, audio/lr, text/rf, text/lr, both/rf, both/lr',
    );
  });
});

describe("tables as text", () => {
  test("fit 100 columns, show published figures, baselines, intervals and the canary", async () => {
    const text = renderTables(await reproduce(toy, { protocol: "seed", components: testComponents, canaryRuns: 1 }));
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    for (const part of [
      "Audio + text",
      "majority",
      "prior",
      "56.9",
      "LEAKS: ",
      "synthetic speech proves nothing about people",
      "noise canary (audio/rf)",
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/RF +\d+\.\d \[\d+\.\d, \d+\.\d\]/);
  });
});

test("a cell that lacks what it needs is told before anything runs", async () => {
  let runs = 0;
  const needy = {
    ...testModels.rf,
    prepare: () => Promise.reject(new BackendError("not installed")),
  };
  const components: Components = {
    ...testComponents,
    models: {
      ...testModels,
      rf: { ...testModels.rf, create: (settings) => (runs++, testModels.rf.create(settings)) },
      needy,
    },
  };
  const cells: Cell[] = [audioRf, { modality: "audio", model: "needy" }];
  await expect(reproduce(toy, { protocol: "loso", components, cells, canaryRuns: 0 })).rejects.toThrow(BackendError);
  expect(runs).toBe(0);
});

test("the cells of networks look for their backend first", () => {
  for (const { prepare } of Object.values(deepModels)) expect(prepare).toBeTypeOf("function");
});

test("normalising per speaker reaches the frames, and their variants each by itself", async () => {
  const frames = toy.labels.map((_, row) => denseMatrix(2, 1, Float32Array.of(row, 3 * row + 1)));
  const frameVariants = frames.map(({ data }) => [denseMatrix(1, 1, Float32Array.of(1000 + data[0]))]);
  const seen = new Map<string, EvaluationRows>();
  for (const normalize of ["none", "speaker"] as const) {
    const components: Components = {
      ...testComponents,
      models: {
        ...testModels,
        rf: {
          ...testModels.rf,
          create: (settings) => (seen.set(normalize, settings.rows), testModels.rf.create(settings)),
        },
      },
    };
    const options = { protocol: "loso", components, cells: [audioRf], canaryRuns: 0, normalize } as const;
    await reproduce({ ...toy, frames, frameVariants }, options);
  }
  expect(seen.get("none")!.frames).toBe(frames);
  const { frames: alike, frameVariants: variants } = seen.get("speaker")!;
  for (const of of [alike!, variants!.map(([first]) => first)]) {
    for (const speaker of new Set(toy.speakers)) {
      const own = of.flatMap(({ data }, row) => (toy.speakers![row] === speaker ? [...data] : []));
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      expect(mean).toBeCloseTo(0, 5);
      expect(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length).toBeCloseTo(1, 5);
    }
  }
});
