import type { EvaluationRows } from "../evaluation/rows.ts";
import type { SeedTables } from "../evaluation/seed-tables.ts";
import type { DenseMatrix } from "../matrix.ts";
import { sha256 } from "./task-store.ts";

/** SHA-256 in hex over everything that a corpus's rows hold. */
export function dataHash(data: EvaluationRows | SeedTables): string {
  const parts = "train" in data ? [data.train, data.test] : [data];
  return sha256(
    ...parts.flatMap(({ features, channels = [], frames = [], frameVariants = [], seconds, loudness, ...rest }) => [
      JSON.stringify({
        ...rest,
        columns: features?.columns,
        channels: channels.map(({ name }) => name),
        frames: frames.map(({ rows, columns }) => [rows, columns]),
        variants: frameVariants.map((variants) => variants.map(({ rows, columns }) => [rows, columns])),
        seconds: seconds && Array.from(seconds),
        loudness: loudness && Array.from(loudness),
      }),
      ...(features ? [bytesOf(features)] : []),
      // Frames as bytes: written out as JSON, those of a corpus are longer than a string can be.
      ...[...channels.map((channel) => channel.features), ...frames, ...frameVariants.flat()].map(bytesOf),
    ]),
  );
}

const bytesOf = ({ data }: DenseMatrix) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
