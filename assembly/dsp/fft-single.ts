// One real transform with the lanes of a vector inside it, for lengths that are a multiple of 32: behind the first radix-4 stage four
// neighbouring values always share a twiddle, so that fft.ts runs on them as it does on four frames. Only the first stage, which
// works on four butterflies at once, and the (un)tangling of even and odd samples are vectors of their own. The arithmetic is that
// of the scalar code, value by value, so the bits are too; other lengths, and builds without SIMD, take the scalar code.
import { Fft, fftStages, fftTransform } from "./fft";
import { RealFft, tangle, untangle } from "./rfft";

/** Transforms the plan.n samples (an even number) at x into (re, im). */
export function realFftForwardSingle(plan: RealFft, x: usize, re: usize, im: usize): void {
  if (ASC_FEATURE_SIMD) {
    if (plan.fft.grouped !== 0) {
      firstStage(plan.fft, true, x, x, plan.workR, plan.workI);
      const swapped = laterStages(plan.fft, plan.inR, plan.inI, plan.workR, plan.workI);
      const zr = swapped ? plan.workR : plan.inR;
      const zi = swapped ? plan.workI : plan.inI;
      untangle<f32>(plan, zr, zi, re, im, untangleVectors(plan, zr, zi, re, im));
      return;
    }
  }
  for (let i: usize = 0; i < <usize>plan.n << 1; i += 4) {
    store<f32>(plan.inR + i, load<f32>(x + (i << 1)));
    store<f32>(plan.inI + i, load<f32>(x + (i << 1), 4));
  }
  const swapped = fftTransform<f32>(plan.fft, plan.inR, plan.inI, plan.workR, plan.workI);
  untangle<f32>(plan, swapped ? plan.workR : plan.inR, swapped ? plan.workI : plan.inI, re, im, 1);
}

/** The inverse, from (plan.re, plan.im), of an even number of samples; returns what `realFftInverse` does. */
export function realFftInverseSingle(plan: RealFft): bool {
  if (ASC_FEATURE_SIMD) {
    if (plan.fft.grouped !== 0) {
      tangle<f32>(plan, tangleVectors(plan));
      firstStage(plan.fft, false, plan.inI, plan.inR, plan.workI, plan.workR);
      return laterStages(plan.fft, plan.inI, plan.inR, plan.workI, plan.workR);
    }
  }
  tangle<f32>(plan, 1);
  return fftTransform<f32>(plan.fft, plan.inI, plan.inR, plan.workI, plan.workR);
}

/** The stages behind the first, which left its results in (yr, yi); returns what `fftTransform` does. */
function laterStages(plan: Fft, xr: usize, xi: usize, yr: usize, yi: usize): bool {
  return !fftStages<v128>(plan, 1, plan.n >> 2, plan.twiddles + <usize>(plan.n >> 2) * 24, yr, yi, xr, xi);
}

/**
 * The radix-4 stage of stride 1, four p at a time; the results of each p stand together, so they are transposed. The input's real and
 * imaginary parts lie apart, or as pairs at xr.
 */
// @ts-ignore: decorator
@inline
function firstStage(plan: Fft, pairs: bool, xr: usize, xi: usize, yr: usize, yi: usize): void {
  const quarter = <usize>plan.n;
  for (let i: usize = 0, w = plan.grouped; i < quarter; i += 16, w += 96) {
    const ar = part(pairs, 0, xr, i);
    const ai = part(pairs, 1, xi, i);
    const br = part(pairs, 0, xr, i + quarter);
    const bi = part(pairs, 1, xi, i + quarter);
    const cr = part(pairs, 0, xr, i + 2 * quarter);
    const ci = part(pairs, 1, xi, i + 2 * quarter);
    const dr = part(pairs, 0, xr, i + 3 * quarter);
    const di = part(pairs, 1, xi, i + 3 * quarter);
    const acR = f32x4.add(ar, cr);
    const acI = f32x4.add(ai, ci);
    const bdR = f32x4.add(br, dr);
    const bdI = f32x4.add(bi, di);
    const apartR = f32x4.sub(ar, cr);
    const apartI = f32x4.sub(ai, ci);
    const turnR = f32x4.sub(bi, di);
    const turnI = f32x4.sub(dr, br);
    const r1 = f32x4.add(apartR, turnR);
    const i1 = f32x4.add(apartI, turnI);
    const r2 = f32x4.sub(acR, bdR);
    const i2 = f32x4.sub(acI, bdI);
    const r3 = f32x4.sub(apartR, turnR);
    const i3 = f32x4.sub(apartI, turnI);
    const to = i << 2;
    storeTransposed(
      yr + to, f32x4.add(acR, bdR), turnedR(r1, i1, w), turnedR(r2, i2, w + 32), turnedR(r3, i3, w + 64),
    );
    storeTransposed(
      yi + to, f32x4.add(acI, bdI), turnedI(r1, i1, w), turnedI(r2, i2, w + 32), turnedI(r3, i3, w + 64),
    );
  }
}

/** Four real (odd = 0) or imaginary (1) parts from byte i of their array on. */
// @ts-ignore: decorator
@inline
function part(pairs: bool, odd: i32, x: usize, i: usize): v128 {
  if (!pairs) return v128.load(x + i);
  const low = v128.load(x + (i << 1));
  const high = v128.load(x + (i << 1), 16);
  return odd ? v128.shuffle<f32>(low, high, 1, 3, 5, 7) : v128.shuffle<f32>(low, high, 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline
function turnedR(r: v128, i: v128, w: usize): v128 {
  return f32x4.sub(f32x4.mul(r, v128.load(w)), f32x4.mul(i, v128.load(w, 16)));
}

// @ts-ignore: decorator
@inline
function turnedI(r: v128, i: v128, w: usize): v128 {
  return f32x4.add(f32x4.mul(r, v128.load(w, 16)), f32x4.mul(i, v128.load(w)));
}

// @ts-ignore: decorator
@inline
function storeTransposed(at: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab01 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const ab23 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd01 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd23 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(at, v128.shuffle<f32>(ab01, cd01, 0, 1, 4, 5));
  v128.store(at, v128.shuffle<f32>(ab01, cd01, 2, 3, 6, 7), 16);
  v128.store(at, v128.shuffle<f32>(ab23, cd23, 0, 1, 4, 5), 32);
  v128.store(at, v128.shuffle<f32>(ab23, cd23, 2, 3, 6, 7), 48);
}

// @ts-ignore: decorator
@inline
function loadReversed(at: usize): v128 {
  const v = v128.load(at);
  return v128.shuffle<f32>(v, v, 3, 2, 1, 0);
}

// @ts-ignore: decorator
@inline
function storeReversed(at: usize, v: v128): void {
  v128.store(at, v128.shuffle<f32>(v, v, 3, 2, 1, 0));
}

/** `untangle` for four bins and their four mirror images at a time; returns the first bin that is left. */
function untangleVectors(plan: RealFft, zr: usize, zi: usize, re: usize, im: usize): i32 {
  const half = plan.n >> 1;
  const h = f32x4.splat(0.5);
  let k = 1;
  for (; k + 3 < half - k - 3; k += 4) {
    const a = <usize>k << 2;
    const b = <usize>(half - k - 3) << 2;
    const ar = v128.load(zr + a);
    const ai = v128.load(zi + a);
    const br = loadReversed(zr + b);
    const bi = loadReversed(zi + b);
    const evenR = f32x4.mul(h, f32x4.add(ar, br));
    const evenI = f32x4.mul(h, f32x4.sub(ai, bi));
    const oddR = f32x4.mul(h, f32x4.add(ai, bi));
    const oddI = f32x4.mul(h, f32x4.sub(br, ar));
    const w01 = v128.load(plan.twiddles + (a << 1));
    const w23 = v128.load(plan.twiddles + (a << 1), 16);
    const wr = v128.shuffle<f32>(w01, w23, 0, 2, 4, 6);
    const wi = v128.shuffle<f32>(w01, w23, 1, 3, 5, 7);
    const turnR = f32x4.sub(f32x4.mul(oddR, wr), f32x4.mul(oddI, wi));
    const turnI = f32x4.add(f32x4.mul(oddR, wi), f32x4.mul(oddI, wr));
    v128.store(re + a, f32x4.add(evenR, turnR));
    v128.store(im + a, f32x4.add(evenI, turnI));
    storeReversed(re + b, f32x4.sub(evenR, turnR));
    storeReversed(im + b, f32x4.sub(turnI, evenI));
  }
  return k;
}

/** `tangle` for four bins and their four mirror images at a time; returns the first bin that is left. */
function tangleVectors(plan: RealFft): i32 {
  const half = plan.n >> 1;
  const scale = f32x4.splat(<f32>(1.0 / <f64>plan.n));
  let k = 1;
  for (; k + 3 < half - k - 3; k += 4) {
    const a = <usize>k << 2;
    const b = <usize>(half - k - 3) << 2;
    const ar = v128.load(plan.re + a);
    const ai = v128.load(plan.im + a);
    const br = loadReversed(plan.re + b);
    const bi = loadReversed(plan.im + b);
    const evenR = f32x4.add(ar, br);
    const evenI = f32x4.sub(ai, bi);
    const turnR = f32x4.sub(ar, br);
    const turnI = f32x4.add(ai, bi);
    const w01 = v128.load(plan.twiddles + (a << 1));
    const w23 = v128.load(plan.twiddles + (a << 1), 16);
    const wr = v128.shuffle<f32>(w01, w23, 0, 2, 4, 6);
    const wi = v128.shuffle<f32>(w01, w23, 1, 3, 5, 7);
    const oddR = f32x4.add(f32x4.mul(turnR, wr), f32x4.mul(turnI, wi));
    const oddI = f32x4.sub(f32x4.mul(turnI, wr), f32x4.mul(turnR, wi));
    v128.store(plan.inR + a, f32x4.mul(scale, f32x4.sub(evenR, oddI)));
    v128.store(plan.inI + a, f32x4.mul(scale, f32x4.add(evenI, oddR)));
    storeReversed(plan.inR + b, f32x4.mul(scale, f32x4.add(evenR, oddI)));
    storeReversed(plan.inI + b, f32x4.mul(scale, f32x4.sub(oddR, evenI)));
  }
  return k;
}
