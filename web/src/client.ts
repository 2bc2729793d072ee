import type { Answer, Calls } from "./protocol.ts";

type Awaited1<T> = T extends Promise<infer U> ? U : T;

/** The worker's calls as functions that answer with promises. */
export type Client = {
  readonly [K in keyof Calls]: (...args: Parameters<Calls[K]>) => Promise<Awaited1<ReturnType<Calls[K]>>>;
};

/** @throws {Error} from each call, with the worker's sentence */
export function clientOf(worker: Worker): Client {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let id = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    const call = waiting.get(data.id);
    if (!call) return;
    waiting.delete(data.id);
    if ("error" in data) call.reject(new Error(data.error));
    else call.resolve(data.value);
  });
  worker.addEventListener("error", ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message || "The worker could not be started."));
    waiting.clear();
  });
  const call =
    (name: keyof Calls) =>
    (...args: readonly unknown[]) =>
      new Promise<unknown>((resolve, reject) => {
        waiting.set(++id, { resolve, reject });
        worker.postMessage({ id, call: name, args });
      });
  const names: readonly (keyof Calls)[] = ["load", "analyse", "predict", "explain", "digest", "benchmark"];
  return Object.fromEntries(names.map((name) => [name, call(name)])) as unknown as Client;
}
