import type { Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import type { Random } from "../random.ts";
import type { Architecture } from "./architecture.ts";
import { multiHeadAttention, multiHeadAttentionLayout } from "./attention-layers.ts";
import { tf } from "./backend.ts";
import type { Padded } from "./batch.ts";
import type { DeepOptions } from "./deep-options.ts";
import { attentionAndMax, attentionPoolingLayout, dense, denseLayout, dropout, statistics } from "./layers.ts";
import { frameChannels, frameTower, frameTowerLayout, textChannels, textTower, textTowerLayout } from "./towers.ts";
import type { Weights } from "./trainer.ts";

/**
 * Sound and words in one network: convolutions over frames beside a recurrent network over tokens. `early` joins what both have pooled and
 * learns from it together; `late` adds the log-probabilities of the two; `cross-modal` lets the words attend to the sound and the sound
 * to the words, step by step, before both are pooled (after Tsai et al. 2019).
 */
export const fusion: Architecture = {
  kind: "fusion",
  takes: [["text", "frames"]],
  defaults: {
    schedule: "cosine",
    warmup: 1,
    weightDecay: 0.01,
    validationShare: 0.1,
    batchSize: 16,
    epochs: 20,
    clipNorm: 2,
    units: 48,
    cell: "gru",
    timeMasks: 2,
    frequencyMasks: 2,
    noise: 0.1,
    tokenDropout: 0.1,
  },
  layout({ coefficients, vocabulary, classes }, options) {
    const { units, denseUnits, fusion: how } = options;
    const width = textChannels(units);
    const joined = {
      ...denseLayout("hidden", 4 * width, denseUnits),
      ...denseLayout("output", denseUnits, classes),
    };
    return {
      ...frameTowerLayout(options),
      ...denseLayout("framesInput", frameChannels(coefficients, units), width),
      ...textTowerLayout(vocabulary, options),
      ...attentionPoolingLayout("tokensPooling", width),
      ...(how === "late"
        ? { ...denseLayout("framesOutput", 2 * width, classes), ...denseLayout("tokensOutput", 2 * width, classes) }
        : joined),
      ...(how === "cross-modal"
        ? {
            ...multiHeadAttentionLayout("toFrames", width, options.heads),
            ...multiHeadAttentionLayout("toTokens", width, options.heads),
          }
        : {}),
    };
  },
  logits(weights, batch, options, random) {
    const frames = frameTower(weights, batch.frames!);
    const heard = dropout(frames.values, options.dropout, random);
    const sound = { ...frames, values: dense(weights, "framesInput", heard) }; // as wide as the words
    const words = textTower(weights, batch.tokens!, options, random);
    if (options.fusion === "cross-modal") {
      const { heads } = options;
      return together(
        weights,
        attended(weights, "toTokens", sound, words, heads),
        attended(weights, "toFrames", words, sound, heads),
        options,
        random,
      );
    }
    if (options.fusion === "early") return together(weights, sound, words, options, random);
    const said = (name: "frames" | "tokens", x: Padded<Tensor3D>) =>
      tf.logSoftmax(dense(weights, `${name}Output`, dropout(pooled(weights, name, x), options.dropout, random)));
    return tf.add(said("frames", sound), said("tokens", words));
  },
};

const attended = (weights: Weights, name: string, x: Padded<Tensor3D>, other: Padded<Tensor3D>, heads: number) => ({
  ...x,
  values: tf.add(x.values, multiHeadAttention(weights, name, x.values, other, heads)) as Tensor3D,
});

const pooled = (weights: Weights, name: "frames" | "tokens", x: Padded<Tensor3D>): Tensor2D =>
  name === "frames" ? statistics(x) : attentionAndMax(weights, "tokensPooling", x);

function together(
  weights: Weights,
  sound: Padded<Tensor3D>,
  words: Padded<Tensor3D>,
  { dropout: rate }: DeepOptions,
  random?: Random,
): Tensor2D {
  const all = tf.concat([pooled(weights, "frames", sound), pooled(weights, "tokens", words)], 1) as Tensor2D;
  const hidden = tf.relu(dense(weights, "hidden", dropout(all, rate, random)));
  return dense(weights, "output", dropout(hidden, rate, random));
}
