const floatBits = new Float32Array(1);
const integerBits = new Int32Array(floatBits.buffer);

/** The largest float32 that is not above `value`: every float32 compares with it as with `value`. */
export function floorToFloat32(value: number): number {
  floatBits[0] = value;
  // The next lower float32: away from zero among the negatives (-0 included), towards it among the positives.
  if (floatBits[0] > value) integerBits[0] += integerBits[0] < 0 ? 1 : -1;
  return floatBits[0];
}

/** The largest float32 that is below `value`: for float32 x, `x < value` where `x <= belowFloat32(value)`. */
export function belowFloat32(value: number): number {
  const floor = floorToFloat32(value);
  if (floor < value) return floor;
  floatBits[0] = floor;
  if (floor === 0)
    integerBits[0] = -2147483647; // the smallest negative
  else integerBits[0] += integerBits[0] < 0 ? 1 : -1;
  return floatBits[0];
}
