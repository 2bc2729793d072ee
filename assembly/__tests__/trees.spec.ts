import { drawBootstrap, nextRandom, randomBelow, seedRandom } from "../trees/random";
import { SORT_COUNTS_BYTES, sortKeys } from "../trees/sort";

describe("random", () => {
  // Blackman and Vigna's xoshiro128** from the state 1, 2, 3, 4
  test("is xoshiro128**", () => {
    const state = heap.alloc(16);
    for (let i = 0; i < 4; i++) store<u32>(state + ((i as usize) << 2), i + 1);
    expect(nextRandom(state)).toBe(11520);
    expect(nextRandom(state)).toBe(0);
    expect(nextRandom(state)).toBe(5927040);
    expect(nextRandom(state)).toBe(70819200);
    heap.free(state);
  });

  test("streams of one seed differ, and start anew the same", () => {
    const state = heap.alloc(16);
    seedRandom(state, 7, 0);
    const first = nextRandom(state);
    seedRandom(state, 7, 1);
    expect(nextRandom(state)).not.toBe(first);
    seedRandom(state, 7, 0);
    expect(nextRandom(state)).toBe(first);
    heap.free(state);
  });

  test("integers below a bound come equally often", () => {
    const state = heap.alloc(16);
    const counts = new StaticArray<i32>(6);
    seedRandom(state, 1, 1);
    for (let i = 0; i < 60000; i++) counts[randomBelow(state, 6)]++;
    // 10,000 each, sd 91: within 4.5 of them
    for (let i = 0; i < 6; i++) expect(abs(counts[i] - 10000)).toBeLessThan(410);
    heap.free(state);
  });

  test("a bootstrap draws as many rows as there are and leaves out e^-1 of them", () => {
    const state = heap.alloc(16);
    const counts = heap.alloc(4 * 10000);
    seedRandom(state, 3, 0);
    drawBootstrap(state, 10000, counts);
    let drawn: u32 = 0;
    let absent = 0;
    for (let i = 0; i < 10000; i++) {
      const count = load<u32>(counts + ((i as usize) << 2));
      drawn += count;
      if (count === 0) absent++;
    }
    expect(drawn).toBe(10000);
    expect(abs(absent - 3679)).toBeLessThan(150);
    heap.free(state);
    heap.free(counts);
  });
});

function isSortedAfter<K>(n: i32, lowest: u32, range: u32): bool {
  const half = (sizeof<K>() << 2) as K;
  const bytes = (n as usize) * sizeof<K>();
  const keys = heap.alloc(bytes);
  const other = heap.alloc(bytes);
  const counts = heap.alloc(SORT_COUNTS_BYTES);
  const state = heap.alloc(16);
  seedRandom(state, n as u32, range);
  for (let i: usize = 0; i < (n as usize); i++) {
    store<K>(keys + i * sizeof<K>(), (((lowest + randomBelow(state, range)) as K) << half) | (i as K));
  }
  // Numbered as they are, keys of one rank that keep their order ascend as whole keys.
  const sorted = sortKeys<K>(keys, other, n, lowest, lowest + range - 1, counts);
  let ascending = true;
  for (let i: usize = 1; i < (n as usize); i++) {
    if (load<K>(sorted + (i - 1) * sizeof<K>()) >= load<K>(sorted + i * sizeof<K>())) ascending = false;
  }
  heap.free(keys);
  heap.free(other);
  heap.free(counts);
  heap.free(state);
  return ascending;
}

describe("sortKeys", () => {
  test("sorts narrow and wide keys of every length and range, stably", () => {
    for (let n = 1; n < 4000; n = n * 2 + 1) {
      expect(isSortedAfter<u32>(n, 0, 1)).toBe(true);
      expect(isSortedAfter<u32>(n, 100, 7)).toBe(true);
      expect(isSortedAfter<u32>(n, 0, 65535)).toBe(true);
      expect(isSortedAfter<u64>(n, 5, 300)).toBe(true);
      expect(isSortedAfter<u64>(n, 1000, 1000000)).toBe(true);
      expect(isSortedAfter<u64>(n, 0, 0xffffffff)).toBe(true);
    }
  });
});
