// C = A B in blocks that stay in the caches (Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication"): B and A
// are copied into panels, and a kernel keeps 4 x 8 sums in registers. Every element of C is summed over k in ascending order,
// in runs of KC that are added one after another, whatever the sizes.

/** Rows and columns of C that the kernel keeps in registers. */
export const MR: i32 = 4;
export const NR: i32 = 8;
/** How much of k is summed at once (a panel of B, 8 KB, stays in the first cache), and the rows of A that are packed at once. */
const KC: i32 = 256;
const MC: i32 = 64;

// @ts-ignore: decorator
@inline
export function floats(pointer: usize, count: i32): usize {
  return pointer + ((<usize>count) << 2);
}

/** Bytes of panels for n columns (or rows) of depth k: a multiple of 64. */
export function panelBytes(n: i32, k: i32): usize {
  return (<usize>((n + NR - 1) & ~(NR - 1)) * <usize>k) << 2;
}

/** Bytes that {@link gemm} needs at `work`. */
export function gemmWorkBytes(n: i32): usize {
  return panelBytes(n, KC) + panelBytes(MC, KC);
}

/** Copies columns 0..n-1 and rows 0..k-1 of B into panels of NR columns, row after row, filled up with zeros. Strides count elements. */
export function packB(n: i32, k: i32, b: usize, rowStride: i32, columnStride: i32, to: usize): void {
  for (let j = 0; j < n; j += NR) {
    const width = min(NR, n - j);
    const from = floats(b, j * columnStride);
    if (width === NR && columnStride === 1) {
      for (let p = 0; p < k; p++, to += NR << 2) {
        const row = floats(from, p * rowStride);
        v128.store(to, v128.load(row));
        v128.store(to, v128.load(row, 16), 16);
      }
    } else {
      if (width < NR) memory.fill(to, 0, (<usize>(NR * k)) << 2);
      for (let c = 0; c < width; c++) {
        const column = floats(from, c * columnStride);
        for (let p = 0; p < k; p++) store<f32>(floats(to, p * NR + c), load<f32>(floats(column, p * rowStride)));
      }
      to = floats(to, NR * k);
    }
  }
}

/** Copies rows 0..m-1 and columns 0..k-1 of A into panels of MR rows, column after column, filled up with zeros. */
export function packA(m: i32, k: i32, a: usize, rowStride: i32, columnStride: i32, to: usize): void {
  for (let i = 0; i < m; i += MR) {
    const height = min(MR, m - i);
    const from = floats(a, i * rowStride);
    if (height === MR && rowStride === 1) {
      for (let p = 0; p < k; p++, to += MR << 2) v128.store(to, v128.load(floats(from, p * columnStride)));
      continue;
    }
    let p = 0;
    if (height === MR && columnStride === 1) {
      const width = (<usize>rowStride) << 2;
      for (; p + 4 <= k; p += 4) {
        const at = floats(from, p);
        const r0 = v128.load(at);
        const r1 = v128.load(at + width);
        const r2 = v128.load(at + 2 * width);
        const r3 = v128.load(at + 3 * width);
        const a0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
        const a1 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
        const b0 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
        const b1 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
        const out = floats(to, p * MR);
        v128.store(out, v128.shuffle<f64>(a0, b0, 0, 2));
        v128.store(out, v128.shuffle<f64>(a0, b0, 1, 3), 16);
        v128.store(out, v128.shuffle<f64>(a1, b1, 0, 2), 32);
        v128.store(out, v128.shuffle<f64>(a1, b1, 1, 3), 48);
      }
    }
    for (; p < k; p++) {
      for (let r = 0; r < MR; r++) {
        const value: f32 = r < height ? load<f32>(floats(from, r * rowStride + p * columnStride)) : 0;
        store<f32>(floats(to, p * MR + r), value);
      }
    }
    to = floats(to, MR * k);
  }
}

/** 4 x 8 elements of C, from a panel of A and one of B. */
// @ts-ignore: decorator
@inline
function kernel(k: i32, a: usize, b: usize, c: usize, rowBytes: usize, accumulate: bool): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (const end = a + ((<usize>k) << 4); a < end; a += 16, b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(x, b0));
    c01 = f32x4.add(c01, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(x, b0));
    c11 = f32x4.add(c11, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(x, b0));
    c21 = f32x4.add(c21, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(x, b0));
    c31 = f32x4.add(c31, f32x4.mul(x, b1));
  }
  put(c, c00, c01, accumulate);
  put(c + rowBytes, c10, c11, accumulate);
  put(c + 2 * rowBytes, c20, c21, accumulate);
  put(c + 3 * rowBytes, c30, c31, accumulate);
}

// @ts-ignore: decorator
@inline
function put(c: usize, x: v128, y: v128, accumulate: bool): void {
  if (accumulate) {
    x = f32x4.add(v128.load(c), x);
    y = f32x4.add(v128.load(c, 16), y);
  }
  v128.store(c, x);
  v128.store(c, y, 16);
}

const edge = memory.data(4 * 8 * 4, 16);

/** C = A B, or C += A B, of packed A and packed B, both of depth k; a row of C is `rowStride` elements after the one before. */
export function multiplyPacked(m: i32, n: i32, k: i32, a: usize, b: usize, c: usize, rowStride: i32, accumulate: bool): void {
  const rowBytes = (<usize>rowStride) << 2;
  for (let j = 0; j < n; j += NR, b = floats(b, NR * k)) {
    const width = min(NR, n - j);
    let panel = a;
    for (let i = 0; i < m; i += MR, panel = floats(panel, MR * k)) {
      const height = min(MR, m - i);
      const at = floats(c, i * rowStride + j);
      if (width === NR && height === MR) {
        kernel(k, panel, b, at, rowBytes, accumulate);
        continue;
      }
      kernel(k, panel, b, edge, NR << 2, false);
      for (let r = 0; r < height; r++) {
        for (let s = 0; s < width; s++) {
          const to = floats(at, r * rowStride + s);
          const sum = load<f32>(floats(edge, r * NR + s));
          store<f32>(to, accumulate ? load<f32>(to) + sum : sum);
        }
      }
    }
  }
}

/** C (m x n, dense) = A B, or C += A B. A is m x k and B is k x n, in any order that strides of elements describe. */
export function gemm(
  m: i32, n: i32, k: i32,
  a: usize, aRowStride: i32, aColumnStride: i32,
  b: usize, bRowStride: i32, bColumnStride: i32,
  c: usize, accumulate: bool, work: usize,
): void {
  if (k === 0 && !accumulate) memory.fill(c, 0, (<usize>(m * n)) << 2);
  const packedB = work + panelBytes(MC, KC);
  for (let p = 0; p < k; p += KC) {
    const depth = min(KC, k - p);
    packB(n, depth, floats(b, p * bRowStride), bRowStride, bColumnStride, packedB);
    for (let i = 0; i < m; i += MC) {
      const rows = min(MC, m - i);
      packA(rows, depth, floats(a, i * aRowStride + p * aColumnStride), aRowStride, aColumnStride, work);
      multiplyPacked(rows, n, depth, work, packedB, floats(c, i * n), n, accumulate || p > 0);
    }
  }
}
