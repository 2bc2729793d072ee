import { floorToFloat32 } from "../../core/float32.ts";
import type { Forest } from "../../core/forest.ts";
import { DataError } from "../../errors.ts";
import { version } from "../../version.ts";
import type { Classifier } from "../classifier.ts";
import { GradientBoostingClassifier } from "../gradient-boosting.ts";
import { LinearSVC } from "../linear-svc.ts";
import { LogisticRegression } from "../logistic-regression.ts";
import { CountNaiveBayes } from "../naive-bayes.ts";
import { Pipeline } from "../pipeline.ts";
import { RandomForestClassifier } from "../random-forest.ts";
import { foldIntoThresholds, foldIntoWeights, type LinearWeights } from "./fold-scalers.ts";
import { FEATURE_NAMES_KEY } from "./onnx.ts";
import { attribute, writeOnnxModel } from "./onnx-proto.ts";
import type { Message } from "./protobuf.ts";

const FLOAT = 1;
const STRING = 8;
/** The versions of the operators' sets, and of the format, that every ONNX Runtime since 1.11 knows. */
const OPSETS = [
  { domain: "", version: 13 },
  { domain: "ai.onnx.ml", version: 1 },
];
const IR_VERSION = 7;

/**
 * A classifier as an ONNX-ML model with the input `float_input` (rows x columns, float32) and the outputs `label` (texts) and `probabilities`
 * (rows x classes). Forests, boosted trees, logistic regressions, naive Bayes, support vector machines with a temperature, and pipelines of scalers
 * and one of these; scalers are folded into thresholds (exactly) and weights. ONNX Runtime computes in float32.
 *
 * @throws {DataError} other classifiers, and pipelines that begin with texts.
 *
 * @example
 * const bytes = modelToOnnx(forest, { featureNames: ["pitch", "energy"] });
 */
export function modelToOnnx(
  classifier: Classifier,
  { featureNames }: { featureNames?: readonly string[] | null } = {},
): Uint8Array<ArrayBuffer> {
  const { node, columns } = nodeOf(classifier);
  const info = (name: string, elementType: number, shape: Message[]) => ({
    name,
    type: { tensor: { elementType, shape: { dimensions: shape } } },
  });
  const rows = { parameter: "N" };
  return writeOnnxModel({
    irVersion: IR_VERSION,
    producerName: "emovox",
    producerVersion: version,
    opsets: OPSETS,
    graph: {
      name: classifier.kind,
      nodes: [{ ...node, inputs: ["float_input"], outputs: ["label", "probabilities"], domain: "ai.onnx.ml" }],
      initializers: [],
      inputs: [info("float_input", FLOAT, [rows, { value: columns }])],
      outputs: [
        info("label", STRING, [rows]),
        info("probabilities", FLOAT, [rows, { value: classifier.classes.length }]),
      ],
    },
    metadata: featureNames ? [{ key: FEATURE_NAMES_KEY, value: JSON.stringify(featureNames) }] : [],
  });
}

function nodeOf(classifier: Classifier): { node: Message; columns: number } {
  const pipeline = classifier instanceof Pipeline ? classifier : null;
  if (pipeline?.vectorizer) throw new DataError("a pipeline of texts cannot be written as ONNX; its classifier can");
  const inner = pipeline?.classifier ?? classifier;
  const scalers = pipeline?.scalers ?? [];
  const { classes } = inner;
  if (inner instanceof RandomForestClassifier && inner.forest) {
    const forest = foldIntoThresholds(inner.forest, scalers);
    return { node: treeNode(forest, classes, "NONE"), columns: forest.columns };
  }
  if (inner instanceof GradientBoostingClassifier && inner.forest) {
    const forest = foldIntoThresholds(inner.forest, scalers);
    return { node: treeNode(forest, classes, "SOFTMAX"), columns: forest.columns };
  }
  const weights = weightsOf(inner);
  if (!weights) throw new DataError(`a model of the kind "${inner.kind}" cannot be written as ONNX`);
  const { coef, intercept } = foldIntoWeights(weights, scalers);
  const node = {
    op: "LinearClassifier",
    attributes: [
      attribute("classlabels_strings", "strings", classes),
      attribute("coefficients", "floats", coef),
      attribute("intercepts", "floats", intercept),
      attribute("multi_class", "i", 0),
      attribute("post_transform", "s", "SOFTMAX"),
    ],
  };
  return { node, columns: weights.columns };
}

/** Weights whose softmax is what the classifier says, one line a class. */
function weightsOf(classifier: Classifier): LinearWeights | null {
  if (classifier.classes.length === 0) return null;
  if (classifier instanceof LogisticRegression) {
    const { coef, intercept } = classifier;
    return { coef, intercept, columns: coef.length / intercept.length };
  }
  if (classifier instanceof CountNaiveBayes) {
    const { featureLogProb: coef, classLogPrior: intercept } = classifier;
    return { coef, intercept, columns: coef.length / intercept.length };
  }
  if (!(classifier instanceof LinearSVC)) return null;
  const { method, temperature } = classifier.save().config.calibrator as { method: string; temperature: number };
  if (method !== "temperature")
    throw new DataError(`the calibration "${method}" cannot be written as ONNX; temperature can`);
  const columns = classifier.coef.length / classifier.intercept.length;
  const first = classifier.intercept.length === 1 ? 1 : 0;
  const coef = new Float64Array(classifier.classes.length * columns);
  const intercept = new Float64Array(classifier.classes.length);
  coef.set(
    classifier.coef.map((weight) => weight / temperature),
    first * columns,
  );
  intercept.set(
    classifier.intercept.map((weight) => weight / temperature),
    first,
  );
  return { coef, intercept, columns };
}

/** Covers are written as hit rates, where the trees have them. */
function treeNode(forest: Forest, classes: readonly string[], transform: "NONE" | "SOFTMAX"): Message {
  const { offsets, feature, threshold, right, leafValues, cover } = forest;
  const trees = offsets.length - 1;
  const nodes = { tree: [] as number[], id: [] as number[], yes: [] as number[], no: [] as number[] };
  const leaves = { tree: [] as number[], id: [] as number[], class: [] as number[], weight: [] as number[] };
  const addWeight = (tree: number, id: number, c: number, weight: number) => {
    leaves.tree.push(tree);
    leaves.id.push(id);
    leaves.class.push(c);
    leaves.weight.push(weight);
  };
  for (let tree = 0; tree < trees; tree++) {
    for (let node = offsets[tree]; node < offsets[tree + 1]; node++) {
      const id = node - offsets[tree];
      const isLeaf = feature[node] < 0;
      nodes.tree.push(tree);
      nodes.id.push(id);
      nodes.yes.push(isLeaf ? 0 : id + 1);
      nodes.no.push(isLeaf ? 0 : right[node]);
      if (!isLeaf) continue;
      if (transform === "SOFTMAX") {
        // Of two classes the first has the margin 0, which ONNX Runtime must be told, lest it takes the one score for another thing.
        if (classes.length === 2) addWeight(tree, id, 0, 0);
        addWeight(tree, id, classes.length === 2 ? 1 : tree % classes.length, leafValues[right[node]]);
        continue;
      }
      for (let c = 0; c < classes.length; c++) {
        const share = leafValues[right[node] * classes.length + c];
        if (share > 0 || classes.length === 2) addWeight(tree, id, c, share / trees);
      }
    }
  }
  return {
    op: "TreeEnsembleClassifier",
    attributes: [
      attribute("nodes_treeids", "ints", nodes.tree),
      attribute("nodes_nodeids", "ints", nodes.id),
      attribute(
        "nodes_featureids",
        "ints",
        feature.map((column) => Math.max(0, column)),
      ),
      attribute("nodes_values", "floats", Float32Array.from(threshold, floorToFloat32)),
      attribute("nodes_hitrates", "floats", cover ?? new Float32Array(feature.length).fill(1)),
      attribute(
        "nodes_modes",
        "strings",
        Array.from(feature, (column) => (column < 0 ? "LEAF" : "BRANCH_LEQ")),
      ),
      attribute("nodes_truenodeids", "ints", nodes.yes),
      attribute("nodes_falsenodeids", "ints", nodes.no),
      attribute("nodes_missing_value_tracks_true", "ints", new Array<number>(feature.length).fill(0)),
      attribute("class_treeids", "ints", leaves.tree),
      attribute("class_nodeids", "ints", leaves.id),
      attribute("class_ids", "ints", leaves.class),
      attribute("class_weights", "floats", leaves.weight),
      attribute("classlabels_strings", "strings", classes),
      attribute("post_transform", "s", transform),
    ],
  };
}
