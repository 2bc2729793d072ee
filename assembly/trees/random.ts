// xoshiro128** (Blackman and Vigna 2018), one stream a tree, seeded through the finaliser of splitmix32. State: 16 bytes at `state`.

function mix(value: u32): u32 {
  let z = value;
  z = (z ^ (z >>> 16)) * 0x21f0aaad;
  z = (z ^ (z >>> 15)) * 0x735a2d97;
  return z ^ (z >>> 15);
}

/** Starts the stream number `stream` of `seed`: what a tree draws does not depend on which trees were grown before it. */
export function seedRandom(state: usize, seed: u32, stream: u32): void {
  let s = mix(mix(seed + 0x9e3779b9) + stream);
  for (let i: usize = 0; i < 16; i += 4) {
    s += 0x9e3779b9;
    store<u32>(state + i, mix(s));
  }
}

/** A uniform integer from 0 to 2^32 - 1. */
export function nextRandom(state: usize): u32 {
  const s0 = load<u32>(state);
  const s1 = load<u32>(state, 4);
  const s2 = load<u32>(state, 8) ^ s0;
  const s3 = load<u32>(state, 12) ^ s1;
  store<u32>(state, s0 ^ s3);
  store<u32>(state, s1 ^ s2, 4);
  store<u32>(state, s2 ^ (s1 << 9), 8);
  store<u32>(state, rotl<u32>(s3, 11), 12);
  return rotl<u32>(s1 * 5, 7) * 9;
}

/** A uniform integer from 0 to `bound - 1` without bias (Lemire 2019, "Fast random integer generation in an interval"). */
export function randomBelow(state: usize, bound: u32): u32 {
  let product = (nextRandom(state) as u64) * (bound as u64);
  if ((product as u32) < bound) {
    const rejected: u32 = ((0 as u32) - bound) % bound;
    while ((product as u32) < rejected) product = (nextRandom(state) as u64) * (bound as u64);
  }
  return (product >> 32) as u32;
}

/** A uniform number in [0, 1) with 53 random bits. */
export function uniform(state: usize): f64 {
  const high = nextRandom(state) >>> 5;
  return ((high as f64) * 67108864 + ((nextRandom(state) >>> 6) as f64)) / 9007199254740992;
}

/** Draws `rows` rows with replacement: `counts` (u32 each) receives how often each row was drawn. */
export function drawBootstrap(state: usize, rows: i32, counts: usize): void {
  memory.fill(counts, 0, (rows as usize) << 2);
  for (let i = 0; i < rows; i++) {
    const at = counts + ((randomBelow(state, rows as u32) as usize) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}
