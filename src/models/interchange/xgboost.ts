import { belowFloat32 } from "../../core/float32.ts";
import { log } from "../../core/math.ts";
import { ModelFileError } from "../../errors.ts";
import { boostedClassifier } from "./boosted-trees.ts";
import { namesOrNumbers } from "./classes.ts";
import { scaledTree, type SourceTree } from "./forest-builder.ts";
import type { ImportedModel, ImportOptions } from "./imported-model.ts";
import { countOf, isRecord, listOf, numbersOf, recordOf, textsOf } from "./json.ts";

const OBJECTIVES = ["binary:logistic", "multi:softprob", "multi:softmax"];

/**
 * A model that XGBoost 1.3 or later saved as JSON (`save_model("model.json")`), boosters `gbtree` and `dart`, objectives
 * `binary:logistic`, `multi:softprob` and `multi:softmax`. XGBoost goes left where `x < threshold`, both float32: here the threshold is the
 * float32 below. Of a model that its scikit-learn interface ended early, the trees up to the best round are taken, as that interface does.
 * Source: https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html, with the schema linked there.
 *
 * @throws {ModelFileError} other boosters and objectives, categorical splits, a structure that is not sound.
 */
export function modelFromXgboost(json: unknown, options: ImportOptions = {}): ImportedModel {
  const learner = recordOf(recordOf(json, "an XGBoost model").learner, "learner");
  const parameters = recordOf(learner.learner_model_param, "learner_model_param");
  const columns = countOf(parameters.num_feature, "num_feature");
  const objective = String(recordOf(learner.objective, "objective").name);
  if (!OBJECTIVES.includes(objective)) {
    throw new ModelFileError(`the objective of the XGBoost model is ${objective}; ${OBJECTIVES.join(", ")} are read`);
  }
  const isBinary = objective === "binary:logistic";
  const classes = namesOrNumbers(options.classes, isBinary ? 2 : countOf(parameters.num_class, "num_class", 0));
  const outputs = isBinary ? 1 : classes.length;
  const { info, trees } = readTrees(recordOf(learner.gradient_booster, "gradient_booster"));

  const byOutput: SourceTree[][] = Array.from({ length: outputs }, () => []);
  info.forEach((output, t) => {
    if (!Number.isInteger(output) || output < 0 || output >= outputs) {
      throw new ModelFileError(`tree ${t} belongs to class ${output}, but there are ${outputs}`);
    }
    byOutput[output].push(trees[t]);
  });
  const kept = bestTrees(learner, recordOf(learner.gradient_booster, "gradient_booster"));
  const classifier = boostedClassifier({
    columns,
    classes,
    trees: byOutput.map((own) => own.slice(0, kept)),
    base: baseMargins(parameters.base_score, isBinary, outputs),
  });
  const names = learner.feature_names;
  return {
    format: `XGBoost JSON, ${objective}`,
    classifier,
    columns,
    featureNames: Array.isArray(names) && names.length > 0 ? textsOf(names, "feature_names", columns) : null,
    notes: ["rows with missing values are refused, where XGBoost sends them in each node's default direction"],
  };
}

function readTrees(booster: Record<string, unknown>): { info: readonly number[]; trees: SourceTree[] } {
  const isDart = booster.name === "dart";
  if (!isDart && booster.name !== "gbtree") {
    throw new ModelFileError(`the booster of the XGBoost model is ${String(booster.name)}; gbtree and dart are read`);
  }
  const model = recordOf((isDart ? recordOf(booster.gbtree, "gbtree") : booster).model, "the booster's model");
  const list = listOf(model.trees, "trees");
  const weights = isDart ? numbersOf(booster.weight_drop, "weight_drop", list.length) : null;
  const trees = list.map((tree, t) => scaledTree(readTree(recordOf(tree, `tree ${t}`), t), weights?.[t] ?? 1));
  return { info: numbersOf(model.tree_info, "tree_info", list.length), trees };
}

function readTree(tree: Record<string, unknown>, t: number): SourceTree {
  const left = listOf(tree.left_children, `left_children of tree ${t}`) as readonly number[];
  const nodes = left.length;
  const named = (name: string) => listOf(tree[name], `${name} of tree ${t}`, nodes) as readonly number[];
  const right = named("right_children");
  const feature = named("split_indices");
  // What a node splits at or, for a leaf, what it says.
  const conditions = numbersOf(tree.split_conditions, `split_conditions of tree ${t}`, nodes);
  const covers = tree.sum_hessian === undefined ? null : named("sum_hessian");
  const categorical = Array.isArray(tree.split_type) && tree.split_type.some((type) => type !== 0);
  if (categorical || (Array.isArray(tree.categories_nodes) && tree.categories_nodes.length > 0)) {
    throw new ModelFileError(`tree ${t} splits by categories, which emovox does not: encode them as numbers`);
  }
  const size = isRecord(tree.tree_param) ? Number(tree.tree_param.size_leaf_vector ?? 0) : 0;
  if (size > 1) throw new ModelFileError(`tree ${t} has leaves of several numbers, which are not read`);
  const read = (node: number) =>
    left[node] === -1
      ? { values: [Math.fround(conditions[node])], cover: covers?.[node] }
      : {
          feature: feature[node],
          threshold: belowFloat32(Math.fround(conditions[node])),
          left: left[node],
          right: right[node],
        };
  return { nodes, root: 0, read };
}

/** Trees of each margin that the model predicts with. */
function bestTrees(learner: Record<string, unknown>, booster: Record<string, unknown>): number | undefined {
  const attributes = isRecord(learner.attributes) ? learner.attributes : {};
  if (attributes.best_iteration === undefined || attributes.scikit_learn === undefined) return undefined;
  const model = isRecord(booster.model) ? booster.model : {};
  const parameters = isRecord(model.gbtree_model_param) ? model.gbtree_model_param : {};
  const parallel = countOf(parameters.num_parallel_tree ?? 1, "num_parallel_tree");
  return (countOf(attributes.best_iteration, "best_iteration", 0) + 1) * parallel;
}

/** `base_score` is a probability for two classes; since XGBoost 3.1 it is a list in brackets. */
function baseMargins(score: unknown, isBinary: boolean, outputs: number): number[] {
  const numbers = String(score ?? "0.5")
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map(Number);
  if (!numbers.every(Number.isFinite) || (numbers.length !== 1 && numbers.length !== outputs)) {
    throw new ModelFileError(`base_score is ${String(score)}; it must be a number, or one a class`);
  }
  if (isBinary && !(numbers[0] > 0 && numbers[0] < 1)) {
    throw new ModelFileError(`base_score is ${String(score)}; for two classes it is a probability`);
  }
  const margins = isBinary ? [log(numbers[0] / (1 - numbers[0]))] : numbers;
  return margins.length === outputs ? margins : new Array<number>(outputs).fill(margins[0]);
}
