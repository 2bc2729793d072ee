// YIN pitch (de Cheveigne and Kawahara 2002) as librosa 0.11 computes it: the difference function from the autocorrelation of the
// whole zero-padded frame, its cumulative mean normalisation, the first trough below the threshold, parabolic refinement.
import { canonical } from "../nan";
import { RealFft, realFftForward, realFftFree, realFftInverse, realFftPlan } from "./rfft";
import { add, lanes, mul, splat } from "./lanes";

// @ts-ignore: decorator
@unmanaged
export class Yin {
  frameLength: i32;
  hop: i32;
  minPeriod: i32;
  maxPeriod: i32;
  sampleRate: f64;
  threshold: f64;
  fft: RealFft;
  /** maxPeriod + 1 values, f64: the normalised difference function of one frame. */
  difference: usize;
}

export function yinPlan(sampleRate: f64, frameLength: i32, hop: i32, fMin: f64, fMax: f64, threshold: f64): Yin {
  const plan = changetype<Yin>(heap.alloc(offsetof<Yin>()));
  plan.frameLength = frameLength;
  plan.hop = hop;
  plan.minPeriod = max(1, <i32>Math.floor(sampleRate / fMax));
  plan.maxPeriod = min(<i32>Math.ceil(sampleRate / fMin), frameLength - 1);
  plan.sampleRate = sampleRate;
  plan.threshold = threshold;
  plan.fft = realFftPlan(2 * frameLength);
  plan.difference = heap.alloc((<usize>(plan.maxPeriod + 1)) << 3);
  return plan;
}

export function yinFree(plan: Yin): void {
  realFftFree(plan.fft);
  heap.free(plan.difference);
  heap.free(changetype<usize>(plan));
}

/**
 * For each frame of the padded signal x writes the pitch in Hz, and to `depths` (when not 0) the normalised difference at the
 * chosen period: near 0 for a periodic frame, near 1 for noise. x must reach 3 hops behind the last frame.
 */
export function yinFrames<T>(plan: Yin, x: usize, frames: i32, out: usize, stride: i32, depths: usize): void {
  for (let t = 0; t < frames; t += lanes<T>()) {
    autocorrelateBlock<T>(plan, x + ((<usize>(t * plan.hop)) << 2));
    for (let lane = 0; lane < min(lanes<T>(), frames - t); lane++) {
      const frame = x + ((<usize>((t + lane) * plan.hop)) << 2);
      normalisedDifference(plan, frame, plan.fft.inR + ((<usize>lane) << 2), <i32>sizeof<T>());
      const period = choosePeriod(plan);
      store<f32>(
        out + ((<usize>((t + lane) * stride)) << 2),
        canonical<f32>(<f32>(plan.sampleRate / (<f64>period + parabolicShift(plan, period)))),
      );
      if (depths)
        store<f32>(
          depths + ((<usize>((t + lane) * stride)) << 2),
          canonical<f32>(<f32>load<f64>(plan.difference + ((<usize>period) << 3))),
        );
    }
  }
}

/** Leaves the autocorrelation of each frame in (fft.inR, fft.inI), lag 2j and 2j + 1 at value j of T. */
function autocorrelateBlock<T>(plan: Yin, x: usize): void {
  const fft = plan.fft;
  const size = sizeof<T>();
  const n = plan.frameLength;
  memory.fill(fft.inR, 0, <usize>n * size);
  memory.fill(fft.inI, 0, <usize>n * size);
  for (let i = 0; i < n; i++) {
    const at = ((i & 1) === 0 ? fft.inR : fft.inI) + <usize>(i >> 1) * size;
    for (let lane = 0; lane < lanes<T>(); lane++) {
      store<f32>(at + ((<usize>lane) << 2), load<f32>(x + ((<usize>(i + lane * plan.hop)) << 2)));
    }
  }
  realFftForward<T>(fft);
  for (let k: usize = 0; k < <usize>fft.bins * size; k += size) {
    const re = load<T>(fft.re + k);
    const im = load<T>(fft.im + k);
    store<T>(fft.re + k, add<T>(mul<T>(re, re), mul<T>(im, im)));
    store<T>(fft.im + k, splat<T>(0));
  }
  if (realFftInverse<T>(fft)) {
    memory.copy(fft.inR, fft.workR, <usize>n * size);
    memory.copy(fft.inI, fft.workI, <usize>n * size);
  }
}

/** d'(tau) for minPeriod <= tau <= maxPeriod of one frame; `acf` is its lag 0, consecutive even lags `step` bytes apart. */
function normalisedDifference(plan: Yin, frame: usize, acf: usize, step: i32): void {
  const odd = plan.fft.inI - plan.fft.inR;
  const whole = <f64>load<f32>(acf);
  let energy = 0.0;
  let sum = 0.0;
  for (let tau = 1; tau <= plan.maxPeriod; tau++) {
    const sample = <f64>load<f32>(frame + ((<usize>(tau - 1)) << 2));
    energy += sample * sample;
    const lag = <f64>load<f32>(acf + <usize>(tau >> 1) * <usize>step + ((tau & 1) === 1 ? odd : 0));
    const d = 2.0 * (whole - lag) - energy;
    sum += d;
    store<f64>(plan.difference + ((<usize>tau) << 3), d / (sum / <f64>tau + 1.1754943508222875e-38));
  }
}

/** The smallest period with a trough below the threshold, else the period of the global minimum. */
function choosePeriod(plan: Yin): i32 {
  const d = plan.difference;
  let lowest = plan.minPeriod;
  for (let tau = plan.minPeriod; tau <= plan.maxPeriod; tau++) {
    const here = load<f64>(d + ((<usize>tau) << 3));
    if (here < load<f64>(d + ((<usize>lowest) << 3))) lowest = tau;
    const left = tau > plan.minPeriod ? load<f64>(d + ((<usize>(tau - 1)) << 3)) : Infinity;
    const right = tau < plan.maxPeriod ? load<f64>(d + ((<usize>(tau + 1)) << 3)) : Infinity;
    const trough = tau === plan.minPeriod ? here < right : here < left && here <= right;
    if (trough && here < plan.threshold) return tau;
  }
  return lowest;
}

/** Where between the neighbouring periods the parabola through three values has its lowest point; 0 outside (-1, 1) or at an end. */
function parabolicShift(plan: Yin, period: i32): f64 {
  if (period === plan.minPeriod || period === plan.maxPeriod) return 0.0;
  const at = plan.difference + ((<usize>period) << 3);
  const before = load<f64>(at - 8);
  const behind = load<f64>(at + 8);
  const a = behind + before - 2.0 * load<f64>(at);
  const b = (behind - before) / 2.0;
  return Math.abs(b) >= Math.abs(a) ? 0.0 : -b / a;
}
