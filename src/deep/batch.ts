import type { Tensor2D, Tensor3D } from "@tensorflow/tfjs";
import type { DenseMatrix } from "../matrix.ts";
import type { Random } from "../random.ts";
import { type Augmentation, augment } from "./augment.ts";
import { tf } from "./backend.ts";
import { type Mix, mixSequences } from "./mixup.ts";
import { PADDING, UNKNOWN } from "./vocabulary.ts";

/** An utterance that is ready for a network: numbers of tokens, scaled frames. */
export interface Example {
  /** Asked for batch by batch, so that sparse rows are not all written out at once. */
  readonly features?: () => Float32Array;
  readonly tokens?: Int32Array;
  /** How many of the tokens, from the first, were said before the utterance. */
  readonly contextLength?: number;
  readonly frames?: DenseMatrix;
  readonly variants?: readonly DenseMatrix[];
}

/** Sequences of several lengths side by side: the mask is 1 where one has a step, and 0 behind its end. */
export interface Padded<Values> {
  /** examples x steps (x width) */
  readonly values: Values;
  /** examples x steps */
  readonly mask: Tensor2D;
  /** Of `mask` the steps of the utterance itself, where others are its context. */
  readonly own?: Tensor2D;
}

/** Examples that go through a network together. */
export interface Batch {
  readonly rows: number;
  readonly features?: Tensor2D;
  /** Numbers of tokens. */
  readonly tokens?: Padded<Tensor2D>;
  readonly frames?: Padded<Tensor3D>;
}

export interface BatchOptions {
  /** Frames of an example at most: of a longer one training takes a stretch at random, all else its start. */
  readonly maxFrames: number;
  /** The share of tokens that training makes unknown, so that it learns what to do with unknown ones. */
  readonly tokenDropout: number;
  readonly augmentation: Augmentation;
}

/**
 * The tensors of a batch, which are the caller's.
 *
 * @param random draws what training disturbs; left out elsewhere
 * @param mixes which examples' frames are mixed into each other
 */
export function batchOf(
  examples: readonly Example[],
  options: BatchOptions,
  random?: Random,
  mixes?: readonly Mix[],
): Batch {
  const rows = examples.length;
  const [{ features, tokens, frames }] = examples;
  return {
    rows,
    features: features && vectors(examples),
    tokens: tokens && padTokens(examples, options.tokenDropout, random),
    frames: frames && padFrames(examples, frames.columns, options, random, mixes),
  };
}

function vectors(examples: readonly Example[]): Tensor2D {
  const rows = examples.map(({ features }) => features!());
  const columns = rows[0].length;
  const data = new Float32Array(rows.length * columns);
  rows.forEach((row, r) => data.set(row, r * columns));
  return tf.tensor2d(data, [rows.length, columns]);
}

function maskOf(lengths: readonly number[], steps: number): Tensor2D {
  const mask = new Float32Array(lengths.length * steps);
  lengths.forEach((length, r) => mask.fill(1, r * steps, r * steps + length));
  return tf.tensor2d(mask, [lengths.length, steps]);
}

function padTokens(examples: readonly Example[], dropout: number, random?: Random): Padded<Tensor2D> {
  const lengths = examples.map(({ tokens }) => tokens!.length);
  const steps = Math.max(...lengths);
  const data = new Int32Array(examples.length * steps).fill(PADDING);
  examples.forEach(({ tokens }, r) => {
    data.set(
      random && dropout > 0 ? tokens!.map((t) => (random.uniform() < dropout ? UNKNOWN : t)) : tokens!,
      r * steps,
    );
  });
  const mask = maskOf(lengths, steps);
  const context = examples.map(({ contextLength = 0 }) => contextLength);
  const own = context.some((length) => length > 0) ? tf.sub<Tensor2D>(mask, maskOf(context, steps)) : undefined;
  return { values: tf.tensor2d(data, [examples.length, steps], "int32"), mask, own };
}

function padFrames(
  examples: readonly Example[],
  columns: number,
  { maxFrames, augmentation }: BatchOptions,
  random?: Random,
  mixes?: readonly Mix[],
): Padded<Tensor3D> {
  const chosen = examples.map(({ frames, variants = [] }) => {
    const drawn = random ? random.integer(variants.length + 1) : 0;
    return stretch(drawn === 0 ? frames! : variants[drawn - 1], maxFrames, random);
  });
  const lengths = chosen.map((values) => values.length / columns);
  const steps = Math.max(...lengths);
  const data = new Float32Array(examples.length * steps * columns);
  chosen.forEach((values, r) => {
    const at = r * steps * columns;
    data.set(values, at);
    if (random) augment(data.subarray(at, at + values.length), columns, augmentation, random);
  });
  if (mixes) {
    const sizes = chosen.map((values) => values.length);
    mixSequences(data, sizes, mixes);
  }
  const shape: [number, number, number] = [examples.length, steps, columns];
  return { values: tf.tensor3d(data, shape), mask: maskOf(lengths, steps) };
}

function stretch({ rows, columns, data }: DenseMatrix, most: number, random?: Random): Float32Array {
  if (rows <= most) return data;
  const start = random ? random.integer(rows - most + 1) : 0;
  return data.subarray(start * columns, (start + most) * columns);
}
