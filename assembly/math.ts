// Transcendental functions for the host, whose own may differ from engine to engine in the last bit.
// AssemblyScript's Math is a port of musl's libm: the same instructions everywhere.

import { canonical } from "./nan";

/** Natural logarithm. */
export function mathLog(x: f64): f64 {
  return canonical<f64>(Math.log(x));
}

/** Exponential. */
export function mathExp(x: f64): f64 {
  return canonical<f64>(Math.exp(x));
}

/** x to the power y. */
export function mathPow(x: f64, y: f64): f64 {
  return canonical<f64>(Math.pow(x, y));
}
