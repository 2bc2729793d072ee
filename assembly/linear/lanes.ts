// Arithmetic over float64 lanes. T is v128 (two lanes) or f64 (one lane, the build without SIMD); see dsp/lanes.ts for float32.

// @ts-ignore: decorator
@inline
export function splat<T>(x: f64): T {
  if (isVector<T>()) return f64x2.splat(x);
  return <T>x;
}

// @ts-ignore: decorator
@inline
export function add<T>(a: T, b: T): T {
  if (isVector<T>()) return f64x2.add(a, b);
  return <T>(a + b);
}

// @ts-ignore: decorator
@inline
export function sub<T>(a: T, b: T): T {
  if (isVector<T>()) return f64x2.sub(a, b);
  return <T>(a - b);
}

// @ts-ignore: decorator
@inline
export function mul<T>(a: T, b: T): T {
  if (isVector<T>()) return f64x2.mul(a, b);
  return <T>(a * b);
}
