/** Rows of numbers, each kept once: a large forest has far fewer different leaves than leaves. */
export class LeafTable {
  readonly #width: number;
  #values: Float64Array;
  #words: Uint32Array;
  /** Open addressing: a row's number + 1, or 0 for an empty place. */
  #places: Int32Array;
  #rows = 0;

  constructor(width: number) {
    this.#width = width;
    this.#values = new Float64Array(64 * width);
    this.#words = new Uint32Array(this.#values.buffer);
    this.#places = new Int32Array(256);
  }

  /** The number of the row that equals `values` from `start`, bit by bit; added when there is none. */
  add(values: Float64Array, start: number): number {
    if ((this.#rows + 1) * this.#width > this.#values.length) this.#grow();
    this.#values.set(values.subarray(start, start + this.#width), this.#rows * this.#width);
    const place = this.#find(this.#rows);
    if (this.#places[place] === 0) this.#places[place] = ++this.#rows;
    return this.#places[place] - 1;
  }

  /** All rows, one after the other. */
  toArray(): Float64Array {
    return this.#values.slice(0, this.#rows * this.#width);
  }

  /** The place of a row equal to row `row`, or the empty place where it belongs. */
  #find(row: number): number {
    const words = 2 * this.#width;
    const from = row * words;
    let hash = 0x811c9dc5; // FNV-1a over 32-bit words, with a final mix since the low words of simple fractions are zeros
    for (let i = from; i < from + words; i++) hash = Math.imul(hash ^ this.#words[i], 0x01000193);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x735a2d97);
    const mask = this.#places.length - 1;
    let place = (hash ^ (hash >>> 13)) & mask;
    while (this.#places[place] !== 0 && !this.#equal(this.#places[place] - 1, row)) place = (place + 1) & mask;
    return place;
  }

  #equal(a: number, b: number): boolean {
    const words = 2 * this.#width;
    for (let i = 0; i < words; i++) if (this.#words[a * words + i] !== this.#words[b * words + i]) return false;
    return true;
  }

  #grow(): void {
    const values = new Float64Array(2 * this.#values.length);
    values.set(this.#values);
    this.#values = values;
    this.#words = new Uint32Array(values.buffer);
    this.#places = new Int32Array(2 * this.#places.length);
    for (let row = 0; row < this.#rows; row++) this.#places[this.#find(row)] = row + 1;
  }
}
