import type { FramesOf } from "./protocol.ts";

export const FRAMES_PER_SECOND = 100;
/** Columns of a frame, as LiveSession gives them: lowest, highest, rms, pitch, aperiodicity, bands. */
export const LOWEST = 0;
export const HIGHEST = 1;
export const RMS = 2;
export const PITCH = 3;
export const APERIODICITY = 4;
export const BANDS_FROM = 5;

/** Frames that have come; the latest `capacity` are kept, frame t at t % capacity. */
export class FrameRing {
  readonly columns: number;
  readonly capacity: number;
  readonly #data: Float32Array;
  #count = 0;

  constructor(columns: number, capacity: number) {
    this.columns = columns;
    this.capacity = capacity;
    this.#data = new Float32Array(capacity * columns);
  }

  /** Frames so far. */
  get count(): number {
    return this.#count;
  }

  append({ rows, columns, data }: FramesOf): void {
    for (let t = 0; t < rows; t++) {
      const place = (this.#count + t) % this.capacity;
      this.#data.set(data.subarray(t * columns, (t + 1) * columns), place * columns);
    }
    this.#count += rows;
  }

  /** Column `c` of frame `t`. */
  value(t: number, c: number): number {
    return this.#data[(t % this.capacity) * this.columns + c];
  }

  /** The frames that are kept of the seconds from `from` to `to`. */
  within({ from, to }: { readonly from: number; readonly to: number }): [first: number, end: number] {
    const first = Math.max(0, this.#count - this.capacity, Math.floor(from * FRAMES_PER_SECOND));
    return [first, Math.min(this.#count, Math.ceil(to * FRAMES_PER_SECOND) + 1)];
  }
}
