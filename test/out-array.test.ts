import { expect, test } from "vitest";
import { DataError } from "../src/errors.ts";
import { createExtractor, type ExtractorRequest } from "../src/features/index.ts";

const signal = Float32Array.from({ length: 20000 }, (_, i) => 0.5 * Math.sin(i * i * 1e-5));
const requests: ExtractorRequest[] = [
  { preset: "librosa", sampleRate: 16000, features: ["mfcc", "rms"] },
  { preset: "librosa", sampleRate: 16000, level: "utterance" },
  { preset: "kaldi", sampleRate: 16000 },
  // Its deltas are made from columns that were not asked for.
  { preset: "kaldi", sampleRate: 16000, features: ["delta"] },
  { preset: "sahu2019", sampleRate: 16000 },
  { preset: "emovox" },
];

test.each(requests)("$preset writes its rows to the array that it is given, and no further", (request) => {
  const extractor = createExtractor(request);
  const { rows, columns, data } = extractor.extract(signal, 16000);
  const out = new Float32Array(data.length + 2).fill(7);
  const into = extractor.extract(signal, 16000, out);
  expect(into).toMatchObject({ rows, columns });
  expect(into.data.buffer).toBe(out.buffer);
  expect(into.data).toEqual(data);
  expect([...out.subarray(data.length)]).toEqual([7, 7]);
  const short = new Float32Array(data.length - 1).fill(7);
  expect(() => extractor.extract(signal, 16000, short)).toThrow(DataError);
  expect(short.every((value) => value === 7)).toBe(true);
});
