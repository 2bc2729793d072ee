import type { ForestPart, GrowOptions } from "../core/forest.ts";
import * as errors from "../errors.ts";
import type { FitPlan } from "../models/fit-plan.ts";

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

/** What it says. An error's class does not survive the way between threads; its name does. */
export type ForestReply =
  | { readonly forest: "grown"; readonly chunk: number; readonly part: ForestPart }
  | { readonly forest: "error"; readonly name: string; readonly message: string; readonly stack?: string };

export function errorReply(error: unknown): ForestReply {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { forest: "error", name, message, stack };
}

/** The error that a thread told of: of its own class where it is one of the package's. */
export function errorOf({ name, message, stack }: Extract<ForestReply, { forest: "error" }>): Error {
  const known = Object.values(errors).find((one) => one.name === name && one.prototype instanceof errors.InputError);
  if (known) return new (known as typeof errors.InputError)(message);
  return Object.assign(new Error(message), { stack });
}
