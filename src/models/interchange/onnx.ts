import { ModelFileError } from "../../errors.ts";
import type { Classifier } from "../classifier.ts";
import { Pipeline } from "../pipeline.ts";
import { type Scaler, StandardScaler } from "../scaler.ts";
import type { ImportedModel } from "./imported-model.ts";
import { textsOf } from "./json.ts";
import { classifierFromLinear } from "./onnx-linear.ts";
import { Attributes, type OnnxGraph, type OnnxNode, readOnnxModel } from "./onnx-proto.ts";
import { classifierFromTrees } from "./onnx-trees.ts";

/** The key of the model's metadata under which feature names lie, as a JSON list. */
export const FEATURE_NAMES_KEY = "feature_names";

/** What may stand before the classifier without changing what emovox makes of it. */
const BEFORE = ["Cast", "Identity", "Scaler"];
const CLASSIFIERS = ["TreeEnsembleClassifier", "LinearClassifier"];
/** Columns that one number of a Scaler is spread over, at most. */
const MOST_SPREAD = 65536;
/** Nodes of a graph at most: a classifier and what stands around it are a handful. */
const MOST_NODES = 64;
const AFTER = ["Normalizer", "ZipMap", "Cast", "Identity"];

/**
 * A classifier of ONNX-ML: one TreeEnsembleClassifier or LinearClassifier, with Scaler and Cast before it and Normalizer, ZipMap and Cast behind,
 * as skl2onnx and onnxmltools write them. Scaler and tensors of float64 are computed in float64 here.
 * Source: https://onnx.ai/onnx/operators/index.html#ai-onnx-ml
 *
 * @throws {ModelFileError} other operators or another graph, other transforms of the scores, a structure that is not sound.
 */
export function modelFromOnnx(bytes: Uint8Array): ImportedModel {
  const { graph, producerName, metadata } = readOnnxModel(bytes);
  const { before, node, after } = chainOf(graph);
  const attributes = new Attributes(node);
  const declared = declaredColumns(graph);
  const normalised = after.some(({ op }) => op === "Normalizer");
  const { classifier, columns, notes } =
    node.op === "LinearClassifier"
      ? classifierFromLinear(attributes, normalised, declared)
      : classifierFromTrees(attributes, declared);
  const scalers = before.filter(({ op }) => op === "Scaler").map((scaler) => readScaler(scaler, columns));
  const saved = metadata.find(({ key }) => key === FEATURE_NAMES_KEY)?.value;
  return {
    format: `ONNX-ML ${node.op}${producerName ? `, written by ${producerName}` : ""}`,
    classifier: (scalers.length > 0 ? new Pipeline({ scalers, classifier }) : classifier) as Classifier,
    columns,
    featureNames: saved === undefined ? null : namesIn(saved, columns),
    notes,
  };
}

/** The nodes on the way from the input to the classifier, and those that follow it. */
function chainOf(graph: OnnxGraph): { before: OnnxNode[]; node: OnnxNode; after: OnnxNode[] } {
  if (graph.nodes.length > MOST_NODES) {
    throw new ModelFileError(`the ONNX model has ${graph.nodes.length} nodes; models of up to ${MOST_NODES} are read`);
  }
  const unknown = graph.nodes.find(({ op = "" }) => ![...BEFORE, ...CLASSIFIERS, ...AFTER].includes(op));
  if (unknown) {
    throw new ModelFileError(
      `the ONNX model has the operator ${unknown.op}, which is not read; ${CLASSIFIERS.join(" and ")} are`,
    );
  }
  const found = graph.nodes.filter(({ op = "" }) => CLASSIFIERS.includes(op));
  if (found.length !== 1) throw new ModelFileError(`the ONNX model has ${found.length} classifiers; it must have one`);
  const [node] = found;
  const before: OnnxNode[] = [];
  const initial = new Set(graph.initializers.map(({ name }) => name));
  const inputs = graph.inputs.filter(({ name }) => !initial.has(name));
  if (inputs.length !== 1) throw new ModelFileError(`the ONNX model has ${inputs.length} inputs; it must have one`);
  const visited = new Set<OnnxNode>([node]);
  for (let name = node.inputs[0]; name !== inputs[0].name; ) {
    const wanted: string = name;
    const maker = graph.nodes.find(({ outputs }) => outputs.includes(wanted));
    if (!maker || visited.has(maker) || !BEFORE.includes(maker.op ?? "") || maker.inputs.length !== 1) {
      throw new ModelFileError("the ONNX model's classifier does not read the model's input, scaled or as it is");
    }
    visited.add(maker);
    before.unshift(maker);
    name = maker.inputs[0];
  }
  return { before, node, after: graph.nodes.filter((other) => !visited.has(other)).map(checkAfter) };
}

function checkAfter(node: OnnxNode): OnnxNode {
  if (!AFTER.includes(node.op ?? "")) throw new ModelFileError(`the operator ${node.op} stands behind the classifier`);
  if (node.op === "Normalizer" && new Attributes(node).text("norm", "MAX") !== "L1") {
    throw new ModelFileError(
      "the ONNX model normalises probabilities otherwise than by their sum (Normalizer, norm L1)",
    );
  }
  return node;
}

/** The columns that the input declares, where it does. */
function declaredColumns({ inputs }: OnnxGraph): number | undefined {
  const columns = inputs.at(-1)?.type?.tensor?.shape?.dimensions[1]?.value;
  return columns !== undefined && columns > 0 ? columns : undefined;
}

function readScaler(node: OnnxNode, columns: number): Scaler {
  const attributes = new Attributes(node);
  const spread = (name: string, otherwise: number): number[] => {
    const numbers = attributes.floats(name);
    if (numbers.length === columns) return [...numbers];
    if (numbers.length > 1 || columns > MOST_SPREAD)
      throw new ModelFileError(`"${name}" of Scaler has ${numbers.length} elements for ${columns} columns`);
    return new Array<number>(columns).fill(numbers[0] ?? otherwise);
  };
  const shift = Float64Array.from(spread("offset", 0));
  const scale = Float64Array.from(spread("scale", 1), (factor) => 1 / factor);
  const tensor = (data: Float64Array) => ({ dtype: "F64" as const, shape: [columns], data });
  return StandardScaler.load({
    kind: StandardScaler.kind,
    config: {},
    tensors: { shift: tensor(shift), scale: tensor(scale) },
  });
}

function namesIn(json: string, columns: number): readonly string[] {
  try {
    return textsOf(JSON.parse(json), "feature_names", columns);
  } catch {
    throw new ModelFileError("the ONNX model's feature_names are no JSON list of a text for each column");
  }
}
