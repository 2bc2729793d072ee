// FFT of any length n as a convolution with a chirp of power-of-two length (Bluestein 1970):
// X[k] = c[k] * sum_j (x[j] c[j]) conj(c[k - j]), c[j] = exp(-i pi j^2 / n).
import { Fft, fftFree, fftPlan, fftTransform, storeRoot } from "./fft";
import { add, loadSplat, mul, splat, sub } from "./lanes";

// @ts-ignore: decorator
@unmanaged
export class Bluestein {
  n: i32;
  /** Length of the convolution, the power of two from 2n - 1 up. */
  m: i32;
  fft: Fft;
  /** c[j]: cos and sin, f32, n pairs. */
  chirp: usize;
  /** The transform of conj(c) wrapped to length m, divided by m: real and imaginary f32, m pairs. */
  kernel: usize;
  /** Four arrays of m values of the widest T. */
  work: usize;
}

const WIDEST: usize = 16;

export function bluesteinPlan(n: i32): Bluestein {
  const plan = changetype<Bluestein>(heap.alloc(offsetof<Bluestein>()));
  let m = 1;
  while (m < 2 * n - 1) m <<= 1;
  plan.n = n;
  plan.m = m;
  plan.fft = fftPlan(m);
  plan.chirp = heap.alloc((<usize>n) << 3);
  plan.kernel = heap.alloc((<usize>m) << 3);
  plan.work = heap.alloc(4 * <usize>m * WIDEST);
  for (let j = 0; j < n; j++) storeRoot(plan.chirp + ((<usize>j) << 3), <i64>j * j, <i64>2 * n);

  const xr = plan.work;
  const xi = xr + ((<usize>m) << 2);
  const yr = xi + ((<usize>m) << 2);
  const yi = yr + ((<usize>m) << 2);
  memory.fill(xr, 0, (<usize>m) << 3);
  const scale = <f32>(1.0 / <f64>m);
  for (let j = 0; j < n; j++) {
    const c = load<f32>(plan.chirp + ((<usize>j) << 3)) * scale;
    const s = -load<f32>(plan.chirp + ((<usize>j) << 3), 4) * scale;
    const mirrored = (<usize>((m - j) & (m - 1))) << 2;
    store<f32>(xr + ((<usize>j) << 2), c);
    store<f32>(xi + ((<usize>j) << 2), s);
    store<f32>(xr + mirrored, c);
    store<f32>(xi + mirrored, s);
  }
  const swapped = fftTransform<f32>(plan.fft, xr, xi, yr, yi);
  for (let k: usize = 0; k < (<usize>m) << 2; k += 4) {
    store<f32>(plan.kernel + (k << 1), load<f32>((swapped ? yr : xr) + k));
    store<f32>(plan.kernel + (k << 1), load<f32>((swapped ? yi : xi) + k), 4);
  }
  return plan;
}

export function bluesteinFree(plan: Bluestein): void {
  fftFree(plan.fft);
  heap.free(plan.chirp);
  heap.free(plan.kernel);
  heap.free(plan.work);
  heap.free(changetype<usize>(plan));
}

/** Transforms (xr, xi), n values of T each, in place. */
export function bluesteinTransform<T>(plan: Bluestein, xr: usize, xi: usize): void {
  const size = sizeof<T>();
  const n = <usize>plan.n;
  const m = <usize>plan.m;
  const ar = plan.work;
  const ai = ar + m * size;
  const br = ai + m * size;
  const bi = br + m * size;
  multiply<T>(plan.chirp, n, xr, xi, ar, ai);
  memory.fill(ar + n * size, 0, (m - n) * size);
  memory.fill(ai + n * size, 0, (m - n) * size);
  let swapped = fftTransform<T>(plan.fft, ar, ai, br, bi);
  const fr = swapped ? br : ar;
  const fi = swapped ? bi : ai;
  multiply<T>(plan.kernel, m, fr, fi, fr, fi);
  // The inverse transform is the transform with real and imaginary parts exchanged on the way in and out.
  const hr = swapped ? ar : br;
  const hi = swapped ? ai : bi;
  swapped = fftTransform<T>(plan.fft, fi, fr, hi, hr);
  multiply<T>(plan.chirp, n, swapped ? hr : fr, swapped ? hi : fi, xr, xi);
}

function multiply<T>(factors: usize, count: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  const size = sizeof<T>();
  for (let k: usize = 0, w = factors; k < count * size; k += size, w += 8) {
    const wr = loadSplat<T>(w);
    const wi = loadSplat<T>(w + 4);
    const r = load<T>(xr + k);
    const i = load<T>(xi + k);
    store<T>(yr + k, sub<T>(mul<T>(r, wr), mul<T>(i, wi)));
    store<T>(yi + k, add<T>(mul<T>(r, wi), mul<T>(i, wr)));
  }
}
