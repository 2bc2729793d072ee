// Voicing strength and harmonics-to-noise ratio by autocorrelation (Boersma 1993, "Accurate short-term analysis of the fundamental
// frequency and the harmonics-to-noise ratio of a sampled sound"): the autocorrelation of the windowed frame over that of its window.
import { canonical } from "../nan";
import { autocorrelateInput, smoothLength } from "./difference";
import { lanes } from "./lanes";
import { RealFft, realFftFree, realFftPlan } from "./rfft";
import { HANN, window } from "./window";

// @ts-ignore: decorator
@unmanaged
export class Hnr {
  frameLength: i32;
  hop: i32;
  minLag: i32;
  maxLag: i32;
  fft: RealFft;
  /** f32, frameLength values: Hann's, symmetric. */
  window: usize;
  /** f64, maxLag + 2 values: 1 over the window's autocorrelation, which is 1 at lag 0. */
  inverse: usize;
  /** f64, maxLag + 2 values: the normalised autocorrelation of one frame. */
  values: usize;
}

/** Lags from floor(sampleRate / fMax) to ceil(sampleRate / fMin) samples, and not over half a frame. */
export function hnrPlan(sampleRate: f64, frameLength: i32, hop: i32, fMin: f64, fMax: f64): Hnr {
  const plan = changetype<Hnr>(heap.alloc(offsetof<Hnr>()));
  plan.frameLength = frameLength;
  plan.hop = hop;
  plan.minLag = max(1, <i32>Math.floor(sampleRate / fMax));
  plan.maxLag = min(<i32>Math.ceil(sampleRate / fMin), frameLength >> 1);
  plan.fft = realFftPlan(smoothLength(frameLength + plan.maxLag + 1));
  plan.window = heap.alloc((<usize>frameLength) << 2);
  window(HANN, frameLength, false, 0.0, plan.window);
  const lags = <usize>plan.maxLag + 2;
  plan.inverse = heap.alloc(lags << 3);
  plan.values = heap.alloc(lags << 3);
  let energy = 0.0;
  for (let lag: usize = 0; lag < lags; lag++) {
    let sum = 0.0;
    for (let i: usize = 0; i + lag < <usize>frameLength; i++) {
      sum += <f64>load<f32>(plan.window + (i << 2)) * <f64>load<f32>(plan.window + ((i + lag) << 2));
    }
    if (lag === 0) energy = sum;
    store<f64>(plan.inverse + (lag << 3), sum > 0.0 ? energy / sum : 0.0);
  }
  return plan;
}

export function hnrFree(plan: Hnr): void {
  realFftFree(plan.fft);
  heap.free(plan.window);
  heap.free(plan.inverse);
  heap.free(plan.values);
  heap.free(changetype<usize>(plan));
}

/** HNR is cut to 60 dB both ways: beyond them it says how exact the arithmetic is. */
const LEAST: f64 = 1e-6;

/**
 * For each frame of the padded signal x writes its voicing strength (0 to 1) and its harmonics-to-noise ratio in dB, each where its
 * pointer is not 0, `stride` values apart. x must reach 3 hops behind the last frame.
 */
export function hnrFrames<T>(plan: Hnr, x: usize, frames: i32, stride: i32, hnr: usize, voicing: usize): void {
  for (let t = 0; t < frames; t += lanes<T>()) {
    const acf = autocorrelateWindowed<T>(plan, x + ((<usize>(t * plan.hop)) << 2));
    for (let lane = 0; lane < min(lanes<T>(), frames - t); lane++) {
      const r = highestPeak(plan, acf + ((<usize>lane) << 2), sizeof<T>());
      const at = (<usize>((t + lane) * stride)) << 2;
      if (voicing) store<f32>(voicing + at, canonical<f32>(<f32>min(1.0, r)));
      const bounded = min(1.0 - LEAST, max(LEAST, r));
      if (hnr) store<f32>(hnr + at, canonical<f32>(<f32>(10.0 * Math.log10(bounded / (1.0 - bounded)))));
    }
  }
}

/** Autocorrelations of lanes<T>() frames, each without its mean, windowed; they lie as `autocorrelateInput` says. */
function autocorrelateWindowed<T>(plan: Hnr, x: usize): usize {
  const fft = plan.fft;
  const n = <usize>plan.frameLength;
  const bytes = (<usize>fft.n >> 1) * sizeof<T>();
  memory.fill(fft.inR, 0, bytes);
  memory.fill(fft.inI, 0, bytes);
  for (let lane = 0; lane < lanes<T>(); lane++) {
    const frame = x + ((<usize>(lane * plan.hop)) << 2);
    let sum = 0.0;
    for (let i: usize = 0; i < n; i++) sum += <f64>load<f32>(frame + (i << 2));
    const mean = <f32>(sum / <f64>n);
    for (let i: usize = 0; i < n; i++) {
      const at = ((i & 1) === 0 ? fft.inR : fft.inI) + (i >> 1) * sizeof<T>() + ((<usize>lane) << 2);
      store<f32>(at, (load<f32>(frame + (i << 2)) - mean) * load<f32>(plan.window + (i << 2)));
    }
  }
  return autocorrelateInput<T>(fft);
}

/** The height of the highest peak of the normalised autocorrelation, through a parabola; 0 when there is none above 0. */
function highestPeak(plan: Hnr, acf: usize, step: usize): f64 {
  const energy = <f64>load<f32>(acf);
  if (!(energy > 0.0)) return 0.0;
  const odd = acf + (plan.fft.inI - plan.fft.inR);
  for (let lag = <usize>plan.minLag - 1; lag <= <usize>plan.maxLag + 1; lag++) {
    const value = <f64>load<f32>(((lag & 1) === 1 ? odd : acf) + (lag >> 1) * step);
    store<f64>(plan.values + (lag << 3), (value / energy) * load<f64>(plan.inverse + (lag << 3)));
  }
  let highest = 0.0;
  for (let lag = <usize>plan.minLag; lag <= <usize>plan.maxLag; lag++) {
    const here = load<f64>(plan.values + (lag << 3));
    const before = load<f64>(plan.values + ((lag - 1) << 3));
    const behind = load<f64>(plan.values + ((lag + 1) << 3));
    if (!(here > before && here >= behind)) continue;
    const slope = behind - before;
    highest = max(highest, here + (slope * slope) / (8.0 * (2.0 * here - before - behind)));
  }
  return highest;
}
