// exp, sigmoid and tanh over lanes, after expf and tanhf of S. Moshier's Cephes library: + - * / and bits only, hence the same
// everywhere. T is v128 or f32, and a lane of v128 has the bits of the f32 code.
import { add, div, mul, splat, sub } from "../dsp/lanes";

// @ts-ignore: decorator
@inline
function clamp<T>(x: T, low: f32, high: f32): T {
  if (isVector<T>()) return f32x4.min(f32x4.max(x, f32x4.splat(low)), f32x4.splat(high));
  return <T>min<f32>(max<f32>(<f32>x, low), high);
}

/** e^x within 2 ULP for x from -87 to 88, and the value at the nearer end outside; NaN for NaN. */
// @ts-ignore: decorator
@inline
export function exp<T>(x: T): T {
  x = clamp<T>(x, -87.0, 88.0);
  let n: T;
  if (isVector<T>()) n = f32x4.nearest(mul<T>(x, splat<T>(1.44269504088896341)));
  else n = <T>nearest<f32>(<f32>x * <f32>1.44269504088896341);
  x = sub<T>(x, mul<T>(n, splat<T>(0.693359375)));
  x = sub<T>(x, mul<T>(n, splat<T>(-2.12194440e-4)));
  let y = splat<T>(1.9875691500e-4);
  y = add<T>(mul<T>(y, x), splat<T>(1.3981999507e-3));
  y = add<T>(mul<T>(y, x), splat<T>(8.3334519073e-3));
  y = add<T>(mul<T>(y, x), splat<T>(4.1665795894e-2));
  y = add<T>(mul<T>(y, x), splat<T>(1.6666665459e-1));
  y = add<T>(mul<T>(y, x), splat<T>(5.0000001201e-1));
  y = add<T>(add<T>(mul<T>(y, mul<T>(x, x)), x), splat<T>(1.0));
  if (isVector<T>()) {
    const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
    return mul<T>(y, power);
  }
  const e = n !== n ? 0 : <i32>(<f32>n);
  return <T>(<f32>y * reinterpret<f32>((e + 127) << 23));
}

/** 1 / (1 + e^-x). */
// @ts-ignore: decorator
@inline
export function sigmoid<T>(x: T): T {
  const one = splat<T>(1.0);
  return div<T>(one, add<T>(one, exp<T>(sub<T>(splat<T>(0.0), x))));
}

/** Hyperbolic tangent, within 3 ULP: a polynomial below 0.625, and 1 - 2 / (e^2x + 1) above. */
// @ts-ignore: decorator
@inline
export function tanh<T>(x: T): T {
  const z = mul<T>(x, x);
  let p = splat<T>(-5.70498872745e-3);
  p = add<T>(mul<T>(p, z), splat<T>(2.06390887954e-2));
  p = add<T>(mul<T>(p, z), splat<T>(-5.37397155531e-2));
  p = add<T>(mul<T>(p, z), splat<T>(1.33314422036e-1));
  p = add<T>(mul<T>(p, z), splat<T>(-3.33332819422e-1));
  const near = add<T>(mul<T>(mul<T>(p, z), x), x);
  const one = splat<T>(1.0);
  if (isVector<T>()) {
    const size = f32x4.abs(x);
    const far = sub<T>(one, div<T>(splat<T>(2.0), add<T>(exp<T>(add<T>(size, size)), one)));
    const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));
    return v128.bitselect(near, signed, f32x4.lt(size, f32x4.splat(0.625)));
  }
  const size = abs<f32>(<f32>x);
  if (size < <f32>0.625) return near;
  const far: f32 = <f32>1 - <f32>2 / (<f32>exp<f32>(size + size) + <f32>1);
  return <T>copysign<f32>(far, <f32>x);
}

/** max(x, 0) in place (relu); NaN stays. */
export function clampNegative(x: usize, n: i32): void {
  const end = x + ((<usize>n) << 2);
  for (; x + 16 <= end; x += 16) v128.store(x, f32x4.max(v128.load(x), f32x4.splat(0)));
  for (; x < end; x += 4) store<f32>(x, max<f32>(load<f32>(x), 0));
}
