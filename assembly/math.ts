// Transcendental functions for the host, whose own may differ from engine to engine in the last bit.
// AssemblyScript's Math is a port of musl's libm: the same instructions everywhere.

/** Natural logarithm. */
export function mathLog(x: f64): f64 {
  return Math.log(x);
}

/** Exponential. */
export function mathExp(x: f64): f64 {
  return Math.exp(x);
}

/** x to the power y. */
export function mathPow(x: f64, y: f64): f64 {
  return Math.pow(x, y);
}
