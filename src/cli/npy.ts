import type { DenseMatrix } from "../matrix.ts";

/** A matrix as NumPy's .npy, version 1.0: float32, little-endian, C order (numpy.lib.format). */
export function encodeNpy({ rows, columns, data }: DenseMatrix): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, length - 10, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(length - 11)}\n`), 10);
  data.forEach((value, i) => {
    view.setFloat32(length + 4 * i, value, true);
  });
  return bytes;
}
