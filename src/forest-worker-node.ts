// A thread of Node that grows trees for parallel-node.ts.
import { parentPort } from "node:worker_threads";
import { serveForest } from "./parallel/serve-forest.ts";

const port = parentPort;
port?.on(
  "message",
  serveForest((reply, transfer) => port.postMessage(reply, transfer)),
);
