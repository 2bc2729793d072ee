// Roots of unity for the tables of the transforms: two short tables of sines and one complex product a root instead of two sines a
// root, all in f64 (an error of some 1e-16 before the one rounding to f32).

// @ts-ignore: decorator
@unmanaged
export class Roots {
  n: i32;
  /** exp(-2 pi i k / n) is fine[k & mask] * coarse[k >> shift]; f64 pairs. */
  shift: i32;
  fine: usize;
  coarse: usize;
}

export function rootsTable(n: i32): Roots {
  const table = changetype<Roots>(heap.alloc(offsetof<Roots>()));
  table.n = n;
  table.shift = (33 - clz(n)) >> 1;
  const fine = 1 << table.shift;
  const coarse = (n >> table.shift) + 1;
  table.fine = heap.alloc(<usize>(fine + coarse) << 4);
  table.coarse = table.fine + (<usize>fine << 4);
  for (let k = 0; k < fine; k++) storeExact(table.fine + (<usize>k << 4), k, n);
  for (let k = 0; k < coarse; k++) storeExact(table.coarse + (<usize>k << 4), k << table.shift, n);
  return table;
}

export function rootsFree(table: Roots): void {
  heap.free(table.fine);
  heap.free(changetype<usize>(table));
}

function storeExact(at: usize, k: i32, n: i32): void {
  const angle = (-2.0 * Math.PI * <f64>k) / <f64>n;
  store<f64>(at, Math.cos(angle));
  store<f64>(at, Math.sin(angle), 8);
}

/** Stores cos and sin of -2 pi k / n, 0 <= k < n, as f32: the cosine at `at`, the sine `apart` bytes on. */
export function storeRootAt(table: Roots, k: i32, at: usize, apart: usize): void {
  const a = table.fine + (<usize>(k & ((1 << table.shift) - 1)) << 4);
  const b = table.coarse + (<usize>(k >> table.shift) << 4);
  const ar = load<f64>(a);
  const ai = load<f64>(a, 8);
  const br = load<f64>(b);
  const bi = load<f64>(b, 8);
  store<f32>(at, <f32>(ar * br - ai * bi));
  store<f32>(at + apart, <f32>(ar * bi + ai * br));
}
