import { log } from "../core/math.ts";
import { DataError } from "../errors.ts";
import type { Probabilities } from "../matrix.ts";
import { exampleWeights } from "../models/class-weight.ts";
import type { EncodedLabels } from "../models/label-encoder.ts";
import type { Architecture } from "./architecture.ts";
import { tf } from "./backend.ts";
import { type BatchOptions, batchOf, type Example } from "./batch.ts";
import { orderedBatches, shuffledBatches } from "./batches.ts";
import { crossEntropy, softmax, targetsOf } from "./cross-entropy.ts";
import type { DeepOptions } from "./deep-options.ts";
import { lengthOf, ROWS_AT_ONCE } from "./examples.ts";
import { drawMixes, mixTargets } from "./mixup.ts";
import type { Lesson, Validation, Weights } from "./trainer.ts";

export interface Network {
  readonly architecture: Architecture;
  readonly options: DeepOptions;
}

/** What a network learns from, and what it is judged by. */
export interface Material {
  readonly examples: readonly Example[];
  readonly labels: EncodedLabels;
  readonly exampleWeights: Float64Array;
  /** The examples' numbers. */
  readonly learn: Int32Array;
  readonly judge: Int32Array;
}

/** The lesson of a network: batches of similar lengths, weighted cross-entropy, and the judgement of what is held out. */
export function lessonOf(
  network: Network,
  { examples, labels, exampleWeights: weights, learn, judge }: Material,
): Lesson {
  const { architecture, options } = network;
  const { codes, classes } = labels;
  const { batchSize } = options;
  const lengths = Int32Array.from(learn, (row) => lengthOf(examples[row]));
  const k = classes.length;
  return {
    batches: (random) =>
      shuffledBatches(learn.length, batchSize, random, lengths).map((batch) => batch.map((i) => learn[i])),
    loss: (tensors, rows, random) => {
      const some = Array.from(rows, (row) => examples[row]);
      // Tokens have nothing between them: mixed is what is heard alone.
      const mixed = options.mixup > 0 && some[0].frames && !some[0].tokens;
      const mixes = mixed ? drawMixes(some.length, options.mixup, random) : undefined;
      const batch = batchOf(some, batchOptions(options), random, mixes);
      const logits = architecture.logits(tensors, batch, options, random);
      const targets = targetsOf(codes, weights, rows, k);
      return crossEntropy(logits, mixes ? mixTargets(targets, k, mixes) : targets);
    },
    validate:
      judge.length === 0
        ? undefined
        : (tensors) => {
            const logits = new Float32Array(judge.length * k);
            for (const batch of orderedBatches(judge.length, ROWS_AT_ONCE)) {
              logits.set(
                logitsOf(
                  network,
                  tensors,
                  Array.from(batch, (i) => examples[judge[i]]),
                ),
                batch[0] * k,
              );
            }
            return judged(
              softmax(logits, k),
              Array.from(judge, (row) => codes[row]),
              Array.from(judge, (row) => weights[row]),
            );
          },
  };
}

/** Logits of examples, row after row. The backend must be loaded. */
export function logitsOf(
  { architecture, options }: Network,
  weights: Weights,
  examples: readonly Example[],
): Float32Array {
  let logits = new Float32Array(0);
  tf.tidy(() => {
    const batch = batchOf(examples, batchOptions(options));
    logits = architecture.logits(weights, batch, options).dataSync() as Float32Array<ArrayBuffer>;
  });
  return logits;
}

const batchOptions = (options: DeepOptions): BatchOptions => ({ ...options, augmentation: options });

/** Weights of mean 1. */
export function weightsOfExamples(
  labels: EncodedLabels,
  { classWeight }: DeepOptions,
  sampleWeight?: ArrayLike<number>,
) {
  const weights = exampleWeights(labels, classWeight, sampleWeight);
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  if (!(mean > 0 && mean < Infinity)) throw new DataError(`the weights of the examples have the mean ${mean}`);
  return weights.map((weight) => weight / mean);
}

/** Weighted log loss and mean recall of the classes. */
function judged({ columns, data }: Probabilities, codes: readonly number[], weights: readonly number[]): Validation {
  const hits = new Float64Array(columns);
  const counts = new Float64Array(columns);
  let loss = 0;
  codes.forEach((code, i) => {
    const row = data.subarray(i * columns, (i + 1) * columns);
    loss -= weights[i] * log(Math.max(row[code], 1e-300));
    counts[code]++;
    if (row.indexOf(Math.max(...row)) === code) hits[code]++;
  });
  const recalls = Array.from(counts).flatMap((count, c) => (count === 0 ? [] : [hits[c] / count]));
  return { loss: loss / codes.length, uar: recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length };
}
