import { expect, test } from "vitest";
import { digest } from "../src/digest.ts";
import { loadModel, saveModel } from "../src/models/model-file.ts";
import type { Json } from "../src/models/state.ts";
import { Recognizer } from "../src/recognizer.ts";

const sampleRate = 16000;
const buzz = Float32Array.from({ length: 2 * sampleRate }, (_, i) => 0.4 * (((i * 190) / sampleRate) % 1) - 0.2);
const recognizer = new Recognizer();
const total = (probabilities: Readonly<Record<string, number>>) =>
  Object.values(probabilities).reduce((a, b) => a + b, 0);

// The constant was printed by `emovox doctor`; that this test passes in Node and in Chromium is what it is for.
test("the core's digest is the same on every engine, with SIMD and without", async () => {
  const everywhere = "a4214db4adfe2ff8719aaaabffc25864248c472585baad9e8ec45af9b288d296";
  expect(await digest()).toBe(everywhere);
  expect(await digest(true)).toBe(everywhere);
}, 60_000);

test("hears, reads, and does both", async () => {
  const heard = await recognizer.predict({ samples: buzz, sampleRate });
  const read = await recognizer.predict({ text: "I am so happy to see you!" });
  const both = await recognizer.predict({ samples: buzz, sampleRate, text: "I am so happy to see you!" });
  expect(read.emotion).toBe("happiness");
  expect(heard.modalities).toEqual(["audio"]);
  expect(read.modalities).toEqual(["text"]);
  expect(both.modalities).toEqual(["audio", "text"]);
  for (const { probabilities } of [heard, read, both]) expect(total(probabilities)).toBeCloseTo(1, 12);
  expect(Object.keys(both.probabilities)).toEqual([...recognizer.classes]);
  expect(recognizer.classes).toEqual(["anger", "disgust", "fear", "happiness", "neutral", "sadness"]);
  // Late fusion: odds multiply.
  const odds = (p: Readonly<Record<string, number>>) => p.happiness / p.anger;
  expect(odds(both.probabilities) / (odds(heard.probabilities) * odds(read.probabilities))).toBeCloseTo(1, 6);
});

test.each([
  ["I hate you, you idiot, get out!", "anger"],
  ["I miss her so much, I have been crying all day.", "sadness"],
  ["I am so scared, please don't leave me here.", "fear"],
  ["Thank you so much, this is wonderful!", "happiness"],
  ["Wow, I did not see that coming!", "surprise"],
  ["That is gross, it makes me sick.", "disgust"],
])("reads %j as %s", async (text, emotion) => {
  expect((await recognizer.predict({ text })).emotion).toBe(emotion);
});

test("words that the model does not know leave the answer to the sound", async () => {
  const heard = await recognizer.predict({ samples: buzz, sampleRate });
  expect(await recognizer.predict({ samples: buzz, sampleRate, text: "Zzyzx" })).toEqual(heard);
  const unknown = await recognizer.predict({ text: "" });
  expect(unknown.modalities).toEqual(["text"]);
  expect(total(unknown.probabilities)).toBeCloseTo(1, 12);
});

test("abstains where no class is probable enough", async () => {
  const text = "I am so happy to see you!";
  const sure = await recognizer.predict({ text });
  const p = sure.probabilities[sure.emotion];
  expect(await recognizer.predict({ text }, { abstainBelow: p })).toEqual(sure);
  expect(await recognizer.predict({ text }, { abstainBelow: p + 1e-9 })).toEqual({ ...sure, emotion: null });
  await expect(recognizer.predict({ text }, { abstainBelow: 2 })).rejects.toThrow("it must be from 0 to 1");
});

test("nothing to recognise is refused", async () => {
  await expect(recognizer.predict({})).rejects.toThrow("neither audio nor text");
  await expect(recognizer.predict({ samples: buzz })).rejects.toThrow("sampleRate");
  await expect(recognizer.predict({ samples: new Float32Array(0), sampleRate })).rejects.toThrow("0 samples");
  const reads = new Recognizer({ text: recognizer.text });
  await expect(reads.predict({ samples: buzz, sampleRate })).rejects.toThrow("takes text only");
  expect(() => new Recognizer({})).toThrow("needs an audio or a text part");
});

test("a recogniser that is saved and loaded gives the very same answers", async () => {
  const again = Recognizer.load(recognizer.save());
  const input = { samples: buzz, sampleRate: 22050, text: "What is going on?" };
  expect(await again.predict(input)).toEqual(await recognizer.predict(input));
  expect(again.info).toEqual(recognizer.info);
  expect(again.save()).toEqual(recognizer.save());
});

test("files that are no recogniser, or whose features have changed, are refused", () => {
  expect(() => Recognizer.load(saveModel({ kind: "scaler", config: {}, tensors: {} }))).toThrow('kind "scaler"');
  const state = loadModel(recognizer.save());
  const audio = state.config.audio as Record<string, Json> & { extractor: Record<string, Json> };
  const changed = { ...audio, extractor: { ...audio.extractor, hash: "0000000000000000" } };
  expect(() => Recognizer.load(saveModel({ ...state, config: { ...state.config, audio: changed } }))).toThrow(
    "have changed",
  );
  const hot = { ...audio, temperature: -1 };
  expect(() => Recognizer.load(saveModel({ ...state, config: { ...state.config, audio: hot } }))).toThrow(
    "temperature",
  );
  const odd = { ...audio, extractor: { ...audio.extractor, options: { nFft: 0 } } };
  expect(() => Recognizer.load(saveModel({ ...state, config: { ...state.config, audio: odd } }))).toThrow("not sound");
});
