// Vectors of float64, 16-byte aligned, with an even number of elements. Sums add the even elements, the odd ones, then both: one order
// on every engine, two lanes abreast where there is SIMD.
import { add, mul, splat, sub } from "./lanes";

/** x . y */
export function dot(x: usize, y: usize, n: usize): f64 {
  if (ASC_FEATURE_SIMD) {
    let sum = f64x2.splat(0);
    for (let i: usize = 0; i < n << 3; i += 16) sum = f64x2.add(sum, f64x2.mul(v128.load(x + i), v128.load(y + i)));
    return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  }
  return dotScalar(x, y, n);
}

export function dotScalar(x: usize, y: usize, n: usize): f64 {
  let even: f64 = 0;
  let odd: f64 = 0;
  for (let i: usize = 0; i < n << 3; i += 16) {
    even += load<f64>(x + i) * load<f64>(y + i);
    odd += load<f64>(x + i, 8) * load<f64>(y + i, 8);
  }
  return even + odd;
}

/** sum of a x^2, element by element */
export function weightedSquares(a: usize, x: usize, n: usize): f64 {
  if (ASC_FEATURE_SIMD) {
    let sum = f64x2.splat(0);
    for (let i: usize = 0; i < n << 3; i += 16) {
      const value = v128.load(x + i);
      sum = f64x2.add(sum, f64x2.mul(v128.load(a + i), f64x2.mul(value, value)));
    }
    return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  }
  return weightedSquaresScalar(a, x, n);
}

export function weightedSquaresScalar(a: usize, x: usize, n: usize): f64 {
  let even: f64 = 0;
  let odd: f64 = 0;
  for (let i: usize = 0; i < n << 3; i += 16) {
    const first = load<f64>(x + i);
    const second = load<f64>(x + i, 8);
    even += load<f64>(a + i) * (first * first);
    odd += load<f64>(a + i, 8) * (second * second);
  }
  return even + odd;
}

/** max |x[i]|; NaN when one is NaN. */
export function maxAbs(x: usize, n: usize): f64 {
  let largest: f64 = 0;
  for (let i: usize = 0; i < n << 3; i += 8) largest = max(largest, abs(load<f64>(x + i)));
  return largest;
}

/** y += a x */
export function addScaled(y: usize, a: f64, x: usize, n: usize): void {
  if (ASC_FEATURE_SIMD) addScaledLanes<v128>(y, a, x, n);
  else addScaledLanes<f64>(y, a, x, n);
}

/** y = a x */
export function setScaled(y: usize, a: f64, x: usize, n: usize): void {
  if (ASC_FEATURE_SIMD) setScaledLanes<v128>(y, a, x, n);
  else setScaledLanes<f64>(y, a, x, n);
}

/** y = y * x, element by element */
export function multiplyBy(y: usize, x: usize, n: usize): void {
  if (ASC_FEATURE_SIMD) multiplyByLanes<v128>(y, x, n);
  else multiplyByLanes<f64>(y, x, n);
}

/** z = x - y */
export function setDifference(z: usize, x: usize, y: usize, n: usize): void {
  if (ASC_FEATURE_SIMD) setDifferenceLanes<v128>(z, x, y, n);
  else setDifferenceLanes<f64>(z, x, y, n);
}

// @ts-ignore: decorator
@inline
function addScaledLanes<T>(y: usize, a: f64, x: usize, n: usize): void {
  const factor = splat<T>(a);
  for (let i: usize = 0; i < n << 3; i += sizeof<T>()) {
    store<T>(y + i, add<T>(load<T>(y + i), mul<T>(factor, load<T>(x + i))));
  }
}

// @ts-ignore: decorator
@inline
function setScaledLanes<T>(y: usize, a: f64, x: usize, n: usize): void {
  const factor = splat<T>(a);
  for (let i: usize = 0; i < n << 3; i += sizeof<T>()) store<T>(y + i, mul<T>(factor, load<T>(x + i)));
}

// @ts-ignore: decorator
@inline
function multiplyByLanes<T>(y: usize, x: usize, n: usize): void {
  for (let i: usize = 0; i < n << 3; i += sizeof<T>()) store<T>(y + i, mul<T>(load<T>(y + i), load<T>(x + i)));
}

// @ts-ignore: decorator
@inline
function setDifferenceLanes<T>(z: usize, x: usize, y: usize, n: usize): void {
  for (let i: usize = 0; i < n << 3; i += sizeof<T>()) store<T>(z + i, sub<T>(load<T>(x + i), load<T>(y + i)));
}
