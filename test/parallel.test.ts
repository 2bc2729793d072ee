import { expect, test } from "vitest";
import { DataError } from "../src/errors.ts";
import type { Matrix } from "../src/matrix.ts";
import { toSparse } from "../src/matrix.ts";
import type { FitPlan } from "../src/models/fit-plan.ts";
import { fitByThreads, type Thread } from "../src/parallel/fit-forest.ts";
import type { ForestReply } from "../src/parallel/messages.ts";
import { serveForest } from "../src/parallel/serve-forest.ts";
import { saveModel } from "../src/models/model-file.ts";
import { ExtraTreesClassifier } from "../src/models/extra-trees.ts";
import { RandomForestClassifier } from "../src/models/random-forest.ts";
import { RandomForestRegressor } from "../src/models/random-forest-regressor.ts";
import { table } from "./random-table.ts";

// Real threads run what is built: `npm run build` comes first. In Chromium they are workers of the page, in Node worker threads.
const inNode = typeof window === "undefined";
const built = (file: string) => import(/* @vite-ignore */ new URL(`../dist/${file}`, import.meta.url).href);
const { fitForest } = (await built(inNode ? "parallel-node.js" : "parallel.js")) as typeof import("../src/parallel.ts");
// The built classes are not those of the sources.
const classes = (await built("index.js")) as typeof import("../src/index.ts");

const { x, y, codes } = table(5, 300, 12, 4, 0);
const targets = Array.from(codes, (code, row) => code + x.data[row * x.columns]);

test.each([1, 2, 3])(
  "%i workers grow the forest of one thread, its out-of-bag score and importances",
  async (workers) => {
    for (const matrix of [x, toSparse(x)] as Matrix[]) {
      const options = { nEstimators: 70, seed: 3, oobScore: true, classWeight: "balancedSubsample" as const };
      const plain = new RandomForestClassifier(options);
      plain.fit(matrix, y);
      const grown = new RandomForestClassifier(options);
      const progress: number[] = [];
      await fitForest(grown, matrix, y, { workers, onProgress: (done) => progress.push(done) });
      expect(saveModel(grown.save())).toEqual(saveModel(plain.save()));
      expect(grown.outOfBag).toEqual(plain.outOfBag);
      expect(grown.featureImportances).toEqual(plain.featureImportances);
      expect(progress).toEqual([...progress].sort((a, b) => a - b));
      expect(progress.at(-1)).toBe(1);
      expect(progress.length).toBe(35); // two trees a call
    }
  },
);

test("extra-trees, regression forests and forests that are grown on are the same, too", async () => {
  const sampleWeight = Float64Array.from(y, (_, row) => 1 + (row % 3) / 7);
  const trees = [1, 2].map(() => new ExtraTreesClassifier({ nEstimators: 9, seed: 4 }));
  trees[0].fit(x, y, { sampleWeight });
  await fitForest(trees[1], x, y, { sampleWeight, workers: 2 });
  expect(saveModel(trees[1].save())).toEqual(saveModel(trees[0].save()));

  const regressors = [1, 2].map(() => new RandomForestRegressor({ nEstimators: 9, seed: 4 }));
  regressors[0].fit(x, targets);
  await fitForest(regressors[1], x, targets, { workers: 2 });
  expect(saveModel(regressors[1].save())).toEqual(saveModel(regressors[0].save()));

  const warmStart = new RandomForestClassifier({ nEstimators: 5, seed: 4 });
  warmStart.fit(x, y);
  const [plain, grown, same] = [12, 12, 5].map((nEstimators) => new RandomForestClassifier({ nEstimators, seed: 4 }));
  plain.fit(x, y);
  await fitForest(grown, x, y, { workers: 3, warmStart });
  expect(saveModel(grown.save())).toEqual(saveModel(plain.save()));
  expect(grown.featureImportances).toEqual(plain.featureImportances);
  await fitForest(same, x, y, { warmStart });
  expect(saveModel(same.save())).toEqual(saveModel(warmStart.save()));
});

test("a view of a longer buffer goes without the rest of it", async () => {
  const buffer = new Float32Array(x.data.length + 7);
  buffer.set(x.data, 3);
  const [plain, grown] = [1, 2].map(() => new RandomForestClassifier({ nEstimators: 4 }));
  plain.fit(x, y);
  await fitForest(grown, { ...x, data: buffer.subarray(3, 3 + x.data.length) }, y, { workers: 2 });
  expect(saveModel(grown.save())).toEqual(saveModel(plain.save()));
});

test("a worker's error keeps its class; bad options and examples are refused before one is started", async () => {
  const forest = new RandomForestClassifier({ nEstimators: 8 });
  // The plan is changed behind the checks, so that it fails in the threads: more trees a call than the core could hold.
  const tooLarge = {
    planFit: (...args: Parameters<typeof forest.planFit>): FitPlan => {
      const plan = forest.planFit(...args);
      return { ...plan, options: { ...plan.options, treesPerCall: 2 ** 30 } };
    },
  };
  await expect(fitForest(tooLarge, x, y, { workers: 2 })).rejects.toThrow(classes.DataError);
  await expect(fitForest(forest, x, y, { workers: 0 })).rejects.toThrow(classes.OptionError);
  await expect(fitForest(forest, x, y, { workers: 1.5 })).rejects.toThrow(/workers is 1.5/);
  await expect(fitForest(forest, x, y.slice(1), { workers: 2 })).rejects.toThrow(DataError);
  expect(forest.forest).toBeNull();
});

test("a signal ends growing, before it began and amid it", async () => {
  const forest = new RandomForestClassifier({ nEstimators: 64 });
  await expect(fitForest(forest, x, y, { workers: 2, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  const controller = new AbortController();
  const reason = new Error("enough");
  const onProgress = () => controller.abort(reason);
  await expect(fitForest(forest, x, y, { workers: 2, signal: controller.signal, onProgress })).rejects.toBe(reason);
  expect(forest.forest).toBeNull();
});

/** Threads that are none: each answers behind a promise, unless `fault` says otherwise, and notes its end. */
function threads(fault: (thread: number, chunk: number) => ForestReply | "gone" | null) {
  const ended: number[] = [];
  let count = 0;
  const start = (): Thread => {
    const thread = count++;
    let onReply: (reply: ForestReply) => void = () => undefined;
    let onEnd: (error: Error) => void = () => undefined;
    const serve = serveForest((reply) => void Promise.resolve().then(() => onReply(reply)));
    return {
      post: (request) => {
        const answer = request.forest === "grow" ? fault(thread, request.chunk) : null;
        if (answer === "gone") return void Promise.resolve().then(() => onEnd(new Error("gone")));
        if (answer) return void Promise.resolve().then(() => onReply(answer));
        serve(request);
      },
      listen: (reply, end) => {
        onReply = reply;
        onEnd = end;
      },
      end: () => ended.push(thread),
    };
  };
  return { start, ended, started: () => count };
}

test.each([
  ["tells of an error", { forest: "error", name: "DataError", message: "too much" } as const, DataError],
  ["tells of a defect", { forest: "error", name: "TypeError", message: "too much" } as const, Error],
  ["is gone", "gone" as const, Error],
])("when one thread of three %s, growing fails and all of them are ended", async (_, answer, kind) => {
  const { start, ended } = threads((thread, chunk) => (thread === 1 && chunk > 3 ? answer : null));
  const forest = new RandomForestClassifier({ nEstimators: 30 });
  const failed = fitByThreads(forest.planFit(x, y), 3, undefined, start);
  await expect(failed).rejects.toThrow(answer === "gone" ? "gone" : "too much");
  await expect(failed).rejects.toBeInstanceOf(kind);
  expect(ended).toEqual([0, 1, 2]);
  expect(forest.forest).toBeNull();
});

test("all threads are ended when a report of progress throws, and no more are started than there is work for", async () => {
  const forest = new RandomForestClassifier({ nEstimators: 4 });
  const { start, ended, started } = threads(() => null);
  await fitByThreads(forest.planFit(x, y), 9, undefined, start);
  expect(started()).toBe(4);
  expect(ended).toEqual([0, 1, 2, 3]);
  const onProgress = () => {
    throw new RangeError("not now");
  };
  const others = threads(() => null);
  await expect(fitByThreads(forest.planFit(x, y, { onProgress }), 2, undefined, others.start)).rejects.toThrow(
    RangeError,
  );
  expect(others.ended).toEqual([0, 1]);
});
