/**
 * Forests grown by several threads: workers of the page in browsers, worker threads in Node. The forest is the same, to the bit, for
 * any number of them, and while they work, the thread that asked is free.
 *
 * @example
 * import { matrixFromRows, RandomForestClassifier } from "emovox";
 * import { fitForest } from "emovox/parallel";
 *
 * const forest = new RandomForestClassifier({ nEstimators: 100, seed: 1 });
 * await fitForest(forest, matrixFromRows([[0], [1], [2], [3]]), ["low", "low", "high", "high"], { workers: 2 });
 * console.log(forest.predictProba(matrixFromRows([[0.2]])).data);
 *
 * @module emovox/parallel
 */
import type { Matrix } from "./matrix.ts";
import type { FitOptions } from "./models/classifier.ts";
import { fitByThreads, type ParallelOptions, type PlannedForest, type Thread } from "./parallel/fit-forest.ts";
import type { ForestReply } from "./parallel/messages.ts";

export type { ParallelOptions, PlannedForest } from "./parallel/fit-forest.ts";

// The worker lies beside this file in the package. Vite and webpack read this very expression.
const packagesOwn = () => new Worker(new URL("./forest-worker.js", import.meta.url), { type: "module" });

function threadOf(worker: Worker): Thread {
  return {
    post: (request) => worker.postMessage(request),
    listen: (onReply, onEnd) => {
      worker.addEventListener("message", ({ data }: MessageEvent<ForestReply>) => onReply(data));
      worker.addEventListener("messageerror", () => onEnd(new Error("a worker's trees could not be read")));
      worker.addEventListener("error", ({ message }) =>
        onEnd(new Error(`a worker failed or cannot be started: ${message || "its file was not found"}`)),
      );
    },
    end: () => worker.terminate(),
  };
}

/**
 * What `forest.fit(x, y, options)` does, with the trees grown by several workers: the same forest to the bit, its out-of-bag score and
 * importances, too. The promise is fulfilled when the forest has learnt. Each worker holds a copy of the examples; all of them have ended
 * when the promise is settled, whichever way.
 *
 * @param forest a `RandomForestClassifier`, an `ExtraTreesClassifier` or a `RandomForestRegressor`
 * @param x the examples, one a row
 * @param y their labels, or the targets of a regression
 * @param options those of the forest's `fit`, and {@link ParallelOptions}
 * @throws {OptionError} `workers` is not a whole number from 1 on
 * @throws {DataError} as `fit` does
 * @example
 * import { RandomForestRegressor, matrixFromRows } from "emovox";
 * import { fitForest } from "emovox/parallel";
 *
 * const forest = new RandomForestRegressor();
 * await fitForest(forest, matrixFromRows([[0], [1], [2], [3]]), [0, 1, 4, 9], { signal: AbortSignal.timeout(60_000) });
 */
export async function fitForest<Y, O extends FitOptions>(
  forest: PlannedForest<Y, O>,
  x: Matrix,
  y: Y,
  options: O & ParallelOptions = {} as O,
): Promise<void> {
  const { workers = navigator.hardwareConcurrency, signal, createWorker = packagesOwn } = options;
  await fitByThreads(forest.planFit(x, y, options), workers, signal, () => threadOf(createWorker()));
}
