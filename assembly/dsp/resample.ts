// Resampling by a polyphase filter: a Kaiser-windowed sinc (Kaiser 1974) whose pass-band reaches 0.9 and whose stop-band begins
// at 1.0 of the lower of both Nyquist frequencies, at least 96 dB down: Kaiser's formula is
// an estimate, and 102 by it are 96 on the edge itself.
import {
  blockMargin, BlockResampler, blockResamplerFree, blockResamplerPlan, blockUnits, resampleBlocks,
} from "./resample-blocks";
import { besselI0 } from "./bessel";
import { canonical } from "../nan";

const ATTENUATION: f64 = 102.0;
const PASS_EDGE: f64 = 0.9;
/** Ratios with more phases than this are interpolated between this many, linearly: an error below -120 dB. */
const MOST_PHASES: i32 = 1024;

// @ts-ignore: decorator
@unmanaged
export class Resampler {
  /** Input samples M for L output samples: the rates without their common divisor. */
  up: i32;
  down: i32;
  /** Taps a phase, a multiple of 4, and where the first lies relative to the input sample at or before the output's time. */
  taps: i32;
  offset: i32;
  phases: i32;
  /** (phases + 1) x taps, f32; the last row is the first, one sample later. */
  table: usize;
  /** For ratios of small primes: the filter in the frequency domain, which then does the work; `table` has only its first row. */
  blocks: BlockResampler | null;
}

export function resamplerPlan(rateIn: i32, rateOut: i32): Resampler {
  const plan = changetype<Resampler>(heap.alloc(offsetof<Resampler>()));
  let a = rateIn;
  let b = rateOut;
  while (b !== 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  plan.up = rateOut / a;
  plan.down = rateIn / a;
  const scale = Math.min(1.0, <f64>rateOut / <f64>rateIn);
  const beta = 0.1102 * (ATTENUATION - 8.7);
  const half = (ATTENUATION - 7.95) / (2.285 * Math.PI * (1.0 - PASS_EDGE)) / scale / 2.0;
  const reach = <i32>Math.ceil(half);
  plan.taps = (2 * reach + 3) & ~3;
  plan.offset = 1 - reach;
  plan.phases = min(plan.up, MOST_PHASES);
  plan.blocks = null;
  const units = blockUnits(plan.up, plan.down, plan.taps);
  const rows = units > 0 ? 1 : plan.phases + 1;
  plan.table = heap.alloc(<usize>(rows * plan.taps) << 2);
  const cutoff = (scale * (1.0 + PASS_EDGE)) / 2.0;
  const norm = 1.0 / besselI0(beta);
  for (let phase = 0; phase < rows; phase++) {
    for (let tap = 0; tap < plan.taps; tap++) {
      const t = <f64>(tap + plan.offset) - <f64>phase / <f64>plan.phases;
      const r = t / half;
      let value = 0.0;
      if (Math.abs(r) < 1.0) {
        const sinc = t === 0.0 ? 1.0 : Math.sin(Math.PI * cutoff * t) / (Math.PI * cutoff * t);
        value = cutoff * sinc * besselI0(beta * Math.sqrt(1.0 - r * r)) * norm;
      }
      store<f32>(plan.table + (<usize>(phase * plan.taps + tap) << 2), <f32>value);
    }
  }
  plan.blocks =
    units > 0 ? blockResamplerPlan(plan.up, plan.down, units, plan.table, plan.taps, plan.offset) : null;
  return plan;
}

export function resamplerFree(plan: Resampler): void {
  const blocks = plan.blocks;
  if (blocks !== null) blockResamplerFree(blocks);
  heap.free(plan.table);
  heap.free(changetype<usize>(plan));
}

/** Number of output samples of n input samples: n * up / down, rounded up. */
export function resampledLength(plan: Resampler, n: i32): i32 {
  return <i32>((<i64>n * plan.up + plan.down - 1) / plan.down);
}

/** Zeros that `resample` reads before and behind its input. */
export function resamplerMargin(plan: Resampler): i32 {
  const blocks = plan.blocks;
  return blocks === null ? plan.taps : blockMargin(blocks);
}

/** Input samples of the pieces that can be resampled by themselves: from any multiple of this on the phases, or blocks, begin anew. */
export function resamplerStep(plan: Resampler): i32 {
  const blocks = plan.blocks;
  return blocks === null ? plan.down : blocks.kept * plan.down;
}

/** Input samples before and behind a piece that its outputs depend on. */
export function resamplerReach(plan: Resampler): i32 {
  const blocks = plan.blocks;
  return blocks === null ? plan.taps : blocks.margin * plan.down;
}

/** Sum of a[i] * b[i], n a multiple of 4: four running sums, added in pairs. */
// @ts-ignore: decorator
@inline
export function dot4(a: usize, b: usize, n: i32): f32 {
  if (ASC_FEATURE_SIMD) {
    let sum = f32x4.splat(0);
    for (let i: usize = 0; i < <usize>n << 2; i += 16) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(a + i), v128.load(b + i)));
    }
    return (
      f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))
    );
  }
  return dot4Scalar(a, b, n);
}

/** `dot4` without SIMD: the same sums in the same order. */
export function dot4Scalar(a: usize, b: usize, n: i32): f32 {
  let s0: f32 = 0;
  let s1: f32 = 0;
  let s2: f32 = 0;
  let s3: f32 = 0;
  for (let i: usize = 0; i < <usize>n << 2; i += 16) {
    s0 += load<f32>(a + i) * load<f32>(b + i);
    s1 += load<f32>(a + i, 4) * load<f32>(b + i, 4);
    s2 += load<f32>(a + i, 8) * load<f32>(b + i, 8);
    s3 += load<f32>(a + i, 12) * load<f32>(b + i, 12);
  }
  return s0 + s1 + (s2 + s3);
}

/** Writes the `resampledLength` samples of x, which has `resamplerMargin` zeros before and behind it. */
export function resampleSignal<T>(plan: Resampler, x: usize, n: i32, out: usize): void {
  const count = resampledLength(plan, n);
  const blocks = plan.blocks;
  if (blocks !== null) {
    resampleBlocks<T>(blocks, plan.up, plan.down, x, count, out);
    return;
  }
  const row = <usize>plan.taps << 2;
  const exact = plan.phases === plan.up;
  let index = 0;
  let remainder = 0;
  for (let m = 0; m < count; m++) {
    const from = x + (<usize>(index + plan.offset) << 2);
    let value: f32;
    if (exact) value = dot4(from, plan.table + <usize>remainder * row, plan.taps);
    else {
      const position = (<f64>remainder * <f64>plan.phases) / <f64>plan.up;
      const phase = <i32>position;
      const share = <f32>(position - <f64>phase);
      const low = dot4(from, plan.table + <usize>phase * row, plan.taps);
      const high = dot4(from, plan.table + <usize>(phase + 1) * row, plan.taps);
      value = low + share * (high - low);
    }
    store<f32>(out + (<usize>m << 2), canonical<f32>(value));
    remainder += plan.down;
    index += remainder / plan.up;
    remainder %= plan.up;
  }
}
