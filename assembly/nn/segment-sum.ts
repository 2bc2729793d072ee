// The sum of the rows of each segment: the gradient of a look-up of rows.
import { floats } from "./gemm";

/** Adds row i of x (rows x width) to row ids[i] of sums (segments x width), row after row; ids outside 0..segments-1 are left out. */
export function segmentSum(rows: i32, width: i32, segments: i32, x: usize, ids: usize, sums: usize): void {
  memory.fill(sums, 0, (<usize>(segments * width)) << 2);
  for (let r = 0; r < rows; r++, x = floats(x, width)) {
    const id = load<i32>(floats(ids, r));
    if (<u32>id >= <u32>segments) continue;
    const sum = floats(sums, id * width);
    let j = 0;
    for (; j + 4 <= width; j += 4) {
      const at = floats(sum, j);
      v128.store(at, f32x4.add(v128.load(at), v128.load(floats(x, j))));
    }
    for (; j < width; j++) store<f32>(floats(sum, j), load<f32>(floats(sum, j)) + load<f32>(floats(x, j)));
  }
}
