import { beforeAll, expect, test, vi } from "vitest";
import {
  architectures,
  DeepClassifier,
  type DeepOptions,
  frameCnn,
  fusion,
  recurrentNetwork,
  transformer,
  type UtteranceInput,
} from "../../src/deep/index.ts";
import { tf } from "../../src/deep/backend.ts";
import type { Architecture } from "../../src/deep/architecture.ts";
import { DataError, ModelFileError, OptionError } from "../../src/errors.ts";
import { denseMatrix, matrixFromRows, toSparse } from "../../src/matrix.ts";
import { loadClassifier } from "../../src/models/load-classifier.ts";
import { loadModel, saveModel } from "../../src/models/model-file.ts";
import type { Json, ModelState } from "../../src/models/state.ts";
import { accuracy } from "../random-table.ts";
import { startBackend } from "./start.ts";
import { utterances } from "./utterances.ts";

beforeAll(async () => void (await startBackend()));

type Case = [
  name: string,
  architecture: Architecture,
  parts: readonly (keyof UtteranceInput)[],
  options: Partial<DeepOptions>,
];

const small = {
  units: 8,
  heads: 2,
  embedding: 8,
  denseUnits: 8,
  batchSize: 8,
  minCount: 1,
  learningRate: 0.005,
  frequencyMasks: 0,
  centreFrames: false,
  dropout: 0.1,
} as const;
const cases: Case[] = architectures.flatMap((architecture) =>
  architecture === fusion
    ? (["early", "late", "cross-modal"] as const).map(
        (fusion): Case => [`${fusion} fusion`, architecture, ["text", "frames"], { fusion }],
      )
    : architecture.takes.map(
        (parts): Case => [`${architecture.kind} on ${parts.join(" and ")}`, architecture, parts, {}],
      ),
);

const only = (x: readonly UtteranceInput[], parts: readonly (keyof UtteranceInput)[]): UtteranceInput[] =>
  x.map((input) => Object.fromEntries(parts.map((part) => [part, input[part]])));

test.each(cases)(
  "%s learns, is seeded, saved and loaded, and answers alone as in a batch",
  async (_, architecture, parts, options) => {
    const { x, y } = utterances(1, 48);
    const held = utterances(2, 30);
    const fitted = async (epochs: number) => {
      const classifier = new DeepClassifier(architecture, {
        ...small,
        ...options,
        epochs,
        validationShare: 0.1,
        seed: 3,
      });
      await classifier.fit(only(x, parts), y);
      return classifier;
    };
    const classifier = await fitted(25);
    expect(classifier.parts).toEqual(parts);
    const proba = await classifier.predictProba(only(held.x, parts));
    expect(accuracy(proba, classifier.classes, held.y)).toBeGreaterThan(0.6);
    const bytes = saveModel(classifier.save());
    expect(saveModel((await fitted(2)).save())).toEqual(saveModel((await fitted(2)).save()));
    const loaded = loadClassifier(loadModel(bytes)) as DeepClassifier;
    expect(await loaded.predictProba(only(held.x, parts))).toEqual(proba);
    for (const row of [0, 7, 29]) {
      const { data } = await classifier.predictProba(only([held.x[row]], parts));
      data.forEach((p, c) => expect(p).toBeCloseTo(proba.data[3 * row + c], 4)); // float32, in other blocks
    }
  },
);

test("rows of a matrix, dense or sparse, are features of utterances", async () => {
  const { x, y } = utterances(1, 60);
  const matrix = matrixFromRows(x.map(({ features }) => features));
  const fitted = async (rows: Parameters<DeepClassifier["fit"]>[0]) => {
    const classifier = new DeepClassifier(architectures[0], { epochs: 2, seed: 1 });
    await classifier.fit(rows, y);
    return classifier.save();
  };
  const expected = await fitted(only(x, ["features"]));
  expect(await fitted(matrix)).toEqual(expected);
  expect(await fitted(toSparse(matrix))).toEqual(expected);
});

test("predictions and epochs leave no tensor behind", async () => {
  const { x, y } = utterances(1, 24);
  const classifier = new DeepClassifier(fusion, { ...small, epochs: 20, validationShare: 0.2 });
  const before = tf.memory().numTensors;
  await classifier.fit(x, y);
  expect(tf.memory().numTensors).toBe(before);
  for (let i = 0; i < 1000; i++) await classifier.predictProba([x[i % 24]]);
  expect(tf.memory().numTensors).toBe(before);
});

test("whatever is said or heard, there is an answer", async () => {
  const { x, y } = utterances(1, 30);
  const classifier = new DeepClassifier(fusion, { ...small, epochs: 2, maxFrames: 64 });
  await classifier.fit(x, y);
  const silence = denseMatrix(20, 6);
  const long = denseMatrix(5000, 6);
  x.forEach(({ frames }, i) => long.data.set(frames.data, 300 * i));
  const inputs = [
    { text: "", frames: silence },
    { text: "x".repeat(10_000), frames: denseMatrix(1, 6) },
    { text: "word ".repeat(5000), frames: long },
  ];
  const { data } = await classifier.predictProba(inputs);
  for (let row = 0; row < 3; row++) {
    const own = data.subarray(3 * row, 3 * row + 3);
    expect(own.every((p) => p > 0 && p < 1)).toBe(true);
    expect(own.reduce((sum, p) => sum + p)).toBeCloseTo(1, 12);
  }
});

test.each([
  ["recurrent", recurrentNetwork],
  ["transformer", transformer],
] as const)("a %s network reads what was said before, where it is told to", async (_, architecture) => {
  // The same words mean one or the other by what was said before: without it nothing can be told.
  const x = Array.from({ length: 60 }, (_, i) => ({
    text: "well then",
    context: i % 2 ? ["who", "great news"] : i % 4 ? [] : ["terrible news"],
  }));
  const y = x.map((_, i) => (i % 2 ? "joy" : "grief"));
  const options = { ...small, epochs: 12, learningRate: 0.02, dropout: 0, tokenDropout: 0 };
  const context = new DeepClassifier(architecture, { ...options, contextTokens: 4 });
  await context.fit(x, y);
  const proba = await context.predictProba(x);
  expect(accuracy(proba, context.classes, y)).toBe(1);
  const loaded = loadClassifier(loadModel(saveModel(context.save()))) as DeepClassifier;
  expect(await loaded.predictProba(x)).toEqual(proba);
  const far = { text: "well then", context: ["terrible news", "a b c great news"] };
  const near = { text: "well then", context: ["b c great news"] };
  // The last 4 tokens count: "c great news" and the mark of the turn's end.
  expect((await context.predictProba([far])).data).toEqual((await context.predictProba([near])).data);
  const blind = new DeepClassifier(architecture, options);
  await blind.fit(x, y);
  const { data } = await blind.predictProba(x.slice(0, 2));
  expect(data.subarray(0, 2)).toEqual(data.subarray(2));
});

test("an hour of audio is answered, in memory that does not grow with it", async () => {
  const { x, y } = utterances(1, 30);
  const classifier = new DeepClassifier(frameCnn, { ...small, epochs: 1 });
  await classifier.fit(only(x, ["frames"]), y);
  const { data } = x[0].frames;
  const audio = (rows: number) => ({
    frames: denseMatrix(
      rows,
      6,
      Float32Array.from({ length: 6 * rows }, (_, i) => data[i % data.length]),
    ),
  });
  let largest = 0;
  const makeTensor = tf.engine().makeTensor.bind(tf.engine());
  const watch = vi.spyOn(tf.engine(), "makeTensor").mockImplementation((...made) => {
    largest = Math.max(largest, tf.memory().numBytes);
    return makeTensor(...made);
  });
  try {
    const peak = async (rows: number) => {
      largest = 0;
      const { data: proba } = await classifier.predictProba([audio(rows)]);
      expect(proba.reduce((sum, p) => sum + p)).toBeCloseTo(1, 12);
      return largest;
    };
    const minutes = await peak(80_000);
    expect(minutes).toBeGreaterThan(0);
    expect(await peak(225_000)).toBe(minutes); // an hour of frames every 16 ms
  } finally {
    watch.mockRestore();
  }
});

test("a model of another architecture, or of a later version, is refused", async () => {
  const { x, y } = utterances(1, 30);
  const classifier = new DeepClassifier(recurrentNetwork, { ...small, epochs: 1 });
  await classifier.fit(only(x, ["text"]), y);
  const state = classifier.save();
  const options = state.config.options as Record<string, Json>;
  for (const changed of [
    { cell: "gru" },
    { units: 7 },
    { layers: 2 },
    { contextTokens: 3, cell: "gru" },
    { gears: 1 },
  ]) {
    const other: ModelState = {
      ...state,
      config: { ...state.config, options: { ...options, ...(changed as unknown as Record<string, Json>) } },
    };
    expect(() => loadClassifier(other)).toThrow(ModelFileError);
  }
  expect(() => loadClassifier({ ...state, kind: "recurrent-2" })).toThrow(ModelFileError);
  const bytes = saveModel(state);
  const header = new TextDecoder().decode(
    bytes.subarray(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))),
  );
  expect(header).toContain('"formatVersion":"1"');
  const later = bytes.slice();
  later.set(new TextEncoder().encode(header.replace('"formatVersion":"1"', '"formatVersion":"9"')), 8);
  expect(() => loadModel(later)).toThrow(ModelFileError);
});

test("long audio is judged window by window, each counted by its length", async () => {
  const { x, y } = utterances(1, 30);
  const classifier = new DeepClassifier(architectures[3], { ...small, epochs: 2, maxFrames: 16, centreFrames: false });
  await classifier.fit(x, y);
  const { data } = x[0].frames;
  const ask = async (rows: number, from: number) =>
    (
      await classifier.predictProba([
        {
          frames: denseMatrix(
            rows,
            6,
            Float32Array.from({ length: rows * 6 }, (_, i) => data[(from * 6 + i) % data.length]),
          ),
        },
      ])
    ).data;
  const [first, second] = [await ask(16, 0), await ask(8, 16)];
  (await ask(24, 0)).forEach((p, c) => expect(p).toBeCloseTo((2 * first[c] + second[c]) / 3, 5));
});

test("what is wrong is refused", async () => {
  const { x, y } = utterances(1, 30);
  expect(() => new DeepClassifier(fusion, { units: 0 })).toThrow(OptionError);
  expect(() => new DeepClassifier(fusion, { learningrate: 1 } as Partial<DeepOptions>)).toThrow(OptionError);
  const classifier = new DeepClassifier(fusion, { ...small, epochs: 1 });
  await expect(classifier.predictProba(x)).rejects.toThrow("has not learnt yet");
  await expect(classifier.fit(only(x, ["text"]), y)).rejects.toThrow(DataError);
  await expect(classifier.fit(x, y.slice(1))).rejects.toThrow(DataError);
  await classifier.fit(x, y);
  await expect(classifier.predictProba([{ text: "a" }])).rejects.toThrow("has no frames");
  await expect(classifier.predictProba([{ text: "a", frames: denseMatrix(9, 5) }])).rejects.toThrow("learnt from 6");
  await expect(classifier.predictProba([{ text: "a", frames: denseMatrix(0, 6) }])).rejects.toThrow("too short");
  const broken = denseMatrix(9, 6, new Float32Array(54).fill(NaN));
  await expect(classifier.predictProba([{ text: "a", frames: broken }])).rejects.toThrow(DataError);
  const state = classifier.save();
  const changed: [Partial<ModelState>, typeof ModelFileError][] = [
    [{ config: { ...state.config, coefficients: 7 } }, ModelFileError],
    [{ config: { ...state.config, parts: ["text"] } }, ModelFileError],
    [{ config: { ...state.config, tokens: ["a"] } }, ModelFileError],
    [{ kind: "transformer" }, ModelFileError],
    [
      {
        tensors: {
          ...state.tensors,
          "output.bias": { ...state.tensors["output.bias"], data: new Float32Array(3).fill(NaN) },
        },
      },
      ModelFileError,
    ],
  ];
  for (const [change, kind] of changed) expect(() => loadClassifier({ ...state, ...change })).toThrow(kind);
});
