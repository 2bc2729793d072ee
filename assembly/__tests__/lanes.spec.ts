// The vector path and the scalar path are one source; this holds them to the same bits.
import { DELTA_MIRROR, DELTA_NEAREST } from "../dsp/delta";
import { framesCompute, framesWorkBytes } from "../dsp/frames";
import { framesFree, framesPlan } from "../dsp/frames-plan";
import { hpssSignal } from "../dsp/harmonic";
import { hnrFrames, hnrFree, hnrPlan } from "../dsp/hnr";
import { kaldiCompute } from "../dsp/kaldi";
import { kaldiFree, kaldiPlan } from "../dsp/kaldi-plan";
import { pitchFrames, pitchFree, pitchPlan } from "../dsp/pitch";
import { dot, dotScalar, weightedSquares, weightedSquaresScalar } from "../linear/vector";
import { stftFree, stftPlan } from "../dsp/stft";
import { signalTuning, signalTuningWorkBytes } from "../dsp/tuning";
import { SAMPLES, sameBits, signal } from "./signal";
import { HANN, KAISER } from "../dsp/window";

function framesAgree(nFft: i32, winLength: i32, hop: i32, power: f64, quantile: f64, tuning: f64): bool {
  // Powers other than 1 and 2 come with the other options that are no default.
  const odd = power !== 1.0 && power !== 2.0;
  // stft, mel, logmel, mfcc, delta, delta2, centroid, bandwidth, rolloff, flatness, contrast, flux, poly, chroma, tonnetz, onset
  const bins = (nFft >> 1) + 1;
  const columns = heap.alloc(64);
  const widths: i32[] = [bins, 20, 20, 13, 13, 13, 1, 1, 1, 1, 7, 1, 3, 12, 6, 1];
  let rowLength = 0;
  for (let i = 0; i < 16; i++) {
    store<i32>(columns + ((<usize>i) << 2), rowLength);
    rowLength += widths[i];
  }
  const plan = framesPlan(
    nFft, winLength, hop, odd ? KAISER : HANN, 8.6, 16000.0,
    power, 20, 0.0, 8000.0, false, odd ? 2.0 : -1.0,
    1e-10, odd ? NaN : 1.0, 80.0, 13, 2, true, 22.0,
    0.85, odd ? 3.0 : 2.0, !odd, 1e-10, odd ? 1.5 : 2.0, 9, odd ? DELTA_MIRROR : DELTA_NEAREST,
    200.0, 6, quantile, false, 2,
    12, tuning, odd ? 3.0 : Infinity, 5.0, odd ? Infinity : 2.0, !odd,
    1, odd ? 3 : 1, odd ? 4 : 1, odd ? 1 : 0, columns,
  );
  const x = signal();
  const frames = 1 + (SAMPLES - nFft) / hop;
  const work = heap.alloc(<usize>framesWorkBytes(plan, frames));
  const a = heap.alloc((<usize>(frames * rowLength)) << 2);
  const b = heap.alloc((<usize>(frames * rowLength)) << 2);
  framesCompute<v128>(plan, x, frames, 0, frames, work, a, rowLength);
  framesCompute<f32>(plan, x, frames, 0, frames, work, b, rowLength);
  const same = sameBits(a, b, frames * rowLength);
  framesFree(plan);
  heap.free(columns);
  heap.free(work);
  heap.free(a);
  heap.free(b);
  heap.free(x);
  return same;
}

function pitchAgrees(frameLength: i32, hop: i32, fMin: f64, fMax: f64, binsPerSemitone: i32): bool {
  const plan = pitchPlan(
    16000.0, frameLength, hop, fMin, fMax, 0.1, 100, 2.0, 18.0, 2.0, binsPerSemitone, 35.92, 0.01, 0.01, hop < 100, true,
  );
  const x = signal();
  const frames = 1 + (SAMPLES - frameLength) / hop;
  const a = heap.alloc((<usize>(5 * frames)) << 2);
  const b = heap.alloc((<usize>(5 * frames)) << 2);
  pitchFrames<v128>(plan, x, frames, 5, a, a + 4, a + 8, a + 12, a + 16);
  pitchFrames<f32>(plan, x, frames, 5, b, b + 4, b + 8, b + 12, b + 16);
  const same = sameBits(a, b, 5 * frames);
  pitchFree(plan);
  heap.free(x);
  heap.free(a);
  heap.free(b);
  return same;
}

function kaldiAgrees(winLength: i32, hop: i32, nFft: i32, plain: bool): bool {
  // fbank with energy, mfcc, energy
  const columns = heap.alloc(12);
  store<i32>(columns, 0);
  store<i32>(columns, 24, 4);
  store<i32>(columns, 37, 8);
  const plan = kaldiPlan(
    16000.0,
    winLength,
    hop,
    nFft,
    4,
    0.0,
    !plain,
    0.97,
    23,
    20.0,
    8000.0,
    100.0,
    7500.0,
    plain ? 0.9 : 1.0,
    !plain,
    !plain,
    13,
    22.0,
    true,
    !plain,
    1.0,
    plain,
    columns,
  );
  const x = signal();
  const frames = 1 + (SAMPLES - winLength) / hop;
  const a = heap.alloc((<usize>(frames * 38)) << 2);
  const b = heap.alloc((<usize>(frames * 38)) << 2);
  kaldiCompute<v128>(plan, x, frames, a, 38);
  kaldiCompute<f32>(plan, x, frames, b, 38);
  const same = sameBits(a, b, frames * 38);
  kaldiFree(plan);
  heap.free(columns);
  heap.free(a);
  heap.free(b);
  heap.free(x);
  return same;
}

describe("vector and scalar paths", () => {
  test("frames: powers of two, mixed radices, odd lengths, large primes", () => {
    expect(framesAgree(512, 400, 160, 2.0, 0.02, 0.0)).toBe(true);
    expect(framesAgree(2048, 2048, 512, 1.0, 0.02, NaN)).toBe(true);
    expect(framesAgree(400, 399, 161, 2.0, 0.1, NaN)).toBe(true);
    expect(framesAgree(441, 441, 100, 2.0, 0.5, -0.3)).toBe(true);
    expect(framesAgree(2 * 67, 134, 50, 2.0, 0.02, 0.0)).toBe(true);
    expect(framesAgree(1009, 1000, 333, 2.0, 0.9, NaN)).toBe(true);
    expect(framesAgree(2 * 7 * 11 * 13, 1500, 333, 2.0, 0.05, 0.2)).toBe(true);
    expect(framesAgree(512, 400, 160, 1.5, 0.02, 0.0)).toBe(true);
    expect(framesAgree(441, 441, 100, 0.7, 0.1, NaN)).toBe(true);
  });

  test("tuning", () => {
    const plan = stftPlan(1024, 1024, 256, 0, 0.0);
    const x = signal();
    const frames = 1 + (SAMPLES - 1024) / 256;
    const work = heap.alloc(<usize>signalTuningWorkBytes(frames, 513));
    for (let power = 1; power <= 2; power++) {
      const abreast = signalTuning<v128>(plan, x, frames, power, 15.625, 12, work);
      expect(abreast).toBe(signalTuning<f32>(plan, x, frames, power, 15.625, 12, work));
    }
    heap.free(work);
    heap.free(x);
    stftFree(plan);
  });

  test("Kaldi's filterbanks and cepstra", () => {
    expect(kaldiAgrees(400, 160, 512, false)).toBe(true);
    expect(kaldiAgrees(400, 160, 400, true)).toBe(true);
    expect(kaldiAgrees(551, 221, 1024, true)).toBe(true);
  });

  test("YIN and pYIN", () => {
    expect(pitchAgrees(1024, 160, 65.0, 500.0, 10)).toBe(true);
    expect(pitchAgrees(333, 15, 100.0, 2093.0, 3)).toBe(true);
  });

  test("HNR and voicing", () => {
    const plan = hnrPlan(16000.0, 1024, 160, 65.0, 500.0);
    const x = signal();
    const frames = 1 + (SAMPLES - 1024) / 160;
    const a = heap.alloc((<usize>frames) << 3);
    const b = heap.alloc((<usize>frames) << 3);
    hnrFrames<v128>(plan, x, frames, 2, a, a + 4);
    hnrFrames<f32>(plan, x, frames, 2, b, b + 4);
    expect(sameBits(a, b, 2 * frames)).toBe(true);
    hnrFree(plan);
  });

  test("HPSS", () => {
    const plan = stftPlan(512, 400, 160, 0, 0.0);
    const x = signal();
    const frames = 1 + (SAMPLES - 512) / 160;
    const a = heap.alloc((SAMPLES + 1024) << 2);
    const b = heap.alloc((SAMPLES + 1024) << 2);
    hpssSignal<v128>(plan, x, SAMPLES, frames, 31, 31, 2.0, 1.0, 1.0, false, false, a);
    hpssSignal<f32>(plan, x, SAMPLES, frames, 31, 31, 2.0, 1.0, 1.0, false, false, b);
    expect(sameBits(a, b, SAMPLES)).toBe(true);
    hpssSignal<v128>(plan, x, SAMPLES, frames, 17, 30, 1.5, 1.0, 1.0, true, false, a);
    hpssSignal<f32>(plan, x, SAMPLES, frames, 17, 30, 1.5, 1.0, 1.0, true, false, b);
    expect(sameBits(a, b, SAMPLES)).toBe(true);
    hpssSignal<v128>(plan, x, SAMPLES, frames, 31, 30, 2.0, 1.0, 3.0, true, false, a);
    hpssSignal<f32>(plan, x, SAMPLES, frames, 31, 30, 2.0, 1.0, 3.0, true, false, b);
    expect(sameBits(a, b, SAMPLES)).toBe(true);
    stftFree(plan);
  });

  test("sums of the linear models", () => {
    const x = signal();
    const y = heap.alloc(8 * 1000);
    for (let i: usize = 0; i < 1000; i++) store<f64>(y + (i << 3), (load<f32>(x + (i << 2)) as f64) / 3);
    expect(dot(y, y + 160, 900)).toBe(dotScalar(y, y + 160, 900));
    expect(weightedSquares(y, y + 160, 900)).toBe(weightedSquaresScalar(y, y + 160, 900));
  });
});
