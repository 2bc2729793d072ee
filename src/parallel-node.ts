// What parallel.ts is, with the worker threads of Node.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { OptionError } from "./errors.ts";
import type { Matrix } from "./matrix.ts";
import type { FitOptions } from "./models/classifier.ts";
import { fitByThreads, type ParallelOptions, type PlannedForest, type Thread } from "./parallel/fit-forest.ts";

function startThread(): Thread {
  const worker = new Worker(new URL("./forest-worker-node.js", import.meta.url));
  return {
    post: (request) => worker.postMessage(request, []),
    listen: (onReply, onEnd) => {
      worker.on("message", onReply);
      worker.on("messageerror", onEnd);
      worker.on("error", onEnd);
      worker.on("exit", (code) => onEnd(new Error(`a worker ended by itself with exit code ${code}`)));
    },
    end: () => worker.terminate(),
  };
}

/** See `fitForest` of parallel.ts. */
export async function fitForest<Y, O extends FitOptions>(
  forest: PlannedForest<Y, O>,
  x: Matrix,
  y: Y,
  options: O & ParallelOptions = {} as O,
): Promise<void> {
  const { workers = availableParallelism(), signal, createWorker } = options;
  if (createWorker) throw new OptionError("createWorker is for pages; in Node leave it out");
  await fitByThreads(forest.planFit(x, y, options), workers, signal, startThread);
}
