import { beforeAll, expect, test } from "vitest";
import {
  DeepClassifier,
  frameCnn,
  fusion,
  MLPClassifier,
  recurrentNetwork,
  transformer,
} from "../../src/deep/index.ts";
import { matrixFromRows } from "../../src/matrix.ts";
import { saveModel } from "../../src/models/model-file.ts";
import { startBackend } from "./start.ts";
import { utterances } from "./utterances.ts";

beforeAll(async () => void (await startBackend()));

/** FNV-1a (Fowler, Noll and Vo). */
function hash(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16);
}

// One constant for Node and for Chromium: a change of the training changes it, an engine must not.
test("the seed gives the same bits in every engine", async () => {
  const { x, y } = utterances(5, 24);
  const options = {
    units: 6,
    heads: 2,
    embedding: 6,
    denseUnits: 6,
    batchSize: 8,
    epochs: 3,
    minCount: 1,
    seed: 4,
  } as const;
  const texts = x.map(({ text }) => ({ text }));
  const hashes: string[] = [];
  for (const [architecture, inputs] of [
    [frameCnn, x],
    [recurrentNetwork, texts],
    [transformer, texts],
    [fusion, x],
  ] as const) {
    const classifier = new DeepClassifier(architecture, options);
    await classifier.fit(inputs, y);
    hashes.push(hash(saveModel(classifier.save())));
  }
  const perceptron = new MLPClassifier({ hiddenLayerSizes: [8], maxIter: 5, seed: 4 });
  await perceptron.fit(matrixFromRows(x.map(({ features }) => features)), y);
  hashes.push(hash(saveModel(perceptron.save())));
  expect(hashes).toEqual(["49e3e861", "aa94c3e4", "6926b697", "332cd9e", "675cbe42"]);
});
