// Nothing that is fitted may depend on a test row: the test rows are poisoned, and every fit must be given the same bits as before.
import { expect, test } from "vitest";
import type { Components } from "../src/evaluation/cell.ts";
import type { FoldSteps } from "../src/evaluation/pipeline.ts";
import { planProtocol, type ProtocolName } from "../src/evaluation/protocols.ts";
import type { EvaluationRows } from "../src/evaluation/rows.ts";
import { createTaskRunner } from "../src/evaluation/tasks.ts";
import { type DenseMatrix, denseMatrix, type Matrix, toDense } from "../src/matrix.ts";
import type { FitOptions } from "../src/models/classifier.ts";
import { MaxAbsScaler, NearestCentroid, testModels, toyRows, WordCounter } from "./evaluation-doubles.ts";

const toy = toyRows({ ang: 24, sad: 24, neu: 14, fea: 10 }, 2, 1);

/** Runs one fold and returns all that any fit was given, in order, and the test rows. */
async function fitsOf(rows: EvaluationRows, protocol: ProtocolName, steps: FoldSteps, model: string, fold: number) {
  const fits: unknown[] = [];
  class Scaler extends MaxAbsScaler {
    override fit(x: DenseMatrix): void {
      fits.push([...x.data]);
      super.fit(x);
    }
  }
  class Reader extends WordCounter {
    override fit(documents: readonly string[]): void {
      fits.push([...documents]);
      super.fit(documents);
    }
  }
  class Model extends NearestCentroid {
    readonly params: unknown;
    constructor(params: unknown) {
      super();
      this.params = params;
    }
    override fit(
      x: Matrix,
      y: readonly string[],
      options: FitOptions & { heldOut?: { x: Matrix; y: readonly string[] } } = {},
    ) {
      const { sampleWeight, heldOut } = options;
      const part = heldOut && [[...toDense(heldOut.x).data], [...heldOut.y]];
      fits.push([this.params, [...toDense(x).data], [...y], Array.from(sampleWeight ?? []), part]);
      super.fit(x, y);
    }
  }
  const create: Components["models"][string]["create"] = ({ params }) => new Model(params);
  const components: Components = {
    models: {
      plain: { ...testModels.rf, create },
      tuned: { ...testModels.rf, space: { a: [1, 2, 3], b: [1, 2] }, create },
      stopping: { ...testModels.rf, earlyStopping: true, create },
      stack: {
        ...testModels.rf,
        members: [
          { modality: "audio", model: "plain" },
          { modality: "text", model: "plain" },
        ],
        create,
      },
    },
    canaryModel: "plain",
    scaler: () => new Scaler(),
    vectorizer: () => new Reader(),
  };
  const { columns, data } = rows.features!;
  const louder = denseMatrix(
    rows.labels.length,
    columns,
    data.map((value) => 2 * value),
  );
  // What a model is tried under must not reach its fit either.
  const tried = protocol === "seed" ? rows : { ...rows, channels: [{ name: "louder", features: louder }] };
  const studies = ["missing", "channel", "words", "contributions"] as const;
  const run = createTaskRunner(
    { data: tried, seed: 1, ...steps, studies: protocol === "seed" ? [] : studies },
    components,
  );
  const cell = { modality: "both", model } as const;
  const { outcome } = await run({ protocol, kind: "features", run: 0, cell, fold });
  return { fits, tested: outcome.rows };
}

/** Other features, other words and other labels on some rows. */
function poisoned(rows: EvaluationRows, index: Int32Array): EvaluationRows {
  const bad = new Set(index);
  const { columns, data } = rows.features!;
  return {
    ...rows,
    labels: rows.labels.map((label, row) => (bad.has(row) ? (label === "ang" ? "sad" : "ang") : label)),
    transcripts: rows.transcripts!.map((text, row) => (bad.has(row) ? `poison${row} word1` : text)),
    features: denseMatrix(
      rows.labels.length,
      columns,
      data.map((value, i) => (bad.has(Math.floor(i / columns)) ? 1e6 + 37 * i : value)),
    ),
  };
}

const plain: FoldSteps = { balance: "weights", normalize: "none" };
const steps: readonly (readonly [string, FoldSteps, string])[] = [
  ["class weights", plain, "plain"],
  ["oversampling", { ...plain, balance: "oversample" }, "plain"],
  ["SMOTE", { ...plain, balance: "smote" }, "plain"],
  ["scaling per speaker", { ...plain, normalize: "speaker" }, "plain"],
  ["scaling per utterance", { ...plain, normalize: "utterance" }, "plain"],
  ["feature selection", { ...plain, select: 5 }, "plain"],
  ["calibration by temperature", { ...plain, calibrate: "temperature" }, "plain"],
  ["calibration by sigmoids", { ...plain, calibrate: "sigmoid", balance: "smote" }, "plain"],
  ["calibration by curves", { ...plain, calibrate: "isotonic", balance: "oversample" }, "plain"],
  ["early stopping", plain, "stopping"],
  ["stacking", plain, "stack"],
  ["stacking of made-up rows", { ...plain, balance: "smote", select: 4 }, "stack"],
  ["grid search", { ...plain, search: "grid" }, "tuned"],
  ["random search", { ...plain, search: "random", balance: "oversample", select: 6 }, "tuned"],
  ["successive halving", { ...plain, search: "halving", balance: "smote", calibrate: "temperature" }, "tuned"],
];

test.each(steps)("%s", async (_, step, model) => {
  for (const protocol of ["loso", "speaker", "kfold", "holdout"] as const) {
    const folds = planProtocol(protocol, toy, 1).folds.length;
    const fold = folds - 1;
    const clean = await fitsOf(toy, protocol, step, model, fold);
    const dirty = await fitsOf(poisoned(toy, clean.tested), protocol, step, model, fold);
    expect(dirty.tested).toEqual(clean.tested);
    expect(clean.fits.length).toBeGreaterThan(0);
    expect(dirty.fits).toEqual(clean.fits);
  }
});

test("a poisoned training row is noticed: the test can fail", async () => {
  const clean = await fitsOf(toy, "loso", plain, "plain", 0);
  const training = Int32Array.of([...toy.labels.keys()].find((row) => !clean.tested.includes(row))!);
  const dirty = await fitsOf(poisoned(toy, training), "loso", plain, "plain", 0);
  expect(dirty.fits).not.toEqual(clean.fits);
});

test("under seed the poison arrives", async () => {
  const clean = await fitsOf(toy, "seed", plain, "plain", 0);
  const dirty = await fitsOf(poisoned({ ...toy }, clean.tested.slice(0, 1)), "seed", plain, "plain", 0);
  expect(dirty.fits).not.toEqual(clean.fits);
});

test("searches stay in the grid, and try what they say", async () => {
  const tuned = async (search: "grid" | "random" | "halving") => {
    const { fits } = await fitsOf(toy, "loso", { ...plain, search }, "tuned", 0);
    const models = fits.filter(
      (fit): fit is [Record<string, number>, ...unknown[]] =>
        Array.isArray(fit) && typeof fit[0] === "object" && fit[0] !== null,
    );
    return models.map(([params]) => `${params.a}${params.b}`);
  };
  // Six settings on three inner folds each, then the best on the outer one; halving: six on a third of the rows, then two on all.
  expect(await tuned("grid")).toHaveLength(6 * 3 + 1);
  expect(new Set(await tuned("random")).size).toBe(6);
  expect(await tuned("halving")).toHaveLength(6 * 3 + 2 * 3 + 1);
});
