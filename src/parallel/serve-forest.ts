import { ForestGrower } from "../core/forest-grower.ts";
import { errorMessage } from "./error-message.ts";
import type { ForestReply, ForestRequest } from "./messages.ts";

/** Sends a reply to who asked; `transfer` are buffers that need not be copied. */
export type SendReply = (reply: ForestReply, transfer: ArrayBuffer[]) => void;

/** What a thread does with what it is sent: lays the examples out once, and grows the trees that it is asked for. */
export function serveForest(send: SendReply): (request: ForestRequest) => void {
  let grower: ForestGrower | null = null;
  return (request) => {
    try {
      if (request.forest === "start") {
        grower?.release();
        grower = new ForestGrower(request.x, request.target, request.weights, request.options);
        return;
      }
      // Its start failed, and was answered.
      if (!grower) return;
      const part = grower.growPart(request.from, request.to);
      const buffers = [part.leafValues, ...Object.values(part.trees)].map(({ buffer }) => buffer as ArrayBuffer);
      send({ forest: "grown", chunk: request.chunk, part }, buffers);
    } catch (error) {
      send({ forest: "error", ...errorMessage(error) }, []);
    }
  };
}
