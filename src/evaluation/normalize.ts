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
