import { AudioError } from "../errors.ts";

/** 2 to the power of an integer from 0 to 60, exactly. */
export function powerOfTwo(exponent: number): number {
  return exponent < 31 ? (1 << exponent) >>> 0 : 1073741824 * powerOfTwo(exponent - 30);
}

/** Reads numbers of any width from bytes, the highest bit first. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #bit: number;

  /** @param byte where to begin */
  constructor(bytes: Uint8Array, byte = 0) {
    this.#bytes = bytes;
    this.#bit = byte * 8;
  }

  /** The byte that the next bit stands in. */
  get byte(): number {
    return Math.floor(this.#bit / 8);
  }

  /** An unsigned number of 0 to 36 bits. @throws {AudioError} at the end of the bytes, as all the reads. */
  unsigned(bits: number): number {
    if (bits > 24) return this.unsigned(bits - 24) * 16777216 + this.unsigned(24);
    const value = bits === 0 ? 0 : this.#word() >>> (32 - bits);
    this.#skip(bits);
    return value;
  }

  /** A number of 0 to 36 bits in two's complement. */
  signed(bits: number): number {
    const value = this.unsigned(bits);
    const range = powerOfTwo(bits);
    return value * 2 >= range ? value - range : value;
  }

  /** How many zeros stand before the next one; that one is read too. */
  unary(): number {
    for (let zeros = 0; ; zeros += 24) {
      const run = Math.clz32(this.#word());
      if (run < 24) {
        this.#skip(run + 1);
        return zeros + run;
      }
      this.#skip(24);
    }
  }

  /** Goes on to the next whole byte. */
  align(): void {
    this.#bit = Math.ceil(this.#bit / 8) * 8;
  }

  // The next 32 bits, of which at least 25 are right; past the end they are 0.
  #word(): number {
    const at = Math.floor(this.#bit / 8);
    const b = this.#bytes;
    return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) << (this.#bit % 8);
  }

  #skip(bits: number): void {
    this.#bit += bits;
    if (this.#bit > this.#bytes.length * 8) throw new AudioError("truncated data: the file ends within a frame");
  }
}
