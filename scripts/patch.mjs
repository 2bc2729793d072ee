// Describes one file as pieces of another with new bytes between them. The build without SIMD is for the most part that with SIMD, so that
// it takes a sixth of its own size in the package. src/core/patch.ts puts it together again.

/** Pieces shorter than this are not worth the three numbers that describe them. */
const SHORTEST = 24;

/**
 * @returns `copies`, three numbers a piece: how many literals come first, where in `base` the piece lies, and its length; and the `literals`.
 */
export function makePatch(base, target) {
  const places = new Map();
  const keyAt = (bytes, at) => bytes.toString("latin1", at, at + SHORTEST);
  for (let at = 0; at + SHORTEST <= base.length; at++) {
    const key = keyAt(base, at);
    if (!places.has(key)) places.set(key, []);
    places.get(key).push(at);
  }
  const copies = [];
  const literals = [];
  let fresh = 0;
  for (let at = 0; at < target.length; ) {
    let from = 0;
    let length = 0;
    for (const place of places.get(keyAt(target, at)) ?? []) {
      let n = 0;
      while (at + n < target.length && target[at + n] === base[place + n]) n++;
      if (n > length) [from, length] = [place, n];
    }
    if (length < SHORTEST) {
      literals.push(target[at++]);
      fresh++;
      continue;
    }
    copies.push(fresh, from, length);
    fresh = 0;
    at += length;
  }
  copies.push(fresh, 0, 0);
  return { copies, literals: Buffer.from(literals) };
}
