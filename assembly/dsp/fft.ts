// Complex FFT of any length, several transforms abreast (one a lane). Mixed radix (4, 2, 3, 5, then any prime up to 61 by its
// definition) in Stockham's self-sorting order (Stockham 1966; Van Loan 1992, algorithm 1.7.2); lengths with a larger prime
// factor go through Bluestein's chirp (bluestein.ts). Twiddles are computed in f64 and rounded once.
import { Bluestein, bluesteinFree, bluesteinPlan, bluesteinTransform } from "./bluestein";
import { radix2, radix3, radix4, radix5, radixAny } from "./fft-radices";
import { rootsFree, rootsTable, storeRootAt } from "./roots";

const LARGEST_RADIX: i32 = 61;

// @ts-ignore: decorator
@unmanaged
export class Fft {
  n: i32;
  /** Number of stages; 0 when `chirp` does the work. */
  stages: i32;
  /** i32 a stage. */
  radices: usize;
  /** For each stage, for each p < n / radix, for each 1 <= k < radix: cos and sin of -2 pi p k / n, f32. */
  twiddles: usize;
  /** For each stage with a radix over 5: cos and sin of -2 pi m / radix, m < radix; 0 when there is none. */
  roots: usize;
  chirp: Bluestein | null;
  /** n a multiple of 16: the first stage's twiddles again, four p together, for fft-single.ts; else 0. */
  grouped: usize;
}

function radixOf(n: i32): i32 {
  if (n % 4 === 0) return 4;
  if (n % 2 === 0) return 2;
  for (let r = 3; r <= LARGEST_RADIX; r += 2) if (n % r === 0) return r;
  return 0;
}

/** The plan of transforms of length n >= 1. */
export function fftPlan(n: i32): Fft {
  const plan = changetype<Fft>(heap.alloc(offsetof<Fft>()));
  plan.n = n;
  plan.chirp = null;
  plan.radices = 0;
  plan.twiddles = 0;
  plan.roots = 0;
  plan.stages = 0;
  plan.grouped = 0;
  let stages = 0;
  let pairs = 0;
  let rootPairs = 0;
  for (let rest = n; rest > 1; stages++) {
    const radix = radixOf(rest);
    if (radix === 0) {
      plan.chirp = bluesteinPlan(n);
      return plan;
    }
    rest /= radix;
    pairs += rest * (radix - 1);
    if (radix > 5) rootPairs += radix;
  }
  plan.stages = stages;
  plan.radices = heap.alloc(<usize>stages << 2);
  plan.twiddles = heap.alloc(<usize>pairs << 3);
  plan.roots = heap.alloc(<usize>rootPairs << 3);
  let at = plan.twiddles;
  let root = plan.roots;
  let rest = n;
  const table = rootsTable(n);
  for (let stage = 0; stage < stages; stage++) {
    const radix = radixOf(rest);
    const step = n / rest;
    store<i32>(plan.radices + (<usize>stage << 2), radix);
    for (let p = 0; p < rest / radix; p++) {
      for (let k = 1; k < radix; k++, at += 8) storeRootAt(table, p * k * step, at, 4);
    }
    if (radix > 5) for (let m = 0; m < radix; m++) root = storeRoot(root, m, radix);
    rest /= radix;
  }
  if ((n & 15) === 0) {
    plan.grouped = heap.alloc(<usize>(n >> 2) * 24);
    for (let p = 0; p < n >> 2; p++) {
      const group = plan.grouped + <usize>(p >> 2) * 96 + (<usize>(p & 3) << 2);
      for (let k = 1; k < 4; k++) storeRootAt(table, p * k, group + (<usize>(k - 1) << 5), 16);
    }
  }
  rootsFree(table);
  return plan;
}

/** Stores cos and sin of -2 pi k / n and returns the place behind them. The argument is reduced first: exact for any k. */
export function storeRoot(at: usize, k: i64, n: i64): usize {
  const angle = (-2.0 * Math.PI * <f64>(k % n)) / <f64>n;
  store<f32>(at, <f32>Math.cos(angle));
  store<f32>(at, <f32>Math.sin(angle), 4);
  return at + 8;
}

export function fftFree(plan: Fft): void {
  const chirp = plan.chirp;
  if (chirp !== null) bluesteinFree(chirp);
  if (plan.radices) heap.free(plan.radices);
  if (plan.twiddles) heap.free(plan.twiddles);
  if (plan.roots) heap.free(plan.roots);
  if (plan.grouped) heap.free(plan.grouped);
  heap.free(changetype<usize>(plan));
}

/**
 * Transforms (xr, xi), n values of T each; (yr, yi) is work space of the same size.
 * @returns true when the result lies in (yr, yi), false when in (xr, xi)
 */
export function fftTransform<T>(plan: Fft, xr: usize, xi: usize, yr: usize, yi: usize): bool {
  const chirp = plan.chirp;
  if (chirp !== null) {
    bluesteinTransform<T>(chirp, xr, xi);
    return false;
  }
  return fftStages<T>(plan, 0, plan.n, plan.twiddles, xr, xi, yr, yi);
}

/**
 * The stages from `first` on, over sub-transforms of length `rest` that lie 1 value of T apart; returns what `fftTransform` does.
 * With T = v128 and four values of one transform in a vector it serves fft-single.ts too.
 */
export function fftStages<T>(
  plan: Fft, first: i32, rest: i32, twiddles: usize, xr: usize, xi: usize, yr: usize, yi: usize,
): bool {
  let stride = 1;
  let roots = plan.roots;
  let swapped = false;
  for (let stage = first; stage < plan.stages; stage++) {
    const radix = load<i32>(plan.radices + (<usize>stage << 2));
    const inR = swapped ? yr : xr;
    const inI = swapped ? yi : xi;
    const outR = swapped ? xr : yr;
    const outI = swapped ? xi : yi;
    if (radix === 4) radix4<T>(rest, stride, twiddles, inR, inI, outR, outI);
    else if (radix === 2) radix2<T>(rest, stride, twiddles, inR, inI, outR, outI);
    else if (radix === 3) radix3<T>(rest, stride, twiddles, inR, inI, outR, outI);
    else if (radix === 5) radix5<T>(rest, stride, twiddles, inR, inI, outR, outI);
    else {
      radixAny<T>(radix, rest, stride, twiddles, roots, inR, inI, outR, outI);
      roots += <usize>radix << 3;
    }
    rest /= radix;
    stride *= radix;
    twiddles += <usize>(rest * (radix - 1)) << 3;
    swapped = !swapped;
  }
  return swapped;
}
