// The examples of one tree and their weights: bootstrap counts times sample weights, made into multiples of one power of two so that
// sums of weights are exact and do not depend on their order.
import { Grower, addRow } from "./grower";
import { drawBootstrap, seedRandom } from "./random";

/** The sum of a tree's weights stays below 2^52 units; the unit is at most 2^-51 of it. */
const UNIT_BITS = 51;
/** Below this sum the squares of integer weights are exact too. */
const INTEGRAL_MAX: f64 = 67108864;

@unmanaged
export class Weighting {
  rows: i32;
  classes: i32;
  classOf: usize;
  sampleWeights: usize;
  bootstrap: bool;
  balanced: bool;
  seed: u32;
  /** The generator's state: after the bootstrap it goes on to draw the columns. */
  random: usize;
  /** u32 a row. */
  counts: usize;
  /** f64 a class. */
  classWeights: usize;
}

export function newWeighting(
  rows: i32,
  classes: i32,
  classOf: usize,
  sampleWeights: usize,
  bootstrap: bool,
  balanced: bool,
  seed: u32,
): Weighting {
  const w = changetype<Weighting>(heap.alloc(offsetof<Weighting>()));
  w.rows = rows;
  w.classes = classes;
  w.classOf = classOf;
  w.sampleWeights = sampleWeights;
  w.bootstrap = bootstrap;
  w.balanced = balanced;
  w.seed = seed;
  w.random = heap.alloc(16);
  w.counts = heap.alloc((rows as usize) << 2);
  w.classWeights = heap.alloc((classes as usize) << 3);
  return w;
}

export function releaseWeighting(w: Weighting): void {
  heap.free(w.random);
  heap.free(w.counts);
  heap.free(w.classWeights);
  heap.free(changetype<usize>(w));
}

/** Weights of the classes present in the bootstrap sample: drawn / (classes present * drawn of the class). */
function balanceClasses(w: Weighting): void {
  const weights = w.classWeights;
  memory.fill(weights, 0, (w.classes as usize) << 3);
  for (let row: usize = 0; row < (w.rows as usize); row++) {
    const c = weights + ((load<u16>(w.classOf + (row << 1)) as usize) << 3);
    store<f64>(c, load<f64>(c) + (load<u32>(w.counts + (row << 2)) as f64));
  }
  let present: f64 = 0;
  for (let c = 0; c < w.classes; c++) present += load<f64>(weights + ((c as usize) << 3)) > 0 ? 1 : 0;
  for (let c = 0; c < w.classes; c++) {
    const at = weights + ((c as usize) << 3);
    if (load<f64>(at) > 0) store<f64>(at, (w.rows as f64) / (present * load<f64>(at)));
  }
}

/** Draws the sample of `tree`, fills `g.weights`, `g.samples`, `g.slotOf` and `g.totals`; returns the number of distinct rows. */
export function weighTree(w: Weighting, g: Grower, tree: i32): i32 {
  const rows = w.rows as usize;
  seedRandom(w.random, w.seed, tree as u32);
  if (w.bootstrap) drawBootstrap(w.random, w.rows, w.counts);
  else for (let row: usize = 0; row < rows; row++) store<u32>(w.counts + (row << 2), 1);
  if (w.balanced) balanceClasses(w);

  let sum: f64 = 0;
  let integral = true;
  for (let row: usize = 0; row < rows; row++) {
    let weight = load<f64>(w.sampleWeights + (row << 3)) * (load<u32>(w.counts + (row << 2)) as f64);
    if (w.balanced) weight *= load<f64>(w.classWeights + ((load<u16>(w.classOf + (row << 1)) as usize) << 3));
    store<f64>(g.weights + (row << 3), weight);
    sum += weight;
    if (Math.floor(weight) !== weight) integral = false;
  }
  g.integral = integral && sum < INTEGRAL_MAX;
  const exponent = ((reinterpret<u64>(sum) >> 52) as i32) - 1023;
  const scale = g.integral ? 1.0 : scaleBy(UNIT_BITS - exponent);

  memory.fill(g.totals, 0, (w.classes as usize) << 3);
  let n = 0;
  for (let row: usize = 0; row < rows; row++) {
    const weight = Math.floor(load<f64>(g.weights + (row << 3)) * scale + 0.5);
    store<f64>(g.weights + (row << 3), weight);
    store<i32>(g.slotOf + (row << 2), -1);
    if (weight <= 0) continue;
    if (!g.targets) addRow(g, g.totals, row);
    store<i32>(g.slotOf + (row << 2), n);
    store<u32>(g.samples + ((n as usize) << 2), row as u32);
    n++;
  }
  return n;
}

/**
 * Fills `g.targets` and `g.totals` of a regression from the targets `y` (f64 a row), less their mean and in units so small that their sums are exact.
 * `mean` and `units` (f64 each, at `scales`) lead back: a target of t units is t / units + mean.
 */
export function weighTargets(g: Grower, y: usize, scales: usize): void {
  const rows = g.data.rows as usize;
  let sum: f64 = 0;
  let weight: f64 = 0;
  for (let row: usize = 0; row < rows; row++) {
    sum += load<f64>(g.weights + (row << 3)) * load<f64>(y + (row << 3));
    weight += load<f64>(g.weights + (row << 3));
  }
  const mean = sum / weight;
  let size: f64 = 0;
  for (let row: usize = 0; row < rows; row++) {
    size += Math.abs(load<f64>(g.weights + (row << 3)) * (load<f64>(y + (row << 3)) - mean));
  }
  const units = scaleBy(UNIT_BITS - (((reinterpret<u64>(size) >> 52) as i32) - 1023));
  store<f64>(scales, mean);
  store<f64>(scales, units, 8);
  memory.fill(g.totals, 0, 16);
  for (let row: usize = 0; row < rows; row++) {
    const product = load<f64>(g.weights + (row << 3)) * (load<f64>(y + (row << 3)) - mean);
    store<f64>(g.targets + (row << 3), Math.floor(product * units + 0.5));
    addRow(g, g.totals, row);
  }
}

/** 2 to the power `exponent`, for exponents of normal numbers. */
function scaleBy(exponent: i32): f64 {
  return reinterpret<f64>(((max(-1022, min(1023, exponent)) + 1023) as u64) << 52);
}
