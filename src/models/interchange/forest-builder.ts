import { type Forest, sumCovers } from "../../core/forest.ts";
import { LeafTable } from "../../core/leaf-table.ts";
import { ModelFileError } from "../../errors.ts";
import { MOST_COLUMNS } from "../forest-state.ts";

/** A row goes to `left` where `x[feature] <= threshold`. Children are numbers of the tree's nodes. */
export interface SourceSplit {
  readonly feature: number;
  readonly threshold: number;
  readonly left: number;
  readonly right: number;
}

export interface SourceLeaf {
  readonly values: ArrayLike<number>;
  /** The weight of the training examples that came here; left out where the file does not tell, or tells nothing above 0. */
  readonly cover?: number;
}

/** A tree as another library numbers its nodes, from 0 to below `nodes`. */
export interface SourceTree {
  readonly nodes: number;
  readonly root: number;
  /** @throws {ModelFileError} for a node that makes no sense. */
  read(node: number): SourceSplit | SourceLeaf;
}

/** Bytes of leaves and nodes at most: half of what the core could hold. */
const MOST_BYTES = 2 ** 30;

/** Puts trees together as {@link Forest} lays them out, and checks their structure. */
export class ForestBuilder {
  readonly #columns: number;
  readonly #width: number;
  readonly #offsets = [0];
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #right: number[] = [];
  readonly #leaves: LeafTable;
  /** By node; nothing for inner nodes. */
  readonly #cover: number[] = [];
  #covered = true;
  #bytes = 0;

  /**
   * @param width numbers a leaf
   * @throws {ModelFileError} more columns than any table has.
   */
  constructor(columns: number, width: number) {
    if (columns > MOST_COLUMNS) {
      throw new ModelFileError(`the model has ${columns} columns, which are too many: ${MOST_COLUMNS} are read`);
    }
    this.#columns = columns;
    this.#width = width;
    this.#leaves = new LeafTable(width);
  }

  /**
   * Appends a tree in pre-order, whatever the order of its nodes, and returns how many of them can be reached.
   * @throws {ModelFileError} a cycle, a shared node, a child, column or threshold that is out of range.
   */
  add(tree: SourceTree, t: number): number {
    const start = this.#feature.length;
    const seen = new Uint8Array(tree.nodes);
    // A node to be visited and, for a right child, the parent that is to point to it.
    const waiting: [node: number, parent: number][] = [[tree.root, -1]];
    for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
      const [node, parent] = entry;
      if (seen[node]++)
        throw new ModelFileError(`node ${node} of tree ${t} is reached twice: the tree has a cycle or shared nodes`);
      const at = this.#feature.length;
      if (parent >= 0) this.#right[parent] = at - start;
      const item = tree.read(node);
      if ("values" in item) {
        this.#addLeaf(item);
        continue;
      }
      for (const child of [item.left, item.right]) {
        if (!Number.isInteger(child) || child < 0 || child >= tree.nodes) {
          throw new ModelFileError(
            `node ${node} of tree ${t} has the child ${child}, but the tree has ${tree.nodes} nodes`,
          );
        }
      }
      this.#addSplit(item, node, t);
      waiting.push([item.right, at], [item.left, -1]);
    }
    this.#offsets.push(this.#feature.length);
    return this.#feature.length - start;
  }

  /** The trees that were added; with covers when every leaf had one. @throws {ModelFileError} when there are none. */
  forest(): Forest {
    if (this.#offsets.length === 1) throw new ModelFileError("the model has no trees");
    const forest = {
      columns: this.#columns,
      classes: this.#width,
      offsets: Int32Array.from(this.#offsets),
      feature: Int32Array.from(this.#feature),
      threshold: Float64Array.from(this.#threshold),
      right: Int32Array.from(this.#right),
      leafValues: this.#leaves.toArray(),
    };
    if (!this.#covered) return forest;
    const covered = { ...forest, cover: Float64Array.from(this.#cover) };
    sumCovers(covered);
    return covered;
  }

  #addLeaf({ values, cover }: SourceLeaf): void {
    this.#grow(8 * this.#width);
    if (cover === undefined || !(Math.fround(cover) > 0 && cover < 3.4e38)) this.#covered = false;
    this.#push(-1, 0, this.#leaves.add(Float64Array.from(values), 0), cover ?? 1);
  }

  #addSplit({ feature, threshold }: SourceSplit, node: number, t: number): void {
    if (!Number.isInteger(feature) || feature < 0 || feature >= this.#columns) {
      throw new ModelFileError(`node ${node} of tree ${t} asks for column ${feature}, but there are ${this.#columns}`);
    }
    if (!Number.isFinite(threshold))
      throw new ModelFileError(`the threshold of node ${node} of tree ${t} is ${threshold}`);
    this.#grow(0);
    this.#push(feature, threshold, 0, 0);
  }

  #push(feature: number, threshold: number, right: number, cover: number): void {
    this.#feature.push(feature);
    this.#threshold.push(threshold);
    this.#right.push(right);
    this.#cover.push(cover);
  }

  #grow(bytes: number): void {
    this.#bytes += 24 + bytes;
    if (this.#bytes > MOST_BYTES) throw new ModelFileError("the model's trees are too large: they need more than 1 GB");
  }
}

/** The same tree with every number of its leaves multiplied. */
export function scaledTree(tree: SourceTree, factor: number): SourceTree {
  if (factor === 1) return tree;
  const read = (node: number) => {
    const item = tree.read(node);
    if (!("values" in item)) return item;
    return { values: Array.from(item.values, (value) => value * factor), cover: item.cover };
  };
  return { nodes: tree.nodes, root: tree.root, read };
}

/** A tree that says one thing of every row. */
export const constantTree = (value: number): SourceTree => ({
  nodes: 1,
  root: 0,
  read: () => ({ values: [value], cover: 1 }),
});
