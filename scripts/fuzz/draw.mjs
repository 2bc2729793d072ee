// Random arguments for the fuzz run: sizes mostly small and now and then large, samples of every unkind sort.

const POOL = 1 << 18;
const LONGEST = 1 << 17;

/** Marsaglia's xorshift32 (2003): small, fast, and the same numbers for the same seed. */
function xorshift(seed) {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

const specials = [0, -0, 1, -1, 1e-45, -1e-40, 1.17549435e-38, 1e-10, 3.4e38, -3.4e38, 1e19, Infinity, -Infinity, NaN];

/** Stretches of noise, speech-like buzz, silence, constants, clipping, denormals, huge values, and noise with NaN and infinities. */
function fillPool(random, finite) {
  const pool = new Float32Array(POOL);
  const kinds = [
    () => 2 * random() - 1,
    (i) => ((i % 97) / 97 - 0.5) * 0.8,
    () => 0,
    () => 0.25,
    () => (random() < 0.5 ? 1 : -1),
    () => (random() - 0.5) * 1e-40,
    () => (random() - 0.5) * 3e38,
    () => Math.round(random() * 3),
    () => {
      const special = specials[Math.floor(random() * specials.length)];
      return random() < 0.01 && (!finite || Number.isFinite(special)) ? special : random() - 0.5;
    },
    () => {
      const special = specials[Math.floor(random() * specials.length)];
      return finite && !Number.isFinite(special) ? 1 : special;
    },
  ];
  for (let at = 0; at < POOL; ) {
    const kind = kinds[Math.floor(random() * kinds.length)];
    for (const end = Math.min(POOL, at + Math.ceil(random() * 3000)); at < end; at++) pool[at] = kind(at);
  }
  return pool;
}

export class Draw {
  #random;
  #pool;
  #finitePool;

  constructor(seed) {
    this.#random = xorshift(seed);
    this.#pool = fillPool(this.#random, false);
    this.#finitePool = fillPool(this.#random, true);
  }

  chance(share) {
    return this.#random() < share;
  }

  /** A whole number from `low` to `high`. */
  int(low, high) {
    return low + Math.floor(this.#random() * (high - low + 1));
  }

  pick(values) {
    return values[this.int(0, values.length - 1)];
  }

  /** 0 to `longest`: mostly below 100, one in 500 of any length, evenly by its logarithm. */
  size(longest = LONGEST) {
    const limit = this.chance(0.002) ? longest : Math.min(longest, 100);
    return Math.floor(Math.exp(this.#random() * Math.log(limit + 1.999))) - 1;
  }

  real(low, high) {
    return low + this.#random() * (high - low);
  }

  /** Any number, sensible or not. */
  number() {
    return this.chance(0.3) ? this.pick(specials) : (this.#random() - 0.5) * 10 ** this.int(-300, 300);
  }

  /** `length` samples of any sort; not to be changed. */
  samples(length, finite = false) {
    const from = this.int(0, POOL - length);
    return (finite ? this.#finitePool : this.#pool).subarray(from, from + length);
  }
}
