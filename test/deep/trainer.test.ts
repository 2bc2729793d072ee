import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { ModelFileError } from "../../src/errors.ts";
import { Adam, clipNorm } from "../../src/deep/adam.ts";
import { tf } from "../../src/deep/backend.ts";
import { shuffledBatches } from "../../src/deep/batches.ts";
import { copyParameters, filled, glorot, initialParameters, type Parameters } from "../../src/deep/parameters.ts";
import { halfCosine, rateAt } from "../../src/deep/schedule.ts";
import {
  type EpochReport,
  type Lesson,
  train,
  type TrainerHooks,
  type TrainerOptions,
} from "../../src/deep/trainer.ts";
import { loadModel, saveModel } from "../../src/models/model-file.ts";
import type { ModelState } from "../../src/models/state.ts";
import { Random } from "../../src/random.ts";
import { startBackend } from "./start.ts";

beforeAll(async () => void (await startBackend()));

const options: TrainerOptions = {
  epochs: 6,
  learningRate: 0.05,
  schedule: "cosine",
  warmup: 1,
  weightDecay: 0.01,
  clipNorm: 1,
  patience: null,
  tolerance: 0,
  monitor: "loss",
  seed: 7,
};

const start = (): Parameters => initialParameters({ w: glorot([3, 2]), b: filled([2], 0) }, new Random(1));

/** Linear regression with dropout, on rows that the seed decides. */
function lesson(validation?: (epoch: number) => number, lossFactor: () => number = () => 1): Lesson {
  const random = new Random(2);
  const x = Float32Array.from({ length: 60 }, () => random.normal());
  let judged = 0;
  return {
    batches: (random) => shuffledBatches(20, 6, random),
    loss: ({ w, b }, rows, random) => {
      const batch = Float32Array.from({ length: rows.length * 3 }, (_, i) => x[rows[Math.floor(i / 3)] * 3 + (i % 3)]);
      const kept = batch.map((value) => (random.uniform() < 0.2 ? 0 : value));
      const output = tf.add(tf.matMul(tf.tensor2d(kept, [rows.length, 3]), w as never), b);
      const goal = tf.tensor2d(batch, [rows.length, 3]).slice([0, 0], [-1, 2]);
      return tf.mul(tf.mean(tf.square(tf.sub(output, goal))), lossFactor()) as never;
    },
    validate: validation && (() => ({ loss: validation(judged++), uar: 0 })),
  };
}

async function trained(changes: Partial<TrainerOptions> = {}, hooks: TrainerHooks = {}, of: Lesson = lesson()) {
  const parameters = start();
  const summary = await train(parameters, of, { ...options, ...changes }, hooks);
  return { parameters, summary };
}

test("whatever the epochs and the warm-up, the rate is a number from 0 to 1", () => {
  const whole = fc.integer({ min: 0, max: 5 });
  fc.assert(
    fc.property(
      fc.constantFrom("constant", "cosine", "plateau"),
      whole,
      whole,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (schedule, more, warmup, share) => {
        const epochs = more + 1;
        const rate = rateAt(share * epochs, 0, { schedule, epochs, warmup });
        return rate >= 0 && rate <= 1;
      },
    ),
  );
  expect(rateAt(1, 0, { schedule: "cosine", epochs: 1, warmup: 1 })).toBe(1);
});

test("one epoch that is all warm-up learns numbers", async () => {
  const { parameters } = await trained({ epochs: 1 });
  for (const [name, { data }] of Object.entries(parameters)) {
    expect(data.every(Number.isFinite)).toBe(true);
    expect(data).not.toEqual(start()[name].data);
  }
});

test("weights that the last step of an epoch makes infinite are not kept", async () => {
  const reports: EpochReport[] = [];
  const of: Lesson = { ...lesson(), batches: () => [Int32Array.of(0, 1, 2)] };
  let epoch = 0;
  const bursting: TrainerOptions = {
    ...options,
    schedule: "constant",
    warmup: 0,
    get learningRate() {
      return epoch < 2 ? 0.05 : Infinity;
    },
  };
  const parameters = start();
  const onEpoch = (report: EpochReport) => {
    reports.push(report);
    epoch = report.epoch;
  };
  const summary = await train(parameters, of, bursting, { onEpoch });
  expect(summary).toMatchObject({ stopped: "diverged", epochs: 2, bestEpoch: 2 });
  expect(reports).toHaveLength(2);
  for (const { data } of Object.values(parameters)) expect(data.every(Number.isFinite)).toBe(true);
});

// D. Kingma, J. Ba, "Adam", ICLR 2015, algorithm 1, and I. Loshchilov, F. Hutter, "Decoupled Weight Decay", ICLR 2019, algorithm 2.
test("Adam's steps are those of the papers", () => {
  const parameters: Parameters = { w: { shape: [2, 1], data: Float32Array.of(0.5, -0.3) } };
  const adam = new Adam(parameters, { weightDecay: 0.1 });
  const [w, m, v] = [
    [0.5, -0.3],
    [0, 0],
    [0, 0],
  ];
  for (let t = 1; t <= 5; t++) {
    const gradient = [0.1 * t, -0.02 * t * t];
    adam.step({ w: Float32Array.from(gradient) }, 0.01);
    for (const i of [0, 1]) {
      m[i] = 0.9 * m[i] + 0.1 * gradient[i];
      v[i] = 0.999 * v[i] + 0.001 * gradient[i] ** 2;
      w[i] -= 0.01 * (m[i] / (1 - 0.9 ** t) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8) + 0.1 * w[i]);
      expect(parameters.w.data[i]).toBeCloseTo(w[i], 6);
    }
  }
});

test("clipping keeps the direction of gradients and bounds their norm", () => {
  const gradients = { a: Float32Array.of(3), b: Float32Array.of(0, 4) };
  expect(clipNorm(gradients, 10)).toBe(5);
  expect(gradients.b[1]).toBe(4);
  expect(clipNorm(gradients, 1)).toBe(5);
  expect(gradients.a[0]).toBeCloseTo(0.6, 6);
  expect(gradients.b[1]).toBeCloseTo(0.8, 6);
});

test("half a cosine is a cosine", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
      expect(halfCosine(share)).toBeCloseTo((1 + Math.cos(Math.PI * share)) / 2, 14);
    }),
  );
  const rate = { schedule: "cosine", epochs: 10, warmup: 2 } as const;
  expect([0, 1, 2, 6, 10].map((epochs) => rateAt(epochs, 0, rate))).toEqual([0, 0.5, 1, 0.5, 0]);
  expect(rateAt(5, 3, { ...rate, schedule: "plateau" })).toBe(1 / 8);
});

test("the seed decides the bits", async () => {
  const { parameters } = await trained();
  expect((await trained()).parameters).toEqual(parameters);
  expect((await trained({ seed: 8 })).parameters).not.toEqual(parameters);
});

test("a run that is killed after any epoch resumes from its checkpoint to the same bits", async () => {
  const values = [5, 3, 4, 2, 2.5, 2.2];
  const plateau = { schedule: "plateau", patience: 3, epochs: 6 } as const;
  for (const judged of [false, true]) {
    const checkpoints: Uint8Array[] = [];
    const keep = (state: ModelState) => void checkpoints.push(saveModel(state));
    const whole = await trained(plateau, { onCheckpoint: keep }, lesson(judged ? (n) => values[n] : undefined));
    expect(checkpoints.length).toBe(whole.summary.epochs);
    for (const [done, bytes] of checkpoints.entries()) {
      const rest = lesson(judged ? (n) => values[n + done + 1] : undefined);
      expect(await trained(plateau, { resume: loadModel(bytes) }, rest)).toEqual(whole);
    }
  }
});

test("a checkpoint of another training is refused", async () => {
  let last: ModelState | undefined;
  await trained({}, { onCheckpoint: (state) => void (last = state) });
  await expect(trained({ learningRate: 1 }, { resume: last })).rejects.toThrow("other options");
  const tensors = { ...last!.tensors, "now.w": { dtype: "F32", shape: [6], data: new Float32Array(6) } } as const;
  await expect(trained({}, { resume: { ...last!, tensors } })).rejects.toThrow(ModelFileError);
  await expect(trained({}, { resume: { ...last!, kind: "mlp" } })).rejects.toThrow(ModelFileError);
});

test("the best weights on what is held out are restored, and learning stops when it no longer helps", async () => {
  const values = [5, 3, 4, 6, 7, 8];
  const after: Parameters[] = [];
  const parameters = start();
  const of = lesson((n) => values[n]);
  const reports: EpochReport[] = [];
  const onEpoch = (report: EpochReport) => {
    reports.push(report);
    after.push(copyParameters(parameters));
  };
  const summary = await train(parameters, of, { ...options, patience: 2 }, { onEpoch });
  expect(summary).toMatchObject({ epochs: 4, bestEpoch: 2, stopped: "patience", validation: { loss: 3 } });
  expect(parameters).toEqual(after[1]);
  expect(reports.map(({ epoch, best }) => [epoch, best])).toEqual([
    [1, true],
    [2, true],
    [3, false],
    [4, false],
  ]);
});

test("a loss that is no number stops the training and restores the last weights that were good", async () => {
  const after: Parameters[] = [];
  let steps = 0;
  const poisoned = lesson(undefined, () => (steps++ < 10 ? 1 : NaN)); // 4 steps an epoch
  const parameters = start();
  const onEpoch = () => void after.push(copyParameters(parameters));
  const summary = await train(parameters, poisoned, options, { onEpoch });
  expect(summary).toMatchObject({ epochs: 2, bestEpoch: 2, stopped: "diverged" });
  expect(parameters).toEqual(after[1]);
});

test("an aborted training keeps the best so far", async () => {
  const abort = new AbortController();
  const values = [3, 5, 4];
  const after: Parameters[] = [];
  const parameters = start();
  const onEpoch = ({ epoch }: EpochReport) => {
    after.push(copyParameters(parameters));
    if (epoch === 3) abort.abort();
  };
  const of = lesson((n) => values[n]);
  const hooks = { onEpoch, signal: abort.signal };
  const summary = await train(parameters, of, { ...options, epochs: 50 }, hooks);
  expect(summary).toMatchObject({ epochs: 3, bestEpoch: 1, stopped: "interrupted" });
  expect(parameters).toEqual(after[0]);
});

test("training leaves no tensor behind", async () => {
  const before = tf.memory().numTensors;
  await trained(
    { epochs: 20 },
    {},
    lesson(() => 1),
  );
  expect(tf.memory().numTensors).toBe(before);
});
