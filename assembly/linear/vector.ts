// Vectors of float64, 16-byte aligned, with an even number of elements. Two lanes abreast; sums add the even elements, the odd ones,
// then both: one order on every engine.

/** x . y */
export function dot(x: usize, y: usize, n: usize): f64 {
  let sum = f64x2.splat(0);
  for (let i: usize = 0; i < n << 3; i += 16) sum = f64x2.add(sum, f64x2.mul(v128.load(x + i), v128.load(y + i)));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** y += a x */
export function addScaled(y: usize, a: f64, x: usize, n: usize): void {
  const factor = f64x2.splat(a);
  for (let i: usize = 0; i < n << 3; i += 16) {
    v128.store(y + i, f64x2.add(v128.load(y + i), f64x2.mul(factor, v128.load(x + i))));
  }
}

/** y = a x */
export function setScaled(y: usize, a: f64, x: usize, n: usize): void {
  const factor = f64x2.splat(a);
  for (let i: usize = 0; i < n << 3; i += 16) v128.store(y + i, f64x2.mul(factor, v128.load(x + i)));
}

/** y = y * x, element by element */
export function multiplyBy(y: usize, x: usize, n: usize): void {
  for (let i: usize = 0; i < n << 3; i += 16) v128.store(y + i, f64x2.mul(v128.load(y + i), v128.load(x + i)));
}

/** sum of a x^2, element by element */
export function weightedSquares(a: usize, x: usize, n: usize): f64 {
  let sum = f64x2.splat(0);
  for (let i: usize = 0; i < n << 3; i += 16) {
    const value = v128.load(x + i);
    sum = f64x2.add(sum, f64x2.mul(v128.load(a + i), f64x2.mul(value, value)));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** z = x - y */
export function setDifference(z: usize, x: usize, y: usize, n: usize): void {
  for (let i: usize = 0; i < n << 3; i += 16) v128.store(z + i, f64x2.sub(v128.load(x + i), v128.load(y + i)));
}

/** max |x[i]|; NaN when one is NaN. */
export function maxAbs(x: usize, n: usize): f64 {
  let largest = f64x2.splat(0);
  for (let i: usize = 0; i < n << 3; i += 16) largest = f64x2.max(largest, f64x2.abs(v128.load(x + i)));
  return max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1));
}
