import { parentPort, workerData } from "node:worker_threads";
import { InputError } from "../errors.ts";
import { components } from "../evaluation/components.ts";
import { createTaskRunner, type Task, type TaskSetting } from "../evaluation/tasks.ts";
import type { Answer, Question } from "./worker-pool.ts";

// A thread of its own: runs the tasks that it is sent on the data that it was started with.
const port = parentPort;
const run = createTaskRunner(workerData as TaskSetting, components);
port?.on("message", async ({ task }: Question) => port.postMessage(await answer(task), []));

async function answer(task: Task): Promise<Answer> {
  try {
    return { result: await run(task) };
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { message, stack, isInput: error instanceof InputError };
  }
}
