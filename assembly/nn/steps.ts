// What the recurrent layers share.
import { floats } from "./gemm";

/** Writes `row` into each of `rows` rows. */
export function fillRows(to: usize, row: usize, rows: i32, width: i32): void {
  for (let r = 0; r < rows; r++) memory.copy(floats(to, r * width), row, (<usize>width) << 2);
}

/** How many steps sequence b has: what `lengths` says, from 0 to `steps`. */
// @ts-ignore: decorator
@inline
export function lengthOf(lengths: usize, b: i32, steps: i32): i32 {
  return max(0, min(steps, load<i32>(floats(lengths, b))));
}

/** The state of each sequence's last step (its first one when `reverse`), zero where it has none: batch x units. */
export function lastStates(h: usize, lengths: usize, batch: i32, steps: i32, units: i32, reverse: bool, to: usize): void {
  const bytes = (<usize>units) << 2;
  for (let b = 0; b < batch; b++, to += bytes) {
    const length = lengthOf(lengths, b, steps);
    if (length === 0) memory.fill(to, 0, bytes);
    else memory.copy(to, floats(h, (b * steps + (reverse ? 0 : length - 1)) * units), bytes);
  }
}

/** Adds the gradient of the last states to that of all. */
export function addLastGradient(
  dh: usize, dLast: usize, lengths: usize, batch: i32, steps: i32, units: i32, reverse: bool,
): void {
  for (let b = 0; b < batch; b++) {
    const length = lengthOf(lengths, b, steps);
    if (length === 0) continue;
    const to = floats(dh, (b * steps + (reverse ? 0 : length - 1)) * units);
    for (let j = 0; j < units; j++) {
      store<f32>(floats(to, j), load<f32>(floats(to, j)) + load<f32>(floats(dLast, b * units + j)));
    }
  }
}

/** The states of the step before, zero before the first: batch x steps x units, like h. */
export function previousStates(h: usize, batch: i32, steps: i32, units: i32, reverse: bool, to: usize): void {
  const kept = (<usize>((steps - 1) * units)) << 2;
  const row = (<usize>(steps * units)) << 2;
  const step = (<usize>units) << 2;
  for (let b = 0; b < batch; b++, h += row, to += row) {
    memory.copy(reverse ? to : to + step, reverse ? h + step : h, kept);
    memory.fill(reverse ? to + kept : to, 0, step);
  }
}

/** Sums of the columns of a matrix, row after row. */
export function columnSums(matrix: usize, rows: i32, columns: i32, to: usize): void {
  memory.fill(to, 0, (<usize>columns) << 2);
  for (let r = 0; r < rows; r++) {
    const row = floats(matrix, r * columns);
    let j = 0;
    for (; j + 4 <= columns; j += 4) {
      const at = floats(to, j);
      v128.store(at, f32x4.add(v128.load(at), v128.load(floats(row, j))));
    }
    for (; j < columns; j++) store<f32>(floats(to, j), load<f32>(floats(to, j)) + load<f32>(floats(row, j)));
  }
}
