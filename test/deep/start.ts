import { deepBackend, type Tfjs } from "../../src/deep/backend.ts";

const inNode = typeof process !== "undefined" && process.versions?.node !== undefined;

/** The backend in Node, and in the browser with the files that the test server serves from the project's folder. */
export const startBackend = (): Promise<Tfjs> =>
  deepBackend(inNode ? {} : { wasmPaths: "/node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/" });
