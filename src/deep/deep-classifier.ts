import { DataError } from "../errors.ts";
import type { Matrix, Probabilities } from "../matrix.ts";
import type { Classifier, FitOptions } from "../models/classifier.ts";
import { encodeLabels } from "../models/label-encoder.ts";
import type { ModelState } from "../models/state.ts";
import { checkKind, optionsOf, withOptions } from "../models/state-reader.ts";
import { Random } from "../random.ts";
import type { Architecture, Sizes } from "./architecture.ts";
import { deepBackend, tf } from "./backend.ts";
import { softmax } from "./cross-entropy.ts";
import { type DeepOptions, deepOptions } from "./deep-options.ts";
import { exampleOf, portionsOf, preparedFrames, rowsAtOnce, windowsOf } from "./examples.ts";
import { fitFrameScale } from "./frame-scaler.ts";
import { type Learnt, learntState, savedLearnt } from "./learnt.ts";
import { lessonOf, logitsOf, type Network, weightsOfExamples } from "./lesson.ts";
import { initialParameters } from "./parameters.ts";
import { train, type TrainerHooks, type TrainingSummary, weightsOf } from "./trainer.ts";
import { checkInputs, type InputPart, inputsOf, type UtteranceInput } from "./utterance-input.ts";
import { validationPart } from "./validation-part.ts";
import { Vocabulary } from "./vocabulary.ts";
import { startEmbedding } from "./word-embedding.ts";

export interface DeepFitOptions extends FitOptions, TrainerHooks {
  /** What the embedding of tokens starts from, by token in lower case; of its width. */
  readonly wordVectors?: ReadonlyMap<string, ArrayLike<number>>;
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
      ? fitFrameScale(Array.from(learn, (row) => preparedFrames(inputs[row].frames!, options)))
      : null;
    const learnt: Learnt = { sizes, classes: labels.classes, vocabulary, scale, parameters };
    const examples = inputs.map((input) => exampleOf(learnt, options, input));
    await deepBackend();
    const exampleWeights = weightsOfExamples(labels, options, sampleWeight);
    const lesson = lessonOf(this.#network, { examples, labels, exampleWeights, learn, judge });
    const { epochs, learningRate, schedule, warmup, weightDecay, clipNorm, patience, monitor, seed } = options;
    const trainer = { epochs, learningRate, schedule, warmup, weightDecay, clipNorm, patience, monitor, seed };
    this.#summary = await train(parameters, lesson, { ...trainer, tolerance: 0 }, hooks);
    this.#learnt = learnt;
    hooks.onProgress?.(1);
  }

  /** @throws {DataError} parts that are missing, not finite or of another width, or no fit before. */
  async predictProba(x: Matrix | readonly UtteranceInput[]): Promise<Probabilities> {
    const learnt = this.#fitted();
    const { options } = this;
    const { parts } = learnt.sizes;
    const inputs = inputsOf(x);
    checkInputs(inputs, parts, learnt.sizes);
    const columns = learnt.classes.length;
    const data = new Float64Array(inputs.length * columns);
    await deepBackend();
    const weights = weightsOf(learnt.parameters);
    try {
      for (const rows of portionsOf(inputs, parts)) {
        const windows = rows.flatMap((row) =>
          windowsOf(exampleOf(learnt, options, inputs[row]), options).map((window) => ({ row, ...window })),
        );
        const together = rowsAtOnce(windows.map(({ example }) => example));
        for (let at = 0; at < windows.length; at += together) {
          const some = windows.slice(at, at + together);
          const proba = softmax(
            logitsOf(
              this.#network,
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
    return learntState(this.kind, this.options, this.#fitted());
  }

  /** The model that {@link save} wrote. @throws {ModelFileError} when a part is missing, not finite or does not fit the others. */
  static load(architecture: Architecture, state: ModelState): DeepClassifier {
    checkKind(state, architecture.kind);
    const loaded = withOptions(() => new DeepClassifier(architecture, optionsOf(state) as Partial<DeepOptions>));
    loaded.#learnt = savedLearnt(architecture, loaded.options, state);
    return loaded;
  }

  get #network(): Network {
    return { architecture: this.#architecture, options: this.options };
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
}
