import { type DenseMatrix, denseMatrix } from "../matrix.ts";

/** Takes each column's mean over the rows off. */
export function centred({ rows, columns, data }: DenseMatrix): DenseMatrix {
  const mean = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) mean[i % columns] += data[i] / rows;
  return denseMatrix(
    rows,
    columns,
    data.map((value, i) => value - mean[i % columns]),
  );
}

/** What frames are scaled by: to zero mean and unit variance of each coefficient over the frames of training. */
export interface FrameScale {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** @param all frames of one width @returns deviations of at least 1e-5: a coefficient that does not vary becomes 0 */
export function fitFrameScale(all: readonly DenseMatrix[]): FrameScale {
  const { columns } = all[0];
  const sum = new Float64Array(columns);
  const squares = new Float64Array(columns);
  let frames = 0;
  for (const { rows, data } of all) {
    frames += rows;
    for (let i = 0; i < data.length; i++) sum[i % columns] += data[i];
  }
  for (const { data } of all) {
    for (let i = 0; i < data.length; i++) {
      const distance = data[i] - sum[i % columns] / frames;
      squares[i % columns] += distance * distance;
    }
  }
  return {
    mean: Float32Array.from(sum, (total) => total / frames),
    deviation: Float32Array.from(squares, (total) => Math.max(1e-5, Math.sqrt(total / frames))),
  };
}

export function scaleFrames({ rows, columns, data }: DenseMatrix, { mean, deviation }: FrameScale): DenseMatrix {
  return denseMatrix(
    rows,
    columns,
    data.map((value, i) => (value - mean[i % columns]) / deviation[i % columns]),
  );
}
