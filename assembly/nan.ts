// WebAssembly leaves sign and payload of a computed NaN to the engine. What leaves the core gets the same bits everywhere.

/** v, or the one NaN of type T. */
// @ts-ignore: decorator
@inline
export function canonical<T>(v: T): T {
  return v !== v ? <T>NaN : v;
}

/** Makes every NaN among the n values of T (f32 or f64) at x the same. */
export function canonicalNaN<T>(x: usize, n: i32): void {
  const end = x + <usize>n * sizeof<T>();
  let at = x;
  if (ASC_FEATURE_SIMD) {
    // NaN is rare: four values at a time are only looked at.
    for (; at + 64 <= end; at += 64) {
      const a = v128.load(at);
      const b = v128.load(at, 16);
      const c = v128.load(at, 32);
      const d = v128.load(at, 48);
      const sound = v128.and(v128.and(v128.eq<T>(a, a), v128.eq<T>(b, b)), v128.and(v128.eq<T>(c, c), v128.eq<T>(d, d)));
      if (!v128.all_true<i32>(sound)) for (let i = at; i < at + 64; i += sizeof<T>()) store<T>(i, canonical<T>(load<T>(i)));
    }
  }
  for (; at < end; at += sizeof<T>()) store<T>(at, canonical<T>(load<T>(at)));
}
