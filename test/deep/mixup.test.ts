import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { tf } from "../../src/deep/backend.ts";
import { batchOf } from "../../src/deep/batch.ts";
import { DeepClassifier, frameCnn } from "../../src/deep/index.ts";
import { drawMixes, mixSequences, mixTargets } from "../../src/deep/mixup.ts";
import { denseMatrix, mostProbable } from "../../src/matrix.ts";
import { Random } from "../../src/random.ts";
import { startBackend } from "./start.ts";
import { utterances } from "./utterances.ts";

beforeAll(async () => void (await startBackend()));

test("an example is mixed with another one, at most half and half, as often as asked", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e6 }),
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (seed, rows, rate) => {
        const mixes = drawMixes(rows, rate, new Random(seed));
        expect(mixes).toHaveLength(rows);
        for (const [row, { partner, share }] of mixes.entries()) {
          expect(partner).toBeGreaterThanOrEqual(0);
          expect(partner).toBeLessThan(rows);
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThan(0.5);
          if (partner === row) expect(share).toBe(0);
        }
      },
    ),
  );
  const mixed = (rate: number) => drawMixes(10_000, rate, new Random(1)).filter(({ partner }, row) => partner !== row);
  expect(mixed(0)).toEqual([]);
  expect(mixed(1)).toHaveLength(10_000);
  // Five standard deviations of a binomial distribution.
  expect(Math.abs(mixed(0.3).length - 3000)).toBeLessThan(5 * Math.sqrt(10_000 * 0.3 * 0.7));
});

test("targets lie between, and their sum is that of the weights", () => {
  const targets = Float32Array.of(2, 0, 0, 0, 0, 1);
  const mixes = [
    { partner: 1, share: 0.25 },
    { partner: 1, share: 0 },
  ];
  expect([...mixTargets(targets, 3, mixes)]).toEqual([1.5, 0, 0.25, 0, 0, 1]);
  expect([...targets]).toEqual([2, 0, 0, 0, 0, 1]);
});

test("frames lie between those of both; a shorter partner starts again, and what is behind the end stays 0", () => {
  const examples = [
    { frames: denseMatrix(3, 1, Float32Array.of(4, 8, 12)) },
    { frames: denseMatrix(2, 1, Float32Array.of(0, 4)) },
  ];
  const augmentation = {
    timeMasks: 0,
    timeMaskFrames: 0,
    frequencyMasks: 0,
    frequencyMaskWidth: 0,
    frequencyShift: 0,
    noise: 0,
  };
  const mixes = [
    { partner: 1, share: 0.25 },
    { partner: 0, share: 0.5 },
  ];
  tf.tidy(() => {
    const options = { maxFrames: 10, tokenDropout: 0, augmentation };
    const { frames } = batchOf(examples, options, new Random(1), mixes);
    expect([...frames!.values.dataSync()]).toEqual([3, 7, 9, 2, 6, 0]);
    expect([...frames!.mask.dataSync()]).toEqual([1, 1, 1, 1, 1, 0]);
  });
  const empty = new Float32Array(2);
  mixSequences(
    empty,
    [0, 0],
    [
      { partner: 1, share: 0.4 },
      { partner: 0, share: 0.4 },
    ],
  );
  expect([...empty]).toEqual([0, 0]);
});

test("a network of frames learns from mixtures; the seed decides the bits", async () => {
  const { x, y } = utterances(1, 48);
  const frames = x.map((input) => ({ frames: input.frames }));
  const options = {
    units: 8,
    epochs: 20,
    learningRate: 0.01,
    batchSize: 8,
    frequencyMasks: 0,
    dropout: 0,
    seed: 2,
    centreFrames: false,
  };
  const learnt = async (mixup: number) => {
    const classifier = new DeepClassifier(frameCnn, { ...options, mixup });
    await classifier.fit(frames, y);
    return classifier;
  };
  const [plain, mixed] = [await learnt(0), await learnt(0.5)];
  const proba = await mixed.predictProba(frames);
  const hits = y.filter((label, row) => mixed.classes[mostProbable(proba)[row]] === label);
  expect(hits.length / y.length).toBeGreaterThan(0.6);
  expect(mixed.save().tensors).not.toEqual(plain.save().tensors);
  expect((await learnt(0.5)).save().tensors).toEqual(mixed.save().tensors);
});
