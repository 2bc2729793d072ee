import { OptionError } from "../errors.ts";
import { type ClassWeight, checkClassWeight } from "../models/class-weight.ts";
import { type Schedule, schedules } from "./schedule.ts";

/** Options of the deep models. An architecture heeds those of its layers; all heed the rest. */
export interface DeepOptions {
  /** Width of the layers: channels of a convolution, units of a recurrent cell, width of a Transformer. */
  readonly units: number;
  /** Recurrent layers, or layers of a Transformer's encoder. */
  readonly layers: number;
  /** Heads of attention. */
  readonly heads: number;
  readonly cell: "lstm" | "gru";
  /** Width of the tokens' embedding. */
  readonly embedding: number;
  /** Units of the dense layer before the last. */
  readonly denseUnits: number;
  /** Whether the convolutions of `seed-cnn` are followed by pooling. */
  readonly pooling: boolean;
  readonly dropout: number;
  /** How `fusion` joins sound and words. */
  readonly fusion: "early" | "late" | "cross-modal";
  /** Tokens of a text that are read, from its start. */
  readonly maxTokens: number;
  /** Tokens of what was said before in the dialogue that are read, from its end; 0: none. */
  readonly contextTokens: number;
  /** A token that occurs less often in training is unknown, unless it has a word vector. */
  readonly minCount: number;
  /** The share of tokens that training makes unknown. */
  readonly tokenDropout: number;
  /** Frames that go through the network together: longer audio is predicted window by window. */
  readonly maxFrames: number;
  /** Whether each coefficient's mean over the utterance is taken off, which removes the microphone. */
  readonly centreFrames: boolean;
  readonly timeMasks: number;
  readonly timeMaskFrames: number;
  readonly frequencyMasks: number;
  readonly frequencyMaskWidth: number;
  readonly frequencyShift: number;
  readonly noise: number;
  /** Probability that training mixes the frames of an utterance, and its class, with another's; networks that read text, too, leave it out. */
  readonly mixup: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly schedule: Schedule;
  /** Epochs over which the learning rate rises. */
  readonly warmup: number;
  readonly weightDecay: number;
  /** The largest norm of a step's gradients; `null`: any. */
  readonly clipNorm: number | null;
  /** Share of the training rows, whole groups where groups are known, that are held out to choose the best epoch; 0: none. */
  readonly validationShare: number;
  /** Epochs without an improvement on what is held out after which training stops; `null`: never. */
  readonly patience: number | null;
  /** What is to improve there. */
  readonly monitor: "loss" | "uar";
  readonly classWeight: ClassWeight;
  readonly seed: number;
}

export const DEEP_DEFAULTS: DeepOptions = {
  units: 64,
  layers: 1,
  heads: 4,
  cell: "lstm",
  embedding: 100,
  denseUnits: 64,
  pooling: false,
  dropout: 0.3,
  fusion: "cross-modal",
  maxTokens: 100,
  contextTokens: 0,
  minCount: 2,
  tokenDropout: 0,
  maxFrames: 2000,
  centreFrames: true,
  timeMasks: 0,
  timeMaskFrames: 20,
  frequencyMasks: 0,
  frequencyMaskWidth: 8,
  frequencyShift: 0,
  noise: 0,
  mixup: 0,
  epochs: 30,
  batchSize: 32,
  learningRate: 1e-3,
  schedule: "constant",
  warmup: 0,
  weightDecay: 0,
  clipNorm: 1,
  validationShare: 0,
  patience: null,
  monitor: "loss",
  classWeight: null,
  seed: 0,
};

const choices: Readonly<Record<string, readonly unknown[]>> = {
  cell: ["lstm", "gru"],
  fusion: ["early", "late", "cross-modal"],
  schedule: schedules,
  monitor: ["loss", "uar"],
  pooling: [true, false],
  centreFrames: [true, false],
};

/** Lower and upper bounds; those that are named here are whole numbers. */
const counts: Readonly<Record<string, readonly [number, number]>> = {
  units: [1, 4096],
  layers: [1, 64],
  heads: [1, 64],
  embedding: [1, 4096],
  denseUnits: [1, 65536],
  maxTokens: [1, 100_000],
  contextTokens: [0, 100_000],
  minCount: [1, 1e9],
  maxFrames: [16, 1_000_000],
  timeMasks: [0, 100],
  timeMaskFrames: [0, 1_000_000],
  frequencyMasks: [0, 100],
  frequencyMaskWidth: [0, 10_000],
  frequencyShift: [0, 10_000],
  epochs: [1, 1_000_000],
  batchSize: [1, 1_000_000],
  warmup: [0, 1_000_000],
  seed: [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

const numbers: Readonly<Record<string, readonly [number, number]>> = {
  dropout: [0, 0.99],
  tokenDropout: [0, 0.99],
  noise: [0, 100],
  mixup: [0, 1],
  learningRate: [1e-12, 1e6],
  weightDecay: [0, 1e6],
  validationShare: [0, 0.9],
};

/** Options laid over defaults, checked. @throws {OptionError} one that is unknown or out of range */
export function deepOptions(given: Partial<DeepOptions>, defaults: Partial<DeepOptions>): DeepOptions {
  const options: DeepOptions = { ...DEEP_DEFAULTS, ...defaults, ...given };
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (!Object.hasOwn(DEEP_DEFAULTS, name)) throw new OptionError(`a deep model has no option "${name}"`);
    if (Object.hasOwn(choices, name) && !choices[name].includes(value)) {
      throw new OptionError(`${name} is ${String(value)}; it must be one of ${choices[name].join(", ")}`);
    }
    const whole = Object.hasOwn(counts, name);
    if (whole || Object.hasOwn(numbers, name)) checkNumber(name, value, whole, whole ? counts[name] : numbers[name]);
  }
  const { clipNorm, patience } = options;
  if (clipNorm !== null) checkNumber("clipNorm", clipNorm, false, [1e-12, 1e12]);
  if (patience !== null) checkNumber("patience", patience, true, [1, 1e9]);
  checkClassWeight(options.classWeight, ["balanced"]);
  return options;
}

function checkNumber(name: string, value: unknown, whole: boolean, [least, most]: readonly [number, number]): void {
  const fits = typeof value === "number" && value >= least && value <= most && (!whole || Number.isInteger(value));
  if (fits) return;
  throw new OptionError(
    `${name} is ${String(value)}; it must be a ${whole ? "whole " : ""}number from ${least} to ${most}`,
  );
}
