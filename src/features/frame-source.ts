import { columnCount, type FrameFeature, type FrameOptions } from "../core/frame-features.ts";
import { dcBlocker, FrameComputer } from "../core/frames.ts";
import { KaldiComputer, type KaldiFeature, type KaldiOptions, kaldiColumns, kaldiDeltas } from "../core/kaldi.ts";
import type { PadMode } from "../core/signal.ts";
import { delta, expectDeltaFrames, regressionDelta } from "../core/deltas.ts";
import type { DenseMatrix } from "../matrix.ts";
import type { RowPart } from "./derived-rows.ts";

/** Samples of the padded signal from sample number `start` on, which may lie before the signal. */
export type Cut = (start: number, length: number, padding: PadMode) => Float32Array;

/** What a stream needs of a preset: base rows of any range of frames, and how the rows asked for are made of them. */
export interface FrameSource {
  readonly parts: readonly RowPart[];
  readonly baseColumns: number;
  readonly hopLength: number;
  /** Frame t reaches from sample `t * hopLength + firstSample` on over `frameLength` samples. */
  readonly firstSample: number;
  readonly frameLength: number;
  /** Earlier frames that a frame's features look at. */
  readonly framesBefore: number;
  /** Number of frames of a signal of `n` samples. */
  frames(n: number): number;
  compute(first: number, frames: number, cut: Cut): DenseMatrix;
}

/** The parts of the rows and the base features that they need, each feature at its first column. */
function layOut<F extends string>(
  features: readonly F[],
  baseOf: (feature: F) => F,
  columnsOf: (feature: F) => number,
  deltaOf: (feature: F) => RowPart["delta"],
  filterOf: (feature: F) => RowPart["filter"] = () => undefined,
): { base: readonly F[]; parts: readonly RowPart[]; baseColumns: number } {
  const base = [...new Set(features.map(baseOf))];
  const first = new Map<F, number>();
  let baseColumns = 0;
  for (const feature of base) {
    first.set(feature, baseColumns);
    baseColumns += columnsOf(feature);
  }
  const parts = features.map((feature) => ({
    from: first.get(baseOf(feature)) ?? 0,
    columns: columnsOf(feature),
    delta: deltaOf(feature),
    filter: filterOf(feature),
  }));
  return { base, parts, baseColumns };
}

export function librosaSource(
  features: readonly FrameFeature[],
  sampleRate: number,
  options: FrameOptions,
): FrameSource {
  const { deltaWidth: width, deltaMode: ends, hopLength, center, onsetDetrend } = options;
  const orders: Partial<Record<FrameFeature, number>> = { delta: 1, delta2: 2 };
  const { base, parts, baseColumns } = layOut(
    features,
    (feature) => (orders[feature] === undefined ? feature : "mfcc"),
    (feature) => columnCount(feature, options),
    (feature) => {
      const order = orders[feature];
      if (order === undefined) return undefined;
      const of = (rows: DenseMatrix) => delta(rows, { width, order, mode: "nearest" });
      return { half: width >> 1, ends, of, expect: (rows) => expectDeltaFrames(width, ends, rows) };
    },
    (feature) => (feature === "onset" && onsetDetrend ? dcBlocker() : undefined),
  );
  const computer = new FrameComputer(base, sampleRate, { ...options, onsetDetrend: false });
  const padOf = (frameLength: number) => (center ? frameLength >> 1 : 0);
  return {
    parts,
    baseColumns,
    hopLength,
    firstSample: -padOf(computer.longestFrame),
    frameLength: computer.longestFrame,
    framesBefore: computer.framesBefore,
    frames: (n) => computer.frames(n),
    compute: (first, frames, cut) =>
      computer.computeFrames(frames, (frameLength, padding) =>
        cut(first * hopLength - padOf(frameLength), (frames - 1) * hopLength + frameLength, padding),
      ),
  };
}

export function kaldiSource(features: readonly KaldiFeature[], sampleRate: number, options: KaldiOptions): FrameSource {
  const { hopLength, winLength, deltaWindow: window } = options;
  const deltas: Partial<Record<KaldiFeature, readonly [KaldiFeature, number]>> = kaldiDeltas;
  const { base, parts, baseColumns } = layOut(
    features,
    (feature) => deltas[feature]?.[0] ?? feature,
    (feature) => kaldiColumns(feature, options).length,
    (feature) => {
      const order = deltas[feature]?.[1];
      if (order === undefined) return undefined;
      return { half: order * window, ends: "nearest", of: (rows) => regressionDelta(rows, { window, order }) };
    },
  );
  const computer = new KaldiComputer(base, sampleRate, options);
  const { firstSample } = computer;
  return {
    parts,
    baseColumns,
    hopLength,
    firstSample,
    frameLength: winLength,
    framesBefore: 0,
    frames: (n) => computer.frames(n),
    compute: (first, frames, cut) =>
      computer.computeFrames(
        frames,
        cut(first * hopLength + firstSample, (frames - 1) * hopLength + winLength, "symmetric"),
      ),
  };
}
