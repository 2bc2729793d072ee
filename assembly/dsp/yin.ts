// YIN pitch (de Cheveigne and Kawahara 2002) as librosa 0.11 computes it: the first trough of the normalised difference function below
// the threshold, refined by a parabola.
import { Difference, isTrough, parabolicShift } from "./difference";

/** The smallest period with a trough below the threshold, else the period of the global minimum. */
export function yinPeriod(plan: Difference, threshold: f64): i32 {
  let lowest = plan.minPeriod;
  let depth = load<f64>(plan.values + ((<usize>lowest) << 3));
  for (let tau = plan.minPeriod; tau <= plan.maxPeriod; tau++) {
    const here = load<f64>(plan.values + ((<usize>tau) << 3));
    if (here < depth) {
      lowest = tau;
      depth = here;
    }
    if (here < threshold && isTrough(plan, tau)) return tau;
  }
  return lowest;
}

/** Pitch in Hz at a period. */
export function yinFrequency(plan: Difference, sampleRate: f64, period: i32): f64 {
  return sampleRate / (<f64>period + parabolicShift(plan, period));
}
