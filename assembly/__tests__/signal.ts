// What the specs of the signal kernels share.
export const SAMPLES: i32 = 6000;

/** A buzz with noise from a linear congruential generator, with room behind for blocks that reach over the end. */
export function signal(): usize {
  const x = heap.alloc((SAMPLES + 16384) << 2);
  memory.fill(x, 0, (SAMPLES + 16384) << 2);
  let seed: u32 = 1;
  for (let i = 0; i < SAMPLES; i++) {
    seed = seed * 1664525 + 1013904223;
    const noise = <f32>seed / <f32>4294967296.0 - <f32>0.5;
    store<f32>(x + ((<usize>i) << 2), <f32>(i % 97) / <f32>97.0 - <f32>0.5 + noise * <f32>0.3);
  }
  return x;
}

export function sameBits(a: usize, b: usize, count: i32): bool {
  return memory.compare(a, b, (<usize>count) << 2) === 0;
}
