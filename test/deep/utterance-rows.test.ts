import { expect, test } from "vitest";
import type { DeepClassifier } from "../../src/deep/deep-classifier.ts";
import type { UtteranceInput } from "../../src/deep/utterance-input.ts";
import { DataError } from "../../src/errors.ts";
import { Fold } from "../../src/evaluation/fold.ts";
import { rowNumbers, UtteranceRows } from "../../src/evaluation/utterance-rows.ts";
import { denseMatrix, matrixFromRows } from "../../src/matrix.ts";

const labels = ["a", "b", "a", "b", "a", "b"];
const rows = {
  corpus: "test",
  classes: ["a", "b"],
  labels,
  transcripts: labels.map((_, row) => `said ${row}`),
  texts: labels.map((_, row) => `Said: ${row}`),
  frames: labels.map((_, row) => denseMatrix(1, 1, Float32Array.of(row))),
};

/** Notes what it is given. */
function witness() {
  const learnt: UtteranceInput[] = [];
  const asked: UtteranceInput[] = [];
  const model = {
    kind: "witness",
    classes: ["a", "b"],
    fit: async (inputs: UtteranceInput[]) => void learnt.push(...inputs),
    predictProba: async (inputs: UtteranceInput[]) => {
      asked.push(...inputs);
      return { rows: inputs.length, columns: 2, data: new Float64Array(2 * inputs.length).fill(0.5) };
    },
  };
  return { model: model as unknown as DeepClassifier, learnt, asked };
}

test("a model of utterances is fitted on those of the training part alone, with the features that the fold made", async () => {
  const { model, learnt, asked } = witness();
  const fold = new Fold({ name: "f", train: Int32Array.of(0, 1, 2, 3), test: Int32Array.of(5, 4) }, labels);
  const scaled = fold.take(matrixFromRows(labels.map((_, row) => [10 * row, -row])));
  const parts = fold.concat(fold.take(rowNumbers(6)), scaled);
  await fold.fitPredict(new UtteranceRows(model, rows, { text: "written", frames: true }), parts);
  expect(learnt.map(({ text }) => text)).toEqual(["Said: 0", "Said: 1", "Said: 2", "Said: 3"]);
  expect(learnt.map(({ frames }) => frames!.data[0])).toEqual([0, 1, 2, 3]);
  expect(asked.map(({ text }) => text)).toEqual(["Said: 5", "Said: 4"]);
  expect(asked.map(({ features }) => Array.from(features!))).toEqual([
    [50, -5],
    [40, -4],
  ]);
});

test("copies of rows are copies of utterances", async () => {
  const { model, learnt } = witness();
  const fold = new Fold({ name: "f", train: Int32Array.of(0, 1, 2, 4, 3), test: Int32Array.of(5) }, labels);
  await fold.fitPredict(
    new UtteranceRows(model, rows, { text: "transcript" }),
    fold.oversample(fold.take(rowNumbers(6)), 1),
  );
  expect(learnt.length).toBe(6);
  expect(learnt.filter(({ text }) => text === "said 1" || text === "said 3").length).toBe(3);
});

test("rows that lack what the model reads are refused", () => {
  const { model } = witness();
  expect(() => new UtteranceRows(model, { ...rows, frames: undefined }, { frames: true })).toThrow(DataError);
  expect(() => new UtteranceRows(model, { ...rows, transcripts: undefined }, { text: "transcript" })).toThrow(
    DataError,
  );
});
