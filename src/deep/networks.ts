import type { Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import type { Random } from "../random.ts";
import type { Architecture, Sizes } from "./architecture.ts";
import { encoder, encoderLayout } from "./attention-layers.ts";
import { tf } from "./backend.ts";
import type { Batch, Padded } from "./batch.ts";
import type { DeepOptions } from "./deep-options.ts";
import {
  attentionAndMax,
  attentionPoolingLayout,
  convolution,
  convolutionLayout,
  dense,
  denseLayout,
  dropout,
  embedding,
  embeddingLayout,
  layerNorm,
  layerNormLayout,
  masked,
  statistics,
} from "./layers.ts";
import { filled, type Layout } from "./parameters.ts";
import { bothWays, bothWaysLayout, frameChannels, frameTower, frameTowerLayout, textChannels } from "./towers.ts";
import type { Weights } from "./trainer.ts";

// The networks that read what they are given as it is: sounds frame by frame, texts token by token.

const trained = {
  schedule: "cosine",
  warmup: 1,
  weightDecay: 0.01,
  validationShare: 0.1,
  patience: null,
} as const;

/** Training on frames. */
const heard = {
  batchSize: 8,
  learningRate: 2e-3,
  epochs: 30,
  clipNorm: 2,
  dropout: 0.1,
  centreFrames: false,
  validationShare: 0,
  timeMasks: 2,
  timeMaskFrames: 10,
  frequencyMasks: 2,
  frequencyMaskWidth: 4,
  noise: 0.05,
} as const;

/** Training on tokens. */
const read = { batchSize: 32, learningRate: 2e-3, epochs: 6, dropout: 0.4, tokenDropout: 0.1 } as const;

/** Convolutions over frames, mean and standard deviation over the steps, and a dense layer. */
export const frameCnn: Architecture = {
  kind: "frame-cnn",
  takes: [["frames"]],
  defaults: { ...trained, ...heard },
  layout({ coefficients, classes }, options) {
    const width = frameChannels(coefficients, options.units);
    return {
      ...frameTowerLayout(options),
      ...denseLayout("output", 2 * width, classes),
    };
  },
  logits(weights, { frames }, { dropout: rate }, random) {
    const pooled = statistics(frameTower(weights, frames!));
    return dense(weights, "output", dropout(pooled, rate, random));
  },
};

/** Options with which the other networks learn from frames as the CNN does. */
export const trainedOnFrames = { ...heard, tokenDropout: 0 } as const;

/** The sequence that a network reads: embedded tokens, or what the convolutions make of frames. */
function sequenceLayout({ parts, vocabulary }: Sizes, options: DeepOptions): Layout {
  return parts.includes("text") ? embeddingLayout("tokens", vocabulary, options.embedding) : frameTowerLayout(options);
}

const sequenceWidth = ({ parts, coefficients }: Sizes, { embedding: width, units }: DeepOptions): number =>
  parts.includes("text") ? width : frameChannels(coefficients, units);

function sequence(weights: Weights, batch: Batch, { dropout: rate }: DeepOptions, random?: Random): Padded<Tensor3D> {
  const x = batch.tokens
    ? { ...batch.tokens, values: embedding(weights, "tokens", batch.tokens.values) }
    : frameTower(weights, batch.frames!);
  return { ...x, values: dropout(x.values, rate, random) };
}

/** LSTMs or GRUs that read tokens, or convolved frames, in both directions; attention and maximum over the steps. */
export const recurrentNetwork: Architecture = {
  kind: "recurrent",
  takes: [["text"], ["frames"]],
  defaults: { ...trained, ...read, units: 100 },
  layout(sizes, options) {
    const width = textChannels(options.units);
    return {
      ...sequenceLayout(sizes, options),
      ...bothWaysLayout("recurrent", sequenceWidth(sizes, options), options),
      ...attentionPoolingLayout("pooling", width),
      ...denseLayout("output", 2 * width, sizes.classes),
    };
  },
  logits(weights, batch, options, random) {
    const states = bothWays(weights, "recurrent", sequence(weights, batch, options, random), options, random);
    return dense(weights, "output", dropout(attentionAndMax(weights, "pooling", states), options.dropout, random));
  },
};

/**
 * A Transformer's encoder over tokens, or over convolved frames, with learnt positions; attention and maximum over the steps. A convolution of
 * three steps before it tells neighbours, whose order few examples hardly teach positions (Mohamed, Okhonko and Zettlemoyer 2019).
 */
export const transformer: Architecture = {
  kind: "transformer",
  takes: [["text"], ["frames"]],
  // Dropout acts thrice a layer here: at 0.4 it learns too little, on the dev part of MELD.
  defaults: { ...trained, ...read, learningRate: 1e-3, dropout: 0.2, epochs: 8, units: 100, heads: 4 },
  layout(sizes, options) {
    const { units, layers, maxTokens, contextTokens, maxFrames } = options;
    const steps = sizes.parts.includes("text") ? contextTokens + maxTokens : Math.ceil(maxFrames / 8);
    const encoders = Array.from({ length: layers }, (_, i) =>
      encoderLayout(`encoder${i}`, units, 2 * units, options.heads),
    );
    return {
      ...sequenceLayout(sizes, options),
      ...convolutionLayout("input", 3, sequenceWidth(sizes, options), units),
      positions: filled([steps, units], 0),
      ...(contextTokens > 0 ? { own: filled([units], 0) } : {}),
      ...(Object.assign({}, ...encoders) as Layout),
      ...layerNormLayout("norm", units),
      ...attentionPoolingLayout("pooling", units),
      ...denseLayout("output", 2 * units, sizes.classes),
    };
  },
  logits(weights, batch, options, random) {
    const { layers, heads, dropout: rate } = options;
    const read = sequence(weights, batch, options, random);
    const positions = tf.slice2d(weights.positions as Tensor2D, [0, 0], [read.values.shape[1], -1]);
    const neighbours = convolution(weights, "input", masked(read.values, read.mask), { padding: "same" });
    let x: Padded<Tensor3D> = { ...read, values: tf.add(neighbours, positions) };
    // As BERT's segments (Devlin et al. 2019): what tells the utterance from its context.
    if (weights.own) {
      const marked = tf.mul(tf.expandDims(read.own ?? read.mask, 2), weights.own);
      x = { ...x, values: tf.add(x.values, marked) };
    }
    for (let i = 0; i < layers; i++) x = encoder(weights, `encoder${i}`, x, heads, rate, random);
    const pooled = attentionAndMax(weights, "pooling", { ...x, values: layerNorm(weights, "norm", x.values) });
    return dense(weights, "output", dropout(pooled, rate, random));
  },
};
