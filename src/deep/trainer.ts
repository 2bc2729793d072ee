import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { DataError } from "../errors.ts";
import { Random } from "../random.ts";
import { Adam, clipNorm } from "./adam.ts";
import { tf } from "./backend.ts";
import { type Checkpoint, checkpointState, readCheckpoint } from "./checkpoint.ts";
import { readInto, type WasmBackend } from "./kernels/module.ts";
import { assignParameters, copyParameters, type Parameters } from "./parameters.ts";
import { rateAt, type Schedule } from "./schedule.ts";
import type { ModelState } from "../models/state.ts";

/** The parameters of a network as tensors, by name. */
export type Weights = Readonly<Record<string, Tensor>>;

/** How weights do on examples that they did not learn from. */
export interface Validation {
  readonly loss: number;
  /** Mean recall of the classes. */
  readonly uar: number;
}

/** What is to be learnt. */
export interface Lesson {
  /** The rows of each batch of an epoch, in the order in which they are learnt. */
  batches(random: Random): readonly Int32Array[];
  /** The mean loss of a batch; `random` draws what is dropped and disturbed. */
  loss(weights: Weights, rows: Int32Array, random: Random): Scalar;
  /** Judges the weights as they are. Without it the training loss tells when to stop, and the last weights stay. */
  validate?(weights: Weights): Validation;
}

export interface TrainerOptions {
  readonly epochs: number;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly warmup: number;
  readonly weightDecay: number;
  /** The largest norm of a step's gradients; `null`: any. */
  readonly clipNorm: number | null;
  /** Epochs in a row, none better by `tolerance` than the best before it, after which learning stops; `null`: never. */
  readonly patience: number | null;
  readonly tolerance: number;
  /** What is to improve, where examples are held out. */
  readonly monitor: keyof Validation;
  readonly seed: number;
}

/** What is said after every epoch. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean loss of the epoch's batches. */
  readonly loss: number;
  readonly validation?: Validation;
  /** Whether these are the best weights so far. */
  readonly best: boolean;
  readonly learningRate: number;
  /** Of this epoch, and an estimate for those that remain. */
  readonly seconds: number;
  readonly secondsLeft: number;
}

export interface TrainerHooks {
  readonly onEpoch?: (report: EpochReport) => void;
  /** Called with the share of the work that is done, from 0 to 1. */
  onProgress?: (done: number) => void;
  /** Stops the training after the batch at work; the best weights so far are kept. */
  readonly signal?: AbortSignal;
  /** Given after every epoch what a killed run needs to go on; a returned promise is awaited. */
  readonly onCheckpoint?: (state: ModelState) => void | Promise<void>;
  /** What `onCheckpoint` was given: training goes on from there, to the same weights as if it had never ended. */
  readonly resume?: ModelState;
}

/** How training ended. */
export interface TrainingSummary {
  /** Epochs that were learnt. */
  readonly epochs: number;
  /** The epoch whose weights were kept. */
  readonly bestEpoch: number;
  /** All epochs done; no improvement for `patience` epochs; the loss was no longer finite; `signal`. */
  readonly stopped: "epochs" | "patience" | "diverged" | "interrupted";
  readonly loss: number;
  readonly validation: Validation | null;
}

/** Long enough that waiting costs nothing, short enough that a page and Ctrl-C stay alive. */
const BREATH_MS = 50;

/**
 * Trains parameters in place by Adam: epoch after epoch of batches, judged on what is held out; the best weights stay. All that is random
 * follows from the seed and the number of the epoch, so that a run that goes on from a checkpoint ends with the same bits. The backend must
 * be loaded.
 *
 * @throws {DataError} the loss is not finite in the first epoch already
 * @throws {ModelFileError} a checkpoint of another training
 */
export async function train(
  parameters: Parameters,
  lesson: Lesson,
  options: TrainerOptions,
  hooks: TrainerHooks = {},
): Promise<TrainingSummary> {
  const adam = new Adam(parameters, { weightDecay: options.weightDecay });
  const state: Checkpoint = {
    epoch: 0,
    stalled: 0,
    halvings: 0,
    best: copyParameters(parameters),
    bestEpoch: 0,
    goodEpoch: 0,
    history: [],
  };
  if (hooks.resume) readCheckpoint(hooks.resume, state, parameters, adam.moments, options);
  const breathe = breather();
  let stopped: TrainingSummary["stopped"] = finished(state, options) ?? "epochs";
  while (state.epoch < options.epochs && !finished(state, options)) {
    const start = performance.now();
    const loss = await learnEpoch(parameters, adam, lesson, state, options, hooks, breathe);
    if (hooks.signal?.aborted || !Number.isFinite(loss)) {
      stopped = hooks.signal?.aborted ? "interrupted" : "diverged";
      break;
    }
    const validation = lesson.validate && judge(parameters, lesson);
    const best = recordEpoch(state, parameters, loss, validation, options);
    const seconds = (performance.now() - start) / 1000;
    hooks.onEpoch?.({
      epoch: state.epoch,
      epochs: options.epochs,
      loss,
      validation,
      best,
      learningRate: options.learningRate * rateAt(state.epoch, state.halvings, options),
      seconds,
      secondsLeft: seconds * (options.epochs - state.epoch),
    });
    await hooks.onCheckpoint?.(checkpointState(state, parameters, adam.moments, options));
    stopped = finished(state, options) ?? "epochs";
  }
  return settle(state, parameters, stopped);
}

/** One pass over all batches. @returns the mean loss; not finite when the training has to stop. */
async function learnEpoch(
  parameters: Parameters,
  adam: Adam,
  lesson: Lesson,
  state: Checkpoint,
  options: TrainerOptions,
  { signal, onProgress }: TrainerHooks,
  breathe: () => Promise<void>,
): Promise<number> {
  const { epoch, halvings } = state;
  const random = new Random((options.seed + Math.imul(epoch, 0x85ebca6b)) >>> 0);
  const batches = lesson.batches(random);
  const rows = batches.reduce((total, batch) => total + batch.length, 0);
  const gradients = Object.fromEntries(
    Object.entries(parameters).map(([name, { data }]) => [name, new Float32Array(data.length)]),
  );
  let sum = 0;
  for (const [b, batch] of batches.entries()) {
    await breathe();
    if (signal?.aborted) break;
    const loss = differentiate(parameters, (weights) => lesson.loss(weights, batch, random), gradients);
    // The norm is not finite when any gradient is not; the weights are still those from before the step.
    const norm = clipNorm(gradients, options.clipNorm ?? Infinity);
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) return NaN;
    if (b === 0) keepGood(state, parameters);
    const done = epoch + (b + 1) / batches.length;
    adam.step(gradients, options.learningRate * rateAt(done, halvings, options));
    sum += loss * batch.length;
    onProgress?.(done / options.epochs);
  }
  // The last step's weights have been in no loss yet.
  return Object.values(parameters).every(({ data }) => data.every(Number.isFinite)) ? sum / rows : NaN;
}

/** Until some weights are the best on what is held out, the latest that had a finite loss are what a training can fall back on. */
function keepGood(state: Checkpoint, parameters: Parameters): void {
  if (state.bestEpoch > 0 && state.history[state.bestEpoch - 1].validation) return;
  assignParameters(state.best, parameters);
  state.goodEpoch = state.epoch;
}

/** The loss at the parameters. @param gradients receives its gradient by each of them */
function differentiate(
  parameters: Parameters,
  loss: (weights: Weights) => Scalar,
  gradients: Readonly<Record<string, Float32Array>>,
): number {
  const names = Object.keys(parameters);
  let value = NaN;
  // Nothing is returned from `tidy`, which would look for tensors in every element of an array.
  tf.tidy(() => {
    const tensors = Object.values(weightsOf(parameters));
    const named = (values: readonly Tensor[]) => Object.fromEntries(names.map((name, i) => [name, values[i]]));
    const { value: scalar, grads } = tf.valueAndGrads((...values) => loss(named(values)))(tensors);
    value = scalar.dataSync()[0];
    names.forEach((name, i) => readInto(tf.backend() as unknown as WasmBackend, grads[i], gradients[name]));
  });
  return value;
}

/** The parameters as tensors of the caller's. */
export function weightsOf(parameters: Parameters): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], "float32")]),
  );
}

function judge(parameters: Parameters, lesson: Lesson): Validation {
  const weights = weightsOf(parameters);
  const validation = lesson.validate!(weights);
  tf.dispose(weights);
  return validation;
}

/** Notes what the epoch brought; halves the rate where learning stalls. @returns whether it was the best. */
function recordEpoch(
  state: Checkpoint,
  parameters: Parameters,
  loss: number,
  validation: Validation | undefined,
  { monitor, tolerance, schedule, patience }: TrainerOptions,
): boolean {
  state.epoch++;
  // Smaller is better.
  const value = validation ? (monitor === "uar" ? -validation.uar : validation.loss) : loss;
  const before = state.history[state.bestEpoch - 1]?.value ?? Infinity;
  state.history.push({ loss, validation: validation ?? null, value });
  state.stalled = value < before - tolerance ? 0 : state.stalled + 1;
  const best = value < before;
  if (best) state.bestEpoch = state.epoch;
  if (best && validation) assignParameters(state.best, parameters);
  const wait = Math.max(1, Math.floor((patience ?? 10) / 3));
  if (schedule === "plateau" && state.stalled > 0 && state.stalled % wait === 0) state.halvings++;
  return best;
}

function finished({ epoch, stalled }: Checkpoint, { epochs, patience }: TrainerOptions) {
  if (patience !== null && stalled >= patience) return "patience";
  return epoch >= epochs ? "epochs" : undefined;
}

/** Puts the weights that stay into `parameters`. */
function settle(state: Checkpoint, parameters: Parameters, stopped: TrainingSummary["stopped"]): TrainingSummary {
  const { epoch, history, best, bestEpoch, goodEpoch } = state;
  const judged = bestEpoch > 0 && history[bestEpoch - 1].validation !== null;
  // Interrupted before anything was judged, the weights of the moment are the best there are.
  if (judged || stopped === "diverged") assignParameters(parameters, best);
  const kept = judged ? bestEpoch : stopped === "diverged" ? goodEpoch : epoch;
  if (stopped === "diverged" && kept === 0) {
    throw new DataError("the loss stops being a finite number at once: lower the learning rate, or scale the features");
  }
  const { loss = NaN, validation = null } = history[kept - 1] ?? {};
  return { epochs: epoch, bestEpoch: kept, stopped, loss, validation };
}

/** Lets other work run, now and then. */
function breather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATH_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  };
}
