// Arithmetic over lanes. T is v128 (four f32 lanes, the fast path) or f32 (one lane, the build without SIMD). Kernels are written once
// over T: nothing shuffles and nothing sums across lanes, so a lane of v128 has the bits of the f32 code whatever stands beside it.

/** How many lanes T has. */
// @ts-ignore: decorator
@inline
export function lanes<T>(): i32 {
  return <i32>(sizeof<T>() >> 2);
}

// @ts-ignore: decorator
@inline
export function splat<T>(x: f32): T {
  if (isVector<T>()) return f32x4.splat(x);
  return <T>x;
}

/** The f32 at `ptr` in every lane. */
// @ts-ignore: decorator
@inline
export function loadSplat<T>(ptr: usize): T {
  if (isVector<T>()) return v128.load32_splat(ptr);
  return <T>load<f32>(ptr);
}

// @ts-ignore: decorator
@inline
export function add<T>(a: T, b: T): T {
  if (isVector<T>()) return f32x4.add(a, b);
  return <T>(a + b);
}

// @ts-ignore: decorator
@inline
export function sub<T>(a: T, b: T): T {
  if (isVector<T>()) return f32x4.sub(a, b);
  return <T>(a - b);
}

// @ts-ignore: decorator
@inline
export function mul<T>(a: T, b: T): T {
  if (isVector<T>()) return f32x4.mul(a, b);
  return <T>(a * b);
}

// @ts-ignore: decorator
@inline
export function div<T>(a: T, b: T): T {
  if (isVector<T>()) return f32x4.div(a, b);
  return <T>(a / b);
}

// @ts-ignore: decorator
@inline
export function sqrt<T>(a: T): T {
  if (isVector<T>()) return f32x4.sqrt(a);
  return <T>Mathf.sqrt(a);
}

// @ts-ignore: decorator
@inline
export function abs<T>(a: T): T {
  if (isVector<T>()) return f32x4.abs(a);
  return <T>Mathf.abs(a);
}

// @ts-ignore: decorator
@inline
export function max<T>(a: T, b: T): T {
  if (isVector<T>()) return f32x4.max(a, b);
  return <T>Mathf.max(a, b);
}

// @ts-ignore: decorator
@inline
export function min<T>(a: T, b: T): T {
  if (isVector<T>()) return f32x4.min(a, b);
  return <T>Mathf.min(a, b);
}

/** b where it is less than a, else a: one instruction where `min`, which minds NaN and the sign of zero, is several. */
// @ts-ignore: decorator
@inline
export function lesser<T>(a: T, b: T): T {
  if (isVector<T>()) return f32x4.pmin(a, b);
  return b < a ? b : a;
}

/** b where it is greater than a, else a. */
// @ts-ignore: decorator
@inline
export function greater<T>(a: T, b: T): T {
  if (isVector<T>()) return f32x4.pmax(a, b);
  return a < b ? b : a;
}

/** 1 in the lanes where a < b, 0 in the others. */
// @ts-ignore: decorator
@inline
export function lessThan<T>(a: T, b: T): T {
  if (isVector<T>()) return v128.and(f32x4.lt(a, b), f32x4.splat(1));
  return <T>(a < b ? <f32>1 : <f32>0);
}

/** Of x = m 2^e, m in [0.5, 1), positive and normal: m. */
// @ts-ignore: decorator
@inline
export function mantissa<T>(x: T): T {
  if (isVector<T>()) return v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  return <T>reinterpret<f32>((reinterpret<i32>(<f32>x) & 0x007fffff) | 0x3f000000);
}

/** Of x = m 2^e, m in [0.5, 1), positive and normal: e, as a number. */
// @ts-ignore: decorator
@inline
export function exponent<T>(x: T): T {
  if (isVector<T>()) return f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126)));
  return <T>(<f32>((reinterpret<i32>(<f32>x) >>> 23) - 126));
}

/** True when a <= b in every lane. */
// @ts-ignore: decorator
@inline
export function allAtMost<T>(a: T, b: T): bool {
  if (isVector<T>()) return i32x4.all_true(f32x4.le(a, b));
  return a <= b;
}

/** The values of the frames one before those of the block: `before` points to the f32 that comes before lane 0. */
// @ts-ignore: decorator
@inline
export function oneFrameEarlier<T>(block: T, before: usize): T {
  if (isVector<T>()) return v128.shuffle<f32>(v128.load32_splat(before), block, 3, 4, 5, 6);
  return <T>load<f32>(before);
}

/**
 * Natural logarithm of positive normal numbers (NaN for infinity and NaN), within 1 ULP over most of the range: the range reduction and the degree-8
 * minimax polynomial of logf in S. Moshier's Cephes library.
 */
// @ts-ignore: decorator
@inline
export function logPositive<T>(x: T): T {
  let e: T;
  let m: T;
  if (isVector<T>()) {
    m = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
    const small = f32x4.lt(m, f32x4.splat(0.707106781186547524));
    const exponent = i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126));
    e = f32x4.convert_i32x4_s(i32x4.add(exponent, small));
    m = f32x4.sub(f32x4.add(m, v128.and(m, small)), f32x4.splat(1));
  } else {
    const bits = reinterpret<i32>(<f32>x);
    const mantissa = reinterpret<f32>((bits & 0x007fffff) | 0x3f000000);
    const small = mantissa < <f32>0.707106781186547524;
    e = <T>(<f32>((bits >>> 23) - 126 - i32(small)));
    m = <T>(mantissa + (small ? mantissa : <f32>0) - <f32>1);
  }
  const z = mul<T>(m, m);
  let y = splat<T>(7.0376836292e-2);
  y = add<T>(mul<T>(y, m), splat<T>(-1.1514610310e-1));
  y = add<T>(mul<T>(y, m), splat<T>(1.1676998740e-1));
  y = add<T>(mul<T>(y, m), splat<T>(-1.2420140846e-1));
  y = add<T>(mul<T>(y, m), splat<T>(1.4249322787e-1));
  y = add<T>(mul<T>(y, m), splat<T>(-1.6668057665e-1));
  y = add<T>(mul<T>(y, m), splat<T>(2.0000714765e-1));
  y = add<T>(mul<T>(y, m), splat<T>(-2.4999993993e-1));
  y = add<T>(mul<T>(y, m), splat<T>(3.3333331174e-1));
  y = mul<T>(mul<T>(y, m), z);
  y = add<T>(y, mul<T>(e, splat<T>(-2.12194440e-4)));
  y = sub<T>(y, mul<T>(z, splat<T>(0.5)));
  y = add<T>(add<T>(m, y), mul<T>(e, splat<T>(0.693359375)));
  // The bits of infinity and NaN were taken for a number's; a NaN's differ between engines. x - x is 0 for numbers.
  return add<T>(y, sub<T>(x, x));
}
