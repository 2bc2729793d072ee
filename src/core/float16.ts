// Half precision, binary16 of IEEE 754: a sign, five bits of exponent, ten of fraction. JavaScript has no array of them (Node 20).

/** The largest number that a half holds. */
export const LARGEST_FLOAT16 = 65504;

/** What the last bit counts, by exponent field: 2^-24 up to 1, and doubled with every step from 2 on. */
const SPACINGS = Float64Array.from({ length: 31 }, () => 5.9604644775390625e-8);
for (let e = 2; e < 31; e++) SPACINGS[e] = 2 * SPACINGS[e - 1];

/** The bits of the half nearest to `value`, of two as near the even one; beyond the largest an infinity. */
export function float16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (magnitude >= LARGEST_FLOAT16 + 16) return sign | 0x7c00;
  let exponent = 1;
  while (magnitude >= 2048 * SPACINGS[exponent]) exponent++;
  const multiple = magnitude / SPACINGS[exponent]; // exact, the spacing being a power of two
  const below = Math.floor(multiple);
  const rest = multiple - below;
  const rounded = rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
  // From 1,024 on the number is normal; a fraction that overflows carries into the exponent.
  return sign | (((exponent - 1) << 10) + rounded);
}

/** The number that the bits of a half stand for. */
export function float16Value(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * SPACINGS[0] : (1024 + fraction) * SPACINGS[exponent]);
}
