/** So many samples are not worth giving back. */
const SMALL = 1 << 16;

/** The latest samples of a signal that comes piece by piece. It takes new memory only when there is much more, or much less, to keep. */
export class SampleBuffer {
  #data = new Float32Array(0);
  #start = 0;
  #end = 0;
  #from = 0;

  /** Number, in the signal, of the first sample that is kept. */
  get from(): number {
    return this.#from;
  }

  /** Samples of the signal so far. */
  get received(): number {
    return this.#from + this.#end - this.#start;
  }

  append(samples: Float32Array): void {
    const kept = this.#end - this.#start;
    const needed = kept + samples.length;
    const capacity = this.#data.length;
    if (this.#end + samples.length > capacity || capacity > Math.max(SMALL, 16 * needed)) {
      // Twice what is needed, so that most pieces are appended without moving what is there.
      if (2 * needed > capacity || capacity > Math.max(SMALL, 16 * needed)) {
        const data = new Float32Array(2 * needed);
        data.set(this.view());
        this.#data = data;
      } else this.#data.copyWithin(0, this.#start, this.#end);
      this.#start = 0;
      this.#end = kept;
    }
    this.#data.set(samples, this.#end);
    this.#end += samples.length;
  }

  /** Forgets what lies before a sample of the signal. */
  discardBefore(sample: number): void {
    const next = Math.min(Math.max(sample, this.#from), this.received);
    this.#start += next - this.#from;
    this.#from = next;
  }

  /** The sample of that number, which is kept. */
  at(sample: number): number {
    return this.#data[this.#start + sample - this.#from];
  }

  /** A view of the samples from one number up to, not including, another; good until the next `append`. */
  view(from = this.#from, to = this.received): Float32Array {
    return this.#data.subarray(this.#start + from - this.#from, this.#start + to - this.#from);
  }
}
