// A convolution of stride 1 with its bias and, where asked, relu, as a layer of a network: what the filter covers is written out as rows
// (Chellapilla, Puri and Simard 2006) a block at a time, so that a block stays in the cache while it is multiplied. x is
// batch x height x width x channels, the filter filterHeight x filterWidth x channels x outputs. `same` surrounds x with zeros, as many
// before as behind, one more behind where their number is odd.
import { clampNegative } from "./activations";
import { floats, gemm, gemmWorkBytes } from "./gemm";
import { columnSums } from "./steps";

/** Floats of a block of rows: 256 KB, a part of the second cache. */
const BLOCK: i32 = 65536;

// @ts-ignore: decorator
@inline
function outSize(size: i32, filter: i32, same: bool): i32 {
  return same ? size : size - filter + 1;
}

// @ts-ignore: decorator
@inline
function before(filter: i32, same: bool): i32 {
  return same ? (filter - 1) >> 1 : 0;
}

/** Lines of the output (rows of a picture) that are done at once. */
function linesAtOnce(lines: i32, outWidth: i32, depth: i32): i32 {
  return max(1, min(lines, BLOCK / (outWidth * depth)));
}

/** Bytes that both directions need at `work`. */
export function convLayerWorkBytes(
  batch: i32, height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, outputs: i32, same: bool,
): usize {
  const depth = filterHeight * filterWidth * channels;
  const outWidth = outSize(width, filterWidth, same);
  const lines = linesAtOnce(batch * outSize(height, filterHeight, same), outWidth, depth);
  return gemmWorkBytes(max(outputs, depth)) + ((<usize>(lines * outWidth)) * <usize>depth << 2);
}

// Calls for few bytes cost more than they copy.
// @ts-ignore: decorator
@inline
function copyFloats(to: usize, from: usize, count: i32): void {
  if (count > 64) {
    memory.copy(to, from, (<usize>count) << 2);
    return;
  }
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(floats(to, i), v128.load(floats(from, i)));
  for (; i < count; i++) store<f32>(floats(to, i), load<f32>(floats(from, i)));
}

// @ts-ignore: decorator
@inline
function clearFloats(to: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(floats(to, i), f32x4.splat(0));
  for (; i < count; i++) store<f32>(floats(to, i), 0);
}

// @ts-ignore: decorator
@inline
function addFloats(to: usize, from: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(floats(to, i), f32x4.add(v128.load(floats(to, i)), v128.load(floats(from, i))));
  for (; i < count; i++) store<f32>(floats(to, i), load<f32>(floats(to, i)) + load<f32>(floats(from, i)));
}

/** Writes the rows of lines `first` to `last` - 1 from x, or, with `back`, adds them to x. */
// @ts-ignore: decorator
@inline
function walk(
  first: i32, last: i32, height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, same: bool,
  x: usize, rows: usize, back: bool,
): void {
  const outHeight = outSize(height, filterHeight, same);
  const outWidth = outSize(width, filterWidth, same);
  const top = before(filterHeight, same);
  const left = before(filterWidth, same);
  const whole = filterWidth * channels;
  for (let line = first; line < last; line++) {
    const b = line / outHeight;
    const i = line - b * outHeight;
    for (let j = 0; j < outWidth; j++) {
      const start = j - left;
      const lacking = max(0, -start);
      const count = min(filterWidth, width - start) - lacking;
      for (let p = 0; p < filterHeight; p++, rows = floats(rows, whole)) {
        const y = i - top + p;
        const outside = <u32>y >= <u32>height;
        const at = floats(x, ((b * height + y) * width + start + lacking) * channels);
        if (back) {
          if (!outside) addFloats(at, floats(rows, lacking * channels), count * channels);
        } else if (outside) {
          clearFloats(rows, whole);
        } else if (count === filterWidth) {
          copyFloats(rows, at, whole);
        } else {
          clearFloats(rows, whole);
          copyFloats(floats(rows, lacking * channels), at, count * channels);
        }
      }
    }
  }
}

/** y (batch x outHeight x outWidth x outputs) = x * filter + bias, then relu where asked. */
export function convLayerForward(
  batch: i32, height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, outputs: i32, same: bool,
  relu: bool, x: usize, filter: usize, bias: usize, y: usize, work: usize,
): void {
  const depth = filterHeight * filterWidth * channels;
  const outWidth = outSize(width, filterWidth, same);
  const lines = batch * outSize(height, filterHeight, same);
  const many = linesAtOnce(lines, outWidth, depth);
  const block = work + gemmWorkBytes(max(outputs, depth));
  for (let line = 0; line < lines; line += many) {
    const end = min(lines, line + many);
    const rows = (end - line) * outWidth;
    const to = floats(y, line * outWidth * outputs);
    walk(line, end, height, width, channels, filterHeight, filterWidth, same, x, block, false);
    for (let r = 0; r < rows; r++) copyFloats(floats(to, r * outputs), bias, outputs);
    gemm(rows, outputs, depth, block, depth, 1, filter, outputs, 1, to, true, work);
  }
  if (relu) clampNegative(y, lines * outWidth * outputs);
}

/** Sets dy to 0 where relu gave 0. */
export function throughRelu(y: usize, dy: usize, n: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(floats(dy, i), v128.and(v128.load(floats(dy, i)), f32x4.gt(v128.load(floats(y, i)), zero)));
  }
  for (; i < n; i++) if (!(load<f32>(floats(y, i)) > 0)) store<f32>(floats(dy, i), 0);
}

/** dFilter and dBias from dy. @param y what the forward pass gave, where it ended in relu, else 0; dy is then changed */
export function convLayerBackpropFilter(
  batch: i32, height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, outputs: i32, same: bool,
  x: usize, y: usize, dy: usize, dFilter: usize, dBias: usize, work: usize,
): void {
  const depth = filterHeight * filterWidth * channels;
  const outWidth = outSize(width, filterWidth, same);
  const lines = batch * outSize(height, filterHeight, same);
  if (y !== 0) throughRelu(y, dy, lines * outWidth * outputs);
  memory.fill(dFilter, 0, (<usize>(depth * outputs)) << 2);
  columnSums(dy, lines * outWidth, outputs, dBias);
  const many = linesAtOnce(lines, outWidth, depth);
  const block = work + gemmWorkBytes(max(outputs, depth));
  for (let line = 0; line < lines; line += many) {
    const end = min(lines, line + many);
    walk(line, end, height, width, channels, filterHeight, filterWidth, same, x, block, false);
    const from = floats(dy, line * outWidth * outputs);
    gemm(depth, outputs, (end - line) * outWidth, block, 1, depth, from, outputs, 1, dFilter, true, work);
  }
}

/** dx from dy. @param y as above */
export function convLayerBackpropInput(
  batch: i32, height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, outputs: i32, same: bool,
  filter: usize, y: usize, dy: usize, dx: usize, work: usize,
): void {
  const depth = filterHeight * filterWidth * channels;
  const outWidth = outSize(width, filterWidth, same);
  const lines = batch * outSize(height, filterHeight, same);
  if (y !== 0) throughRelu(y, dy, lines * outWidth * outputs);
  memory.fill(dx, 0, (<usize>(batch * height * width * channels)) << 2);
  const many = linesAtOnce(lines, outWidth, depth);
  const block = work + gemmWorkBytes(max(outputs, depth));
  for (let line = 0; line < lines; line += many) {
    const end = min(lines, line + many);
    const from = floats(dy, line * outWidth * outputs);
    gemm((end - line) * outWidth, depth, outputs, from, outputs, 1, filter, 1, outputs, block, false, work);
    walk(line, end, height, width, channels, filterHeight, filterWidth, same, dx, block, true);
  }
}
