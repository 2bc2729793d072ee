// The core's transform of four frames abreast on its own, which its ABI shows only as part of the features: compiled from the core's own
// sources with the core's own options.
import { Stft, stftBlock, stftPlan } from "../../assembly/dsp/stft";
export { alloc } from "../../assembly/memory";

const BOXCAR = 5;

/** The plan of transforms of n samples, of frames that follow each other without overlap. */
export function plan(n: i32): Stft {
  return stftPlan(n, n, n, BOXCAR, NaN);
}

/** Transforms the four frames at x. */
export function transform(plan: Stft, x: usize): void {
  stftBlock<v128>(plan, x);
}

/** Where the real parts lie: four frames' first bin, four frames' second bin, and so on. */
export function realParts(plan: Stft): usize {
  return plan.fft.re;
}
