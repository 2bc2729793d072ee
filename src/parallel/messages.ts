import type { ForestPart, GrowOptions } from "../core/forest.ts";
import type { FitPlan } from "../models/fit-plan.ts";
import type { ErrorMessage } from "./error-message.ts";

/** What every thread is told first: the examples, and how trees grow. */
export interface StartRequest extends Pick<FitPlan, "x" | "target" | "weights"> {
  readonly forest: "start";
  readonly options: Omit<GrowOptions, "grown" | "onProgress">;
}

/** The trees `from` to `to` - 1 are asked for; `chunk` is what the answer is to be called. */
export interface GrowRequest {
  readonly forest: "grow";
  readonly chunk: number;
  readonly from: number;
  readonly to: number;
}

/** What is said to a thread that grows trees. */
export type ForestRequest = StartRequest | GrowRequest;

/** What it says. */
export type ForestReply =
  | { readonly forest: "grown"; readonly chunk: number; readonly part: ForestPart }
  | ({ readonly forest: "error" } & ErrorMessage);
