// The two ways to a node's best split in boosting: through its histogram, and through the bins that occur.
import { newBins, releaseBins } from "../trees/boost-bins";
import { findSplitOfFew, newOccurring, releaseOccurring } from "../trees/boost-few";
import { CELL_BYTES, Split, fillHistogram, findSplit } from "../trees/boost-histogram";
import { randomBelow, seedRandom, uniform } from "../trees/random";
import { TrainingData, releaseTrainingData, trainingDataDense, trainingDataSparse } from "../trees/training-data";

const ROWS: usize = 90;
const COLUMNS: usize = 7;

/** Two fifths of zeros; every second column has five values, the others as many as there are rows. */
function drawRows(random: usize, x: usize): void {
  for (let i: usize = 0; i < ROWS * COLUMNS; i++) {
    const value = (i & 1) !== 0 ? (randomBelow(random, 5) as f32) - 2 : (uniform(random) as f32) - 0.5;
    store<f32>(x + (i << 2), uniform(random) < 0.4 ? 0 : value);
  }
}

function sparseOf(x: usize): usize {
  const indptr = heap.alloc((ROWS + 1) << 2);
  const indices = heap.alloc((ROWS * COLUMNS) << 2);
  const values = heap.alloc((ROWS * COLUMNS) << 2);
  let stored: usize = 0;
  store<u32>(indptr, 0);
  for (let row: usize = 0; row < ROWS; row++) {
    for (let column: usize = 0; column < COLUMNS; column++) {
      const value = load<f32>(x + ((row * COLUMNS + column) << 2));
      if (value === 0) continue;
      store<u32>(indices + (stored << 2), column as u32);
      store<f32>(values + (stored++ << 2), value);
    }
    store<u32>(indptr + ((row + 1) << 2), stored as u32);
  }
  const data = trainingDataSparse(indptr, indices, values, ROWS as i32, COLUMNS as i32);
  heap.free(indptr);
  heap.free(indices);
  heap.free(values);
  return data;
}

function sameSplit(a: Split, b: Split): bool {
  if (a.gain !== b.gain) return false;
  if (a.gain === 0) return true;
  if (a.column !== b.column || a.bin !== b.bin) return false;
  return a.gradient === b.gradient && a.hessian === b.hessian && a.count === b.count;
}

/** How many of `nodes` random nodes have a split; -1 when the two ways differ, -2 when not all is cleared behind a search. */
function splitsFound(seed: u32, sparse: bool, maxBins: i32, nodes: i32): i32 {
  const random = heap.alloc(16);
  seedRandom(random, seed, 0);
  const x = heap.alloc((ROWS * COLUMNS) << 2);
  drawRows(random, x);
  const pointer = sparse ? sparseOf(x) : trainingDataDense(x, ROWS as i32, COLUMNS as i32);
  const weights = heap.alloc(ROWS << 3);
  for (let row: usize = 0; row < ROWS; row++) store<f64>(weights + (row << 3), 1);
  const bins = newBins(changetype<TrainingData>(pointer), weights, maxBins);
  const cells = load<u32>(bins.starts + (COLUMNS << 2)) as usize;
  const occurring = newOccurring(bins);
  const histogram = heap.alloc(cells * CELL_BYTES);
  const gradients = heap.alloc(ROWS * CELL_BYTES);
  const gathered = heap.alloc(ROWS * CELL_BYTES);
  const samples = heap.alloc(ROWS << 2);
  const columns = heap.alloc(COLUMNS << 2);
  const total = heap.alloc(CELL_BYTES);
  const plain = changetype<Split>(heap.alloc(offsetof<Split>()));
  const few = changetype<Split>(heap.alloc(offsetof<Split>()));
  let found = 0;
  for (let node = 0; node < nodes && found >= 0; node++) {
    const share = uniform(random);
    let n = 0;
    memory.fill(total, 0, CELL_BYTES);
    memory.fill(gradients, 0, ROWS * CELL_BYTES);
    for (let row: usize = 0; row < ROWS; row++) {
      const cell = gradients + row * CELL_BYTES;
      // A tenth of the rows is not in the tree's sample.
      if (uniform(random) < 0.9) {
        store<f64>(cell, ((randomBelow(random, 4096) as f64) - 2048) / 1024);
        store<f64>(cell, ((randomBelow(random, 255) as f64) + 1) / 1024, 8);
        store<f64>(cell, 1, 16);
      }
      if (uniform(random) > share) continue;
      store<u32>(samples + ((n++ as usize) << 2), row as u32);
      for (let part: usize = 0; part < CELL_BYTES; part += 8) {
        store<f64>(total + part, load<f64>(total + part) + load<f64>(cell + part));
      }
    }
    let columnCount = 0;
    for (let column = 0; column < (COLUMNS as i32); column++) {
      if (uniform(random) < 0.7) store<i32>(columns + ((columnCount++ as usize) << 2), column);
    }
    const minCount: f64 = node & 1 ? 1 : 3;
    const minHessian: f64 = node & 2 ? 0 : 0.5;
    fillHistogram(bins, samples, n, gradients, total, columns, columnCount, gathered, histogram);
    findSplit(bins, histogram, total, columns, columnCount, 1, minHessian, minCount, plain);
    findSplitOfFew(
      bins, occurring, samples, n, gradients, gathered, total, columns, columnCount, 1, minHessian, minCount, few,
    );
    if (plain.gain > 0) found++;
    if (!sameSplit(plain, few)) found = -1;
    const used: usize = sparse ? cells : 256;
    for (let at: usize = 0; at < used * CELL_BYTES; at += 8) if (load<f64>(occurring.cells + at) !== 0) found = -2;
    for (let at: usize = 0; at < used; at++) if (load<u8>(occurring.flags + at) !== 0) found = -2;
  }
  heap.free(changetype<usize>(few));
  heap.free(changetype<usize>(plain));
  heap.free(total);
  heap.free(columns);
  heap.free(samples);
  heap.free(gathered);
  heap.free(gradients);
  heap.free(histogram);
  releaseOccurring(occurring);
  releaseBins(bins);
  heap.free(weights);
  releaseTrainingData(pointer);
  heap.free(x);
  heap.free(random);
  return found;
}

describe("the best split through the bins that occur", () => {
  test("is that of the histogram, dense", () => {
    for (let seed: u32 = 1; seed <= 20; seed++) expect(splitsFound(seed, false, 255, 40)).toBeGreaterThan(10);
    for (let seed: u32 = 21; seed <= 40; seed++) expect(splitsFound(seed, false, 9, 40)).toBeGreaterThan(10);
  });

  test("is that of the histogram, sparse", () => {
    for (let seed: u32 = 1; seed <= 20; seed++) expect(splitsFound(seed, true, 255, 40)).toBeGreaterThan(10);
    for (let seed: u32 = 21; seed <= 40; seed++) expect(splitsFound(seed, true, 9, 40)).toBeGreaterThan(10);
  });
});
