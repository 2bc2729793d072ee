import { ModelFileError } from "../../errors.ts";
import { RandomForestClassifier } from "../random-forest.ts";
import { sortClasses } from "./classes.ts";
import { ForestBuilder, type SourceTree } from "./forest-builder.ts";
import { countOf, isRecord } from "./json.ts";

/** One tree of scikit-learn as plain arrays: the fields of `estimator.tree_`, of which `value` is nodes x classes. */
export interface SklearnTree {
  children_left: readonly number[];
  children_right: readonly number[];
  feature: readonly number[];
  threshold: readonly number[];
  /** What stands at inner nodes is not read. */
  value: readonly (readonly number[] | null)[];
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
 * that do not ascend as text (10 before 9) change places, and their columns with them. `tools/export_sklearn.py` writes whole pipelines.
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
  const { classes, place } = sortClasses(json.classes);
  const columns = countOf(json.n_features, "n_features of the scikit-learn forest");
  if (!Array.isArray(json.trees) || json.trees.length === 0)
    throw new ModelFileError("the scikit-learn forest has no trees");
  const builder = new ForestBuilder(columns, classes.length);
  json.trees.forEach((value, t) => {
    const tree = checkArrays(value, t);
    const nodes = tree.feature.length;
    const reached = builder.add(sourceTree(tree, place, t), t);
    if (reached < nodes) {
      throw new ModelFileError(`${nodes - reached} nodes of tree ${t} are never reached from the root`);
    }
  });
  return RandomForestClassifier.fromForest(builder.forest(), classes, { nEstimators: json.trees.length });
}

function sourceTree(tree: SklearnTree, place: readonly number[], t: number): SourceTree {
  const covers = coversOf(tree);
  const read = (node: number) => {
    const left = tree.children_left[node];
    const right = tree.children_right[node];
    if (left === -1 && right === -1) {
      // The shares first: where the tree does not tell its covers, they are the sums of the weights that are checked here.
      const values = sharesOf(tree.value[node], place, node, t);
      return { values, cover: covers ? checkCover(covers[node], node, t) : undefined };
    }
    return { left, right, feature: tree.feature[node], threshold: tree.threshold[node] };
  };
  return { nodes: tree.feature.length, root: 0, read };
}

function checkArrays(value: unknown, t: number): SklearnTree {
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

/** The leaf's class weights as shares, unless they are that; column c of scikit-learn's values is class `place[c]` here. */
function sharesOf(weights: unknown, place: readonly number[], node: number, t: number): Float64Array {
  const classes = place.length;
  const sum = Array.isArray(weights) && weights.length === classes ? sumOfWeights(weights) : Number.NaN;
  if (!(sum > 0 && sum < Infinity)) {
    throw new ModelFileError(`leaf ${node} of tree ${t} must have ${classes} weights, not negative and some above 0`);
  }
  const shares = new Float64Array(classes);
  (weights as number[]).forEach((weight, c) => {
    shares[place[c]] = weight / sum;
  });
  return shares;
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

function sumOfWeights(weights: readonly unknown[]): number {
  let sum = 0;
  for (const weight of weights) {
    if (typeof weight !== "number" || !(weight >= 0)) return Number.NaN;
    sum += weight;
  }
  return sum;
}
