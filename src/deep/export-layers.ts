import type { LayersModel, Sequential } from "@tensorflow/tfjs";
import { OptionError } from "../errors.ts";
import type { ModelState } from "../models/state.ts";
import { deepBackend, tf } from "./backend.ts";
import type { DeepOptions } from "./deep-options.ts";
import type { MLPOptions } from "./mlp.ts";

type Layer = Parameters<Sequential["add"]>[0];

/** The two files of TensorFlow.js's own layout, by name. */
export interface LayersFiles {
  readonly "model.json": Uint8Array;
  readonly "weights.bin": Uint8Array;
}

/**
 * A saved model as a model of TensorFlow.js's layers, which `tf.loadLayersModel` reads: `mlp`, `seed-cnn`, and `seed-lstm` on text. It takes
 * what the network takes (rows of features; numbers of tokens, of which 0 is padding and must be left out) and gives probabilities in
 * the order of the classes; vocabulary and class names are in `userDefinedMetadata`.
 *
 * @param state what `save` gave
 * @throws {OptionError} another kind: attention pooling, masks and shortcuts are no layers of TensorFlow.js
 * @example
 * const files = await exportLayers(perceptron.save());
 * await writeFile("model.json", files["model.json"]);
 * await writeFile("weights.bin", files["weights.bin"]);
 */
export async function exportLayers(state: ModelState): Promise<LayersFiles> {
  await deepBackend();
  const model = sequential(state);
  const files: { -readonly [Name in keyof LayersFiles]?: Uint8Array } = {};
  try {
    model.setUserDefinedMetadata({
      kind: state.kind,
      classes: state.config.classes,
      tokens: state.config.tokens ?? [],
    });
    await model.save(
      tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData, userDefinedMetadata }) => {
        const description = {
          format: "layers-model",
          generatedBy: "emovox",
          convertedBy: null,
          modelTopology,
          userDefinedMetadata,
          weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs }],
        };
        files["model.json"] = new TextEncoder().encode(JSON.stringify(description));
        files["weights.bin"] = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
  } finally {
    model.dispose();
  }
  return files as LayersFiles;
}

function sequential(state: ModelState): LayersModel {
  const { kind } = state;
  const parts = JSON.stringify(state.config.parts);
  const builder = { mlp, "seed-cnn": seedCnn, "seed-lstm": seedLstm }[kind];
  if (!builder || (kind === "seed-lstm" && parts !== '["text"]')) {
    throw new OptionError(
      `a ${kind}${kind === "seed-lstm" ? ` on ${parts}` : ""} cannot be written as layers of TensorFlow.js; keep it as safetensors`,
    );
  }
  const model = tf.sequential();
  for (const [layer, ...names] of builder(state)) add(model, state, layer, names);
  return model;
}

/** A layer and the names of its weights, in its order. */
type Named = [layer: Layer, ...names: string[]];

function add(model: Sequential, { kind, tensors }: ModelState, layer: Layer, names: readonly string[]): void {
  model.add(layer);
  const weights = names.map((name) => {
    const { data, shape } = tensors[name];
    // Our LSTM adds 1 to its forget gate, Keras's starts its bias there.
    const quarter = data.length / 4;
    const numbers =
      kind === "seed-lstm" && name === "lstm.bias"
        ? data.map((b, i) => b + (i >= quarter && i < 2 * quarter ? 1 : 0))
        : data;
    return tf.tensor(numbers as Float32Array, [...shape]);
  });
  if (weights.length > 0) layer.setWeights(weights);
  tf.dispose(weights);
}

function mlp({ config }: ModelState): Named[] {
  const { hiddenLayerSizes = [], activation = "relu" } = config.options as unknown as MLPOptions;
  const sizes = [...hiddenLayerSizes, (config.classes as unknown[]).length];
  const named = { relu: "relu", tanh: "tanh", logistic: "sigmoid", identity: "linear" } as const;
  return sizes.map((units, i) => [
    tf.layers.dense({
      units,
      activation: i === sizes.length - 1 ? "softmax" : named[activation],
      ...(i === 0 ? { inputShape: [config.columns as number] } : {}),
    }),
    `weight${i}`,
    `bias${i}`,
  ]);
}

function seedCnn({ config }: ModelState): Named[] {
  const { pooling, denseUnits, dropout } = config.options as unknown as DeepOptions;
  const pools = (): Named[] => (pooling ? [[tf.layers.maxPooling1d({ poolSize: 2, strides: 2 })]] : []);
  const convolution = (filters: number, name: string, more = {}): Named => [
    tf.layers.conv1d({ filters, kernelSize: 3, activation: "relu", ...more }),
    `${name}.kernel`,
    `${name}.bias`,
  ];
  return [
    [
      tf.layers.reshape({
        targetShape: [config.features as number, 1],
        inputShape: [config.features as number],
      }),
    ],
    convolution(64, "convolution1"),
    ...pools(),
    convolution(128, "convolution2"),
    ...pools(),
    [tf.layers.flatten()],
    [tf.layers.dense({ units: denseUnits, activation: "relu" }), "dense.kernel", "dense.bias"],
    [tf.layers.dropout({ rate: dropout })],
    output(config),
  ];
}

function seedLstm({ config, tensors }: ModelState): Named[] {
  const { units } = config.options as unknown as DeepOptions;
  const [inputDim, outputDim] = tensors["tokens.table"].shape;
  return [
    [tf.layers.embedding({ inputDim, outputDim, inputShape: [null as unknown as number] }), "tokens.table"],
    [tf.layers.lstm({ units, recurrentActivation: "sigmoid" }), "lstm.kernel", "lstm.recurrent", "lstm.bias"],
    output(config),
  ];
}

const output = ({ classes }: ModelState["config"]): Named => [
  tf.layers.dense({ units: (classes as unknown[]).length, activation: "softmax" }),
  "output.kernel",
  "output.bias",
];
