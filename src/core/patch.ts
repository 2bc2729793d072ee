/**
 * Puts a file together that scripts/patch.mjs took apart.
 *
 * @param copies three numbers a piece: how many literals come first, where in `base` the piece lies, and its length
 */
export function applyPatch(
  base: Uint8Array,
  copies: readonly number[],
  literals: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  let literal = 0;
  for (let i = 0; i < copies.length; i += 3) {
    const [fresh, from, size] = copies.slice(i, i + 3);
    bytes.set(literals.subarray(literal, literal + fresh), at);
    bytes.set(base.subarray(from, from + size), at + fresh);
    literal += fresh;
    at += fresh + size;
  }
  return bytes;
}
