// Discrete cosine transform matrices as scipy.fft.dct computes them (types 1, 2 and 3, orthonormal or not).

/** Writes the first `rows` rows of the DCT of size n, f32, row-major: out[k][j] multiplies input j of coefficient k. */
export function dctMatrix(type: i32, rows: i32, n: i32, ortho: bool, out: usize): void {
  for (let k = 0; k < rows; k++) {
    for (let j = 0; j < n; j++) store<f32>(out + ((<usize>(k * n + j)) << 2), <f32>dctValue(type, k, j, n, ortho));
  }
}

function dctValue(type: i32, k: i32, j: i32, n: i32, ortho: bool): f64 {
  if (type === 1) {
    const edge = j === 0 || j === n - 1;
    let value = (edge ? 1.0 : 2.0) * Math.cos((Math.PI * <f64>(k * j)) / <f64>(n - 1));
    if (ortho) {
      if (edge) value *= Math.sqrt(2.0);
      value *= 0.5 * Math.sqrt(2.0 / <f64>(n - 1));
      if (k === 0 || k === n - 1) value *= Math.sqrt(0.5);
    }
    return value;
  }
  if (type === 3) {
    const angle = (Math.PI * <f64>j * (<f64>k + 0.5)) / <f64>n;
    if (ortho) return j === 0 ? Math.sqrt(1.0 / <f64>n) : Math.sqrt(2.0 / <f64>n) * Math.cos(angle);
    return j === 0 ? 1.0 : 2.0 * Math.cos(angle);
  }
  const angle = (Math.PI * <f64>k * (<f64>j + 0.5)) / <f64>n;
  const scale = ortho ? Math.sqrt((k === 0 ? 1.0 : 2.0) / <f64>n) : 2.0;
  return scale * Math.cos(angle);
}
