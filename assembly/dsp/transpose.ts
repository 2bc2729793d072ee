// Blocks of frames abreast (value c of lane l at c * sizeof<T> + 4 l) to and from one row a frame.

/** Writes `count` values of T to `valid` rows, one a lane, `row` bytes apart. */
export function blockToRows<T>(block: usize, count: i32, valid: i32, rows: usize, row: usize): void {
  let whole: usize = 0;
  if (isVector<T>() && valid === 4) {
    whole = <usize>(count & ~3);
    for (let c: usize = 0; c < whole; c += 4) {
      const from = block + (c << 4);
      transpose4(from, 16, rows + (c << 2), row);
    }
  }
  for (let lane = 0; lane < valid; lane++) {
    const from = block + (<usize>lane << 2);
    const to = rows + <usize>lane * row;
    for (let c = whole; c < <usize>count; c++) store<f32>(to + (c << 2), load<f32>(from + c * sizeof<T>()));
  }
}

/** The inverse of `blockToRows`; lanes from `valid` on are left as they are. */
export function rowsToBlock<T>(rows: usize, row: usize, count: i32, valid: i32, block: usize): void {
  let whole: usize = 0;
  if (isVector<T>() && valid === 4) {
    whole = <usize>(count & ~3);
    for (let c: usize = 0; c < whole; c += 4) transpose4(rows + (c << 2), row, block + (c << 4), 16);
  }
  for (let lane = 0; lane < valid; lane++) {
    const from = rows + <usize>lane * row;
    const to = block + (<usize>lane << 2);
    for (let c = whole; c < <usize>count; c++) store<f32>(to + c * sizeof<T>(), load<f32>(from + (c << 2)));
  }
}

/** Transposes 4 x 4 values: rows `xStep` bytes apart to rows `outStep` bytes apart. */
// @ts-ignore: decorator
@inline
function transpose4(x: usize, xStep: usize, out: usize, outStep: usize): void {
  const a = v128.load(x);
  const b = v128.load(x + xStep);
  const c = v128.load(x + 2 * xStep);
  const d = v128.load(x + 3 * xStep);
  const ab01 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const ab23 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd01 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd23 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f32>(ab01, cd01, 0, 1, 4, 5));
  v128.store(out + outStep, v128.shuffle<f32>(ab01, cd01, 2, 3, 6, 7));
  v128.store(out + 2 * outStep, v128.shuffle<f32>(ab23, cd23, 0, 1, 4, 5));
  v128.store(out + 3 * outStep, v128.shuffle<f32>(ab23, cd23, 2, 3, 6, 7));
}
