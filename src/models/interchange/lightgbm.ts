import { ModelFileError } from "../../errors.ts";
import { boostedClassifier } from "./boosted-trees.ts";
import { namesOrNumbers } from "./classes.ts";
import { scaledTree, type SourceTree } from "./forest-builder.ts";
import type { ImportedModel, ImportOptions } from "./imported-model.ts";
import { countOf } from "./json.ts";

/** Bits of `decision_type`. */
const CATEGORICAL = 1;
const DEFAULT_LEFT = 2;
const MISSING_SHIFT = 2;
const MISSING_IS_ZERO = 1;
const MISSING_IS_NAN = 2;
/** Values up to this count as zero. */
const ZERO = Math.fround(1e-35);

type Fields = ReadonlyMap<string, string>;

/**
 * A model that LightGBM saved as text (`booster.save_model("model.txt")`), format v3 or v4, objectives `binary` and `multiclass`.
 * LightGBM compares in float64, `x <= threshold` goes left; rows here are float32.
 * Explanations weigh nodes by their examples (`leaf_count`), as LightGBM's do.
 * Source: the `Tree` class of LightGBM (`src/io/tree.cpp`, `include/LightGBM/tree.h`).
 *
 * @throws {ModelFileError} categorical splits, linear leaves, random-forest mode, other objectives, zeros that are sent apart as missing,
 *   a structure that is not sound.
 */
export function modelFromLightgbm(text: string, options: ImportOptions = {}): ImportedModel {
  const [head, ...blocks] = text.split(/^end of trees/m)[0].split(/^Tree=/m);
  const header = fieldsOf(head);
  const columns = countOf(header.get("max_feature_idx"), "max_feature_idx", 0) + 1;
  const [objective = "", ...parameters] = (header.get("objective") ?? "").split(" ");
  if (objective !== "binary" && objective !== "multiclass") {
    throw new ModelFileError(`the objective of the LightGBM model is "${objective}"; binary and multiclass are read`);
  }
  if (header.has("average_output")) {
    throw new ModelFileError("the LightGBM model is a random forest (boosting=rf), which is not read");
  }
  const outputs = countOf(header.get("num_tree_per_iteration"), "num_tree_per_iteration");
  const classes = namesOrNumbers(options.classes, objective === "binary" ? 2 : outputs);
  if (objective === "binary" && outputs !== 1) throw new ModelFileError("two classes have one tree an iteration");
  const sigmoid = parameters.find((parameter) => parameter.startsWith("sigmoid:"))?.slice(8) ?? "1";
  if (!(Number(sigmoid) > 0 && Number(sigmoid) < Infinity)) throw new ModelFileError(`sigmoid is ${sigmoid}`);

  const byOutput: SourceTree[][] = Array.from({ length: outputs }, () => []);
  let refusesMissing = false;
  blocks.forEach((block, t) => {
    const { tree, hasMissing } = readTree(fieldsOf(`Tree=${block}`), t);
    refusesMissing ||= hasMissing;
    byOutput[t % outputs].push(objective === "binary" ? scaledTree(tree, Number(sigmoid)) : tree);
  });
  const base = new Array<number>(outputs).fill(0);
  const names = header.get("feature_names")?.split(" ") ?? [];
  return {
    format: `LightGBM text, ${objective}`,
    classifier: boostedClassifier({ columns, classes, trees: byOutput, base }),
    columns,
    featureNames: names.length === columns && !names.every((name, c) => name === `Column_${c}`) ? names : null,
    notes: [
      "LightGBM compares float64 values; rows here are float32",
      refusesMissing
        ? "rows with missing values are refused, although the model learnt from some"
        : "rows with missing values are refused, where LightGBM takes them as 0",
    ],
  };
}

/** The lines `key=value`; a line without a value stands for itself. */
function fieldsOf(block: string): Fields {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const at = line.indexOf("=");
    if (line.trim() !== "")
      fields.set(at < 0 ? line.trim() : line.slice(0, at), at < 0 ? "" : line.slice(at + 1).trim());
  }
  return fields;
}

function readTree(fields: Fields, t: number): { tree: SourceTree; hasMissing: boolean } {
  const leaves = countOf(fields.get("num_leaves"), `num_leaves of tree ${t}`);
  if (fields.get("is_linear") === "1") throw new ModelFileError(`tree ${t} has linear leaves, which are not read`);
  const numbers = (name: string, length: number): readonly number[] => {
    const text = fields.get(name);
    const list = text === undefined || text === "" ? [] : text.split(" ").map(Number);
    if (list.length !== length || !list.every(Number.isFinite)) {
      throw new ModelFileError(`tree ${t} must have ${length} numbers in "${name}"`);
    }
    return list;
  };
  const value = numbers("leaf_value", leaves);
  const count = fields.get("leaf_count") ? numbers("leaf_count", leaves) : null;
  const inner = leaves - 1;
  const feature = numbers("split_feature", inner);
  const threshold = numbers("threshold", inner);
  const decision = numbers("decision_type", inner);
  const left = numbers("left_child", inner);
  const right = numbers("right_child", inner);
  for (let node = 0; node < inner; node++) checkDecision(decision[node], threshold[node], node, t);

  // A child below 0 is the leaf ~child; leaves are numbered behind the inner nodes here.
  const place = (child: number) => (Number.isInteger(child) && child < 0 ? inner + ~child : child);
  const read = (node: number) =>
    node >= inner
      ? { values: [value[node - inner]], cover: leaves === 1 ? 1 : count?.[node - inner] }
      : { feature: feature[node], threshold: threshold[node], left: place(left[node]), right: place(right[node]) };
  const hasMissing = decision.some((type) => type >> MISSING_SHIFT === MISSING_IS_NAN);
  return { tree: { nodes: inner + leaves, root: 0, read }, hasMissing };
}

function checkDecision(type: number, threshold: number, node: number, t: number): void {
  if (!Number.isInteger(type) || type < 0 || type > 11) {
    throw new ModelFileError(`node ${node} of tree ${t} has the unknown decision_type ${type}`);
  }
  if (type & CATEGORICAL) {
    throw new ModelFileError(
      `node ${node} of tree ${t} splits by categories, which emovox does not: encode them as numbers`,
    );
  }
  if (type >> MISSING_SHIFT !== MISSING_IS_ZERO) return;
  // Zeros are missing and go in the default direction, which must be where the threshold sends them.
  const goesLeft = (type & DEFAULT_LEFT) !== 0;
  const fits = goesLeft ? threshold >= ZERO : threshold < -ZERO;
  if (fits) return;
  throw new ModelFileError(
    `node ${node} of tree ${t} takes zeros as missing and sends them apart: train without zero_as_missing`,
  );
}
