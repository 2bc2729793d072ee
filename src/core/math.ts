import { core } from "./module.ts";

// Math functions whose result is the same bits in every engine; see "Same bits everywhere" in docs/design.md.

/** Natural logarithm. */
export const log = (x: number): number => core.mathLog(x);
/** Exponential. */
export const exp = (x: number): number => core.mathExp(x);
/** `x` to the power `y`. */
export const pow = (x: number, y: number): number => core.mathPow(x, y);
