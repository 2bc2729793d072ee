// Unmanaged memory: every buffer and plan is allocated and freed by hand, so that nothing depends on a collector's timing.

/** Allocates `bytes` bytes, 16-byte aligned, not cleared. Traps when memory is exhausted. */
export function alloc(bytes: usize): usize {
  return heap.alloc(bytes);
}

/** Frees a block from `alloc`. */
export function release(ptr: usize): void {
  heap.free(ptr);
}
