/**
 * A worker that recognises live and does nothing else. It exports nothing: `createLiveRecognizer` of `emovox/live` starts it, or, where a bundler
 * does not follow `new Worker(new URL(...))`, a worker of your own that imports it.
 *
 * @example
 * import "emovox/worker"; // my-worker.js, an entry of its own, for connectLiveRecognizer(new Worker("my-worker.js", { type: "module" }))
 *
 * @module emovox/worker
 */
import { type LiveScope, serveLive } from "./live/serve-live.ts";

serveLive(globalThis as unknown as LiveScope);
