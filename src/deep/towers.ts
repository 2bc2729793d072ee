import type { Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import type { Random } from "../random.ts";
import { tf } from "./backend.ts";
import type { Padded } from "./batch.ts";
import type { DeepOptions } from "./deep-options.ts";
import {
  convolution,
  convolutionLayout,
  dropout,
  embedding,
  embeddingLayout,
  layerNorm,
  layerNormLayout,
  masked,
  maskPool2,
  maxPool2,
} from "./layers.ts";
import type { Layout } from "./parameters.ts";
import { recurrent, recurrentLayout } from "./recurrent-layers.ts";
import type { Weights } from "./trainer.ts";

// What the networks make of frames and of tokens before they pool or join them: sequences of vectors.

/** Neighbours, channels in units, and whether two steps become one. */
const blocks = [
  { width: 5, channels: 1, pool: true },
  { width: 3, channels: 1, pool: true },
  { width: 3, channels: 2, pool: true },
  { width: 3, channels: 2, pool: false },
] as const;

export const frameChannels = (units: number): number => 2 * units;

/** Four convolutions over frames; eight frames become one step of {@link frameChannels} values. */
export function frameTowerLayout(coefficients: number, { units }: DeepOptions): Layout {
  const layouts = blocks.map(({ width, channels }, i) => {
    const inputs = i === 0 ? coefficients : blocks[i - 1].channels * units;
    return {
      ...convolutionLayout(`frames${i}`, width, inputs, channels * units),
      ...layerNormLayout(`frames${i}.norm`, channels * units),
    };
  });
  return Object.assign({}, ...layouts) as Layout;
}

export function frameTower(
  weights: Weights,
  frames: Padded<Tensor3D>,
  rate: number,
  random?: Random,
): Padded<Tensor3D> {
  let { values, mask } = padTo8(frames);
  for (const [i, { pool }] of blocks.entries()) {
    values = tf.relu(
      layerNorm(weights, `frames${i}.norm`, convolution(weights, `frames${i}`, values, { padding: "same" })),
    );
    values = masked(values, mask);
    if (pool) {
      values = maxPool2(values);
      mask = maskPool2(mask);
    }
    if (i > 0) values = dropout(values, rate, random);
  }
  return { values, mask };
}

/** Zeros behind the end, so that three poolings leave a step of the shortest sequence and the end of the longest. */
function padTo8({ values, mask }: Padded<Tensor3D>): Padded<Tensor3D> {
  const more = (8 - (mask.shape[1] % 8)) % 8;
  if (more === 0) return { values, mask };
  return {
    values: tf.pad3d(values, [
      [0, 0],
      [0, more],
      [0, 0],
    ]),
    mask: tf.pad2d(mask, [
      [0, 0],
      [0, more],
    ]),
  };
}

export const textChannels = (units: number): number => 2 * units;

/** Embedded tokens through recurrent layers in both directions; a step has {@link textChannels} values. */
export function textTowerLayout(vocabulary: number, { embedding: width, cell, units, layers }: DeepOptions): Layout {
  return {
    ...embeddingLayout("tokens", vocabulary, width),
    ...bothWaysLayout("tokens", width, { cell, units, layers }),
  };
}

export function textTower(
  weights: Weights,
  tokens: Padded<Tensor2D>,
  options: DeepOptions,
  random?: Random,
): Padded<Tensor3D> {
  const embedded = embedding(weights, "tokens", tokens.values);
  const x = { ...tokens, values: dropout(embedded, options.dropout, random) };
  return bothWays(weights, "tokens", x, options, random);
}

type RecurrentOptions = Pick<DeepOptions, "cell" | "units" | "layers">;

/** Recurrent layers that read forwards and backwards. */
export function bothWaysLayout(name: string, inputs: number, { cell, units, layers }: RecurrentOptions): Layout {
  const all = Array.from({ length: layers }, (_, layer) => ({
    ...recurrentLayout(`${name}.forwards${layer}`, cell, layer === 0 ? inputs : 2 * units, units),
    ...recurrentLayout(`${name}.backwards${layer}`, cell, layer === 0 ? inputs : 2 * units, units),
  }));
  return Object.assign({}, ...all) as Layout;
}

export function bothWays(
  weights: Weights,
  name: string,
  x: Padded<Tensor3D>,
  { cell, layers, dropout: rate }: DeepOptions,
  random?: Random,
): Padded<Tensor3D> {
  let { values } = x;
  for (let layer = 0; layer < layers; layer++) {
    const given = { ...x, values: layer === 0 ? values : dropout(values, rate, random) };
    const forwards = recurrent(weights, `${name}.forwards${layer}`, cell, given).sequence;
    const backwards = recurrent(weights, `${name}.backwards${layer}`, cell, given, true).sequence;
    values = tf.concat([forwards, backwards], 2) as Tensor3D;
  }
  return { ...x, values };
}
