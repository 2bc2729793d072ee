/** How the learning rate changes: not at all; along half a cosine down to 0 (Loshchilov and Hutter 2017); halved when learning stalls. */
export const schedules = ["constant", "cosine", "plateau"] as const;
export type Schedule = (typeof schedules)[number];

/** Half a cosine: 1 at 0, 0 at 1. The series is exact to the last bits of a float64 there, and the same on every engine. */
export function halfCosine(share: number): number {
  // cos(pi x) by x - 1/2 = -sin: the argument stays within a quarter turn, where ten terms suffice.
  const x = Math.PI * (Math.min(1, Math.max(0, share)) - 0.5);
  let term = x;
  let sine = x;
  for (let k = 1; k <= 10; k++) {
    term *= -(x * x) / (2 * k * (2 * k + 1));
    sine += term;
  }
  return Math.max(0, (1 - sine) / 2);
}

export interface RateOptions {
  readonly schedule: Schedule;
  readonly epochs: number;
  /** Epochs over which the rate rises from 0. */
  readonly warmup: number;
}

/**
 * What the learning rate is multiplied with at a moment of training.
 *
 * @param epochs those that have passed, with a fraction
 * @param halvings how often `plateau` has halved it
 */
export function rateAt(epochs: number, halvings: number, { schedule, epochs: all, warmup }: RateOptions): number {
  if (epochs < warmup) return epochs / warmup;
  // A training that is all warm-up ends at the full rate.
  if (schedule === "cosine") return all > warmup ? halfCosine((epochs - warmup) / (all - warmup)) : 1;
  let rate = 1;
  for (let i = 0; i < halvings; i++) rate /= 2;
  return rate;
}
