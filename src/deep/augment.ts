import type { Random } from "../random.ts";

/** What training does to scaled frames, so that a network does not learn single recordings by heart. */
export interface Augmentation {
  /** Stretches of time that are set to 0 (the mean): how many, and of how many frames at most (SpecAugment, Park et al. 2019). */
  readonly timeMasks: number;
  readonly timeMaskFrames: number;
  /** Bands of neighbouring coefficients that are set to 0: how many, and how wide at most. */
  readonly frequencyMasks: number;
  readonly frequencyMaskWidth: number;
  /** Standard deviation of normal noise that is added, in those of the coefficients. */
  readonly noise: number;
}

/** Disturbs the frames of one utterance in place. At most a quarter of them is masked at once. */
export function augment(data: Float32Array, columns: number, options: Augmentation, random: Random): void {
  const frames = data.length / columns;
  const { timeMasks, timeMaskFrames, frequencyMasks, frequencyMaskWidth, noise } = options;
  if (noise > 0) for (let i = 0; i < data.length; i++) data[i] += noise * random.normal();
  for (let n = 0; n < timeMasks; n++) {
    const length = random.integer(Math.min(timeMaskFrames, Math.floor(frames / 4)) + 1);
    const start = random.integer(frames - length + 1);
    data.fill(0, start * columns, (start + length) * columns);
  }
  for (let n = 0; n < frequencyMasks; n++) {
    const width = random.integer(Math.min(frequencyMaskWidth, columns) + 1);
    const first = random.integer(columns - width + 1);
    for (let at = first; at < data.length; at += columns) data.fill(0, at, at + width);
  }
}
