import { belowFloat32 } from "../../core/float32.ts";
import { ModelFileError } from "../../errors.ts";
import { VotedForest } from "../voted-forest.ts";
import { namesOrNumbers, sortClasses } from "./classes.ts";
import { ForestBuilder, type SourceTree } from "./forest-builder.ts";
import type { ImportedModel, ImportOptions } from "./imported-model.ts";
import { isRecord, listOf, numbersOf, recordOf } from "./json.ts";

interface Tree {
  readonly root: unknown;
  /** The row's column that the tree's column stands for. */
  readonly columns: readonly number[] | null;
}

/**
 * A classifier of `ml-random-forest` 2 or `ml-cart` 2 (their `toJSON()`). Its trees vote, and so they do here; a row goes left where
 * `x < splitValue`. The JSON tells neither class names nor how many columns there were: without `featureNames` there are as many as
 * the trees ask for.
 *
 * @throws {ModelFileError} regressions, a structure that is not sound.
 */
export function modelFromMlForest(json: unknown, options: ImportOptions = {}): ImportedModel {
  const model = recordOf(json, "a model of ml-random-forest or ml-cart");
  const trees = model.name === "DTClassifier" ? [{ root: model.root, columns: null }] : treesOf(model);
  const sources = trees.map((tree, t) => readTree(tree, t));
  let columns = 0;
  let largestVote = 0;
  for (const [t, tree] of trees.entries()) {
    for (const column of tree.columns ?? []) columns = Math.max(columns, column + 1);
    if (!tree.columns) columns = Math.max(columns, sources[t].largestColumn + 1);
    largestVote = Math.max(largestVote, sources[t].largestVote);
  }
  if (options.featureNames) columns = Math.max(columns, options.featureNames.length);
  const names = namesOrNumbers(options.classes, Math.max(2, options.classes?.length ?? 0, largestVote + 1));
  const { classes, place } = sortClasses(names);
  const builder = new ForestBuilder(Math.max(1, columns), 1);
  sources.forEach(({ tree }, t) => builder.add(withPlaces(tree, place), t));
  return {
    format: model.name === "DTClassifier" ? "ml-cart JSON" : "ml-random-forest JSON",
    classifier: new VotedForest(builder.forest(), classes),
    columns: Math.max(1, columns),
    featureNames: null,
    notes: ["the trees vote: probabilities are shares of votes"],
  };
}

function treesOf(model: Record<string, unknown>): Tree[] {
  if (model.name !== "RFClassifier") {
    throw new ModelFileError(
      `a model named ${JSON.stringify(model.name)} is not read: RFClassifier and DTClassifier are`,
    );
  }
  const base = recordOf(model.baseModel, "baseModel");
  const estimators = listOf(base.estimators, "estimators");
  const indexes = listOf(base.indexes, "indexes", estimators.length);
  return estimators.map((value, t) => {
    const columns = numbersOf(indexes[t], `the columns of tree ${t}`);
    for (const column of columns) columnOf(column, 0, t);
    return { root: recordOf(value, `tree ${t}`).root, columns };
  });
}

function readTree({ root, columns }: Tree, t: number) {
  // Nodes in pre-order, numbered as they are found; a right child is known only once the left side is done.
  const nodes: { json: Record<string, unknown>; left: number; right: number }[] = [];
  const waiting: { value: unknown; parent: number }[] = [{ value: root, parent: -1 }];
  let largestColumn = 0;
  let largestVote = 0;
  for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
    const json = recordOf(entry.value, `node ${nodes.length} of tree ${t}`);
    const at = nodes.length;
    if (entry.parent >= 0) nodes[entry.parent].right = at;
    nodes.push({ json, left: at + 1, right: -1 });
    if (json.distribution !== undefined) {
      largestVote = Math.max(largestVote, voteOf(json.distribution, at, t));
      continue;
    }
    largestColumn = Math.max(largestColumn, columnOf(json.splitColumn, at, t));
    waiting.push({ value: json.right, parent: at }, { value: json.left, parent: -1 });
  }
  const read = (node: number) => {
    const { json, left, right } = nodes[node];
    if (json.distribution !== undefined) return { values: [voteOf(json.distribution, node, t)] };
    const column = json.splitColumn as number;
    const threshold = typeof json.splitValue === "number" ? belowFloat32(json.splitValue) : Number.NaN;
    return { feature: columns ? (columns[column] ?? -1) : column, threshold, left, right };
  };
  return { tree: { nodes: nodes.length, root: 0, read } as SourceTree, largestColumn, largestVote };
}

function columnOf(value: unknown, node: number, t: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2147483647) return value;
  throw new ModelFileError(`node ${node} of tree ${t} asks for column ${String(value)}`);
}

/** The class of a leaf: the first of its highest shares. */
function voteOf(distribution: unknown, node: number, t: number): number {
  const rows = isRecord(distribution) ? distribution.data : distribution;
  const shares = Array.isArray(rows) ? rows[0] : undefined;
  if (!Array.isArray(shares) || shares.length === 0 || shares.length > 65535) {
    throw new ModelFileError(`leaf ${node} of tree ${t} has no shares of classes; only classifiers are read`);
  }
  const numbers = numbersOf(shares, `the shares of leaf ${node} of tree ${t}`);
  return numbers.indexOf(numbers.reduce((most, share) => Math.max(most, share)));
}

function withPlaces(tree: SourceTree, place: readonly number[]): SourceTree {
  const read = (node: number) => {
    const item = tree.read(node);
    return "values" in item ? { values: [place[item.values[0]]] } : item;
  };
  return { ...tree, read };
}
