// How well two peers' results for the same audio agree: enough to see that both did the work, not a test of exactness.

/** Pearson's correlation, over as many values as both have; NaN when one of them does not vary. */
export function correlation(a, b) {
  const n = Math.min(a.length, b.length);
  const mean = (values) => values.slice(0, n).reduce((sum, value) => sum + value, 0) / n;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Share of the frames in which both found a pitch that have the same one within 3 % (half a semitone). */
export function samePitch(a, b) {
  const pairs = Array.from({ length: Math.min(a.length, b.length) }, (_, i) => [a[i], b[i]]).filter(
    ([one, other]) => one > 0 && other > 0,
  );
  return pairs.filter(([one, other]) => Math.abs(one - other) <= 0.03 * one).length / pairs.length;
}
