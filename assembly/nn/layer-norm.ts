// Layer normalisation over the last dimension (Ba, Kiros and Hinton 2016) and its gradient.
import { floats } from "./gemm";

// @ts-ignore: decorator
@inline
function laneSum(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** y = gamma (x - mean) / sqrt(variance + epsilon) + beta for each row; keeps mean and 1 / deviation in `moments` (rows x 2). */
export function layerNormForward(
  rows: i32, width: i32, epsilon: f32, x: usize, gamma: usize, beta: usize, y: usize, moments: usize,
): void {
  const even = width & ~3;
  for (let r = 0; r < rows; r++, x = floats(x, width), y = floats(y, width), moments += 8) {
    let lanes = f32x4.splat(0);
    for (let j = 0; j < even; j += 4) lanes = f32x4.add(lanes, v128.load(floats(x, j)));
    let sum = laneSum(lanes);
    for (let j = even; j < width; j++) sum += load<f32>(floats(x, j));
    const mean = sum / <f32>width;
    const means = f32x4.splat(mean);
    lanes = f32x4.splat(0);
    for (let j = 0; j < even; j += 4) {
      const d = f32x4.sub(v128.load(floats(x, j)), means);
      lanes = f32x4.add(lanes, f32x4.mul(d, d));
    }
    let squares = laneSum(lanes);
    for (let j = even; j < width; j++) {
      const d = load<f32>(floats(x, j)) - mean;
      squares += d * d;
    }
    const scale: f32 = <f32>1 / Mathf.sqrt(squares / <f32>width + epsilon);
    const scales = f32x4.splat(scale);
    for (let j = 0; j < even; j += 4) {
      const unit = f32x4.mul(f32x4.sub(v128.load(floats(x, j)), means), scales);
      v128.store(floats(y, j), f32x4.add(f32x4.mul(unit, v128.load(floats(gamma, j))), v128.load(floats(beta, j))));
    }
    for (let j = even; j < width; j++) {
      const unit = (load<f32>(floats(x, j)) - mean) * scale;
      store<f32>(floats(y, j), unit * load<f32>(floats(gamma, j)) + load<f32>(floats(beta, j)));
    }
    store<f32>(moments, mean);
    store<f32>(moments, scale, 4);
  }
}

/** dx (rows x width), dGamma and dBeta (width; added to what is there, or not), from dy and the moments of the forward pass. */
export function layerNormBackward(
  rows: i32, width: i32, x: usize, gamma: usize, moments: usize, dy: usize, dx: usize, dGamma: usize, dBeta: usize,
  accumulate: bool,
): void {
  const even = width & ~3;
  if (!accumulate) {
    memory.fill(dGamma, 0, (<usize>width) << 2);
    memory.fill(dBeta, 0, (<usize>width) << 2);
  }
  for (let r = 0; r < rows; r++, x = floats(x, width), dy = floats(dy, width), dx = floats(dx, width), moments += 8) {
    const mean = load<f32>(moments);
    const scale = load<f32>(moments, 4);
    const means = f32x4.splat(mean);
    const scales = f32x4.splat(scale);
    let lanes = f32x4.splat(0);
    let unitLanes = lanes;
    for (let j = 0; j < even; j += 4) {
      const unit = f32x4.mul(f32x4.sub(v128.load(floats(x, j)), means), scales);
      const error = v128.load(floats(dy, j));
      const g = f32x4.mul(error, v128.load(floats(gamma, j)));
      lanes = f32x4.add(lanes, g);
      unitLanes = f32x4.add(unitLanes, f32x4.mul(g, unit));
      const dg = floats(dGamma, j);
      const db = floats(dBeta, j);
      v128.store(dg, f32x4.add(v128.load(dg), f32x4.mul(error, unit)));
      v128.store(db, f32x4.add(v128.load(db), error));
    }
    let sum = laneSum(lanes);
    let unitSum = laneSum(unitLanes);
    for (let j = even; j < width; j++) {
      const unit = (load<f32>(floats(x, j)) - mean) * scale;
      const error = load<f32>(floats(dy, j));
      const g = error * load<f32>(floats(gamma, j));
      sum += g;
      unitSum += g * unit;
      const dg = floats(dGamma, j);
      const db = floats(dBeta, j);
      store<f32>(dg, load<f32>(dg) + error * unit);
      store<f32>(db, load<f32>(db) + error);
    }
    const average = sum / <f32>width;
    const unitAverage = unitSum / <f32>width;
    const averages = f32x4.splat(average);
    const unitAverages = f32x4.splat(unitAverage);
    for (let j = 0; j < even; j += 4) {
      const unit = f32x4.mul(f32x4.sub(v128.load(floats(x, j)), means), scales);
      const g = f32x4.mul(v128.load(floats(dy, j)), v128.load(floats(gamma, j)));
      const centred = f32x4.sub(f32x4.sub(g, averages), f32x4.mul(unit, unitAverages));
      v128.store(floats(dx, j), f32x4.mul(centred, scales));
    }
    for (let j = even; j < width; j++) {
      const unit = (load<f32>(floats(x, j)) - mean) * scale;
      const g = load<f32>(floats(dy, j)) * load<f32>(floats(gamma, j));
      store<f32>(floats(dx, j), (g - average - unit * unitAverage) * scale);
    }
  }
}
