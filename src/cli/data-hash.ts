import type { EvaluationRows } from "../evaluation/rows.ts";
import type { SeedTables } from "../evaluation/seed-tables.ts";
import { sha256 } from "./task-store.ts";

/** SHA-256 in hex over everything that a corpus's rows hold. */
export function dataHash(data: EvaluationRows | SeedTables): string {
  const parts = "train" in data ? [data.train, data.test] : [data];
  return sha256(
    ...parts.flatMap(({ features, channels = [], frames = [], frameVariants = [], seconds, loudness, ...rest }) => [
      JSON.stringify({
        ...rest,
        columns: features?.columns,
        seconds: seconds && Array.from(seconds),
        loudness: loudness && Array.from(loudness),
      }),
      ...[features, ...channels.map((channel) => channel.features), ...frames, ...frameVariants.flat()].map((matrix) =>
        matrix ? new Uint8Array(matrix.data.buffer, matrix.data.byteOffset, matrix.data.byteLength) : "",
      ),
    ]),
  );
}
