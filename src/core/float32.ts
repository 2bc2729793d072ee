const floatBits = new Float32Array(1);
const integerBits = new Int32Array(floatBits.buffer);

/** The largest float32 that is not above `value`: every float32 compares with it as with `value`. */
export function floorToFloat32(value: number): number {
  floatBits[0] = value;
  // The next lower float32: away from zero among the negatives (-0 included), towards it among the positives.
  if (floatBits[0] > value) integerBits[0] += integerBits[0] < 0 ? 1 : -1;
  return floatBits[0];
}
