import { type ForestPart, joinParts, treesBefore } from "../core/forest.ts";
import { OptionError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import type { FitOptions } from "../models/classifier.ts";
import type { FitPlan } from "../models/fit-plan.ts";
import { errorOf } from "./error-message.ts";
import type { ForestReply, ForestRequest } from "./messages.ts";

/** A forest whose trees several threads can grow: `RandomForestClassifier`, `ExtraTreesClassifier`, `RandomForestRegressor`. */
export interface PlannedForest<Y, O extends FitOptions> {
  /** @internal */
  planFit(x: Matrix, y: Y, options?: O): FitPlan;
}

export interface ParallelOptions {
  /** Threads that grow trees; as many as the machine runs at once when left out. Each holds a copy of the examples. */
  readonly workers?: number;
  /** Ends growing: the promise is rejected with the signal's reason, and no thread is left. */
  readonly signal?: AbortSignal;
  /**
   * In pages whose bundler does not follow `new Worker(new URL(...))`: starts a module worker of your own that imports `emovox/forest-worker`.
   * Node has no such workers.
   */
  readonly createWorker?: () => Worker;
}

/** A thread, whatever starts it. */
export interface Thread {
  post(request: ForestRequest): void;
  /** Says once where its replies go, and what it ends of by itself. */
  listen(onReply: (reply: ForestReply) => void, onEnd: (error: Error) => void): void;
  end(): unknown;
}

/** Typed arrays go to a thread with all of the buffer that they lie in. */
const own = <A extends Float32Array | Float64Array | Int32Array | Uint16Array>(array: A): A =>
  array.byteLength === array.buffer.byteLength ? array : (array.slice() as A);

function startRequest({ x, target, weights, options }: FitPlan): ForestRequest {
  const matrix: Matrix =
    x.kind === "dense"
      ? { ...x, data: own(x.data) }
      : { ...x, indptr: own(x.indptr), indices: own(x.indices), values: own(x.values) };
  const { grown: _, onProgress: __, ...sent } = options;
  return { forest: "start", x: matrix, target: own(target), weights: own(weights), options: sent };
}

/** Has the trees of `plan` grown by threads that `start` starts, as many as `workers`, and gives them to its model in order. */
export async function fitByThreads(
  plan: FitPlan,
  workers: number,
  signal: AbortSignal | undefined,
  start: () => Thread,
): Promise<void> {
  if (!Number.isInteger(workers) || workers < 1) {
    throw new OptionError(`workers is ${workers}; it must be a whole number of at least 1`);
  }
  signal?.throwIfAborted();
  const { options } = plan;
  const first = treesBefore(options);
  const chunks = Math.ceil((options.nEstimators - first) / options.treesPerCall);
  const parts = new Array<ForestPart>(chunks);
  const threads: Thread[] = [];
  const finished = new AbortController();
  try {
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { signal: finished.signal });
      if (chunks === 0) resolve();
      const request = startRequest(plan);
      let next = 0;
      let trees = first;
      const ask = (thread: Thread) => {
        if (next === chunks) return;
        const from = first + next * options.treesPerCall;
        const to = Math.min(from + options.treesPerCall, options.nEstimators);
        thread.post({ forest: "grow", chunk: next++, from, to });
      };
      const take = (thread: Thread, reply: ForestReply) => {
        if (finished.signal.aborted) return;
        if (reply.forest === "error") throw errorOf(reply);
        parts[reply.chunk] = reply.part;
        trees += reply.part.trees.ends.length;
        ask(thread);
        options.onProgress?.(trees / options.nEstimators);
        if (trees === options.nEstimators) resolve();
      };
      while (threads.length < Math.min(workers, chunks)) {
        const thread = start();
        threads.push(thread);
        thread.listen((reply) => {
          try {
            take(thread, reply);
          } catch (error) {
            reject(error);
          }
        }, reject);
        thread.post(request);
        ask(thread);
      }
    });
  } finally {
    finished.abort();
    await Promise.all(threads.map((thread) => thread.end()));
  }
  plan.take(joinParts(parts, plan.x.columns, options));
}
