import { parentPort, workerData } from "node:worker_threads";
import { components } from "../evaluation/components.ts";
import { createTaskRunner, type Task, type TaskSetting } from "../evaluation/tasks.ts";
import { errorMessage } from "../parallel/error-message.ts";
import type { Answer, Question } from "./worker-pool.ts";

// A thread of its own: runs the tasks that it is sent on the data that it was started with.
const port = parentPort;
const run = createTaskRunner(workerData as TaskSetting, components);
port?.on("message", async ({ task }: Question) => port.postMessage(await answer(task), []));

async function answer(task: Task): Promise<Answer> {
  try {
    return { result: await run(task) };
  } catch (error) {
    return errorMessage(error);
  }
}
