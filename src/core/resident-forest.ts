import type { Matrix } from "../matrix.ts";
import { checkCapacity } from "./capacity.ts";
import type { Forest } from "./forest.ts";
import { f64, i32, scratch } from "./memory.ts";
import { core } from "./module.ts";

function checkPredictionSize(x: Matrix, classes: number): void {
  const stored = x.kind === "dense" ? x.data.length : 2 * x.values.length + x.columns;
  checkCapacity(4 * stored + x.rows * (8 + 8 * classes));
}

/** The nodes as the core reads them: 16 bytes each, i32 feature, i32 right, f64 threshold. */
export function packNodes({ feature, right, threshold }: Forest): Float64Array {
  const floats = new Float64Array(feature.length * 2);
  const integers = new Int32Array(floats.buffer);
  for (let i = 0; i < feature.length; i++) {
    integers[4 * i] = feature[i];
    integers[4 * i + 1] = right[i];
    floats[2 * i + 1] = threshold[i];
  }
  return floats;
}

interface Resident {
  nodes: number;
  offsets: number;
  leaves: number;
  trees: number;
}

const abandoned = new FinalizationRegistry<Resident>(({ nodes, offsets, leaves }) => {
  core.release(nodes);
  core.release(offsets);
  core.release(leaves);
});

/** A forest laid out in the core's memory, ready to predict; its memory is freed when it is collected. */
export class ResidentForest {
  readonly #forest: Forest;
  readonly #resident: Resident;

  constructor(forest: Forest) {
    this.#forest = forest;
    const { offsets, leafValues } = forest;
    const packed = packNodes(forest);
    const nodes = core.alloc(packed.byteLength) >>> 0;
    const offsetsPointer = core.alloc(offsets.byteLength) >>> 0;
    const leaves = core.alloc(leafValues.byteLength) >>> 0;
    f64(nodes, packed.length).set(packed);
    i32(offsetsPointer, offsets.length).set(offsets);
    f64(leaves, leafValues.length).set(leafValues);
    this.#resident = { nodes, offsets: offsetsPointer, leaves, trees: offsets.length - 1 };
    abandoned.register(this, this.#resident);
  }

  /**
   * The mean or the sum over the trees of the leaves that a row comes to, rows x outputs. Leaves of one number belong to the output
   * `tree % outputs`.
   */
  predict(x: Matrix, outputs: number, averaged: boolean): Float64Array {
    const { nodes, offsets, trees, leaves } = this.#resident;
    const { classes } = this.#forest;
    checkPredictionSize(x, outputs);
    return scratch((memory) => {
      const out = memory.zeros(x.rows * outputs * 8);
      const values = memory.copy(x.kind === "dense" ? x.data : x.values);
      if (x.kind === "dense") {
        core.predictForestDense(
          nodes,
          offsets,
          trees,
          leaves,
          classes,
          outputs,
          averaged,
          values,
          x.rows,
          x.columns,
          out,
        );
      } else {
        const indptr = memory.copy(x.indptr);
        const indices = memory.copy(x.indices);
        core.predictForestSparse(
          nodes,
          offsets,
          trees,
          leaves,
          classes,
          outputs,
          averaged,
          indptr,
          indices,
          values,
          x.rows,
          x.columns,
          out,
        );
      }
      return f64(out, x.rows * outputs).slice();
    });
  }

  /**
   * For the very rows that a bootstrapped forest of `seed` was grown from: the sum of the leaves of the trees that did not see a row
   * (rows x classes), and the number of those trees.
   */
  outOfBag(x: Matrix, seed: number): { sums: Float64Array; treeCounts: Int32Array } {
    const { nodes, offsets, trees, leaves } = this.#resident;
    const { classes } = this.#forest;
    checkPredictionSize(x, classes);
    return scratch((memory) => {
      const sums = memory.zeros(x.rows * classes * 8);
      const counts = memory.zeros(x.rows * 4);
      const values = memory.copy(x.kind === "dense" ? x.data : x.values);
      const indptr = x.kind === "csr" ? memory.copy(x.indptr) : 0;
      const indices = x.kind === "csr" ? memory.copy(x.indices) : 0;
      core.outOfBag(
        nodes,
        offsets,
        trees,
        leaves,
        classes,
        indptr,
        indices,
        values,
        x.rows,
        x.columns,
        seed,
        sums,
        counts,
      );
      return { sums: f64(sums, x.rows * classes).slice(), treeCounts: i32(counts, x.rows).slice() };
    });
  }
}
