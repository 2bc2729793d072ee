// The vector path and the scalar path are one source; this holds them to the same bits.
import { framesCompute, framesFree, framesPlan, framesWorkBytes } from "../dsp/frames";
import { hpssSignal } from "../dsp/harmonic";
import { runningMedian } from "../dsp/median";
import { median31WorkBytes, runningMedian31 } from "../dsp/median31";
import { dot4, dot4Scalar, resampledLength, resamplerFree, resamplerMargin, resamplerPlan, resampleSignal } from "../dsp/resample";
import { realFftForwardSingle, realFftInverseSingle } from "../dsp/fft-single";
import { realFftForward, realFftFree, realFftInverse, realFftPlan } from "../dsp/rfft";
import { stftFree, stftPlan } from "../dsp/stft";
import { yinFrames, yinFree, yinPlan } from "../dsp/yin";

const SAMPLES: i32 = 6000;

/** A buzz with noise from a linear congruential generator, with room behind for blocks that reach over the end. */
function signal(): usize {
  const x = heap.alloc((SAMPLES + 16384) << 2);
  memory.fill(x, 0, (SAMPLES + 16384) << 2);
  let seed: u32 = 1;
  for (let i = 0; i < SAMPLES; i++) {
    seed = seed * 1664525 + 1013904223;
    const noise = <f32>seed / <f32>4294967296.0 - <f32>0.5;
    store<f32>(x + ((<usize>i) << 2), <f32>(i % 97) / <f32>97.0 - <f32>0.5 + noise * <f32>0.3);
  }
  return x;
}

function sameBits(a: usize, b: usize, count: i32): bool {
  return memory.compare(a, b, (<usize>count) << 2) === 0;
}

function framesAgree(nFft: i32, winLength: i32, hop: i32, power: i32): bool {
  // stft, mel, logmel, mfcc, delta, delta2, centroid, bandwidth, rolloff, flatness
  const bins = (nFft >> 1) + 1;
  const columns = heap.alloc(40);
  const widths: i32[] = [bins, 20, 20, 13, 13, 13, 1, 1, 1, 1];
  let rowLength = 0;
  for (let i = 0; i < 10; i++) {
    store<i32>(columns + ((<usize>i) << 2), rowLength);
    rowLength += widths[i];
  }
  const plan = framesPlan(
    nFft,
    winLength,
    hop,
    0,
    16000.0,
    power,
    20,
    0.0,
    8000.0,
    false,
    1,
    1e-10,
    1.0,
    80.0,
    13,
    2,
    true,
    22.0,
    0.85,
    1e-10,
    9,
    1,
    columns,
  );
  const x = signal();
  const frames = 1 + (SAMPLES - nFft) / hop;
  const work = heap.alloc(framesWorkBytes(plan, frames));
  const a = heap.alloc((<usize>(frames * rowLength)) << 2);
  const b = heap.alloc((<usize>(frames * rowLength)) << 2);
  framesCompute<v128>(plan, x, frames, work, a, rowLength);
  framesCompute<f32>(plan, x, frames, work, b, rowLength);
  const same = sameBits(a, b, frames * rowLength);
  framesFree(plan);
  heap.free(columns);
  heap.free(work);
  heap.free(a);
  heap.free(b);
  heap.free(x);
  return same;
}

/** The network of 31 values, on lanes and without, against the window that is kept sorted; ties and signals shorter than a window too. */
function mediansAgree(count: i32): bool {
  const x = signal();
  for (let i = 0; i < 4 * count; i += 3) store<f32>(x + ((<usize>i) << 2), <f32>(i % 5));
  const work = heap.alloc(median31WorkBytes<v128>());
  const a = heap.alloc((<usize>count) << 4);
  const b = heap.alloc((<usize>count) << 4);
  runningMedian31<v128>(x, 16, count, a, 16, work);
  for (let lane: usize = 0; lane < 16; lane += 4) runningMedian31<f32>(x + lane, 16, count, b + lane, 16, work);
  let same = sameBits(a, b, 4 * count);
  for (let lane: usize = 0; lane < 16; lane += 4) runningMedian(x + lane, 16, count, 31, work, b + lane);
  same = same && sameBits(a, b, 4 * count);
  heap.free(work);
  heap.free(a);
  heap.free(b);
  heap.free(x);
  return same;
}

/** One transform with vectors inside and the scalar one, forwards and back. */
function transformsAgree(n: i32): bool {
  const plan = realFftPlan(n);
  const other = realFftPlan(n);
  const x = signal();
  const bytes = (<usize>n) << 1;
  memory.copy(plan.inR, x, bytes);
  memory.copy(plan.inI, x + bytes, bytes);
  memory.copy(other.inR, x, bytes);
  memory.copy(other.inI, x + bytes, bytes);
  realFftForwardSingle(plan, plan.re, plan.im);
  realFftForward<f32>(other);
  let same = sameBits(plan.re, other.re, plan.bins) && sameBits(plan.im, other.im, plan.bins);
  const swapped = realFftInverseSingle(plan);
  same = same && realFftInverse<f32>(other) === swapped;
  const length = n >> 1;
  same = same && sameBits(swapped ? plan.workR : plan.inR, swapped ? other.workR : other.inR, length);
  same = same && sameBits(swapped ? plan.workI : plan.inI, swapped ? other.workI : other.inI, length);
  realFftFree(plan);
  realFftFree(other);
  heap.free(x);
  return same;
}

function resamplingAgrees(from: i32, to: i32): bool {
  const plan = resamplerPlan(from, to);
  const margin = <usize>resamplerMargin(plan) << 2;
  const x = heap.alloc((SAMPLES << 2) + 2 * margin);
  memory.fill(x, 0, (SAMPLES << 2) + 2 * margin);
  const buzz = signal();
  memory.copy(x + margin, buzz, SAMPLES << 2);
  const count = resampledLength(plan, SAMPLES);
  const a = heap.alloc((<usize>count) << 2);
  const b = heap.alloc((<usize>count) << 2);
  resampleSignal<v128>(plan, x + margin, SAMPLES, a);
  resampleSignal<f32>(plan, x + margin, SAMPLES, b);
  const same = sameBits(a, b, count);
  resamplerFree(plan);
  heap.free(a);
  heap.free(b);
  heap.free(x);
  heap.free(buzz);
  return same;
}

describe("vector and scalar paths", () => {
  test("frames: powers of two, mixed radices, odd lengths, large primes", () => {
    expect(framesAgree(512, 400, 160, 2)).toBe(true);
    expect(framesAgree(2048, 2048, 512, 1)).toBe(true);
    expect(framesAgree(400, 399, 161, 2)).toBe(true);
    expect(framesAgree(441, 441, 100, 2)).toBe(true);
    expect(framesAgree(2 * 67, 134, 50, 2)).toBe(true);
    expect(framesAgree(1009, 1000, 333, 2)).toBe(true);
    expect(framesAgree(2 * 7 * 11 * 13, 1500, 333, 2)).toBe(true);
  });

  test("one transform with vectors inside", () => {
    const lengths: i32[] = [2, 8, 30, 32, 36, 64, 96, 134, 160, 448, 512, 1152, 2048, 4096, 3 * 1024];
    for (let i = 0; i < lengths.length; i++) expect(transformsAgree(lengths[i])).toBe(true);
  });

  test("YIN", () => {
    const plan = yinPlan(16000.0, 1024, 160, 65.0, 500.0, 0.1);
    const x = signal();
    const frames = 1 + (SAMPLES - 1024) / 160;
    const a = heap.alloc((<usize>frames) << 3);
    const b = heap.alloc((<usize>frames) << 3);
    yinFrames<v128>(plan, x, frames, a, 2, a + 4);
    yinFrames<f32>(plan, x, frames, b, 2, b + 4);
    expect(sameBits(a, b, 2 * frames)).toBe(true);
    yinFree(plan);
  });

  test("HPSS", () => {
    const plan = stftPlan(512, 400, 160, 0);
    const x = signal();
    const frames = 1 + (SAMPLES - 512) / 160;
    const a = heap.alloc((SAMPLES + 1024) << 2);
    const b = heap.alloc((SAMPLES + 1024) << 2);
    hpssSignal<v128>(plan, x, SAMPLES, frames, 31, 31, 2.0, false, a);
    hpssSignal<f32>(plan, x, SAMPLES, frames, 31, 31, 2.0, false, b);
    expect(sameBits(a, b, SAMPLES)).toBe(true);
    hpssSignal<v128>(plan, x, SAMPLES, frames, 17, 30, 1.5, true, a);
    hpssSignal<f32>(plan, x, SAMPLES, frames, 17, 30, 1.5, true, b);
    expect(sameBits(a, b, SAMPLES)).toBe(true);
    stftFree(plan);
  });

  test("running medians", () => {
    const counts: i32[] = [1, 2, 5, 15, 16, 17, 31, 32, 33, 100, 257];
    for (let i = 0; i < counts.length; i++) expect(mediansAgree(counts[i])).toBe(true);
  });

  test("resampling in blocks", () => {
    expect(resamplingAgrees(48000, 16000)).toBe(true);
    expect(resamplingAgrees(44100, 16000)).toBe(true);
    expect(resamplingAgrees(8000, 22050)).toBe(true);
  });

  test("dot products of the resampler", () => {
    const x = signal();
    expect(dot4(x, x + 400, 512)).toBe(dot4Scalar(x, x + 400, 512));
  });
});
