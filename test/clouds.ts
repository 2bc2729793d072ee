import { matrixFromRows } from "../src/matrix.ts";
import { Random } from "../src/random.ts";

/** Overlapping clouds around one centre a class. */
export function clouds(seed: number, rows: number, columns: number, classes: number) {
  const random = new Random(seed);
  const centres = Array.from({ length: classes }, () => Array.from({ length: columns }, () => random.normal()));
  const y = Array.from({ length: rows }, (_, i) => `c${i % classes}`);
  const x = matrixFromRows(y.map((_, i) => centres[i % classes].map((centre) => centre + random.normal())));
  return { x, y };
}
