/**
 * A worker that grows trees and does nothing else. It exports nothing: `fitForest` of `emovox/parallel` starts it, or, where a bundler does not
 * follow `new Worker(new URL(...))`, a worker of your own that imports it.
 *
 * @example
 * import "emovox/forest-worker"; // my-worker.js, for fitForest(forest, x, y, { createWorker: () => new Worker("my-worker.js", { type: "module" }) })
 *
 * @module emovox/forest-worker
 */
import type { ForestRequest } from "./parallel/messages.ts";
import { type SendReply, serveForest } from "./parallel/serve-forest.ts";

const scope = globalThis as unknown as {
  addEventListener(type: "message", listener: (event: { readonly data: ForestRequest }) => void): void;
  readonly postMessage: SendReply;
};
const serve = serveForest((reply, transfer) => scope.postMessage(reply, transfer));
scope.addEventListener("message", ({ data }) => serve(data));
