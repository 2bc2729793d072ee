import { type DenseMatrix, denseMatrix } from "../../src/matrix.ts";
import type { UtteranceInput } from "../../src/deep/index.ts";
import { Random } from "../../src/random.ts";

const words = {
  c0: ["sun", "cake", "happy", "song"],
  c1: ["rain", "lost", "alone", "grey"],
  c2: ["fire", "shout", "hate", "knife"],
} as const;
const names = Object.keys(words) as (keyof typeof words)[];

/** Utterances of three classes, which both their words and their frames tell apart: synthetic, of many lengths. */
export function utterances(
  seed: number,
  count: number,
): { x: Required<Omit<UtteranceInput, "context">>[]; y: string[] } {
  const random = new Random(seed);
  const y = Array.from({ length: count }, (_, i) => names[i % 3]);
  const x = y.map((name, i) => {
    const said = Array.from({ length: 1 + random.integer(6) }, () => words[name][random.integer(4)]);
    const filler = Array.from({ length: random.integer(4) }, () => ["the", "a", "of"][random.integer(3)]);
    const frames = sound(random, 12 + random.integer(40), i % 3);
    const features = Float32Array.from({ length: 8 }, () => random.normal() / 2 + 1.5 * (i % 3));
    return { text: random.shuffle([...said, ...filler]).join(" "), frames, variants: [frames], features };
  });
  return { x, y };
}

/** Noise with a band that swings, faster in the higher classes. */
function sound(random: Random, rows: number, code: number): DenseMatrix {
  const matrix = denseMatrix(rows, 6);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < 6; c++)
      matrix.data[r * 6 + c] = random.normal() / 2 + (r % (2 + 3 * code) === 0 && c < 3 ? 3 : 0);
  }
  return matrix;
}
