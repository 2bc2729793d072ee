// The difference function of YIN (de Cheveigne and Kawahara 2002, equations 6 and 8) of frames as librosa 0.11 computes it: from the
// autocorrelation of the whole zero-padded frame, normalised by its cumulative mean.
import { add, lanes, mul, splat } from "./lanes";
import { RealFft, realFftForward, realFftFree, realFftInverse, realFftPlan } from "./rfft";

// @ts-ignore: decorator
@unmanaged
export class Difference {
  frameLength: i32;
  hop: i32;
  minPeriod: i32;
  maxPeriod: i32;
  fft: RealFft;
  /** maxPeriod + 1 values, f64: the normalised difference function of one frame, from minPeriod on of use. */
  values: usize;
}

/** Periods from floor(sampleRate / fMax) to ceil(sampleRate / fMin) samples. */
export function differencePlan(sampleRate: f64, frameLength: i32, hop: i32, fMin: f64, fMax: f64): Difference {
  const plan = changetype<Difference>(heap.alloc(offsetof<Difference>()));
  plan.frameLength = frameLength;
  plan.hop = hop;
  plan.minPeriod = max(1, <i32>Math.floor(sampleRate / fMax));
  plan.maxPeriod = min(<i32>Math.ceil(sampleRate / fMin), frameLength - 1);
  plan.fft = realFftPlan(smoothLength(frameLength + plan.maxPeriod));
  plan.values = heap.alloc((<usize>(plan.maxPeriod + 1)) << 3);
  return plan;
}

export function differenceFree(plan: Difference): void {
  realFftFree(plan.fft);
  heap.free(plan.values);
  heap.free(changetype<usize>(plan));
}

/** The first multiple of 4 from `least` on without a prime factor over 5: a transform that is fast and long enough not to wrap around. */
export function smoothLength(least: i32): i32 {
  let n = (least + 3) & ~3;
  while (!isSmooth(n)) n += 4;
  return n;
}

function isSmooth(n: i32): bool {
  while (n % 2 === 0) n /= 2;
  while (n % 3 === 0) n /= 3;
  while (n % 5 === 0) n /= 5;
  return n === 1;
}

/**
 * Turns what lies in the plan's input (see `RealFft.inR`) into its circular autocorrelation.
 * @returns where lag 0 lies; lag 2j is j values of T behind it, lag 2j + 1 as far behind lag 0 + (fft.inI - fft.inR)
 */
export function autocorrelateInput<T>(fft: RealFft): usize {
  realFftForward<T>(fft);
  const zero = splat<T>(0);
  for (let k: usize = 0; k < <usize>fft.bins * sizeof<T>(); k += sizeof<T>()) {
    const re = load<T>(fft.re + k);
    const im = load<T>(fft.im + k);
    store<T>(fft.re + k, add<T>(mul<T>(re, re), mul<T>(im, im)));
    store<T>(fft.im + k, zero);
  }
  return realFftInverse<T>(fft) ? fft.workR : fft.inR;
}

/** Autocorrelations of the lanes<T>() frames of x from `x` on, a hop apart; where they lie is as in `autocorrelateInput`. */
export function autocorrelateFrames<T>(plan: Difference, x: usize): usize {
  const fft = plan.fft;
  const n = plan.frameLength;
  const half = <usize>fft.n >> 1;
  const filled = <usize>(n >> 1) * sizeof<T>();
  memory.fill(fft.inR + filled, 0, half * sizeof<T>() - filled);
  memory.fill(fft.inI + filled, 0, half * sizeof<T>() - filled);
  const hop4 = (<usize>plan.hop) << 2;
  for (let i: usize = 0; i < <usize>n; i++) {
    const at = ((i & 1) === 0 ? fft.inR : fft.inI) + (i >> 1) * sizeof<T>();
    const from = x + (i << 2);
    for (let lane: usize = 0; lane < <usize>lanes<T>(); lane++) {
      store<f32>(at + (lane << 2), load<f32>(from + lane * hop4));
    }
  }
  return autocorrelateInput<T>(fft);
}

/** Leaves d'(tau) for minPeriod <= tau <= maxPeriod of one frame in `values`; `acf` is its lag 0, even lags `step` bytes apart. */
export function normalisedDifference(plan: Difference, frame: usize, acf: usize, step: usize): void {
  const odd = acf + (plan.fft.inI - plan.fft.inR);
  const whole = <f64>load<f32>(acf);
  let energy = 0.0;
  let sum = 0.0;
  for (let tau: usize = 1; tau <= <usize>plan.maxPeriod; tau++) {
    const sample = <f64>load<f32>(frame + ((tau - 1) << 2));
    energy += sample * sample;
    const lag = <f64>load<f32>(((tau & 1) === 1 ? odd : acf) + (tau >> 1) * step);
    const d = 2.0 * (whole - lag) - energy;
    sum += d;
    // d / (sum / tau + tiny) with one division; tiny is numpy.finfo(float32).tiny.
    store<f64>(plan.values + (tau << 3), (d * <f64>tau) / (sum + <f64>tau * 1.1754943508222875e-38));
  }
}

/** True at a local minimum: lower than its left neighbour, not higher than the right one; the first period counts when lower than the next. */
// @ts-ignore: decorator
@inline
export function isTrough(plan: Difference, tau: i32): bool {
  const at = plan.values + ((<usize>tau) << 3);
  const here = load<f64>(at);
  if (tau === plan.minPeriod) return here < load<f64>(at + 8);
  return here < load<f64>(at - 8) && (tau === plan.maxPeriod || here <= load<f64>(at + 8));
}

/** Where between the neighbouring periods the parabola through three values has its lowest point; 0 outside (-1, 1) or at an end. */
export function parabolicShift(plan: Difference, period: i32): f64 {
  if (period === plan.minPeriod || period === plan.maxPeriod) return 0.0;
  const at = plan.values + ((<usize>period) << 3);
  const before = load<f64>(at - 8);
  const behind = load<f64>(at + 8);
  const a = behind + before - 2.0 * load<f64>(at);
  const b = (behind - before) / 2.0;
  return Math.abs(b) >= Math.abs(a) ? 0.0 : -b / a;
}
