// A worker that recognises live and does nothing else; createLiveRecognizer starts it.
import { type LiveScope, serveLive } from "./live/serve-live.ts";

serveLive(globalThis as unknown as LiveScope);
