import { type Forest, sumCovers } from "../core/forest.ts";
import { LeafTable } from "../core/leaf-table.ts";
import { ModelFileError } from "../errors.ts";
import { RandomForestClassifier } from "./random-forest.ts";

/** One tree of scikit-learn as plain arrays: the fields of `estimator.tree_`, of which `value` is nodes x classes. */
export interface SklearnTree {
  children_left: readonly number[];
  children_right: readonly number[];
  feature: readonly number[];
  threshold: readonly number[];
  value: readonly (readonly number[])[];
  /**
   * Needed for explanations of trees of scikit-learn 1.3 or later, whose `value` holds shares; before, its sums say the same.
   */
  weighted_n_node_samples?: readonly number[];
}

/** A forest of scikit-learn as plain arrays: `classes` as in `classes_`, `n_features` as in `n_features_in_`. */
export interface SklearnForest {
  classes: readonly (string | number)[];
  n_features: number;
  trees: readonly SklearnTree[];
}

/**
 * A random forest (or a single decision tree) that scikit-learn grew, for the same probabilities here. Class names are sorted, so numbers
 * that do not ascend as text (10 before 9) change places, and their columns with them.
 *
 * @throws {ModelFileError} when an array is missing or of the wrong length, a child is out of range, nodes form a cycle or are shared,
 *   a column does not exist, a number is not finite.
 *
 * @example
 * // In Python: json.dump({"classes": forest.classes_.tolist(), "n_features": forest.n_features_in_, "trees": [
 * //   {"children_left": t.children_left.tolist(), "children_right": t.children_right.tolist(), "feature": t.feature.tolist(),
 * //    "threshold": t.threshold.tolist(), "value": t.value[:, 0, :].tolist(),
 * //    "weighted_n_node_samples": t.weighted_n_node_samples.tolist()} for t in (e.tree_ for e in forest.estimators_)]}, file)
 * forestFromSklearn(JSON.parse(text)).predictProba(matrixFromRows([[5.1, 3.5, 1.4, 0.2]]));
 */
export function forestFromSklearn(json: unknown): RandomForestClassifier {
  if (!isRecord(json)) throw new ModelFileError("a scikit-learn forest must be a JSON object");
  const names = classNames(json.classes);
  const columns = json.n_features;
  if (typeof columns !== "number" || !Number.isInteger(columns) || columns < 1 || columns > 2147483647) {
    throw new ModelFileError(
      `n_features of the scikit-learn forest is ${String(columns)}; it must be a whole number above 0`,
    );
  }
  if (!Array.isArray(json.trees) || json.trees.length === 0)
    throw new ModelFileError("the scikit-learn forest has no trees");
  const classes = [...names].sort();
  // Column c of scikit-learn's values is class `place[c]` here.
  const place = names.map((name) => classes.indexOf(name));
  const builder = new Builder(columns, place);
  json.trees.forEach((tree, t) => builder.add(tree, t));
  const forest = builder.forest();
  return RandomForestClassifier.fromForest(forest, classes, { nEstimators: json.trees.length });
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function classNames(value: unknown): string[] {
  const names = Array.isArray(value) ? value.map(String) : [];
  if (names.length < 2 || names.length > 65535 || new Set(names).size !== names.length) {
    throw new ModelFileError("classes of the scikit-learn forest must be a list of two or more different names");
  }
  return names;
}

class Builder {
  readonly #columns: number;
  readonly #place: readonly number[];
  readonly #offsets = [0];
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #right: number[] = [];
  readonly #leaves: LeafTable;
  /** By node; nothing for inner nodes. */
  readonly #cover: number[] = [];
  #covered = true;

  constructor(columns: number, place: readonly number[]) {
    this.#columns = columns;
    this.#place = place;
    this.#leaves = new LeafTable(place.length);
  }

  forest(): Forest {
    const forest = {
      columns: this.#columns,
      classes: this.#place.length,
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

  /** Appends a tree in pre-order, whatever the order of its arrays. */
  add(value: unknown, t: number): void {
    const tree = this.#checkArrays(value, t);
    const start = this.#feature.length;
    const nodes = tree.feature.length;
    const covers = coversOf(tree);
    if (!covers) this.#covered = false;
    const seen = new Uint8Array(nodes);
    // A node to be visited and, for a right child, the parent that is to point to it.
    const waiting: [node: number, parent: number][] = [[0, -1]];
    for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
      const [node, parent] = entry;
      if (seen[node]++)
        throw new ModelFileError(`node ${node} of tree ${t} is reached twice: the tree has a cycle or shared nodes`);
      const at = this.#feature.length;
      if (parent >= 0) this.#right[parent] = at - start;
      const left = tree.children_left[node];
      const right = tree.children_right[node];
      if (left === -1 && right === -1) {
        this.#addNode(-1, 0, this.#addLeaf(tree.value[node], node, t));
        this.#cover[at] = covers ? checkCover(covers[node], node, t) : 1;
        continue;
      }
      for (const child of [left, right]) {
        if (!Number.isInteger(child) || child < 0 || child >= nodes) {
          throw new ModelFileError(`node ${node} of tree ${t} has the child ${child}, but the tree has ${nodes} nodes`);
        }
      }
      this.#addNode(this.#checkFeature(tree.feature[node], node, t), checkThreshold(tree.threshold[node], node, t), 0);
      this.#cover[at] = 0;
      waiting.push([right, at], [left, -1]);
    }
    const lost = seen.indexOf(0);
    if (lost >= 0) throw new ModelFileError(`node ${lost} of tree ${t} is never reached from the root`);
    this.#offsets.push(this.#feature.length);
  }

  #checkArrays(value: unknown, t: number): SklearnTree {
    if (!isRecord(value)) throw new ModelFileError(`tree ${t} must be an object of arrays`);
    const nodes = Array.isArray(value.feature) ? value.feature.length : 0;
    for (const name of ["children_left", "children_right", "feature", "threshold", "value"]) {
      const array = value[name];
      if (!Array.isArray(array)) throw new ModelFileError(`tree ${t} lacks the array "${name}"`);
      if (array.length !== nodes || nodes === 0) {
        throw new ModelFileError(`tree ${t} has ${nodes} nodes, but ${array.length} elements in "${name}"`);
      }
    }
    const weights = value.weighted_n_node_samples;
    if (weights !== undefined && !(Array.isArray(weights) && weights.length === nodes)) {
      throw new ModelFileError(`tree ${t} must have ${nodes} elements in "weighted_n_node_samples"`);
    }
    return value as unknown as SklearnTree;
  }

  #addNode(feature: number, threshold: number, right: number): void {
    this.#feature.push(feature);
    this.#threshold.push(threshold);
    this.#right.push(right);
  }

  /** Appends the node's class weights as shares, unless they are there; returns their row. */
  #addLeaf(weights: unknown, node: number, t: number): number {
    const classes = this.#place.length;
    const sum = Array.isArray(weights) && weights.length === classes ? sumOfWeights(weights) : Number.NaN;
    if (!(sum > 0 && sum < Infinity)) {
      throw new ModelFileError(`leaf ${node} of tree ${t} must have ${classes} weights, not negative and some above 0`);
    }
    const shares = new Float64Array(classes);
    (weights as number[]).forEach((weight, c) => {
      shares[this.#place[c]] = weight / sum;
    });
    return this.#leaves.add(shares, 0);
  }

  #checkFeature(feature: number, node: number, t: number): number {
    if (!Number.isInteger(feature) || feature < 0 || feature >= this.#columns) {
      throw new ModelFileError(`node ${node} of tree ${t} asks for column ${feature}, but there are ${this.#columns}`);
    }
    return feature;
  }
}

/** The weight of the examples in every node, or `null` when the tree does not tell. */
function coversOf({ value, weighted_n_node_samples: weights }: SklearnTree): readonly number[] | null {
  if (weights !== undefined) return weights;
  // The root's shares sum to 1, but for rounding; its weights sum to the number of examples, unless they were weighed so.
  const sums = value.map((row) => (Array.isArray(row) ? sumOfWeights(row) : Number.NaN));
  return Math.abs(sums[0] - 1) < 1e-6 ? null : sums;
}

function checkCover(cover: number, node: number, t: number): number {
  if (!(typeof cover === "number" && Math.fround(cover) > 0 && cover < 3.4e38)) {
    throw new ModelFileError(`node ${node} of tree ${t} has the weight ${cover}; it must be finite and above 0`);
  }
  return cover;
}

function checkThreshold(threshold: number, node: number, t: number): number {
  if (!Number.isFinite(threshold))
    throw new ModelFileError(`the threshold of node ${node} of tree ${t} is ${threshold}`);
  return threshold;
}

function sumOfWeights(weights: readonly unknown[]): number {
  let sum = 0;
  for (const weight of weights) {
    if (typeof weight !== "number" || !(weight >= 0)) return Number.NaN;
    sum += weight;
  }
  return sum;
}
