import { floorToFloat32 } from "../core/float32.ts";
import { type Forest, sumCovers } from "../core/forest.ts";
import { ModelFileError } from "../errors.ts";
import { exactLeaves, leafValuesOf } from "./leaf-format.ts";
import { narrowest } from "./narrowest.ts";
import { integerOf, tensorOf } from "./state-reader.ts";
import type { ModelState, Tensor, TensorData } from "./state.ts";

// A forest as tensors. The order of the nodes (pre-order) and which of them are leaves say what the trees are, so neither children nor
// the borders of the trees are stored, and a file cannot hold a cycle: `feature` has one number a node (-1: leaf), `threshold`
// one an inner node, `leaf` one a leaf, `leafValues` one row a distinct leaf; `cover`, where it is known, one a leaf.
// Thresholds are stored as the largest float32 that is not above them: every float32 compares with it as with the float64.

/** Columns at most, of a forest in a file: a row of them takes 64 MB. */
export const MOST_COLUMNS = 2 ** 24;

/** Columns of nodes, -1 for a leaf, in the fewest bytes. */
function columnNumbers(feature: Int32Array, columns: number): Pick<Tensor, "dtype" | "data"> {
  if (columns <= 128) return { dtype: "I8", data: Int8Array.from(feature) };
  if (columns <= 32768) return { dtype: "I16", data: Int16Array.from(feature) };
  return { dtype: "I32", data: feature };
}

/** The covers of the leaves: whole numbers where all are, else float32, which they are. */
function coverTensor(feature: Int32Array, cover: Float64Array): Tensor {
  const leaves = cover.filter((_, node) => feature[node] < 0);
  const largest = leaves.reduce((most, value) => Math.max(most, value), 0);
  const whole = largest < 2147483648 && leaves.every((value) => Number.isInteger(value));
  const numbers = whole
    ? narrowest(Int32Array.from(leaves), largest)
    : { dtype: "F32" as const, data: Float32Array.from(leaves) };
  return { ...numbers, shape: [leaves.length] };
}

/** The forest's tensors; the config needs `columns` and `trees` beside them. */
export function forestTensors({
  columns,
  classes,
  feature,
  threshold,
  right,
  leafValues,
  cover,
}: Forest): Record<string, Tensor> {
  const inner = feature.reduce((count, column) => count + (column >= 0 ? 1 : 0), 0);
  const thresholds = new Float32Array(inner);
  const leaf = new Int32Array(feature.length - inner);
  for (let i = 0, innerAt = 0, leafAt = 0; i < feature.length; i++) {
    if (feature[i] < 0) leaf[leafAt++] = right[i];
    else thresholds[innerAt++] = floorToFloat32(threshold[i]);
  }
  const leafRows = leafValues.length / classes;
  return {
    feature: { ...columnNumbers(feature, columns), shape: [feature.length] },
    threshold: { dtype: "F32", shape: [inner], data: thresholds },
    leaf: { ...narrowest(leaf, leafRows - 1), shape: [leaf.length] },
    leafValues: exactLeaves(leafValues, classes),
    ...(cover && { cover: coverTensor(feature, cover) }),
  };
}

/** The forest of a state, whole and sound; leaves of more than one number hold probabilities. @throws {ModelFileError} */
export function forestOf(state: ModelState, classes: number): Forest {
  const columns = integerOf(state, "columns", 1);
  if (columns > MOST_COLUMNS) {
    throw new ModelFileError(`the forest has ${columns} columns, which are too many: ${MOST_COLUMNS} are read`);
  }
  const trees = integerOf(state, "trees", 1);
  // Of one type each, whatever the file's: loops over numbers of any type are several times slower.
  const feature = new Int32Array(tensorOf(state, "feature", ["I8", "I16", "I32"], [-1]).data);
  const leaves = new Int32Array(tensorOf(state, "leaf", ["U8", "U16", "I32"], [-1]).data);
  const thresholds = tensorOf(state, "threshold", ["F32"], [-1]).data as Float32Array;
  const leafValues = leafValuesOf(state, classes);
  const count = feature.length;
  if (count < trees || thresholds.length + leaves.length !== count) {
    throw new ModelFileError(
      `the forest's tensors do not agree: ${trees} trees, ${count} nodes, ${leaves.length} leaves`,
    );
  }
  if (classes > 1) checkProbabilities(leafValues);
  const forest = {
    columns,
    classes,
    offsets: new Int32Array(trees + 1),
    feature,
    threshold: new Float64Array(count),
    right: new Int32Array(count),
    leafValues,
  };
  linkNodes(forest, thresholds, leaves);
  return Object.hasOwn(state.tensors, "cover") ? withCover(forest, state) : forest;
}

/** The forest with its covers, which are checked now but laid out when an explanation first asks for them. */
function withCover(forest: Forest, state: ModelState): Forest {
  const { feature } = forest;
  let leaves = 0;
  for (const column of feature) if (column < 0) leaves++;
  const covers = tensorOf(state, "cover", ["U8", "U16", "I32", "F32"], [leaves]).data;
  for (const cover of covers) {
    if (!(cover > 0 && cover < Infinity)) {
      throw new ModelFileError(`a leaf of the forest has the cover ${cover}; covers are finite and above 0`);
    }
  }
  let laidOut: Float64Array | null = null;
  return {
    ...forest,
    get cover() {
      laidOut ??= layOutCovers(forest, covers);
      return laidOut;
    },
  };
}

function layOutCovers(forest: Forest, covers: TensorData): Float64Array {
  const { feature } = forest;
  const cover = new Float64Array(feature.length);
  for (let node = 0, leaf = 0; node < feature.length; node++) if (feature[node] < 0) cover[node] = covers[leaf++];
  sumCovers({ ...forest, cover });
  return cover;
}

function checkProbabilities(leafValues: Float64Array): void {
  for (const value of leafValues) {
    if (value < 0 || value > 1)
      throw new ModelFileError(`a leaf of the forest holds ${value}, which is no probability`);
  }
}

/** Walks the nodes in order and finds the right children: a leaf is followed by the right child of the nearest node that waits for one. */
function linkNodes(forest: Forest, thresholds: Float32Array, leaves: Int32Array): void {
  const { columns, offsets, feature, threshold, right, leafValues, classes } = forest;
  const leafRows = leafValues.length / classes;
  const trees = offsets.length - 1;
  const waiting: number[] = [];
  let tree = 0;
  let innerAt = 0;
  let leafAt = 0;
  for (let node = 0; node < feature.length; node++) {
    if (tree === trees) throw new ModelFileError(`the forest has nodes after the end of its ${trees} trees`);
    if (feature[node] >= columns || feature[node] < -1) {
      throw new ModelFileError(`a node asks for column ${feature[node]}, but the forest has ${columns}`);
    }
    if (feature[node] >= 0) {
      if (innerAt === thresholds.length) throw new ModelFileError("the forest has more inner nodes than thresholds");
      threshold[node] = thresholds[innerAt++];
      if (Number.isNaN(threshold[node])) throw new ModelFileError("a threshold of the forest is NaN");
      waiting.push(node);
      continue;
    }
    if (leafAt === leaves.length) throw new ModelFileError("the forest has more leaves than its leaf tensor");
    const leaf = leaves[leafAt++];
    if (leaf < 0 || leaf >= leafRows)
      throw new ModelFileError(`a leaf points to row ${leaf} of ${leafRows} leaf values`);
    right[node] = leaf;
    const parent = waiting.pop();
    if (parent === undefined) offsets[++tree] = node + 1;
    else right[parent] = node + 1 - offsets[tree];
  }
  if (tree < trees || waiting.length > 0) throw new ModelFileError(`the forest ends in the middle of tree ${tree}`);
}
