import type { Tensor, Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import { DataError } from "../errors.ts";
import type { Architecture, Sizes } from "./architecture.ts";
import { encoder, encoderLayout } from "./attention-layers.ts";
import { tf } from "./backend.ts";
import type { DeepOptions } from "./deep-options.ts";
import {
  convolution,
  convolutionLayout,
  dense,
  denseLayout,
  dropout,
  embedding,
  embeddingLayout,
  maxPool2,
} from "./layers.ts";
import { recurrent, recurrentLayout } from "./recurrent-layers.ts";

// The networks of the published tables, layer by layer, so that the tables can be filled. Adam, rate 0.001; no rows are held out.

const trained = { clipNorm: null, validationShare: 0 } as const;

/** The published CNN on the eight features of sound. */
export const SEED_CNN_AUDIO = { pooling: false, denseUnits: 64, dropout: 0, epochs: 200, batchSize: 20 } as const;
/** The published CNN on the features of sound and words, joined. */
export const SEED_CNN_BOTH = { pooling: true, denseUnits: 256, dropout: 0.5, epochs: 20, batchSize: 32 } as const;

/**
 * The features of an utterance as a sequence of single values: convolutions of 64 and 128 channels over three neighbours, each followed
 * by pooling of two where `pooling` says so, a dense layer, dropout.
 */
export const seedCnn: Architecture = {
  kind: "seed-cnn",
  takes: [["features"]],
  defaults: { ...trained, ...SEED_CNN_AUDIO },
  layout({ features, classes }, { pooling, denseUnits }) {
    const behind = (steps: number) => Math.floor((steps - 2) / (pooling ? 2 : 1));
    const steps = behind(behind(features));
    if (steps < 1) throw new DataError(`${features} features are too few for the two convolutions of seed-cnn`);
    return {
      ...convolutionLayout("convolution1", 3, 1, 64),
      ...convolutionLayout("convolution2", 3, 64, 128),
      ...denseLayout("dense", steps * 128, denseUnits),
      ...denseLayout("output", denseUnits, classes),
    };
  },
  logits(weights, { features, rows }, { pooling, dropout: rate }, random) {
    let x = tf.expandDims(features!, 2) as Tensor3D;
    for (const name of ["convolution1", "convolution2"]) {
      x = convolution(weights, name, x, { padding: "valid", relu: true });
      if (pooling) x = maxPool2(x);
    }
    const hidden = tf.relu(dense(weights, "dense", tf.reshape(x, [rows, -1]) as Tensor2D));
    return dense(weights, "output", dropout(hidden, rate, random));
  },
};

/**
 * An LSTM of 128 units over the tokens, each embedded in 128 dimensions. (The published notebook fed it TF-IDF weights cast to whole
 * numbers, which are all 0: it learnt nothing but the frequencies of the classes. This one reads the tokens.) Features of sound are a sequence of
 * single values to it; with both, the state at the end of the text and the features go into the last layer together.
 */
export const seedLstm: Architecture = {
  kind: "seed-lstm",
  takes: [["text", "features"], ["text"], ["features"]],
  defaults: { ...trained, units: 128, embedding: 128, epochs: 20, dropout: 0 },
  layout({ parts, features, vocabulary, classes }, { units, embedding: width }) {
    const text = parts.includes("text");
    const both = text && parts.includes("features");
    return {
      ...(text ? embeddingLayout("tokens", vocabulary, width) : {}),
      ...recurrentLayout("lstm", "lstm", text ? width : 1, units),
      ...denseLayout("output", units + (both ? features : 0), classes),
    };
  },
  logits(weights, { tokens, features }) {
    const sequence = tokens
      ? { values: embedding(weights, "tokens", tokens.values), mask: tokens.mask }
      : { values: tf.expandDims(features!, 2) as Tensor3D, mask: tf.onesLike(features!) };
    const end = recurrent(weights, "lstm", "lstm", sequence).last;
    return dense(weights, "output", tokens && features ? (tf.concat([end, features], 1) as Tensor2D) : end);
  },
};

/**
 * A layer of a Transformer's encoder with 4 heads on the vector of features as a sequence of one step. With a single step attention has
 * nothing to choose from: its weights are all 1 and its queries and keys learn nothing. What is left is a dense network with shortcuts.
 */
export const seedTransformer: Architecture = {
  kind: "seed-transformer",
  takes: [["features"]],
  defaults: { ...trained, units: 128, heads: 4, epochs: 20, dropout: 0.1 },
  layout({ features, classes }: Sizes, { units, heads }: DeepOptions) {
    return {
      ...denseLayout("input", features, units),
      ...encoderLayout("encoder", units, units, heads),
      ...denseLayout("output", units, classes),
    };
  },
  logits(weights, { features, rows }, { heads, dropout: rate }, random) {
    const step = tf.expandDims(dense(weights, "input", features!), 1) as Tensor3D;
    const x = encoder(weights, "encoder", { values: step, mask: tf.ones([rows, 1]) }, heads, rate, random);
    return dense(weights, "output", tf.squeeze(x.values as Tensor, [1]) as Tensor2D);
  },
};
