/** A rising curve: straight lines between `x` (ascending) and `y`, level beyond the ends. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

interface Block {
  /** The weighted mean of its values, the sum of its weights, and its first and last score. */
  mean: number;
  weight: number;
  from: number;
  to: number;
}

/**
 * The rising curve nearest to `values` in weighted squares (isotonic regression by pooling adjacent violators: Ayer et al. 1955; for
 * calibration Zadrozny and Elkan 2002), equal to scikit-learn's `IsotonicRegression(out_of_bounds="clip")`. Rows of weight 0 take no part.
 *
 * @param scores in any order; equal ones are pooled first
 * @param values what the curve shall say at each score, e.g. 0 and 1
 * @param weights one a score, some above 0
 */
export function fitIsotonic(scores: ArrayLike<number>, values: ArrayLike<number>, weights: ArrayLike<number>): Curve {
  const order = Array.from(scores, (_, i) => i)
    .filter((i) => weights[i] > 0)
    .sort((a, b) => scores[a] - scores[b]);
  const blocks: Block[] = [];
  for (const i of order) {
    const last = blocks.at(-1);
    const block = { mean: values[i], weight: weights[i], from: scores[i], to: scores[i] };
    if (last?.to === scores[i] && last.from === scores[i]) pool(last, block);
    else blocks.push(block);
  }
  const rising: Block[] = [];
  for (const block of blocks) {
    rising.push(block);
    while (rising.length > 1 && rising[rising.length - 2].mean >= rising[rising.length - 1].mean) {
      const last = rising.pop() as Block;
      pool(rising[rising.length - 1], last);
    }
  }
  const ends = rising.flatMap(({ mean, from, to }) =>
    from === to
      ? [[from, mean]]
      : [
          [from, mean],
          [to, mean],
        ],
  );
  return { x: ends.map(([score]) => score), y: ends.map(([, value]) => value) };
}

function pool(block: Block, next: Block): void {
  const weight = block.weight + next.weight;
  block.mean = (block.mean * block.weight + next.mean * next.weight) / weight;
  block.weight = weight;
  block.to = next.to;
}

/** The curve at a score. */
export function applyCurve({ x, y }: Curve, score: number): number {
  const last = x.length - 1;
  if (score <= x[0]) return y[0];
  if (score >= x[last]) return y[last];
  let low = 0;
  let high = last; // x[low] < score < x[high]
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= score) low = middle;
    else high = middle;
  }
  return y[low] + ((y[high] - y[low]) * (score - x[low])) / (x[high] - x[low]);
}
