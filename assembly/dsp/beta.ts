// Cumulative distribution of the beta distribution, by its continued fraction (DLMF 8.17.22) evaluated after Lentz (1976).

const TINY: f64 = 1e-300;
const MOST_TERMS: i32 = 10000;

/** Integral of t^(a-1) (1-t)^(b-1) from 0 to x, for x up to (a + 1) / (a + b + 2), where the fraction converges fast. */
function incompleteBeta(x: f64, a: f64, b: f64): f64 {
  if (x <= 0.0) return 0.0;
  let c = 1.0;
  let d = 1.0 - ((a + b) * x) / (a + 1.0);
  d = 1.0 / (Math.abs(d) < TINY ? TINY : d);
  let fraction = d;
  for (let m = 1.0; m <= <f64>MOST_TERMS; m += 1.0) {
    const a2m = a + 2.0 * m;
    const even = (m * (b - m) * x) / ((a2m - 1.0) * a2m);
    d = 1.0 + even * d;
    c = 1.0 + even / c;
    d = 1.0 / (Math.abs(d) < TINY ? TINY : d);
    if (Math.abs(c) < TINY) c = TINY;
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / (a2m * (a2m + 1.0));
    d = 1.0 + odd * d;
    c = 1.0 + odd / c;
    d = 1.0 / (Math.abs(d) < TINY ? TINY : d);
    if (Math.abs(c) < TINY) c = TINY;
    fraction *= d * c;
    if (Math.abs(d * c - 1.0) < 1e-15) break;
  }
  return (Math.pow(x, a) * Math.pow(1.0 - x, b) * fraction) / a;
}

/** Share of a beta(a, b) distribution below x, as scipy.stats.beta.cdf; a and b from 0.01 to 100. */
export function betaCdf(x: f64, a: f64, b: f64): f64 {
  const middle = (a + 1.0) / (a + b + 2.0);
  const whole = incompleteBeta(middle, a, b) + incompleteBeta(1.0 - middle, b, a);
  return x <= middle ? incompleteBeta(x, a, b) / whole : 1.0 - incompleteBeta(1.0 - x, b, a) / whole;
}
