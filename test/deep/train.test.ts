import { beforeAll, expect, test } from "vitest";
import type { EpochReport } from "../../src/deep/index.ts";
import { OptionError } from "../../src/errors.ts";
import { trainAudioBranch, trainTextBranch } from "../../src/evaluation/train.ts";
import { createExtractor } from "../../src/features/extractor.ts";
import { Recognizer } from "../../src/recognizer.ts";
import { startBackend } from "./start.ts";
import { utterances } from "./utterances.ts";

beforeAll(async () => void (await startBackend()));

const { x, y } = utterances(1, 36);
const rows = {
  corpus: "test",
  classes: ["c0", "c1", "c2"],
  labels: y,
  transcripts: x.map(({ text }) => text),
  speakers: y.map((_, i) => `speaker${i % 2}`),
};
const splits = y.map((_, i) => (i < 18 ? "train" : i < 27 ? "dev" : "test"));

test("a network learns words for a recogniser, from a published split once", async () => {
  const reports: EpochReport[] = [];
  const options = {
    classifier: "lstm",
    seed: 1,
    hooks: { onEpoch: (report: EpochReport) => void reports.push(report) },
  } as const;
  const { branch, report } = await trainTextBranch({ ...rows, splits }, options);
  expect(reports.length).toBe(6); // one training
  expect(report.score.rows).toBe(9);
  expect(branch.vectorizer).toBeUndefined();
  const { probabilities } = await new Recognizer({ text: branch }).predict({ text: "happy song" });
  expect(Object.keys(probabilities).sort()).toEqual(rows.classes);
});

test("a CNN does not read", async () => {
  await expect(trainTextBranch({ ...rows, splits }, { classifier: "cnn", seed: 1 })).rejects.toThrow(OptionError);
});

test("a network learns sound, with each speaker held out in turn", async () => {
  const extractor = createExtractor({
    preset: "kaldi",
    sampleRate: 16000,
    features: ["fbank"],
    options: { numMelBins: 6, numCeps: 6 },
  });
  const frames = x.map((input) => input.frames);
  const few = { ...rows, transcripts: undefined, frames };
  const { branch, report } = await trainAudioBranch(few, extractor, { classifier: "cnn", seed: 1 });
  expect(report.protocol).toBe("leave one speaker out (2 speakers)");
  expect(report.score.rows).toBe(36);
  const { emotion } = await new Recognizer({ audio: branch }).predict({
    samples: new Float32Array(16000),
    sampleRate: 16000,
  });
  expect(rows.classes).toContain(emotion);
});
