import { beforeAll, expect, test } from "vitest";
import { DeepClassifier, frameCnn, recurrentNetwork } from "../../src/deep/index.ts";
import { ModelFileError } from "../../src/errors.ts";
import { createExtractor } from "../../src/features/extractor.ts";
import { loadModel } from "../../src/models/model-file.ts";
import { Random } from "../../src/random.ts";
import { Recognizer } from "../../src/recognizer.ts";
import { startBackend } from "./start.ts";

beforeAll(async () => void (await startBackend()));

const sampleRate = 16000;
const extractor = createExtractor({ preset: "kaldi", sampleRate, features: ["fbank"], options: { numMelBins: 14 } });

/** Bursts of noise, slow ones or fast ones: synthetic. */
function speech(fast: boolean, seed: number): Float32Array {
  const random = new Random(seed);
  const period = fast ? 1600 : 6400;
  return Float32Array.from(
    { length: 8000 + random.integer(8000) },
    (_, i) => (i % period < period / 2 ? 0.3 : 0.01) * (random.uniform() - 0.5),
  );
}

async function trained(): Promise<Recognizer> {
  const y = Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? "calm" : "hot"));
  const cnn = new DeepClassifier(frameCnn, {
    units: 16,
    epochs: 10,
    batchSize: 8,
    learningRate: 0.01,
    validationShare: 0,
    seed: 1,
  });
  await cnn.fit(
    y.map((name, i) => ({ frames: extractor.extract(speech(name === "hot", i)) })),
    y,
  );
  const reader = new DeepClassifier(recurrentNetwork, {
    units: 6,
    epochs: 8,
    batchSize: 4,
    learningRate: 0.02,
    minCount: 1,
    seed: 1,
  });
  await reader.fit(
    y.map((name) => ({ text: name === "hot" ? "go away now" : "all is well" })),
    y,
  );
  return new Recognizer({
    audio: { extractor, classifier: cnn, temperature: 1 },
    text: { classifier: reader, temperature: 1.5 },
  });
}

test("a recogniser hears with a network and reads with another, and is one file", async () => {
  const recognizer = await trained();
  const input = { samples: speech(true, 100), sampleRate, text: "go away" };
  const prediction = await recognizer.predict(input);
  expect(prediction).toMatchObject({ emotion: "hot", modalities: ["audio", "text"] });
  expect((await recognizer.predict({ samples: speech(false, 101), sampleRate })).emotion).toBe("calm");
  const bytes = recognizer.save();
  expect(await Recognizer.load(bytes).predict(input)).toEqual(prediction);
  expect(Recognizer.load(bytes).save()).toEqual(bytes);
  // No word at all does not count beside audio; words that are not known do, as such.
  expect((await recognizer.predict({ ...input, text: " " })).modalities).toEqual(["audio"]);
  const silence = await recognizer.predict({ samples: new Float32Array(16000), sampleRate, text: "" });
  expect(Object.values(silence.probabilities).reduce((sum, p) => sum + p)).toBeCloseTo(1, 12);
});

test("a network in the place of another is refused", async () => {
  const state = loadModel((await trained()).save());
  const parts = state.config.parts as Record<string, { kind: string; config: Record<string, never> }>;
  const swapped = { ...parts, "audio.classifier": parts["text.classifier"] };
  const tensors = Object.fromEntries(
    Object.entries(state.tensors).flatMap(([name, tensor]) =>
      name.startsWith("text.classifier.")
        ? [
            [name, tensor],
            [name.replace("text.", "audio."), tensor],
          ]
        : [],
    ),
  );
  const { saveModel } = await import("../../src/models/model-file.ts");
  expect(() =>
    Recognizer.load(saveModel({ ...state, config: { ...state.config, parts: swapped as never }, tensors })),
  ).toThrow(ModelFileError);
});
