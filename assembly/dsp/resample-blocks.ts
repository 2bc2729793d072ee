// Resampling in the frequency domain, for ratios of small prime factors: overlapping blocks are transformed, weighed with the filter's
// response and transformed back at the other rate's length (overlap-save; Crochiere and Rabiner 1983). Blocks lie at absolute places,
// four of them abreast, so an output does not depend on how a signal is cut. The response is cut off at the lower Nyquist frequency,
// where it is 100 dB down; what that leaves of the filter outside its taps is less than the rounding of f32.
import { canonicalNaN } from "../nan";
import { loadSplat, lanes, mul, splat } from "./lanes";
import { RealFft, realFftFree, realFftInverse, realFftPlan } from "./rfft";
import { Stft, stftBlock, stftFree, stftPlan } from "./stft";
import { BOXCAR } from "./window";

/** The longest block, and the largest prime factor that the transforms are quick with. */
const LONGEST: i32 = 32768;
const LARGEST_PRIME: i32 = 7;

// @ts-ignore: decorator
@unmanaged
export class BlockResampler {
  /** A block is `margin` units that are thrown away, `kept` units of output, and again `margin`; a unit is `down` or `up` samples. */
  margin: i32;
  kept: i32;
  forward: Stft;
  inverse: RealFft;
  /** Bins that pass, and the filter's (real) response to them, f32. */
  passed: i32;
  response: usize;
}

function isSmooth(n: i32): bool {
  let rest = n;
  for (let p = 2; p <= LARGEST_PRIME; p++) while (rest % p === 0) rest /= p;
  return rest === 1;
}

/** Units of a block for a filter of so many taps; 0 when the ratio is not for this method. */
export function blockUnits(up: i32, down: i32, taps: i32): i32 {
  if (!isSmooth(up) || !isSmooth(down)) return 0;
  let units = 4;
  while (units * down < 4 * taps) units <<= 1;
  return max(up, down) * units <= LONGEST ? units : 0;
}

/** `filter` holds `taps` values around time 0, the first at `offset` samples. */
export function blockResamplerPlan(
  up: i32, down: i32, units: i32, filter: usize, taps: i32, offset: i32,
): BlockResampler {
  const plan = changetype<BlockResampler>(heap.alloc(offsetof<BlockResampler>()));
  const length = units * down;
  plan.margin = (taps >> 1) / down + 1;
  plan.kept = units - 2 * plan.margin;
  plan.forward = stftPlan(length, length, plan.kept * down, BOXCAR, 0.0);
  plan.inverse = realFftPlan(units * up);
  plan.passed = min(plan.forward.bins, plan.inverse.bins);
  plan.response = heap.alloc(<usize>plan.passed << 2);
  const centred = heap.alloc(<usize>length << 2);
  memory.fill(centred, 0, <usize>length << 2);
  for (let tap = 0; tap < taps; tap++) {
    const at = (tap + offset + length) % length;
    store<f32>(centred + (<usize>at << 2), load<f32>(filter + (<usize>tap << 2)));
  }
  stftBlock<f32>(plan.forward, centred);
  // The inverse divides by its own length, the forward transform multiplied by the other.
  const scale = <f32>up / <f32>down;
  for (let k: usize = 0; k < <usize>plan.passed << 2; k += 4) {
    store<f32>(plan.response + k, load<f32>(plan.forward.fft.re + k) * scale);
  }
  heap.free(centred);
  return plan;
}

export function blockResamplerFree(plan: BlockResampler): void {
  stftFree(plan.forward);
  realFftFree(plan.inverse);
  heap.free(plan.response);
  heap.free(changetype<usize>(plan));
}

/** Writes `count` samples; x has zeros for `blockMargin` samples before and behind it. */
export function resampleBlocks<T>(plan: BlockResampler, up: i32, down: i32, x: usize, count: i32, out: usize): void {
  const step = plan.kept * up;
  for (let block = 0; block * step < count; block += lanes<T>()) {
    stftBlock<T>(plan.forward, x + (<usize>((block * plan.kept - plan.margin) * down) << 2));
    weigh<T>(plan, plan.forward.fft.re, plan.inverse.re);
    weigh<T>(plan, plan.forward.fft.im, plan.inverse.im);
    const swapped = realFftInverse<T>(plan.inverse);
    const even = swapped ? plan.inverse.workR : plan.inverse.inR;
    const odd = swapped ? plan.inverse.workI : plan.inverse.inI;
    for (let lane = 0; lane < lanes<T>(); lane++) {
      const first = (block + lane) * step;
      const skipped = plan.margin * up;
      for (let i = 0; i < min(step, count - first); i++) {
        const from = <usize>((i + skipped) >> 1) * sizeof<T>() + (<usize>lane << 2);
        store<f32>(out + (<usize>(first + i) << 2), load<f32>((((i + skipped) & 1) === 0 ? even : odd) + from));
      }
    }
  }
  canonicalNaN<f32>(out, count);
}

/** Samples before and behind the signal that a group of blocks may reach into. */
export function blockMargin(plan: BlockResampler): i32 {
  return 4 * plan.forward.nFft;
}

function weigh<T>(plan: BlockResampler, spectrum: usize, out: usize): void {
  let at: usize = 0;
  for (let k: usize = 0; k < <usize>plan.passed; k++, at += sizeof<T>()) {
    store<T>(out + at, mul<T>(load<T>(spectrum + at), loadSplat<T>(plan.response + (k << 2))));
  }
  for (; at < <usize>plan.inverse.bins * sizeof<T>(); at += sizeof<T>()) store<T>(out + at, splat<T>(0));
}
