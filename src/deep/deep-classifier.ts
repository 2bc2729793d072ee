import { log } from "../core/math.ts";
import { DataError, ModelFileError, OptionError } from "../errors.ts";
import type { Matrix, Probabilities } from "../matrix.ts";
import { exampleWeights } from "../models/class-weight.ts";
import type { Classifier, FitOptions } from "../models/classifier.ts";
import { type EncodedLabels, encodeLabels } from "../models/label-encoder.ts";
import type { Json, ModelState } from "../models/state.ts";
import { checkKind, classesOf, integerOf, optionsOf, tensorOf, withOptions } from "../models/state-reader.ts";
import { Random } from "../random.ts";
import type { Architecture, Sizes } from "./architecture.ts";
import { deepBackend, tf } from "./backend.ts";
import { type BatchOptions, batchOf, type Example } from "./batch.ts";
import { orderedBatches, shuffledBatches } from "./batches.ts";
import { crossEntropy, softmax, targetsOf } from "./cross-entropy.ts";
import { type DeepOptions, deepOptions } from "./deep-options.ts";
import { centred, fitFrameScale, type FrameScale, scaleFrames } from "./frame-scaler.ts";
import { initialParameters, type Parameters, parametersOf, parameterTensors } from "./parameters.ts";
import {
  type Lesson,
  train,
  type TrainerHooks,
  type TrainingSummary,
  type Validation,
  type Weights,
  weightsOf,
} from "./trainer.ts";
import { checkInputs, type InputPart, inputsOf, type UtteranceInput } from "./utterance-input.ts";
import { validationPart } from "./validation-part.ts";
import { UNKNOWN, Vocabulary } from "./vocabulary.ts";

export interface DeepFitOptions extends FitOptions, TrainerHooks {
  /** What the embedding of tokens starts from, by token in lower case; of its width. */
  readonly wordVectors?: ReadonlyMap<string, ArrayLike<number>>;
}

/** Frames, or features, that go through a network at once when it predicts: bounds its memory. */
const VALUES_AT_ONCE = 400_000;
const ROWS_AT_ONCE = 64;

/** All that a model has learnt about its input. */
interface Learnt {
  readonly sizes: Sizes;
  readonly classes: readonly string[];
  readonly vocabulary: Vocabulary;
  readonly scale: FrameScale | null;
  readonly parameters: Parameters;
}

/**
 * A network of one of the architectures as a classifier of utterances. It takes rows of a matrix, as the other classifiers do, or
 * utterances with their text and their frames, of any length. What it learns about its input (vocabulary, scale of the frames) comes from the
 * rows of `fit` alone. `fit` and `predictProba` load TensorFlow.js.
 *
 * @example
 * const reader = new DeepClassifier(recurrentNetwork, { epochs: 3, seed: 1 });
 * await reader.fit(texts.map((text) => ({ text })), labels);
 * await reader.predictProba([{ text: "Leave me alone!" }]);
 */
export class DeepClassifier implements Classifier {
  readonly kind: string;
  readonly options: DeepOptions;
  readonly #architecture: Architecture;
  #learnt: Learnt | null = null;
  #summary: TrainingSummary | null = null;

  /** @throws {OptionError} for an option that is unknown or out of range. */
  constructor(architecture: Architecture, options: Partial<DeepOptions> = {}) {
    this.kind = architecture.kind;
    this.options = deepOptions(options, architecture.defaults);
    this.#architecture = architecture;
  }

  get classes(): readonly string[] {
    return this.#learnt?.classes ?? [];
  }

  /** What it takes of an utterance; empty before `fit`. */
  get parts(): readonly InputPart[] {
    return this.#learnt?.sizes.parts ?? [];
  }

  /** How the training ended; `null` before `fit`, and after loading. */
  get summary(): TrainingSummary | null {
    return this.#summary;
  }

  /** Numbers that were learnt; 0 before `fit`. */
  get parameterCount(): number {
    return Object.values(this.#learnt?.parameters ?? {}).reduce((total, { data }) => total + data.length, 0);
  }

  /** @throws {DataError} no rows, fewer than two classes, a class with one example, parts that are missing or not finite. */
  async fit(
    x: Matrix | readonly UtteranceInput[],
    y: readonly string[],
    { sampleWeight, groups, wordVectors, ...hooks }: DeepFitOptions = {},
  ): Promise<void> {
    const inputs = inputsOf(x);
    if (inputs.length !== y.length) throw new DataError(`there are ${inputs.length} rows but ${y.length} labels`);
    const labels = encodeLabels(y);
    const parts = this.#partsOf(inputs);
    const found = { features: inputs[0].features?.length ?? 0, coefficients: inputs[0].frames?.columns ?? 0 };
    checkInputs(inputs, parts, found);
    const { options } = this;
    const { learn, judge } =
      options.validationShare > 0
        ? validationPart(labels.codes, groups, options.validationShare, options.seed)
        : { learn: Int32Array.from(y, (_, row) => row), judge: new Int32Array(0) };
    const vocabulary = this.#vocabularyOf(
      parts.includes("text") ? Array.from(learn, (row) => inputs[row].text!) : [],
      wordVectors,
    );
    const sizes: Sizes = { ...found, parts, vocabulary: vocabulary.size, classes: labels.classes.length };
    const parameters = initialParameters(this.#architecture.layout(sizes, options), new Random(options.seed));
    if (wordVectors && parts.includes("text")) startEmbedding(parameters, vocabulary, wordVectors, options.embedding);
    const scale = parts.includes("frames")
      ? fitFrameScale(Array.from(learn, (row) => this.#prepare(inputs[row].frames!)))
      : null;
    const learnt: Learnt = { sizes, classes: labels.classes, vocabulary, scale, parameters };
    const examples = inputs.map((input) => this.#example(learnt, input));
    await deepBackend();
    const lesson = this.#lesson(examples, labels, weightsOfExamples(labels, options, sampleWeight), { learn, judge });
    const { epochs, learningRate, schedule, warmup, weightDecay, clipNorm, patience, monitor, seed } = options;
    const trainer = { epochs, learningRate, schedule, warmup, weightDecay, clipNorm, patience, monitor, seed };
    this.#summary = await train(parameters, lesson, { ...trainer, tolerance: 0 }, hooks);
    this.#learnt = learnt;
    hooks.onProgress?.(1);
  }

  /** @throws {DataError} parts that are missing, not finite or of another width, or no fit before. */
  async predictProba(x: Matrix | readonly UtteranceInput[]): Promise<Probabilities> {
    const learnt = this.#fitted();
    const { parts } = learnt.sizes;
    const inputs = inputsOf(x);
    checkInputs(inputs, parts, learnt.sizes);
    const columns = learnt.classes.length;
    const data = new Float64Array(inputs.length * columns);
    await deepBackend();
    const weights = weightsOf(learnt.parameters);
    try {
      for (const rows of this.#portions(inputs, parts)) {
        const windows = rows.flatMap((row) =>
          this.#windows(this.#example(learnt, inputs[row])).map((window) => ({ row, ...window })),
        );
        for (let at = 0; at < windows.length; at += ROWS_AT_ONCE) {
          const some = windows.slice(at, at + ROWS_AT_ONCE);
          const proba = softmax(
            this.#logits(
              weights,
              some.map(({ example }) => example),
            ),
            columns,
          );
          some.forEach(({ row, share }, i) => {
            for (let c = 0; c < columns; c++) data[row * columns + c] += share * proba.data[i * columns + c];
          });
        }
      }
    } finally {
      tf.dispose(weights);
    }
    return { rows: inputs.length, columns, data };
  }

  save(): ModelState {
    const { sizes, classes, vocabulary, scale, parameters } = this.#fitted();
    const { parts, features, coefficients } = sizes;
    const config = { options: this.options as unknown as Json, classes, parts, features, coefficients };
    const frames = (data: Float32Array) => ({ dtype: "F32", shape: [data.length], data }) as const;
    return {
      kind: this.kind,
      config: { ...config, tokens: parts.includes("text") ? vocabulary.tokens : [] },
      tensors: {
        ...parameterTensors(parameters),
        ...(scale ? { "input.mean": frames(scale.mean), "input.deviation": frames(scale.deviation) } : {}),
      },
    };
  }

  /** The model that {@link save} wrote. @throws {ModelFileError} when a part is missing, not finite or does not fit the others. */
  static load(architecture: Architecture, state: ModelState): DeepClassifier {
    checkKind(state, architecture.kind);
    const loaded = withOptions(() => new DeepClassifier(architecture, optionsOf(state) as Partial<DeepOptions>));
    const classes = classesOf(state);
    const saved = JSON.stringify(state.config.parts);
    const parts = architecture.takes.find((set) => JSON.stringify(set) === saved);
    if (!parts)
      throw new ModelFileError(`the model says that it takes ${saved}, which a ${architecture.kind} does not`);
    const vocabulary = Vocabulary.load(state.config.tokens);
    const features = integerOf(state, "features", parts.includes("features") ? 1 : 0);
    const coefficients = integerOf(state, "coefficients", parts.includes("frames") ? 1 : 0);
    const sizes: Sizes = { parts, features, coefficients, vocabulary: vocabulary.size, classes: classes.length };
    const scale = parts.includes("frames") ? savedScale(state, coefficients) : null;
    let parameters: Parameters;
    try {
      parameters = parametersOf(state, architecture.layout(sizes, loaded.options));
    } catch (error) {
      if (error instanceof DataError || error instanceof OptionError)
        throw new ModelFileError(`the model's sizes are not sound: ${error.message}`);
      throw error;
    }
    loaded.#learnt = { sizes, classes, vocabulary, scale, parameters };
    return loaded;
  }

  #fitted(): Learnt {
    if (!this.#learnt) throw new DataError(`the ${this.kind} has not learnt yet: call fit first`);
    return this.#learnt;
  }

  #partsOf(inputs: readonly UtteranceInput[]): readonly InputPart[] {
    const { takes, kind } = this.#architecture;
    const parts = takes.find((set) => set.every((part) => inputs[0]?.[part] !== undefined));
    if (parts) return parts;
    throw new DataError(`a ${kind} learns from ${takes.map((set) => set.join(" and ")).join(", or from ")}`);
  }

  #vocabularyOf(texts: readonly string[], wordVectors: DeepFitOptions["wordVectors"]): Vocabulary {
    return Vocabulary.of(
      texts,
      (token, count) => count >= this.options.minCount || wordVectors?.has(token) === true,
      this.options.contextTokens > 0,
    );
  }

  #prepare = (frames: NonNullable<UtteranceInput["frames"]>) => (this.options.centreFrames ? centred(frames) : frames);

  #example({ sizes, vocabulary, scale }: Learnt, input: UtteranceInput): Example {
    const { parts } = sizes;
    const scaled = (frames: NonNullable<UtteranceInput["frames"]>) => scaleFrames(this.#prepare(frames), scale!);
    return {
      features: parts.includes("features") ? () => input.features! : undefined,
      ...(parts.includes("text") ? this.#tokens(vocabulary, input) : {}),
      frames: parts.includes("frames") ? scaled(input.frames!) : undefined,
      variants: parts.includes("frames") ? input.variants?.map(scaled) : undefined,
    };
  }

  #tokens(vocabulary: Vocabulary, { text, context = [] }: UtteranceInput): Pick<Example, "tokens" | "contextLength"> {
    const { maxTokens, contextTokens } = this.options;
    const said = vocabulary.encode(text!, maxTokens);
    const before = contextTokens > 0 ? vocabulary.encodeContext(context, contextTokens) : new Int32Array(0);
    return { tokens: Int32Array.from([...before, ...said]), contextLength: before.length };
  }

  #lesson(
    examples: readonly Example[],
    { codes, classes }: EncodedLabels,
    weights: Float64Array,
    { learn, judge }: { learn: Int32Array; judge: Int32Array },
  ): Lesson {
    const { batchSize } = this.options;
    const lengths = Int32Array.from(learn, (row) => lengthOf(examples[row]));
    const k = classes.length;
    return {
      batches: (random) =>
        shuffledBatches(learn.length, batchSize, random, lengths).map((batch) => batch.map((i) => learn[i])),
      loss: (tensors, rows, random) => {
        const batch = batchOf(
          Array.from(rows, (row) => examples[row]),
          this.#batchOptions,
          random,
        );
        const logits = this.#architecture.logits(tensors, batch, this.options, random);
        return crossEntropy(logits, targetsOf(codes, weights, rows, k));
      },
      validate:
        judge.length === 0
          ? undefined
          : (tensors) => {
              const logits = new Float32Array(judge.length * k);
              for (const batch of orderedBatches(judge.length, ROWS_AT_ONCE)) {
                logits.set(
                  this.#logits(
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

  #logits(weights: Weights, examples: readonly Example[]): Float32Array {
    let logits = new Float32Array(0);
    tf.tidy(() => {
      const batch = batchOf(examples, this.#batchOptions);
      logits = this.#architecture.logits(weights, batch, this.options).dataSync() as Float32Array<ArrayBuffer>;
    });
    return logits;
  }

  get #batchOptions(): BatchOptions {
    return { ...this.options, augmentation: this.options };
  }

  /** Rows that are prepared together: so many that memory stays bounded. */
  *#portions(inputs: readonly UtteranceInput[], parts: readonly InputPart[]): Generator<number[]> {
    let rows: number[] = [];
    let values = 0;
    for (const [row, input] of inputs.entries()) {
      rows.push(row);
      values += parts.includes("frames") ? input.frames!.data.length : 1000;
      if (values < VALUES_AT_ONCE) continue;
      yield rows;
      rows = [];
      values = 0;
    }
    if (rows.length > 0) yield rows;
  }

  /** The example in windows of at most `maxFrames`, each with its share of the frames. */
  #windows(example: Example): { readonly example: Example; readonly share: number }[] {
    const { frames } = example;
    const { maxFrames } = this.options;
    if (!frames || frames.rows <= maxFrames) return [{ example, share: 1 }];
    const { rows, columns, data } = frames;
    return Array.from({ length: Math.ceil(rows / maxFrames) }, (_, w) => {
      const part = data.subarray(w * maxFrames * columns, (w + 1) * maxFrames * columns);
      const count = part.length / columns;
      return { example: { ...example, frames: { ...frames, rows: count, data: part } }, share: count / rows };
    });
  }
}

const lengthOf = ({ tokens, frames }: Example): number => (tokens?.length ?? 0) + (frames?.rows ?? 0);

/** Weights of mean 1. */
function weightsOfExamples(labels: EncodedLabels, { classWeight }: DeepOptions, sampleWeight?: ArrayLike<number>) {
  const weights = exampleWeights(labels, classWeight, sampleWeight);
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  if (!(mean > 0 && mean < Infinity)) throw new DataError(`the weights of the examples have the mean ${mean}`);
  return weights.map((weight) => weight / mean);
}

function startEmbedding(
  parameters: Parameters,
  vocabulary: Vocabulary,
  vectors: ReadonlyMap<string, ArrayLike<number>>,
  width: number,
): void {
  const { data } = parameters["tokens.table"];
  vocabulary.tokens.forEach((token, i) => {
    const vector = vectors.get(token);
    if (!vector) return;
    if (vector.length !== width) {
      throw new DataError(
        `the word vector of "${token}" has ${vector.length} numbers, but the option embedding is ${width}`,
      );
    }
    data.set(Float32Array.from(vector), (UNKNOWN + 1 + i) * width);
  });
}

function savedScale(state: ModelState, coefficients: number): FrameScale {
  const numbers = (name: string) => {
    const data = tensorOf(state, name, ["F32"], [coefficients]).data as Float32Array;
    if (!data.every((value) => value - value === 0)) throw new ModelFileError(`the tensor "${name}" is not finite`);
    return data;
  };
  const deviation = numbers("input.deviation");
  if (!deviation.every((value) => value > 0)) throw new ModelFileError('the tensor "input.deviation" must be above 0');
  return { mean: numbers("input.mean"), deviation };
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
