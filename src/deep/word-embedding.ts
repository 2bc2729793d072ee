import { DataError } from "../errors.ts";
import type { Parameters } from "./parameters.ts";
import { UNKNOWN, type Vocabulary } from "./vocabulary.ts";

/** Starts the embedding of tokens from word vectors; what has none stays as it was drawn. @throws {DataError} of another width */
export function startEmbedding(
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
