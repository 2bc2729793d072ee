import type { DenseMatrix, Matrix, SparseMatrix } from "../matrix.ts";
import { checkCapacity } from "./capacity.ts";
import { floorToFloat32 } from "./float32.ts";
import type { Forest } from "./forest.ts";
import { f32, f64, i32, learn, scratch, u32, u8 } from "./learn.ts";
import { freeWithOwner } from "./plan.ts";

function checkPredictionSize(x: Matrix, outputs: number): void {
  const stored = x.kind === "dense" ? x.data.length : 2 * x.values.length + 8 * x.columns;
  checkCapacity(4 * stored + x.rows * (8 + 8 * outputs));
}

/** A leaf's threshold: a quiet NaN, above which no value is, whose other bits hold the leaf's row in the leaf table (where nodes are not wide). */
const LEAF = 0x7fc00000;
/** The rows that those bits can tell apart. */
const MOST_ROWS = 1 << 22;

/**
 * Writes the nodes as the core walks them, children in pairs: f32 threshold, then column and left child, u16 each or, where `leafRows` is given, u32.
 * A leaf is its own left child. `leafRows` gets the rows of leaves in the leaf table.
 */
function packNodes({ offsets, feature, threshold, right }: Forest, nodes: Uint32Array, leafRows: Int32Array | null) {
  const floats = new Float32Array(nodes.buffer, nodes.byteOffset, nodes.length);
  // Where the nodes of one tree go.
  const place = new Int32Array(offsets.reduce((most, end, i) => Math.max(most, end - (offsets[i - 1] ?? 0)), 0));
  for (let tree = 0; tree + 1 < offsets.length; tree++) {
    const start = offsets[tree];
    let free = 1;
    place[0] = 0;
    for (let node = start; node < offsets[tree + 1]; node++) {
      const own = place[node - start];
      const at = start + own;
      const word = at * (leafRows ? 3 : 2);
      const isLeaf = feature[node] < 0;
      const column = isLeaf ? 0 : feature[node];
      const left = isLeaf ? own : free;
      if (leafRows) {
        nodes[word + 1] = column;
        nodes[word + 2] = left;
      } else nodes[word + 1] = column | (left << 16);
      if (isLeaf) {
        nodes[word] = leafRows ? LEAF : LEAF | right[node];
        if (leafRows) leafRows[at] = right[node];
        continue;
      }
      floats[word] = floorToFloat32(threshold[node]);
      place[node + 1 - start] = free;
      place[right[node]] = free + 1;
      free += 2;
    }
  }
}

/** Trees whose leaves lie so many times deeper than those of balanced ones are chains, and walked as such (see assembly/trees/walk.ts). */
const CHAIN_DEPTH = 3;

/** Whether trees are chains, as those of texts are: from a node a few rows part, time and again. */
export function areChains({ offsets, feature, right }: Forest): boolean {
  let depths = 0;
  let balanced = 0;
  const depth = new Int32Array(feature.length);
  for (let tree = 0; tree + 1 < offsets.length; tree++) {
    const start = offsets[tree];
    const leaves = (offsets[tree + 1] - start + 1) / 2;
    balanced += leaves * (31 - Math.clz32(leaves));
    for (let node = start; node < offsets[tree + 1]; node++) {
      if (feature[node] < 0) depths += depth[node];
      else depth[node + 1] = depth[start + right[node]] = depth[node] + 1;
    }
  }
  return depths > CHAIN_DEPTH * balanced;
}

/** Bytes of the room for eight roots, and of that for eight leaves. */
const ROOM_BYTES = 32;

/** Bytes of dense rows that are copied to the core at a time, whole eights of them: a block of assembly/trees/predict.ts. */
const PART_BYTES = 1 << 18;
const ROWS_ABREAST = 8;

/** Rows of at most so many columns get a buffer that stays. */
const KEPT_COLUMNS = 65536;

/** A forest laid out in the core's memory, ready to predict; its memory is freed when it is collected. */
export class ResidentForest {
  readonly #record: number;
  readonly #outputs: number;
  /** Where a single dense row goes and its answer comes from; 0 where there is no such buffer. */
  readonly #row: number;
  readonly #answer: number;
  // Views of the two, made anew when the core's memory has grown.
  #rowView = new Float32Array(0);
  #answerView = new Float64Array(0);

  /**
   * @param outputs numbers a row; leaves of one number belong to the output `tree % outputs`.
   * @param averaged whether the answer is the mean of the trees' leaves or their sum.
   */
  constructor(forest: Forest, outputs: number, averaged: boolean) {
    const { offsets, feature, leafValues, classes, columns } = forest;
    const trees = offsets.length - 1;
    const largest = offsets.reduce((most, end, i) => Math.max(most, i > 0 ? end - offsets[i - 1] : 0), columns);
    const wide = largest > 65535 || leafValues.length / classes > MOST_ROWS;
    checkCapacity(16 * feature.length + leafValues.byteLength + offsets.byteLength);
    const home = learn();
    const pointers: number[] = [];
    const room = (bytes: number): number => {
      const pointer = home.alloc(Math.max(1, bytes)) >>> 0;
      pointers.push(pointer);
      return pointer;
    };
    const keep = (data: Uint8Array | Int32Array | Float64Array): number => {
      const pointer = room(data.byteLength);
      u8(pointer, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      return pointer;
    };
    const nodeWords = feature.length * (wide ? 3 : 2);
    const nodes = room(4 * nodeWords);
    const leafRows = wide ? room(4 * feature.length) : 0;
    packNodes(forest, u32(nodes, nodeWords), wide ? i32(leafRows, feature.length) : null);
    const words = [nodes, leafRows, keep(offsets)];
    words.push(keep(new Uint8Array(ROOM_BYTES)), keep(new Uint8Array(ROOM_BYTES)), keep(leafValues));
    const flags = [averaged, wide, areChains(forest)].map(Number);
    this.#record = keep(Int32Array.of(...words, trees, classes, outputs, ...flags));
    this.#outputs = outputs;
    this.#row = columns <= KEPT_COLUMNS ? keep(new Uint8Array(4 * columns)) : 0;
    this.#answer = keep(new Uint8Array(8 * outputs));
    freeWithOwner(this, () => {
      for (const pointer of pointers) home.release(pointer);
    });
  }

  /** What the trees say of each row, rows x outputs. */
  predict(x: Matrix): Float64Array {
    if (x.kind === "dense" && x.rows === 1 && this.#row > 0) return this.#predictRow(x.data);
    return x.kind === "dense" ? this.#predictDense(x) : this.#predictSparse(x);
  }

  /** Dense rows, in and out in parts that stay in the cache. */
  #predictDense({ rows, columns, data }: DenseMatrix): Float64Array {
    const outputs = this.#outputs;
    const most = Math.min(rows, ROWS_ABREAST * Math.max(1, Math.floor(PART_BYTES / (4 * columns * ROWS_ABREAST))));
    checkCapacity(most * (4 * columns + 8 * outputs));
    const answers = new Float64Array(rows * outputs);
    scratch((memory) => {
      const x = memory.space(4 * most * columns);
      const out = memory.space(8 * most * outputs);
      for (let row = 0; row < rows; row += most) {
        const count = Math.min(most, rows - row);
        f32(x, count * columns).set(data.subarray(row * columns, (row + count) * columns));
        learn().predictForestDense(this.#record, x, count, columns, out);
        answers.set(f64(out, count * outputs), row * outputs);
      }
    });
    return answers;
  }

  #predictSparse(x: SparseMatrix): Float64Array {
    const size = x.rows * this.#outputs;
    checkPredictionSize(x, this.#outputs);
    return scratch((memory) => {
      const out = memory.space(size * 8);
      const values = memory.copy(x.values);
      const indptr = memory.copy(x.indptr);
      const indices = memory.copy(x.indices);
      learn().predictForestSparse(this.#record, indptr, indices, values, x.rows, x.columns, out);
      return f64(out, size).slice();
    });
  }

  /** One dense row, in and out of buffers that stay: nothing is allocated but the answer. */
  #predictRow(row: Float32Array): Float64Array {
    if (this.#rowView.buffer !== learn().memory.buffer) {
      this.#rowView = f32(this.#row, row.length);
      this.#answerView = f64(this.#answer, this.#outputs);
    }
    this.#rowView.set(row);
    learn().predictForestDense(this.#record, this.#row, 1, row.length, this.#answer);
    return this.#answerView.slice();
  }

  /**
   * For the very rows that a bootstrapped forest of `seed` was grown from: the sum of the leaves of the trees that did not see a row
   * (rows x outputs), and the number of those trees.
   */
  outOfBag(x: Matrix, seed: number): { sums: Float64Array; treeCounts: Int32Array } {
    const size = x.rows * this.#outputs;
    checkPredictionSize(x, this.#outputs);
    return scratch((memory) => {
      const sums = memory.zeros(size * 8);
      const counts = memory.zeros(x.rows * 4);
      const values = memory.copy(x.kind === "dense" ? x.data : x.values);
      const indptr = x.kind === "csr" ? memory.copy(x.indptr) : 0;
      const indices = x.kind === "csr" ? memory.copy(x.indices) : 0;
      learn().outOfBag(this.#record, indptr, indices, values, x.rows, x.columns, seed, sums, counts);
      return { sums: f64(sums, size).slice(), treeCounts: i32(counts, x.rows).slice() };
    });
  }
}
