import { DataError } from "../errors.ts";
import type { DenseMatrix } from "../matrix.ts";
import { denseMatrix } from "../matrix.ts";

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
