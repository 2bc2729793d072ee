// A worker that recognises live: `new Worker(new URL("emovox/worker", ...), { type: "module" })`; see createLiveRecognizer.
import { type LiveScope, serveLive } from "./serve-live.ts";

serveLive(globalThis as unknown as LiveScope);
