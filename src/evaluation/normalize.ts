import { DataError } from "../errors.ts";
import { type DenseMatrix, denseMatrix, type Matrix } from "../matrix.ts";

/**
 * Scales each feature to zero mean and unit variance over the utterances of its own speaker ("speaker
 * normalisation", Schuller et al. 2010). It uses no labels, but all of a speaker's utterances, those of the test part included: it
 * fits where a speaker is heard for a while before he is judged, and it is no figure for the first utterance of a stranger.
 * A feature that does not vary within a speaker becomes 0.
 *
 * @param features one row an utterance.
 * @param speakers the speaker of every row.
 * @throws {DataError} lengths that differ.
 * @example
 * normalizePerSpeaker(matrixFromRows([[1], [3], [10], [30]]), ["a", "a", "b", "b"]); // [[-1], [1], [-1], [1]]
 */
export function normalizePerSpeaker(features: DenseMatrix, speakers: readonly string[]): DenseMatrix {
  const { rows, columns, data } = features;
  if (speakers.length !== rows) throw new DataError(`${rows} rows of features, but ${speakers.length} speakers`);
  const utterances = new Map<string, number[]>();
  speakers.forEach((speaker, row) => {
    const own = utterances.get(speaker);
    if (own) own.push(row);
    else utterances.set(speaker, [row]);
  });
  const normalized = new Float32Array(data.length);
  for (const own of utterances.values()) {
    for (let c = 0; c < columns; c++) {
      const values = own.map((row) => data[row * columns + c]);
      const mean = values.reduce((total, value) => total + value, 0) / own.length;
      const variance = values.reduce((total, value) => total + (value - mean) * (value - mean), 0) / own.length;
      // Rounding alone must not be blown up to unit variance: a float32 feature carries 24 bits.
      const deviation = Math.sqrt(variance);
      if (deviation <= Math.abs(mean) * 1e-7) continue;
      own.forEach((row, i) => {
        normalized[row * columns + c] = (values[i] - mean) / deviation;
      });
    }
  }
  return denseMatrix(rows, columns, normalized);
}

/**
 * The same for frames: each coefficient to zero mean and unit variance over all frames of its speaker.
 *
 * @param frames a matrix an utterance, all of the same columns.
 * @param speakers the speaker of every utterance.
 * @throws {DataError} lengths that differ.
 * @example
 * normalizeFramesPerSpeaker([matrixFromRows([[1], [3]]), matrixFromRows([[5]])], ["a", "b"]); // [[-1], [1]], [[0]]
 */
export function normalizeFramesPerSpeaker(frames: readonly DenseMatrix[], speakers: readonly string[]): DenseMatrix[] {
  if (speakers.length !== frames.length)
    throw new DataError(`${frames.length} utterances of frames, but ${speakers.length} speakers`);
  const columns = frames[0]?.columns ?? 0;
  const data = new Float32Array(frames.reduce((total, own) => total + own.data.length, 0));
  const owners: string[] = [];
  let at = 0;
  frames.forEach((own, row) => {
    data.set(own.data, at);
    at += own.data.length;
    for (let r = 0; r < own.rows; r++) owners.push(speakers[row]);
  });
  const normalized = normalizePerSpeaker(denseMatrix(owners.length, columns, data), owners).data;
  at = 0;
  return frames.map(({ rows }) => {
    const own = normalized.subarray(at, at + rows * columns);
    at += rows * columns;
    return denseMatrix(rows, columns, own);
  });
}

/**
 * Each row divided by its Euclidean length, as scikit-learn's `Normalizer`: what multiplies all features of an utterance drops out. It looks at
 * nothing but the row. A row of zeros stays.
 *
 * @example
 * normalizePerUtterance(matrixFromRows([[3, 4]])); // [[0.6, 0.8]]
 */
export function normalizePerUtterance(matrix: Matrix): Matrix {
  const { rows } = matrix;
  const values = Float32Array.from(matrix.kind === "dense" ? matrix.data : matrix.values);
  for (let r = 0; r < rows; r++) {
    const [from, to] =
      matrix.kind === "dense"
        ? [r * matrix.columns, (r + 1) * matrix.columns]
        : [matrix.indptr[r], matrix.indptr[r + 1]];
    let squares = 0;
    for (let i = from; i < to; i++) squares += values[i] * values[i];
    const length = Math.sqrt(squares);
    if (length > 0) for (let i = from; i < to; i++) values[i] /= length;
  }
  return matrix.kind === "dense" ? denseMatrix(rows, matrix.columns, values) : { ...matrix, values };
}
