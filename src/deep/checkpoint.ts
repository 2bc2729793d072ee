import { ModelFileError } from "../errors.ts";
import type { Json, ModelState, Tensor } from "../models/state.ts";
import { checkKind, integerOf, tensorOf } from "../models/state-reader.ts";
import type { Moments } from "./adam.ts";
import type { Parameter, Parameters } from "./parameters.ts";
import type { TrainerOptions, Validation } from "./trainer.ts";

/** Where a training stands. */
export interface Checkpoint {
  /** Epochs that are over. */
  epoch: number;
  /** The latest epochs that brought no improvement. */
  stalled: number;
  /** How often the learning rate was halved. */
  halvings: number;
  readonly best: Parameters;
  /** The epoch of the best weights; 0 before the first. */
  bestEpoch: number;
  /** How many epochs the weights of `best` had learnt, while nothing was judged. */
  goodEpoch: number;
  /** One entry an epoch; `value` is what should become small. */
  readonly history: { readonly loss: number; readonly validation: Validation | null; readonly value: number }[];
}

const KIND = "checkpoint";

/** All that the rest of a training depends on. */
export function checkpointState(
  { epoch, stalled, halvings, best, bestEpoch, goodEpoch, history }: Checkpoint,
  parameters: Parameters,
  { steps, mean, square }: Moments,
  options: TrainerOptions,
): ModelState {
  const tensors: Record<string, Tensor> = {};
  for (const [name, { shape, data }] of Object.entries(parameters)) {
    const parts = { now: data, best: best[name].data, mean: mean[name], square: square[name] };
    for (const [part, values] of Object.entries(parts)) {
      tensors[`${part}.${name}`] = { dtype: "F32", shape, data: values.slice() };
    }
  }
  const config = { epoch, stalled, halvings, bestEpoch, goodEpoch, steps, history, options };
  return { kind: KIND, config: JSON.parse(JSON.stringify(config)) as Record<string, Json>, tensors };
}

/** Takes up what {@link checkpointState} wrote. @throws {ModelFileError} a checkpoint of another network or of other options */
export function readCheckpoint(
  state: ModelState,
  checkpoint: Checkpoint,
  parameters: Parameters,
  moments: Moments,
  options: TrainerOptions,
): void {
  checkKind(state, KIND);
  if (JSON.stringify(state.config.options) !== JSON.stringify(options)) {
    throw new ModelFileError("the checkpoint was made with other options: start anew, or use the same");
  }
  for (const [name, parameter] of Object.entries(parameters)) {
    parameter.data.set(numbers(state, `now.${name}`, parameter));
    checkpoint.best[name].data.set(numbers(state, `best.${name}`, parameter));
    moments.mean[name].set(numbers(state, `mean.${name}`, parameter));
    moments.square[name].set(numbers(state, `square.${name}`, parameter));
  }
  checkpoint.epoch = integerOf(state, "epoch", 1);
  checkpoint.stalled = integerOf(state, "stalled", 0);
  checkpoint.halvings = integerOf(state, "halvings", 0);
  checkpoint.bestEpoch = integerOf(state, "bestEpoch", 0);
  checkpoint.goodEpoch = integerOf(state, "goodEpoch", 0);
  moments.steps = integerOf(state, "steps", 1);
  const history = state.config.history as unknown as Checkpoint["history"];
  if (!Array.isArray(history) || history.length !== checkpoint.epoch || checkpoint.bestEpoch > checkpoint.epoch) {
    throw new ModelFileError("the checkpoint's history does not fit its epochs");
  }
  checkpoint.history.push(...history);
}

function numbers(state: ModelState, name: string, { shape }: Parameter): Float32Array {
  return tensorOf(state, name, ["F32"], shape).data as Float32Array;
}
