// The signal kernels as the host calls them: with lanes abreast where the module has SIMD, one by one where it has not.
import { canonicalNaN } from "../nan";
import { realFftForwardSingle, realFftInverseSingle } from "./fft-single";
import { framesCompute } from "./frames";
import { Frames } from "./frames-plan";
import { hpssSignal } from "./harmonic";
import { Hnr, hnrFrames } from "./hnr";
import { kaldiCompute } from "./kaldi";
import { Kaldi } from "./kaldi-plan";
import { Pitch, pitchFrames } from "./pitch";
import { Resampler, resampleSignal } from "./resample";
import { RealFft, realFftForward, realFftInverse } from "./rfft";
import { Stft } from "./stft";
import { signalTuning } from "./tuning";

export function frames(
  plan: Frames, x: usize, count: i32, from: i32, to: i32, work: usize, out: usize, rowLength: i32,
): void {
  if (ASC_FEATURE_SIMD) framesCompute<v128>(plan, x, count, from, to, work, out, rowLength);
  else framesCompute<f32>(plan, x, count, from, to, work, out, rowLength);
}

export function tuning(
  plan: Stft,
  x: usize,
  count: i32,
  power: i32,
  binHz: f64,
  classes: i32,
  work: usize,
): f64 {
  if (ASC_FEATURE_SIMD) return signalTuning<v128>(plan, x, count, power, binHz, classes, work);
  return signalTuning<f32>(plan, x, count, power, binHz, classes, work);
}

export function kaldi(plan: Kaldi, x: usize, count: i32, out: usize, rowLength: i32): void {
  if (ASC_FEATURE_SIMD) kaldiCompute<v128>(plan, x, count, out, rowLength);
  else kaldiCompute<f32>(plan, x, count, out, rowLength);
}

export function pitch(
  plan: Pitch, x: usize, count: i32, stride: i32, yin: usize, depths: usize, pyin: usize, voiced: usize,
  voicedProb: usize,
): void {
  if (ASC_FEATURE_SIMD) pitchFrames<v128>(plan, x, count, stride, yin, depths, pyin, voiced, voicedProb);
  else pitchFrames<f32>(plan, x, count, stride, yin, depths, pyin, voiced, voicedProb);
}

export function hnr(plan: Hnr, x: usize, count: i32, stride: i32, hnr: usize, voicing: usize): void {
  if (ASC_FEATURE_SIMD) hnrFrames<v128>(plan, x, count, stride, hnr, voicing);
  else hnrFrames<f32>(plan, x, count, stride, hnr, voicing);
}

export function hpss(
  plan: Stft,
  x: usize,
  n: i32,
  count: i32,
  timeWidth: i32,
  frequencyWidth: i32,
  power: f64,
  marginH: f64,
  marginP: f64,
  percussive: bool,
  mask: bool,
  out: usize,
): void {
  if (ASC_FEATURE_SIMD) {
    hpssSignal<v128>(plan, x, n, count, timeWidth, frequencyWidth, power, marginH, marginP, percussive, mask, out);
  } else hpssSignal<f32>(plan, x, n, count, timeWidth, frequencyWidth, power, marginH, marginP, percussive, mask, out);
}

export function resample(plan: Resampler, x: usize, n: i32, out: usize): void {
  if (ASC_FEATURE_SIMD) resampleSignal<v128>(plan, x, n, out);
  else resampleSignal<f32>(plan, x, n, out);
}

/** One real transform: n samples at x, n / 2 + 1 real and imaginary parts at re and im. */
export function rfft(plan: RealFft, x: usize, re: usize, im: usize): void {
  if ((plan.n & 1) === 1) {
    memory.copy(plan.inR, x, <usize>plan.n << 2);
    realFftForward<f32>(plan);
    memory.copy(re, plan.re, <usize>plan.bins << 2);
    memory.copy(im, plan.im, <usize>plan.bins << 2);
  } else realFftForwardSingle(plan, x, re, im);
  canonicalNaN<f32>(re, plan.bins);
  canonicalNaN<f32>(im, plan.bins);
}

/** The inverse of `rfft`. */
export function irfft(plan: RealFft, re: usize, im: usize, x: usize): void {
  memory.copy(plan.re, re, <usize>plan.bins << 2);
  memory.copy(plan.im, im, <usize>plan.bins << 2);
  if ((plan.n & 1) === 1) {
    memory.copy(x, realFftInverse<f32>(plan) ? plan.workR : plan.inR, <usize>plan.n << 2);
  } else {
    const swapped = realFftInverseSingle(plan);
    const even = swapped ? plan.workR : plan.inR;
    const odd = swapped ? plan.workI : plan.inI;
    for (let i: usize = 0; i < <usize>(plan.n >> 1) << 2; i += 4) {
      store<f32>(x + (i << 1), load<f32>(even + i));
      store<f32>(x + (i << 1), load<f32>(odd + i), 4);
    }
  }
  canonicalNaN<f32>(x, plan.n);
}

/** Gives every NaN among n float32 values the same bits. */
export function canonicalFloats(x: usize, n: i32): void {
  canonicalNaN<f32>(x, n);
}
