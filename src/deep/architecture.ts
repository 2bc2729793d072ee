import type { Tensor2D } from "@tensorflow/tfjs";
import type { Random } from "../random.ts";
import type { Batch } from "./batch.ts";
import type { DeepOptions } from "./deep-options.ts";
import type { Layout } from "./parameters.ts";
import type { Weights } from "./trainer.ts";
import type { InputPart } from "./utterance-input.ts";

/** What a network is made for: the widths of what it takes and gives. */
export interface Sizes {
  readonly parts: readonly InputPart[];
  /** Features of an utterance; 0 where none are taken. */
  readonly features: number;
  /** Values a frame. */
  readonly coefficients: number;
  /** Rows of the embedding. */
  readonly vocabulary: number;
  readonly classes: number;
}

/** A kind of network: what it learns, and how logits come from a batch. */
export interface Architecture {
  /** The kind of its models. */
  readonly kind: string;
  /** The sets of parts that it can take; the first of them that the examples have is taken. */
  readonly takes: readonly (readonly InputPart[])[];
  /** Its own defaults, laid over those of all. */
  readonly defaults: Partial<DeepOptions>;
  /** @throws {DataError} sizes that it cannot work on */
  layout(sizes: Sizes, options: DeepOptions): Layout;
  /** Rows x classes. `random` draws what is dropped, in training only. */
  logits(weights: Weights, batch: Batch, options: DeepOptions, random?: Random): Tensor2D;
}
