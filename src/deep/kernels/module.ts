import type { DataType, TensorInfo } from "@tensorflow/tfjs";
import { inflateBase64 } from "../../base64.ts";
import { type NnExports, nnBytes, nnDeflated } from "./binary.ts";

/** What the kernels use of tfjs's WASM backend. */
export interface WasmBackend {
  readonly wasm: { readonly HEAPU8: Uint8Array };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
}

/** Copies the float32 values of a tensor of the WASM backend; `dataSync` makes a new array each time, which is dear for large ones. */
export function readInto(backend: WasmBackend, { dataId, shape }: TensorInfo, to: Float32Array): void {
  const { memoryOffset } = backend.dataIdMap.get(dataId);
  const size = shape.reduce((product, n) => product * n, 1);
  to.set(new Float32Array(backend.wasm.HEAPU8.buffer, memoryOffset, size));
}

/** The compiled kernels (assembly/nn); a module of their own, so that the core stays small. */
let nn: NnExports | undefined;

/** Grown to what the largest call needed. */
let arena = 0;
let arenaBytes = 0;

const bytesOf = ({ shape, dtype }: TensorInfo) => shape.reduce((product, n) => product * n, dtype === "bool" ? 1 : 4);
const aligned = (bytes: number) => (bytes + 15) & ~15;

/**
 * Runs a kernel of assembly/nn. The inputs are copied from tfjs's heap into the module's memory and the outputs back: each has its own
 * memory, and a copy takes a small part of what a kernel does.
 *
 * @param workBytes how much work space the kernel needs
 * @param body calls the kernel with the addresses of inputs, outputs and work space
 */
export function compute(
  backend: WasmBackend,
  inputs: readonly TensorInfo[],
  outputs: readonly TensorInfo[],
  workBytes: (nn: NnExports) => number,
  body: (nn: NnExports, inputs: number[], outputs: number[], work: number) => void,
): void {
  nn ??= new WebAssembly.Instance(new WebAssembly.Module(inflateBase64(nnDeflated, nnBytes)))
    .exports as unknown as NnExports;
  const sizes = [...inputs, ...outputs].map(bytesOf);
  const needed = sizes.reduce((sum, size) => sum + aligned(size), workBytes(nn));
  if (needed > arenaBytes) {
    if (arena !== 0) nn.release(arena);
    arenaBytes = 0;
    arena = nn.alloc(needed) >>> 0;
    arenaBytes = needed;
  }
  let end = arena;
  const pointers = sizes.map((size) => {
    const pointer = end;
    end += aligned(size);
    return pointer;
  });
  // Views are made after every allocation: growing a memory replaces its buffer.
  const memory = new Uint8Array(nn.memory.buffer);
  const heap = backend.wasm.HEAPU8;
  const offset = (tensor: TensorInfo) => backend.dataIdMap.get(tensor.dataId).memoryOffset;
  inputs.forEach((tensor, i) => {
    memory.set(heap.subarray(offset(tensor), offset(tensor) + sizes[i]), pointers[i]);
  });
  body(nn, pointers.slice(0, inputs.length), pointers.slice(inputs.length), end);
  outputs.forEach((tensor, i) => {
    const pointer = pointers[inputs.length + i];
    heap.set(memory.subarray(pointer, pointer + sizes[inputs.length + i]), offset(tensor));
  });
}
