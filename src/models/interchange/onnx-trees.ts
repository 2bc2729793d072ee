import { belowFloat32 } from "../../core/float32.ts";
import { ModelFileError } from "../../errors.ts";
import { forestTensors } from "../forest-state.ts";
import { RandomForestClassifier } from "../random-forest.ts";
import { boostedClassifier } from "./boosted-trees.ts";
import { sortClasses } from "./classes.ts";
import { constantTree, ForestBuilder, type SourceTree } from "./forest-builder.ts";
import { labelsOf, type ReadNode } from "./onnx-linear.ts";
import type { Attributes } from "./onnx-proto.ts";

/** Weights that a leaf adds to scores, by class. */
type LeafWeights = ReadonlyMap<number, number>;

/** By how much a forest's probabilities, sums of float32, may miss 1. */
const TOLERANCE = 1e-3;

/** A model may grow so many times by trees that add 0. */
const MOST_PADDING = 16;

interface EnsembleTree extends Omit<SourceTree, "read"> {
  /** The tree with the numbers that `valuesOf` makes of a leaf's weights. */
  withValues(valuesOf: (weights: LeafWeights) => readonly number[]): SourceTree;
  readonly leaves: readonly LeafWeights[];
}

/**
 * TreeEnsembleClassifier. Without a transform, leaves that give shares of a probability are a random forest; SOFTMAX and, for two classes,
 * LOGISTIC are boosted trees. Tests with <= and >, < and >= are read; those for equality are not.
 *
 * @throws {ModelFileError}
 */
export function classifierFromTrees(attributes: Attributes, declared?: number): ReadNode {
  const labels = labelsOf(attributes);
  sortClasses(labels);
  const trees = readTrees(attributes, labels.length);
  const features = attributes.ints("nodes_featureids");
  const columns = declared ?? features.reduce((most, feature) => Math.max(most, feature + 1), 1);
  const transform = attributes.text("post_transform", "NONE");
  const base = attributes.floats("base_values");
  const hasMissing = attributes.ints("nodes_missing_value_tracks_true").some((tracks) => tracks !== 0);
  const notes = hasMissing
    ? ["rows with missing values are refused, where the file sends them in a direction of its own"]
    : [];
  const makers = { NONE: averaged, SOFTMAX: boosted, LOGISTIC: boosted };
  if (!Object.hasOwn(makers, transform)) {
    throw new ModelFileError(
      `TreeEnsembleClassifier with post_transform ${transform} is not read; NONE, SOFTMAX and LOGISTIC are`,
    );
  }
  const classifier = makers[transform as keyof typeof makers](trees, labels, columns, base, transform);
  return { classifier, columns, notes };
}

/** The one class that all leaves speak for, or `undefined`. */
function onlyClass(trees: readonly EnsembleTree[]): number | undefined {
  const spoken = new Set(trees.flatMap(({ leaves }) => leaves.flatMap((weights) => [...weights.keys()])));
  return spoken.size === 1 ? [...spoken][0] : undefined;
}

function averaged(
  trees: readonly EnsembleTree[],
  labels: readonly (string | number)[],
  columns: number,
  base: readonly number[],
): RandomForestClassifier {
  const { classes, place } = sortClasses(labels);
  if (base.some((value) => value !== 0))
    throw new ModelFileError("the trees have base_values, but give no scores to transform");
  const isSingle = labels.length === 2 && onlyClass(trees) !== undefined;
  const count = trees.length;
  const valuesOf = (weights: LeafWeights): number[] => {
    const shares = new Array<number>(classes.length).fill(0);
    for (const [c, weight] of weights) shares[place[isSingle ? 1 : c]] = weight * count;
    if (isSingle) shares[place[0]] = Math.max(0, 1 - shares[place[1]]);
    const sum = shares.reduce((a, b) => a + b);
    if (!(Math.abs(sum - 1) < TOLERANCE) || shares.some((share) => share < 0)) {
      throw new ModelFileError(
        "the leaves are neither shares of a probability, nor are their sums transformed: only classifiers are read",
      );
    }
    return shares.map((share) => share / sum);
  };
  const builder = new ForestBuilder(columns, classes.length);
  for (const [t, tree] of trees.entries()) builder.add(tree.withValues(valuesOf), t);
  return RandomForestClassifier.load({
    kind: RandomForestClassifier.kind,
    config: { options: { nEstimators: count }, classes, columns, trees: count },
    tensors: forestTensors(builder.forest()),
  });
}

function boosted(
  trees: readonly EnsembleTree[],
  labels: readonly (string | number)[],
  columns: number,
  base: readonly number[],
  transform: string,
) {
  const classes = labels.map(String);
  const single = classes.length === 2 ? onlyClass(trees) : undefined;
  if (transform === "LOGISTIC" && single === undefined) {
    throw new ModelFileError(
      "TreeEnsembleClassifier with post_transform LOGISTIC is read where one score speaks for the second of two classes",
    );
  }
  if (base.length > 0 && base.length !== classes.length && !(base.length === 1 && single !== undefined)) {
    throw new ModelFileError(`TreeEnsembleClassifier has ${base.length} base_values for ${classes.length} classes`);
  }
  if (classes.length === 2) {
    const margin = (of: (c: number) => number) => (transform === "LOGISTIC" ? of(single as number) : of(1) - of(0));
    return boostedClassifier({
      columns,
      classes,
      trees: [trees.map((tree) => tree.withValues((weights) => [margin((c) => weights.get(c) ?? 0)]))],
      base: [
        base.length === 1
          ? base[0]
          : transform === "LOGISTIC"
            ? (base.find((value) => value !== 0) ?? 0)
            : margin((c) => base[c] ?? 0),
      ],
    });
  }
  const byClass: SourceTree[][] = classes.map(() => []);
  for (const tree of trees) {
    const spoken = new Set(tree.leaves.flatMap((weights) => [...weights].flatMap(([c, w]) => (w === 0 ? [] : [c]))));
    for (const c of spoken) byClass[c].push(tree.withValues((weights) => [weights.get(c) ?? 0]));
  }
  const rounds = byClass.reduce((most, own) => Math.max(most, own.length), 1);
  if (rounds * classes.length > MOST_PADDING * (trees.length + classes.length)) {
    throw new ModelFileError(
      "the classes of TreeEnsembleClassifier have very different numbers of trees, which is not read",
    );
  }
  // A class may have fewer trees: those that would add 0.
  for (const own of byClass) while (own.length < rounds) own.push(constantTree(0));
  return boostedClassifier({ columns, classes, trees: byClass, base: classes.map((_, c) => base[c] ?? 0) });
}

function readTrees(attributes: Attributes, classes: number): EnsembleTree[] {
  const treeIds = attributes.ints("nodes_treeids");
  const count = treeIds.length;
  const nodeIds = attributes.ints("nodes_nodeids", count);
  const feature = attributes.ints("nodes_featureids", count);
  const threshold = attributes.floats("nodes_values", count);
  const yes = attributes.ints("nodes_truenodeids", count);
  const no = attributes.ints("nodes_falsenodeids", count);
  const modes = attributes.texts("nodes_modes");
  if (modes.length !== count)
    throw new ModelFileError(`the trees have ${count} nodes, but ${modes.length} nodes_modes`);
  const weights = leafWeights(attributes, classes);
  const hits = attributes.floats("nodes_hitrates");
  // skl2onnx writes 1 everywhere, which tells nothing.
  const covers = hits.length === count && hits.some((hit) => hit !== 1) ? hits : null;

  const nodesOf = new Map<number, number[]>();
  treeIds.forEach((id, i) => {
    const own = nodesOf.get(id);
    if (own) own.push(i);
    else nodesOf.set(id, [i]);
  });
  return [...nodesOf].map(([id, own]) => {
    const place = new Map(own.map((i, at) => [nodeIds[i], at]));
    if (place.size < own.length) throw new ModelFileError(`tree ${id} has two nodes of one number`);
    const weightsAt = (at: number) => weights.get(`${id} ${nodeIds[own[at]]}`) ?? new Map<number, number>();
    const isLeaf = (at: number) => modes[own[at]] === "LEAF";
    const children = new Set(own.flatMap((i) => (modes[i] === "LEAF" ? [] : [yes[i], no[i]])));
    const roots = own.filter((i) => !children.has(nodeIds[i]));
    if (roots.length !== 1)
      throw new ModelFileError(`tree ${id} has ${roots.length} roots: it has a cycle or lost nodes`);
    const split = (at: number) => {
      const i = own[at];
      const [whenYes, whenNo] = [place.get(yes[i]) ?? -1, place.get(no[i]) ?? -1];
      const strictly = belowFloat32(threshold[i]);
      switch (modes[i]) {
        case "BRANCH_LEQ":
          return { feature: feature[i], threshold: threshold[i], left: whenYes, right: whenNo };
        case "BRANCH_LT":
          return { feature: feature[i], threshold: strictly, left: whenYes, right: whenNo };
        case "BRANCH_GT":
          return { feature: feature[i], threshold: threshold[i], left: whenNo, right: whenYes };
        case "BRANCH_GTE":
          return { feature: feature[i], threshold: strictly, left: whenNo, right: whenYes };
        default:
          throw new ModelFileError(
            `tree ${id} tests with ${modes[i]}; BRANCH_LEQ, BRANCH_LT, BRANCH_GT and BRANCH_GTE are read`,
          );
      }
    };
    return {
      nodes: own.length,
      root: own.indexOf(roots[0]),
      leaves: own.flatMap((_, at) => (isLeaf(at) ? [weightsAt(at)] : [])),
      withValues: (valuesOf) => ({
        nodes: own.length,
        root: own.indexOf(roots[0]),
        read: (at) => (isLeaf(at) ? { values: valuesOf(weightsAt(at)), cover: covers?.[own[at]] } : split(at)),
      }),
    };
  });
}

/** What each leaf adds, by "tree node". */
function leafWeights(attributes: Attributes, classes: number): ReadonlyMap<string, LeafWeights> {
  const trees = attributes.ints("class_treeids");
  const nodes = attributes.ints("class_nodeids", trees.length);
  const ids = attributes.ints("class_ids", trees.length);
  const numbers = attributes.floats("class_weights", trees.length);
  const weights = new Map<string, Map<number, number>>();
  trees.forEach((tree, i) => {
    if (ids[i] < 0 || ids[i] >= classes) throw new ModelFileError(`a leaf speaks for class ${ids[i]} of ${classes}`);
    const key = `${tree} ${nodes[i]}`;
    const own = weights.get(key) ?? new Map<number, number>();
    own.set(ids[i], (own.get(ids[i]) ?? 0) + numbers[i]);
    weights.set(key, own);
  });
  return weights;
}
