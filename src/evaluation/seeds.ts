/**
 * A seed for one purpose, drawn from the one seed of a run: the same names give the same seed, whatever else is run.
 *
 * @param seed any integer; its lowest 32 bits count.
 * @param purpose names, e.g. a cell and a fold.
 * @returns an integer from 0 to 2^32 - 1.
 * @example
 * const forest = deriveSeed(42, "audio/rf", "Session1");
 */
export function deriveSeed(seed: number, ...purpose: string[]): number {
  // FNV-1a (Fowler, Noll, Vo) over the UTF-16 units, started from the seed; the finaliser is MurmurHash3's fmix32.
  let hash = Math.imul(seed ^ 0x811c9dc5, 0x01000193);
  const names = purpose.join("\u0000");
  for (let i = 0; i < names.length; i++) hash = Math.imul(hash ^ names.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
