import { core } from "./module.ts";

/** What allocates in a module: the core (module.ts), or trees and linear models (learn.ts). */
interface Allocator {
  readonly memory: WebAssembly.Memory;
  alloc(bytes: number): number;
  release(pointer: number): void;
}

/** The most float32 values that one buffer may hold: half a gigabyte of the four that WebAssembly can address. */
export const MAX_VALUES = 1 << 27;

type Data = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

/** Allocates and frees the buffers of one call; see {@link scratch}. */
export class Scratch {
  readonly #pointers: number[] = [];
  readonly #module: Allocator;

  constructor(module: Allocator) {
    this.#module = module;
  }

  /** `bytes` bytes, cleared. */
  zeros(bytes: number): number {
    const pointer = this.space(bytes);
    new Uint8Array(this.#module.memory.buffer, pointer, bytes).fill(0);
    return pointer;
  }

  /** `bytes` bytes, not cleared, for what is written whole before it is read. */
  space(bytes: number): number {
    const pointer = this.#module.alloc(Math.max(bytes, 1)) >>> 0;
    this.#pointers.push(pointer);
    return pointer;
  }

  /** A copy of `data`. */
  copy(data: Data): number {
    const { byteLength, byteOffset } = data;
    const pointer = this.space(byteLength);
    new Uint8Array(this.#module.memory.buffer, pointer, byteLength).set(
      new Uint8Array(data.buffer, byteOffset, byteLength),
    );
    return pointer;
  }

  release(): void {
    for (const pointer of this.#pointers.reverse()) this.#module.release(pointer);
    this.#pointers.length = 0;
  }
}

/**
 * Typed views over a module's memory, and `scratch`, which runs `body` with a {@link Scratch} whose buffers are freed when it returns or
 * throws. A view is valid until the next allocation (memory may grow and its buffer be replaced): make it, use it, drop it.
 */
export function memoryOf(module: () => Allocator) {
  const buffer = () => module().memory.buffer;
  return {
    f32: (pointer: number, length: number) => new Float32Array(buffer(), pointer, length),
    f64: (pointer: number, length: number) => new Float64Array(buffer(), pointer, length),
    i32: (pointer: number, length: number) => new Int32Array(buffer(), pointer, length),
    u32: (pointer: number, length: number) => new Uint32Array(buffer(), pointer, length),
    u8: (pointer: number, length: number) => new Uint8Array(buffer(), pointer, length),
    scratch<T>(body: (memory: Scratch) => T): T {
      const memory = new Scratch(module());
      try {
        return body(memory);
      } finally {
        memory.release();
      }
    },
  };
}

export const { f32, f64, i32, u32, u8, scratch } = memoryOf(() => core);
