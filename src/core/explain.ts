import { toDense, type Matrix } from "../matrix.ts";
import { checkCapacity } from "./capacity.ts";
import type { Forest } from "./forest.ts";
import { f64, learn, scratch } from "./learn.ts";

const ELEMENT_BYTES = 32;

/** The nodes as growing lays them out: 16 bytes each, i32 feature, i32 right child, f64 threshold. */
function packNodes({ feature, right, threshold }: Forest): Float64Array {
  const floats = new Float64Array(feature.length * 2);
  const integers = new Int32Array(floats.buffer);
  for (let i = 0; i < feature.length; i++) {
    integers[4 * i] = feature[i];
    integers[4 * i + 1] = right[i];
    floats[2 * i + 1] = threshold[i];
  }
  return floats;
}

/** The number of nodes on the longest way from a root to a leaf. */
function depthOf({ offsets, feature, right }: Forest): number {
  const depths = new Int32Array(feature.length);
  let deepest = 0;
  for (let tree = 0; tree + 1 < offsets.length; tree++) {
    depths[offsets[tree]] = 1;
    for (let node = offsets[tree]; node < offsets[tree + 1]; node++) {
      deepest = Math.max(deepest, depths[node]);
      if (feature[node] < 0) continue;
      depths[node + 1] = depths[node] + 1;
      depths[offsets[tree] + right[node]] = depths[node] + 1;
    }
  }
  return deepest;
}

/** The sum over the trees of the mean of their leaves, weighted by cover: what they say of a row of which nothing is known. */
function expectation({ offsets, feature, right, leafValues, classes, cover }: Required<Forest>, outputs: number) {
  const base = new Float64Array(outputs);
  for (let tree = 0; tree + 1 < offsets.length; tree++) {
    const first = classes === 1 ? tree % outputs : 0;
    for (let node = offsets[tree]; node < offsets[tree + 1]; node++) {
      if (feature[node] >= 0) continue;
      const share = cover[node] / cover[offsets[tree]];
      for (let c = 0; c < classes; c++) base[first + c] += share * leafValues[right[node] * classes + c];
    }
  }
  return base;
}

/**
 * Shapley values of a forest's sums: `values` (rows x columns x outputs) and `base` sum to the sum over the trees of the leaves that a row comes to.
 * Leaves of one number belong to the output `tree % outputs`.
 *
 * @throws {DataError} when values and paths do not fit the core.
 */
export function explainTrees(
  forest: Required<Forest>,
  outputs: number,
  x: Matrix,
): { base: Float64Array; values: Float64Array } {
  const { offsets, classes, columns, leafValues, cover } = forest;
  const depth = depthOf(forest);
  const features = Math.min(depth, columns);
  const size = x.rows * columns * outputs;
  checkCapacity(8 * size + 4 * x.rows * columns + depth * (features + 2) * ELEMENT_BYTES + 24 * cover.length);
  const values = scratch((memory) => {
    const out = memory.zeros(8 * size);
    learn().explainForest(
      memory.copy(packNodes(forest)),
      memory.copy(cover),
      memory.copy(offsets),
      offsets.length - 1,
      memory.copy(leafValues),
      classes,
      outputs,
      depth,
      features,
      memory.copy(toDense(x).data),
      x.rows,
      columns,
      out,
    );
    return f64(out, size).slice();
  });
  return { base: expectation(forest, outputs), values };
}
