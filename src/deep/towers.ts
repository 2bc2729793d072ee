import type { Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import type { Random } from "../random.ts";
import { tf } from "./backend.ts";
import type { Padded } from "./batch.ts";
import type { DeepOptions } from "./deep-options.ts";
import {
  dropout,
  embedding,
  embeddingLayout,
  layerNormLayout,
  maskPool2,
  picture,
  pictureLayout,
  pictureNormRelu,
} from "./layers.ts";
import type { Layout } from "./parameters.ts";
import { recurrent, recurrentLayout } from "./recurrent-layers.ts";
import type { Weights } from "./trainer.ts";

// What the networks make of frames and of tokens before they pool or join them: sequences of vectors.

/** Channels in fourths of `units`, and whether two steps and two bands become one. */
const blocks = [
  { fourths: 1, pool: true },
  { fourths: 2, pool: true },
  { fourths: 3, pool: true },
  { fourths: 4, pool: false },
] as const;

const channelsOf = (block: number, units: number): number =>
  Math.max(1, Math.round((blocks[block].fourths * units) / 4));

/** Values that a step of {@link frameTower} has: every channel of each band that pooling leaves. */
export function frameChannels(coefficients: number, units: number): number {
  let bands = coefficients;
  for (const { pool } of blocks) if (pool && bands > 1) bands = Math.floor(bands / 2);
  return bands * channelsOf(blocks.length - 1, units);
}

/**
 * Four convolutions of 3 x 3 over frames and their coefficients, which are taken for a picture, so that what is learnt of a formant or a
 * harmonic holds where another voice has it; eight frames become one step.
 */
export function frameTowerLayout({ units }: DeepOptions): Layout {
  const layouts = blocks.map((_, i) => ({
    ...pictureLayout(`frames${i}`, 3, i === 0 ? 1 : channelsOf(i - 1, units), channelsOf(i, units)),
    ...layerNormLayout(`frames${i}.norm`, channelsOf(i, units)),
  }));
  return Object.assign({}, ...layouts) as Layout;
}

export function frameTower(weights: Weights, frames: Padded<Tensor3D>): Padded<Tensor3D> {
  const padded = padTo8(frames);
  let { mask } = padded;
  let x = tf.expandDims(padded.values, 3) as Tensor4D;
  for (const [i, { pool }] of blocks.entries()) {
    x = pictureNormRelu(weights, `frames${i}.norm`, picture(weights, `frames${i}`, x), mask);
    if (!pool) continue;
    const window: [number, number] = [2, x.shape[2] > 1 ? 2 : 1];
    x = tf.maxPool(x, window, window, "valid");
    mask = maskPool2(mask);
  }
  const [rows, steps, bands, channels] = x.shape;
  return { values: tf.reshape(x, [rows, steps, bands * channels]) as Tensor3D, mask };
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
