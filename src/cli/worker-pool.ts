import { Worker } from "node:worker_threads";
import type { Task, TaskResult, TaskRunner, TaskSetting } from "../evaluation/tasks.ts";
import { type ErrorMessage, errorOf } from "../parallel/error-message.ts";

/** What a thread is asked. */
export interface Question {
  readonly task: Task;
}

/** What it says. */
export type Answer = { readonly result: TaskResult } | ErrorMessage;

/** Threads that run tasks. */
export interface WorkerPool {
  readonly run: TaskRunner;
  close(): Promise<void>;
}

/**
 * Starts threads that each have the data and run one task at a time; tasks beyond their number wait.
 *
 * @example
 * const pool = startWorkers(4, setting);
 * try { await reproduce(data, { protocol, components, runner: pool.run, workers: 4 }); } finally { await pool.close(); }
 */
export function startWorkers(count: number, setting: TaskSetting): WorkerPool {
  const script = new URL("./task-worker.js", import.meta.url);
  const workers = Array.from({ length: count }, () => new Worker(script, { workerData: setting }));
  const idle = [...workers];
  const waiting: ((worker: Worker) => void)[] = [];
  const borrow = async (): Promise<Worker> =>
    idle.pop() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)));
  const giveBack = (worker: Worker): void => {
    const next = waiting.shift();
    if (next) next(worker);
    else idle.push(worker);
  };
  return {
    run: async (task) => {
      const worker = await borrow();
      try {
        return await ask(worker, { task });
      } finally {
        giveBack(worker);
      }
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function ask(worker: Worker, question: Question) {
  return new Promise<TaskResult>((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off("message", onMessage);
      worker.off("error", onError);
      worker.off("exit", onExit);
      act();
    };
    const onMessage = (answer: Answer): void =>
      settle(() => ("result" in answer ? resolve(answer.result) : reject(errorOf(answer))));
    const onError = (error: unknown): void => settle(() => reject(error));
    const onExit = (code: number): void => settle(() => reject(new Error(`a worker ended with exit code ${code}`)));
    worker.on("message", onMessage);
    worker.on("error", onError);
    worker.on("exit", onExit);
    worker.postMessage(question, []);
  });
}
