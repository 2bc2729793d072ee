// The tables of pYIN's hidden Markov model, which the decoder (viterbi.ts) walks through.
import { TINY } from "./pyin";

export const BLOCK: i32 = 256;
/** Vectors that the inner loop works on at once. */
export const ROUND: i32 = 4;

// @ts-ignore: decorator
@unmanaged
export class Viterbi {
  bins: i32;
  /** bins, rounded up to whole rounds of the inner loop. */
  width: i32;
  /** A transition from bin k leads to the bins k + low to k + high. */
  low: i32;
  high: i32;
  /** f32, high - low + 1 and some of -Infinity: log weights of the transitions, before each row is normalised. */
  band: usize;
  /** f32 a bin, `width` long: log of the sum of the weights that lead from it to other bins. */
  sums: usize;
  stay: f32;
  change: f32;
  /** BLOCK rows of f32: score minus `sums` of the unvoiced states, with -Infinity for high bins before and -low behind. */
  rows: usize;
  rowBytes: usize;
  /** f32 a bin: the best way from unvoiced, and from voiced states (with -low bins before and high behind, and some). */
  fromUnvoiced: usize;
  fromVoiced: usize;
  voicedBytes: usize;
  /** f32 a bin: the scores of the unvoiced states, before the best is moved to 0. */
  scores: usize;
}

/** @param transitionWidth how many bins a transition can lead to (librosa.sequence.transition_local) */
export function viterbiPlan(bins: i32, transitionWidth: i32, switchProb: f64): Viterbi {
  const plan = changetype<Viterbi>(heap.alloc(offsetof<Viterbi>()));
  const round = 4 * ROUND;
  const w = transitionWidth;
  // Where librosa's padded and rolled window begins: symmetrical for an odd width.
  const start = ((bins - w) >> 1) + (bins >> 1) + 1 - bins;
  plan.bins = bins;
  plan.width = ((bins + round - 1) / round) * round;
  plan.low = max(start, 1 - bins);
  plan.high = min(start + w - 1, bins - 1);
  const taps = plan.high - plan.low + 1;
  plan.band = heap.alloc((<usize>taps + 4) << 2);
  for (let i = 0; i < taps + 4; i++) {
    const log = i < taps ? <f32>Math.log(triangle(plan.low + i - start, w)) : <f32>-Infinity;
    store<f32>(plan.band + ((<usize>i) << 2), log);
  }
  plan.sums = heap.alloc((<usize>plan.width) << 2);
  memory.fill(plan.sums, 0, (<usize>plan.width) << 2);
  for (let k = 0; k < bins; k++) {
    let sum = 0.0;
    for (let d = max(plan.low, -k); d <= min(plan.high, bins - 1 - k); d++) sum += triangle(d - start, w);
    store<f32>(plan.sums + ((<usize>k) << 2), <f32>Math.log(sum));
  }
  plan.stay = <f32>Math.log(1.0 - switchProb + TINY);
  plan.change = <f32>Math.log(switchProb + TINY);
  plan.rowBytes = (<usize>(plan.high + plan.width - plan.low)) << 2;
  plan.rows = heap.alloc(plan.rowBytes * <usize>BLOCK);
  plan.voicedBytes = (<usize>(plan.width + ((taps + 7) & ~3))) << 2;
  plan.fromVoiced = heap.alloc(plan.voicedBytes);
  plan.fromUnvoiced = heap.alloc((<usize>plan.width) << 2);
  plan.scores = heap.alloc((<usize>plan.width) << 2);
  return plan;
}

/** Value m of a triangle of w values, as scipy.signal.windows.triang, but for its scale. */
function triangle(m: i32, w: i32): f64 {
  const rank = min(m, w - 1 - m);
  return (w & 1) === 1 ? <f64>(rank + 1) : 2.0 * <f64>rank + 1.0;
}

export function viterbiFree(plan: Viterbi): void {
  heap.free(plan.band);
  heap.free(plan.sums);
  heap.free(plan.rows);
  heap.free(plan.fromVoiced);
  heap.free(plan.fromUnvoiced);
  heap.free(plan.scores);
  heap.free(changetype<usize>(plan));
}
