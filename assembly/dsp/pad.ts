// Padding of a signal at both ends, as numpy.pad does it.

export const PAD_CONSTANT: i32 = 0;
export const PAD_REFLECT: i32 = 1;
export const PAD_EDGE: i32 = 2;
export const PAD_SYMMETRIC: i32 = 3;

/** The index in a signal of n >= 1 samples that sample i (before, in or behind it) mirrors, the ends not repeated. */
// @ts-ignore: decorator
@inline
export function reflectIndex(i: i32, n: i32): i32 {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  let j = i % period;
  if (j < 0) j += period;
  return j < n ? j : period - j;
}

/** As `reflectIndex`, the ends repeated (numpy's `symmetric`, Kaldi's reflection). */
// @ts-ignore: decorator
@inline
export function symmetricIndex(i: i32, n: i32): i32 {
  const period = 2 * n;
  let j = i % period;
  if (j < 0) j += period;
  return j < n ? j : period - 1 - j;
}

/** Writes `left` padded samples, the n samples of x, `right` padded samples, then `tail` zeros. x may be the place of the samples in out. */
export function padSignal(x: usize, n: i32, left: i32, right: i32, mode: i32, tail: i32, out: usize): void {
  if (n === 0) mode = PAD_CONSTANT; // there is nothing to repeat
  if (x !== out + (<usize>left << 2)) memory.copy(out + (<usize>left << 2), x, <usize>n << 2);
  for (let i = -left; i < n + right; i++) {
    if (i === 0) i = n;
    if (i >= n + right) break;
    let value: f32 = 0;
    if (mode === PAD_REFLECT) value = load<f32>(x + (<usize>reflectIndex(i, n) << 2));
    else if (mode === PAD_SYMMETRIC) value = load<f32>(x + (<usize>symmetricIndex(i, n) << 2));
    else if (mode === PAD_EDGE) value = load<f32>(x + (<usize>(i < 0 ? 0 : n - 1) << 2));
    store<f32>(out + (<usize>(left + i) << 2), value);
  }
  memory.fill(out + (<usize>(left + n + right) << 2), 0, <usize>tail << 2);
}

/** True when none of the n samples is NaN or infinite: those times 0 are NaN, all others 0. */
export function allFinite(x: usize, n: i32): bool {
  const end = x + (<usize>n << 2);
  let at = x;
  let sum: f32 = 0;
  if (ASC_FEATURE_SIMD) {
    let a = f32x4.splat(0);
    let b = a;
    for (; at + 32 <= end; at += 32) {
      a = f32x4.add(a, f32x4.mul(v128.load(at), f32x4.splat(0)));
      b = f32x4.add(b, f32x4.mul(v128.load(at, 16), f32x4.splat(0)));
    }
    a = f32x4.add(a, b);
    if (!i32x4.all_true(f32x4.eq(a, a))) return false;
  }
  for (; at < end; at += 4) sum += load<f32>(at) * 0;
  return sum === 0;
}
