import { beforeAll, expect, test } from "vitest";
import { tf } from "../../src/deep/backend.ts";
import {
  DeepClassifier,
  exportLayers,
  MLPClassifier,
  recurrentNetwork,
  SEED_CNN_BOTH,
  seedCnn,
  seedLstm,
} from "../../src/deep/index.ts";
import type { LayersFiles } from "../../src/deep/index.ts";
import { OptionError } from "../../src/errors.ts";
import { matrixFromRows } from "../../src/matrix.ts";
import { startBackend } from "./start.ts";
import { utterances } from "./utterances.ts";

beforeAll(async () => void (await startBackend()));

async function load(files: LayersFiles) {
  const description = JSON.parse(new TextDecoder().decode(files["model.json"]));
  const [{ weights }] = description.weightsManifest;
  const weightData = files["weights.bin"].slice().buffer;
  return {
    model: await tf.loadLayersModel(tf.io.fromMemory({ ...description, weightSpecs: weights, weightData })),
    tokens: description.userDefinedMetadata.tokens as string[],
  };
}

test("dense and convolutional networks predict as layers of TensorFlow.js what they predict here", async () => {
  const { x, y } = utterances(1, 30);
  const rows = matrixFromRows(x.map(({ features }) => [...features, ...features]));
  for (const classifier of [
    new MLPClassifier({ hiddenLayerSizes: [7, 5], activation: "tanh", maxIter: 3 }),
    new DeepClassifier(seedCnn, { epochs: 2 }),
    new DeepClassifier(seedCnn, { ...SEED_CNN_BOTH, denseUnits: 9, epochs: 2 }),
  ]) {
    await classifier.fit(rows, y);
    const { data } = await classifier.predictProba(rows);
    const { model } = await load(await exportLayers(classifier.save()));
    const said = tf.tidy(() =>
      (model.predict(tf.tensor2d(rows.data, [30, 16])) as ReturnType<typeof tf.tensor>).dataSync(),
    );
    said.forEach((p, i) => expect(p).toBeCloseTo(data[i], 5));
  }
});

test("so does the LSTM over tokens, by the numbers that go along", async () => {
  const { x, y } = utterances(1, 30);
  const classifier = new DeepClassifier(seedLstm, { units: 6, embedding: 5, epochs: 2, minCount: 1 });
  await classifier.fit(
    x.map(({ text }) => ({ text })),
    y,
  );
  const { model, tokens } = await load(await exportLayers(classifier.save()));
  const text = "the rain song";
  const numbers = text.split(" ").map((token) => tokens.indexOf(token) + 2);
  const said = tf.tidy(() => (model.predict(tf.tensor2d([numbers])) as ReturnType<typeof tf.tensor>).dataSync());
  const { data } = await classifier.predictProba([{ text }]);
  said.forEach((p, i) => expect(p).toBeCloseTo(data[i], 5));
});

test("what is no row of layers is refused", async () => {
  const { x, y } = utterances(1, 30);
  const classifier = new DeepClassifier(recurrentNetwork, { units: 4, epochs: 1 });
  await classifier.fit(
    x.map(({ text }) => ({ text })),
    y,
  );
  await expect(exportLayers(classifier.save())).rejects.toThrow(OptionError);
});
