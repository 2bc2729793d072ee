/** Modified Bessel function of the first kind, order 0, by its power series. */
export function besselI0(x: f64): f64 {
  let sum = 1.0;
  let term = 1.0;
  for (let k = 1; term > sum * 1e-17; k++) {
    const factor = x / (2.0 * <f64>k);
    term *= factor * factor;
    sum += term;
  }
  return sum;
}
