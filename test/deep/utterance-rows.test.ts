import { expect, test } from "vitest";
import type { DeepClassifier } from "../../src/deep/deep-classifier.ts";
import type { UtteranceInput } from "../../src/deep/utterance-input.ts";
import { DataError } from "../../src/errors.ts";
import { Fold } from "../../src/evaluation/fold.ts";
import { rowsOfCorpus } from "../../src/evaluation/rows.ts";
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

test("a row of a dialogue has what was said before, by the number of the turn", async () => {
  const said = (dialogue: string, turn: number) => ({
    id: `${dialogue} ${turn}`,
    emotion: "a",
    transcript: `${dialogue}: ${turn}`,
    dialogue: { name: dialogue, turn },
  });
  const alone = { id: "alone", emotion: "b", transcript: "alone" };
  const utterances = [said("d", 10), said("e", 1), said("d", 9), alone, said("d", 2), said("e", 0)];
  const { contexts } = rowsOfCorpus({ name: "c", classes: ["a", "b"], utterances });
  expect(contexts).toEqual([["d: 2", "d: 9"], ["e: 0"], ["d: 2"], [], [], []]);
  const long = rowsOfCorpus({
    name: "c",
    classes: ["a"],
    utterances: Array.from({ length: 30 }, (_, t) => said("d", t)),
  });
  expect(long.contexts![29]).toEqual(Array.from({ length: 8 }, (_, i) => `d: ${21 + i}`));
  const { model, asked } = witness();
  const dialogues = { ...rows, contexts: labels.map((_, row) => (row === 0 ? [] : [`Said: ${row - 1}`])) };
  const reader = new UtteranceRows(model, dialogues, { text: "written", context: true });
  await reader.predictProba(matrixFromRows([[3], [0]]));
  expect(asked.map(({ text, context }) => [text, context])).toEqual([
    ["Said: 3", ["Said: 2"]],
    ["Said: 0", []],
  ]);
  expect(() => new UtteranceRows(model, rows, { text: "written", context: true })).toThrow("needs dialogues");
});

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
