import { core } from "./module.ts";

// Typed views over the core's memory. A view is valid until the next allocation (memory may grow and its buffer be replaced):
// make it, use it, drop it.
export const f32 = (pointer: number, length: number) => new Float32Array(core.memory.buffer, pointer, length);
export const f64 = (pointer: number, length: number) => new Float64Array(core.memory.buffer, pointer, length);
export const i32 = (pointer: number, length: number) => new Int32Array(core.memory.buffer, pointer, length);
export const u32 = (pointer: number, length: number) => new Uint32Array(core.memory.buffer, pointer, length);
export const u8 = (pointer: number, length: number) => new Uint8Array(core.memory.buffer, pointer, length);

/** The most float32 values that one buffer may hold: half a gigabyte of the four that WebAssembly can address. */
export const MAX_VALUES = 1 << 27;

type Data = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

/** Allocates and frees the buffers of one call; see {@link scratch}. */
export class Scratch {
  readonly #pointers: number[] = [];

  /** `bytes` bytes, cleared. */
  zeros(bytes: number): number {
    const pointer = core.alloc(Math.max(bytes, 1)) >>> 0;
    this.#pointers.push(pointer);
    u8(pointer, bytes).fill(0);
    return pointer;
  }

  /** `bytes` bytes, not cleared, for what is written whole before it is read. */
  space(bytes: number): number {
    const pointer = core.alloc(Math.max(bytes, 1));
    this.#pointers.push(pointer);
    return pointer;
  }

  /** A copy of `data`. */
  copy(data: Data): number {
    const pointer = core.alloc(Math.max(data.byteLength, 1)) >>> 0;
    this.#pointers.push(pointer);
    u8(pointer, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return pointer;
  }

  release(): void {
    for (const pointer of this.#pointers.reverse()) core.release(pointer);
    this.#pointers.length = 0;
  }
}

/** Runs `body` with a {@link Scratch} whose buffers are freed when it returns or throws. */
export function scratch<T>(body: (memory: Scratch) => T): T {
  const memory = new Scratch();
  try {
    return body(memory);
  } finally {
    memory.release();
  }
}
