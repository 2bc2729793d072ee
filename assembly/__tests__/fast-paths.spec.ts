// Kernels with two ways to the same bits: with vectors and without, and a fast way for common cases beside a general one.
import { sumOfSquares, sumOfSquaresScalar } from "../dsp/energy";
import { realFftForwardSingle, realFftInverseSingle } from "../dsp/fft-single";
import { runningMedian } from "../dsp/median";
import { median31WorkBytes, runningMedian31 } from "../dsp/median31";
import { dot4, dot4Scalar, resampledLength, resamplerFree, resamplerMargin, resamplerPlan, resampleSignal } from "../dsp/resample";
import { realFftForward, realFftFree, realFftInverse, realFftPlan } from "../dsp/rfft";
import { SAMPLES, sameBits, signal } from "./signal";

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
  for (let i: usize = 0; i < bytes; i += 4) {
    store<f32>(other.inR + i, load<f32>(x + (i << 1)));
    store<f32>(other.inI + i, load<f32>(x + (i << 1), 4));
  }
  realFftForwardSingle(plan, x, plan.re, plan.im);
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

describe("fast paths", () => {
  test("one transform with vectors inside", () => {
    const lengths: i32[] = [2, 8, 30, 32, 36, 64, 96, 134, 160, 448, 512, 1152, 2048, 4096, 3 * 1024];
    for (let i = 0; i < lengths.length; i++) expect(transformsAgree(lengths[i])).toBe(true);
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

  test("sums of squares", () => {
    const x = signal();
    for (let n = 0; n < 500; n += 7) expect(sumOfSquares(x, n)).toBe(sumOfSquaresScalar(x, n));
  });

  test("dot products of the resampler", () => {
    const x = signal();
    expect(dot4(x, x + 400, 512)).toBe(dot4Scalar(x, x + 400, 512));
  });
});
