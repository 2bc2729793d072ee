// Sorting of keys whose upper half is a rank and whose lower half is what the rank belongs to: u32 keys hold 16 bits of each,
// u64 keys 32. Insertion sort for short runs, else least-significant-digit radix sort: linear whatever the data.

const INSERTION_MAX = 40;
const MAX_DIGIT = 11;
const MAX_PASSES = 3;

/** Bytes of the `counts` buffer that {@link sortKeys} needs. */
export const SORT_COUNTS_BYTES: usize = (MAX_PASSES << MAX_DIGIT) << 2;

function insertionSort<K>(keys: usize, n: i32): void {
  const size = sizeof<K>();
  const end = keys + (n as usize) * size;
  for (let at = keys + size; at < end; at += size) {
    const key = load<K>(at);
    let to = at;
    while (to > keys) {
      const before = load<K>(to - size);
      if (before <= key) break;
      store<K>(to, before);
      to -= size;
    }
    store<K>(to, key);
  }
}

/**
 * Sorts `n` keys by rank; keys of one rank keep their order. All ranks lie in [lowest, highest].
 * `other` is a buffer as long as `keys`. Returns whichever of the two holds the result.
 */
export function sortKeys<K>(keys: usize, other: usize, n: i32, lowest: u32, highest: u32, counts: usize): usize {
  if (n <= INSERTION_MAX) {
    insertionSort<K>(keys, n);
    return keys;
  }
  const bits = 32 - clz<u32>(highest - lowest);
  const maxDigit: u32 = n < 2048 ? 8 : MAX_DIGIT;
  const passes = max<u32>(1, (bits + maxDigit - 1) / maxDigit);
  const digit = (bits + passes - 1) / passes;
  const mask: u32 = (1 << digit) - 1;
  const half = (sizeof<K>() << 2) as K;
  const shift = alignof<K>() as usize;
  const end = (n as usize) << shift;
  const stride = (4 as usize) << digit;

  memory.fill(counts, 0, stride * passes);
  for (let at: usize = 0; at < end; at += sizeof<K>()) {
    let rank = ((load<K>(keys + at) >> half) as u32) - lowest;
    for (let table = counts, pass: u32 = 0; pass < passes; pass++, table += stride, rank >>>= digit) {
      const slot = table + (((rank & mask) as usize) << 2);
      store<u32>(slot, load<u32>(slot) + 1);
    }
  }
  let from = keys;
  let to = other;
  for (let table = counts, pass: u32 = 0; pass < passes; pass++, table += stride) {
    let total: u32 = 0;
    for (let slot = table; slot < table + stride; slot += 4) {
      const count = load<u32>(slot);
      store<u32>(slot, total);
      total += count;
    }
    const down = pass * digit;
    for (let at: usize = 0; at < end; at += sizeof<K>()) {
      const key = load<K>(from + at);
      const rank = ((key >> half) as u32) - lowest;
      const slot = table + ((((rank >>> down) & mask) as usize) << 2);
      const place = load<u32>(slot);
      store<u32>(slot, place + 1);
      store<K>(to + ((place as usize) << shift), key);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}
