// FFT of real signals, several abreast: an even length n is one complex transform of n / 2 whose even and odd parts are then
// untangled (Sorensen et al. 1987); an odd length is a complex transform with no imaginary part.
import { Fft, fftFree, fftPlan, fftTransform } from "./fft";
import { add, loadSplat, mul, splat, sub } from "./lanes";
import { rootsFree, rootsTable, storeRootAt } from "./roots";

const WIDEST: usize = 16;

// @ts-ignore: decorator
@unmanaged
export class RealFft {
  n: i32;
  /** Number of bins, n / 2 + 1 rounded down. */
  bins: i32;
  fft: Fft;
  /** cos and sin of -2 pi k / n for k <= n / 4; even n only. */
  twiddles: usize;
  /** Input and work of the complex transform. Even n: sample 2j at `inR` + j, 2j + 1 at `inI` + j; odd n: sample j at `inR` + j. */
  inR: usize;
  inI: usize;
  workR: usize;
  workI: usize;
  /** The spectrum, `bins` values of T each. */
  re: usize;
  im: usize;
}

export function realFftPlan(n: i32): RealFft {
  const plan = changetype<RealFft>(heap.alloc(offsetof<RealFft>()));
  const even = (n & 1) === 0;
  const length = even ? n >> 1 : n;
  plan.n = n;
  plan.bins = (n >> 1) + 1;
  plan.fft = fftPlan(length);
  plan.twiddles = heap.alloc((<usize>((n >> 2) + 1)) << 3);
  const table = rootsTable(n);
  for (let k = 0; k <= n >> 2; k++) storeRootAt(table, k, plan.twiddles + ((<usize>k) << 3), 4);
  rootsFree(table);
  const bytes = <usize>length * WIDEST;
  plan.inR = heap.alloc(4 * bytes + 2 * <usize>plan.bins * WIDEST);
  plan.inI = plan.inR + bytes;
  plan.workR = plan.inI + bytes;
  plan.workI = plan.workR + bytes;
  plan.re = plan.workI + bytes;
  plan.im = plan.re + <usize>plan.bins * WIDEST;
  return plan;
}

export function realFftFree(plan: RealFft): void {
  fftFree(plan.fft);
  heap.free(plan.twiddles);
  heap.free(plan.inR);
  heap.free(changetype<usize>(plan));
}

/** Transforms what lies in (inR, inI) and writes the power spectrum re^2 + im^2, `bins` values of T; re and im are used up. */
export function realFftPower<T>(plan: RealFft, out: usize): void {
  const size = sizeof<T>();
  if ((plan.n & 1) === 1) {
    realFftForward<T>(plan);
    for (let k: usize = 0; k < <usize>plan.bins * size; k += size) {
      store<T>(out + k, squares<T>(load<T>(plan.re + k), load<T>(plan.im + k)));
    }
    return;
  }
  const swapped = fftTransform<T>(plan.fft, plan.inR, plan.inI, plan.workR, plan.workI);
  const zr = swapped ? plan.workR : plan.inR;
  const zi = swapped ? plan.workI : plan.inI;
  const half = <usize>(plan.n >> 1);
  const first = add<T>(load<T>(zr), load<T>(zi));
  const last = sub<T>(load<T>(zr), load<T>(zi));
  store<T>(out, mul<T>(first, first));
  store<T>(out + half * size, mul<T>(last, last));
  const h = splat<T>(0.5);
  for (let k: usize = 1; k <= half >> 1; k++) {
    const a = k * size;
    const b = (half - k) * size;
    const evenR = mul<T>(h, add<T>(load<T>(zr + a), load<T>(zr + b)));
    const evenI = mul<T>(h, sub<T>(load<T>(zi + a), load<T>(zi + b)));
    const oddR = mul<T>(h, add<T>(load<T>(zi + a), load<T>(zi + b)));
    const oddI = mul<T>(h, sub<T>(load<T>(zr + b), load<T>(zr + a)));
    const wr = loadSplat<T>(plan.twiddles + (k << 3));
    const wi = loadSplat<T>(plan.twiddles + (k << 3) + 4);
    const turnR = sub<T>(mul<T>(oddR, wr), mul<T>(oddI, wi));
    const turnI = add<T>(mul<T>(oddR, wi), mul<T>(oddI, wr));
    store<T>(out + a, squares<T>(add<T>(evenR, turnR), add<T>(evenI, turnI)));
    store<T>(out + b, squares<T>(sub<T>(evenR, turnR), sub<T>(turnI, evenI)));
  }
}

// @ts-ignore: decorator
@inline
function squares<T>(re: T, im: T): T {
  return add<T>(mul<T>(re, re), mul<T>(im, im));
}

/** Transforms what lies in (inR, inI) into (re, im). */
export function realFftForward<T>(plan: RealFft): void {
  const size = sizeof<T>();
  const odd = (plan.n & 1) === 1;
  if (odd) memory.fill(plan.inI, 0, <usize>plan.n * size);
  const swapped = fftTransform<T>(plan.fft, plan.inR, plan.inI, plan.workR, plan.workI);
  const zr = swapped ? plan.workR : plan.inR;
  const zi = swapped ? plan.workI : plan.inI;
  if (odd) {
    memory.copy(plan.re, zr, <usize>plan.bins * size);
    memory.copy(plan.im, zi, <usize>plan.bins * size);
    return;
  }
  untangle<T>(plan, zr, zi, plan.re, plan.im, 1);
}

/** The spectrum of real signals from the transform (zr, zi) of their even and odd samples: the first and last bin, and those from `first` on. */
export function untangle<T>(plan: RealFft, zr: usize, zi: usize, re: usize, im: usize, first: i32): void {
  const size = sizeof<T>();
  const half = <usize>(plan.n >> 1);
  const zero = splat<T>(0);
  store<T>(re, add<T>(load<T>(zr), load<T>(zi)));
  store<T>(im, zero);
  store<T>(re + half * size, sub<T>(load<T>(zr), load<T>(zi)));
  store<T>(im + half * size, zero);
  const h = splat<T>(0.5);
  for (let k = <usize>first; k <= half >> 1; k++) {
    const a = k * size;
    const b = (half - k) * size;
    const evenR = mul<T>(h, add<T>(load<T>(zr + a), load<T>(zr + b)));
    const evenI = mul<T>(h, sub<T>(load<T>(zi + a), load<T>(zi + b)));
    const oddR = mul<T>(h, add<T>(load<T>(zi + a), load<T>(zi + b)));
    const oddI = mul<T>(h, sub<T>(load<T>(zr + b), load<T>(zr + a)));
    const wr = loadSplat<T>(plan.twiddles + (k << 3));
    const wi = loadSplat<T>(plan.twiddles + (k << 3) + 4);
    const turnR = sub<T>(mul<T>(oddR, wr), mul<T>(oddI, wi));
    const turnI = add<T>(mul<T>(oddR, wi), mul<T>(oddI, wr));
    store<T>(re + a, add<T>(evenR, turnR));
    store<T>(im + a, add<T>(evenI, turnI));
    store<T>(re + b, sub<T>(evenR, turnR));
    store<T>(im + b, sub<T>(turnI, evenI));
  }
}

/**
 * Transforms (re, im) back: real signals of n values each, scaled by 1 / n, laid out like the input (see `inR`).
 * The imaginary parts of bin 0 and, for even n, of the last bin count as zero.
 * @returns true when the samples lie in (workR, workI), false when in (inR, inI)
 */
export function realFftInverse<T>(plan: RealFft): bool {
  const size = sizeof<T>();
  const n = <usize>plan.n;
  const scale = splat<T>(<f32>(1.0 / <f64>n));
  if ((n & 1) === 1) {
    store<T>(plan.inR, mul<T>(scale, load<T>(plan.re)));
    store<T>(plan.inI, splat<T>(0));
    for (let k: usize = 1; k < <usize>plan.bins; k++) {
      const r = mul<T>(scale, load<T>(plan.re + k * size));
      const i = mul<T>(scale, load<T>(plan.im + k * size));
      store<T>(plan.inR + k * size, r);
      store<T>(plan.inI + k * size, i);
      store<T>(plan.inR + (n - k) * size, r);
      store<T>(plan.inI + (n - k) * size, sub<T>(splat<T>(0), i));
    }
  } else tangle<T>(plan, 1);
  // Exchanging real and imaginary parts turns the forward transform into the inverse one.
  return fftTransform<T>(plan.fft, plan.inI, plan.inR, plan.workI, plan.workR);
}

/** The inverse of `untangle`, from (plan.re, plan.im) to (inR, inI), scaled by 1 / n; besides bin 0 those from `from` on. */
export function tangle<T>(plan: RealFft, from: i32): void {
    const size = sizeof<T>();
    const n = <usize>plan.n;
    const scale = splat<T>(<f32>(1.0 / <f64>n));
    const half = n >> 1;
    const first = load<T>(plan.re);
    const last = load<T>(plan.re + half * size);
    store<T>(plan.inR, mul<T>(scale, add<T>(first, last)));
    store<T>(plan.inI, mul<T>(scale, sub<T>(first, last)));
    for (let k = <usize>from; k <= half >> 1; k++) {
      const a = k * size;
      const b = (half - k) * size;
      const evenR = add<T>(load<T>(plan.re + a), load<T>(plan.re + b));
      const evenI = sub<T>(load<T>(plan.im + a), load<T>(plan.im + b));
      const turnR = sub<T>(load<T>(plan.re + a), load<T>(plan.re + b));
      const turnI = add<T>(load<T>(plan.im + a), load<T>(plan.im + b));
      const wr = loadSplat<T>(plan.twiddles + (k << 3));
      const wi = loadSplat<T>(plan.twiddles + (k << 3) + 4);
      const oddR = add<T>(mul<T>(turnR, wr), mul<T>(turnI, wi));
      const oddI = sub<T>(mul<T>(turnI, wr), mul<T>(turnR, wi));
      store<T>(plan.inR + a, mul<T>(scale, sub<T>(evenR, oddI)));
      store<T>(plan.inI + a, mul<T>(scale, add<T>(evenI, oddR)));
      store<T>(plan.inR + b, mul<T>(scale, add<T>(evenR, oddI)));
      store<T>(plan.inI + b, mul<T>(scale, sub<T>(oddR, evenI)));
    }
}
