// Gradient boosting of trees on logistic (two classes) and softmax loss, by gradients and hessians (Chen and Guestrin 2016): every round grows one
// tree for each output from the same margins. Gradients are rounded to multiples of one power of two, so small that all sums are exact.
import { Bins, newBins, releaseBins } from "./boost-bins";
import { TreeGrower, newTreeGrower, releaseTreeGrower } from "./boost-grower";
import { CELL_BYTES } from "./boost-histogram";
import { growBoostedTree } from "./boost-tree";
import { newForest } from "./forest";
import { randomBelow, seedRandom } from "./random";
import { TrainingData } from "./training-data";

/** The sums of gradients stay below 2^52 units. */
const UNIT_BITS = 51;

@unmanaged
class Booster {
  bins: Bins;
  grower: TreeGrower;
  /** 1 for two classes, whose only margin is the second's; else one a class. */
  outputs: i32;
  classOf: usize;
  /** f64 a row: its weight in training, 0 for a row that is held out; and in the loss of the rows that are held out. */
  weights: usize;
  heldOut: usize;
  rate: f64;
  /** Rows and columns drawn for a tree. */
  sampleSize: i32;
  columnsDrawn: i32;
  seed: u32;
  /** The rows with weight. */
  present: i32;
  /** Units of a gradient of 1. */
  scale: f64;
  /** f64, rows x outputs. */
  margins: usize;
  probabilities: usize;
  gradients: usize;
  columns: usize;
  random: usize;
  /** Trees grown so far. */
  trees: i32;
}

/**
 * A booster on `trainingData`, which must outlive it, as must `classOf` (u16 a row), `weights` and `heldOut` (f64 a row).
 * `subsample` and `colsample` are the shares of rows and columns drawn for each tree, without replacement.
 */
export function newBooster(
  trainingData: usize,
  classOf: usize,
  weights: usize,
  heldOut: usize,
  classes: i32,
  rate: f64,
  l2: f64,
  maxDepth: i32,
  maxLeaves: i32,
  minHessian: f64,
  minCount: i32,
  subsample: f64,
  colsample: f64,
  maxBins: i32,
  seed: u32,
): usize {
  const data = changetype<TrainingData>(trainingData);
  const rows = data.rows as usize;
  const b = changetype<Booster>(heap.alloc(offsetof<Booster>()));
  b.bins = newBins(data, weights, maxBins);
  b.grower = newTreeGrower(b.bins);
  b.outputs = classes === 2 ? 1 : classes;
  b.classOf = classOf;
  b.weights = weights;
  b.heldOut = heldOut;
  b.rate = rate;
  b.seed = seed;
  b.trees = 0;
  b.present = 0;
  let sum: f64 = 0;
  for (let row: usize = 0; row < rows; row++) {
    const weight = load<f64>(weights + (row << 3));
    sum += weight;
    if (weight > 0) b.present++;
  }
  b.scale = powerOfTwo(UNIT_BITS - (((reinterpret<u64>(sum) >> 52) as i32) - 1023));
  b.sampleSize = max(1, Math.floor(subsample * (b.present as f64)) as i32);
  b.columnsDrawn = max(1, Math.floor(colsample * (data.columns as f64)) as i32);
  const marginBytes = (rows * (b.outputs as usize)) << 3;
  b.margins = heap.alloc(marginBytes);
  memory.fill(b.margins, 0, marginBytes);
  b.probabilities = heap.alloc(marginBytes);
  b.gradients = heap.alloc(rows * CELL_BYTES);
  b.columns = heap.alloc((data.columns as usize) << 2);
  b.random = heap.alloc(16);
  const g = b.grower;
  g.l2 = l2;
  g.minHessian = minHessian;
  g.minCount = minCount as f64;
  g.maxDepth = maxDepth;
  g.maxLeaves = maxLeaves;
  g.gradients = b.gradients;
  g.columns = b.columns;
  g.columnCount = b.columnsDrawn;
  return changetype<usize>(b);
}

export function releaseBooster(pointer: usize): void {
  const b = changetype<Booster>(pointer);
  heap.free(b.random);
  heap.free(b.columns);
  heap.free(b.gradients);
  heap.free(b.probabilities);
  heap.free(b.margins);
  releaseTreeGrower(b.grower);
  releaseBins(b.bins);
  heap.free(pointer);
}

/** 2 to the power `exponent`, for exponents of normal numbers. */
function powerOfTwo(exponent: i32): f64 {
  return reinterpret<f64>(((max(-1022, min(1023, exponent)) + 1023) as u64) << 52);
}

/** Probabilities of the outputs from the margins at `from`; `to` may be `from`. */
function link(from: usize, outputs: i32, to: usize): void {
  if (outputs === 1) {
    store<f64>(to, 1 / (1 + Math.exp(-load<f64>(from))));
    return;
  }
  const bytes = (outputs as usize) << 3;
  let highest = load<f64>(from);
  for (let c: usize = 8; c < bytes; c += 8) highest = max(highest, load<f64>(from + c));
  let sum: f64 = 0;
  for (let c: usize = 0; c < bytes; c += 8) {
    const odds = Math.exp(load<f64>(from + c) - highest);
    store<f64>(to + c, odds);
    sum += odds;
  }
  for (let c: usize = 0; c < bytes; c += 8) store<f64>(to + c, load<f64>(to + c) / sum);
}

/** Draws `drawn` of `n` numbers in ascending order (Knuth 1969, algorithm S): whether the next of those that are left is among them. */
function isDrawn(random: usize, drawn: i32, n: i32): bool {
  return drawn === n || (randomBelow(random, n as u32) as i32) < drawn;
}

/** Fills the cells of the rows drawn for a tree of output `output`; their sum goes to `total`. */
function fillGradients(b: Booster, output: i32, total: usize): void {
  const outputs = b.outputs;
  const target = outputs === 1 ? 1 : output;
  // XGBoost takes twice the diagonal of the softmax's hessian, which bounds the whole of it.
  const factor: f64 = outputs === 1 ? 1 : 2;
  let drawn = b.sampleSize;
  let left = b.present;
  memory.fill(total, 0, CELL_BYTES);
  memory.fill(b.gradients, 0, (b.bins.data.rows as usize) * CELL_BYTES);
  for (let row: usize = 0; row < (b.bins.data.rows as usize); row++) {
    const weight = load<f64>(b.weights + (row << 3));
    if (weight === 0) continue;
    if (!isDrawn(b.random, drawn, left--)) continue;
    drawn--;
    const p = load<f64>(b.probabilities + ((row * (outputs as usize) + output) << 3));
    const y: f64 = (load<u16>(b.classOf + (row << 1)) as i32) === target ? 1 : 0;
    const gradient = Math.floor((p - y) * weight * b.scale + 0.5) / b.scale;
    const hessian = max(1, Math.floor(factor * p * (1 - p) * weight * b.scale + 0.5)) / b.scale;
    const cell = b.gradients + row * CELL_BYTES;
    store<f64>(cell, gradient);
    store<f64>(cell, hessian, 8);
    store<f64>(cell, 1, 16);
    store<f64>(total, load<f64>(total) + gradient);
    store<f64>(total, load<f64>(total, 8) + hessian, 8);
    store<f64>(total, load<f64>(total, 16) + 1, 16);
  }
}

/** Grows one tree for each output; returns them as a forest. */
export function boostRound(booster: usize): usize {
  const b = changetype<Booster>(booster);
  const outputs = b.outputs;
  const columns = b.bins.data.columns;
  const rowBytes = (outputs as usize) << 3;
  for (let row: usize = 0; row < (b.bins.data.rows as usize); row++) {
    link(b.margins + row * rowBytes, outputs, b.probabilities + row * rowBytes);
  }
  const forest = newForest(1, outputs);
  const total = heap.alloc(CELL_BYTES);
  for (let output = 0; output < outputs; output++) {
    seedRandom(b.random, b.seed, b.trees++ as u32);
    fillGradients(b, output, total);
    let drawn = b.columnsDrawn;
    for (let column = 0; column < columns; column++) {
      if (!isDrawn(b.random, drawn, columns - column)) continue;
      store<i32>(b.columns + (((b.columnsDrawn - drawn) as usize) << 2), column);
      drawn--;
    }
    growBoostedTree(b.grower, total, b.rate, forest, b.margins + ((output as usize) << 3), outputs);
  }
  heap.free(total);
  return changetype<usize>(forest);
}

/** The mean of -log(probability of the right class) of the rows that are held out, by their weights. */
export function heldOutLoss(booster: usize): f64 {
  const b = changetype<Booster>(booster);
  const outputs = b.outputs;
  const p = heap.alloc((outputs as usize) << 3);
  let sum: f64 = 0;
  let weights: f64 = 0;
  for (let row: usize = 0; row < (b.bins.data.rows as usize); row++) {
    const weight = load<f64>(b.heldOut + (row << 3));
    if (weight === 0) continue;
    link(b.margins + ((row * (outputs as usize)) << 3), outputs, p);
    const c = load<u16>(b.classOf + (row << 1)) as usize;
    const right = outputs > 1 ? load<f64>(p + (c << 3)) : c === 1 ? load<f64>(p) : 1 - load<f64>(p);
    sum -= weight * Math.log(max(right, f64.MIN_NORMAL_VALUE));
    weights += weight;
  }
  heap.free(p);
  return sum / weights;
}

/** Turns margins (rows x outputs f64) into probabilities (rows x classes f64). */
export function marginsToProbabilities(margins: usize, rows: i32, outputs: i32, out: usize): void {
  for (let row: usize = 0; row < (rows as usize); row++) {
    const from = margins + ((row * (outputs as usize)) << 3);
    const to = out + ((row * (max(outputs, 2) as usize)) << 3);
    if (outputs > 1) {
      link(from, outputs, to);
      continue;
    }
    link(from, 1, to + 8);
    store<f64>(to, 1 - load<f64>(to, 8));
  }
}
