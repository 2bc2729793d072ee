import type { Matrix } from "../matrix.ts";
import { checkCapacity } from "./capacity.ts";
import { floorToFloat32 } from "./float32.ts";
import type { Forest } from "./forest.ts";
import { f32, f64, i32, scratch, u8 } from "./memory.ts";
import { core } from "./module.ts";
import { freeWithOwner } from "./plan.ts";

function checkPredictionSize(x: Matrix, outputs: number): void {
  const stored = x.kind === "dense" ? x.data.length : 2 * x.values.length + 8 * x.columns;
  checkCapacity(4 * stored + x.rows * (8 + 8 * outputs));
}

/**
 * The nodes as the core walks them, children in pairs: f32 threshold, then column and left child, u16 each or, when `wide`, u32. A leaf is its own
 * left child. `leafRows` gives the rows of leaves in the leaf table.
 */
function packNodes({ offsets, feature, threshold, right }: Forest, wide: boolean) {
  const words = wide ? 3 : 2;
  const floats = new Float32Array(feature.length * words);
  const integers = wide ? new Uint32Array(floats.buffer) : new Uint16Array(floats.buffer);
  const first = wide ? 1 : 2;
  const leafRows = new Int32Array(feature.length);
  const place = new Int32Array(feature.length);
  for (let tree = 0; tree + 1 < offsets.length; tree++) {
    const start = offsets[tree];
    let free = 1;
    for (let node = start; node < offsets[tree + 1]; node++) {
      const at = start + place[node];
      const isLeaf = feature[node] < 0;
      floats[at * words] = isLeaf ? Infinity : floorToFloat32(threshold[node]);
      const pair = at * words * (wide ? 1 : 2) + first;
      integers[pair] = isLeaf ? 0 : feature[node];
      integers[pair + 1] = isLeaf ? place[node] : free;
      if (isLeaf) {
        leafRows[at] = right[node];
        continue;
      }
      place[node + 1] = free;
      place[start + right[node]] = free + 1;
      free += 2;
    }
  }
  return { nodes: new Uint8Array(floats.buffer), leafRows };
}

/** Bytes of the room for eight roots, and of that for eight leaves. */
const ROOM_BYTES = 32;

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
    const wide = largest > 65535;
    checkCapacity(16 * feature.length + leafValues.byteLength + offsets.byteLength);
    const { nodes, leafRows } = packNodes(forest, wide);
    const pointers: number[] = [];
    const keep = (data: Uint8Array | Int32Array | Float64Array): number => {
      const pointer = core.alloc(Math.max(1, data.byteLength)) >>> 0;
      u8(pointer, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      pointers.push(pointer);
      return pointer;
    };
    const words = [keep(nodes), keep(leafRows), keep(offsets)];
    words.push(keep(new Uint8Array(ROOM_BYTES)), keep(new Uint8Array(ROOM_BYTES)), keep(leafValues));
    this.#record = keep(Int32Array.of(...words, trees, classes, outputs, Number(averaged), Number(wide)));
    this.#outputs = outputs;
    this.#row = columns <= KEPT_COLUMNS ? keep(new Uint8Array(4 * columns)) : 0;
    this.#answer = keep(new Uint8Array(8 * outputs));
    freeWithOwner(this, () => {
      for (const pointer of pointers) core.release(pointer);
    });
  }

  /** What the trees say of each row, rows x outputs. */
  predict(x: Matrix): Float64Array {
    if (x.kind === "dense" && x.rows === 1 && this.#row > 0) return this.#predictRow(x.data);
    const size = x.rows * this.#outputs;
    checkPredictionSize(x, this.#outputs);
    return scratch((memory) => {
      const out = memory.space(size * 8);
      const values = memory.copy(x.kind === "dense" ? x.data : x.values);
      if (x.kind === "dense") {
        core.predictForestDense(this.#record, values, x.rows, x.columns, out);
      } else {
        const indptr = memory.copy(x.indptr);
        const indices = memory.copy(x.indices);
        core.predictForestSparse(this.#record, indptr, indices, values, x.rows, x.columns, out);
      }
      return f64(out, size).slice();
    });
  }

  /** One dense row, in and out of buffers that stay: nothing is allocated but the answer. */
  #predictRow(row: Float32Array): Float64Array {
    if (this.#rowView.buffer !== core.memory.buffer) {
      this.#rowView = f32(this.#row, row.length);
      this.#answerView = f64(this.#answer, this.#outputs);
    }
    this.#rowView.set(row);
    core.predictForestDense(this.#record, this.#row, 1, row.length, this.#answer);
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
      core.outOfBag(this.#record, indptr, indices, values, x.rows, x.columns, seed, sums, counts);
      return { sums: f64(sums, size).slice(), treeCounts: i32(counts, x.rows).slice() };
    });
  }
}
