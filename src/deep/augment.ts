import type { Random } from "../random.ts";

/** What training does to scaled frames, so that a network does not learn single recordings by heart. */
export interface Augmentation {
  /** Stretches of time that are set to 0 (the mean): how many, and of how many frames at most (SpecAugment, Park et al. 2019). */
  readonly timeMasks: number;
  readonly timeMaskFrames: number;
  /** Bands of neighbouring coefficients that are set to 0: how many, and how wide at most. */
  readonly frequencyMasks: number;
  readonly frequencyMaskWidth: number;
  /** Coefficients by which all frames of an utterance are moved up or down at most, as another voice's would be. */
  readonly frequencyShift: number;
  /** Standard deviation of normal noise that is added, in those of the coefficients. */
  readonly noise: number;
}

/** Disturbs the frames of one utterance in place. At most a quarter of them is masked at once. */
export function augment(data: Float32Array, columns: number, options: Augmentation, random: Random): void {
  const frames = data.length / columns;
  const { timeMasks, timeMaskFrames, frequencyMasks, frequencyMaskWidth, frequencyShift, noise } = options;
  if (frequencyShift > 0) shift(data, columns, random.integer(2 * frequencyShift + 1) - frequencyShift);
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

/** Moves the columns; the first or the last one fills the gap. */
function shift(data: Float32Array, columns: number, by: number): void {
  if (by === 0) return;
  const most = Math.min(Math.abs(by), columns - 1);
  for (let at = 0; at < data.length; at += columns) {
    const row = data.subarray(at, at + columns);
    row.copyWithin(by > 0 ? most : 0, by > 0 ? 0 : most, by > 0 ? columns - most : columns);
    if (by > 0) row.fill(row[0], 0, most);
    else row.fill(row[columns - 1], columns - most);
  }
}
