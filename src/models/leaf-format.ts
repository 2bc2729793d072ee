import { float16Bits, float16Value, LARGEST_FLOAT16 } from "../core/float16.ts";
import { ModelFileError, OptionError } from "../errors.ts";
import { narrowest } from "./narrowest.ts";
import type { ModelState, Tensor } from "./state.ts";
import { float64Of, tensorOf } from "./state-reader.ts";

// The leaf table of a forest in as few bits as may be. Rows of two numbers or more are probabilities: `U8` and `U16` are counts, to be divided by
// the sum of their row; `F16` are halves, to be divided by theirs. Single numbers (regression, boosting): `F16` as they are, `U8` steps from
// the lowest leaf, which `leafScale` gives: the lowest and the step. `F32` and `F64` are as they are.

/** How the leaves of trees may be stored: in half precision or in a byte. */
export type LeafFormat = "f16" | "u8";

/** The sum of a row of counts that are not exact. */
const WHOLE = 255;
/** The largest sum of a row of counts that are. */
const MOST_COUNTED = 65535;
/** By how much a row of probabilities may miss 1: that of float32 numbers from elsewhere does. */
const SUM_TOLERANCE = 1e-5;

/**
 * The tensor that holds the rows of `values` to the bit: as counts where every share is a ratio of whole numbers (examples of equal weight
 * make such), as float32 where that holds them, or else as float64.
 */
export function exactLeaves(values: Float64Array, width: number): Tensor {
  const shape = [values.length / width, width];
  const counts = width > 1 ? exactCounts(values, width) : null;
  if (counts)
    return {
      ...narrowest(
        counts,
        counts.reduce((most, n) => Math.max(most, n), 0),
      ),
      shape,
    };
  const isSingle = values.every((value) => Object.is(Math.fround(value), value));
  return isSingle ? { dtype: "F32", shape, data: Float32Array.from(values) } : { dtype: "F64", shape, data: values };
}

/** For each row the smallest counts whose shares of their sum are its numbers, bit by bit; `null` when a row has none. */
function exactCounts(values: Float64Array, width: number): Int32Array | null {
  const counts = new Int32Array(values.length);
  for (let from = 0; from < values.length; from += width) {
    let whole = 1;
    while (whole <= MOST_COUNTED && !countsTo(values, from, width, whole, counts)) whole++;
    if (whole > MOST_COUNTED) return null;
  }
  return counts;
}

/** Whether a row's numbers are whole multiples of 1 / whole, which then stand in `counts`. */
function countsTo(values: Float64Array, from: number, width: number, whole: number, counts: Int32Array): boolean {
  let sum = 0;
  for (let i = from; i < from + width; i++) {
    counts[i] = Math.round(values[i] * whole);
    if (!Object.is(counts[i] / whole, values[i])) return false;
    sum += counts[i];
  }
  return sum === whole;
}

/** The tensors that hold the rows of `values` nearly, in this format. @throws {OptionError} where it cannot hold them */
export function leafTensors(values: Float64Array, width: number, format: LeafFormat): Record<string, Tensor> {
  const shape = [values.length / width, width];
  if (width > 1) checkSums(values, width);
  if (format === "f16") {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest > LARGEST_FLOAT16) {
      throw new OptionError(`leaves of up to ${largest} cannot be stored as f16, which ends at ${LARGEST_FLOAT16}`);
    }
    return { leafValues: { dtype: "F16", shape, data: Uint16Array.from(values, float16Bits) } };
  }
  if (width > 1) return { leafValues: { dtype: "U8", shape, data: countsOf(values, width) } };
  const lowest = values.reduce((least, value) => Math.min(least, value), Infinity);
  const highest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const step = (highest - lowest) / WHOLE;
  const data = Uint8Array.from(values, (value) => (step > 0 ? Math.round((value - lowest) / step) : 0));
  return {
    leafValues: { dtype: "U8", shape, data },
    leafScale: { dtype: "F64", shape: [2], data: Float64Array.of(lowest, step) },
  };
}

function checkSums(values: Float64Array, width: number): void {
  for (let from = 0; from < values.length; from += width) {
    let sum = 0;
    for (let c = 0; c < width; c++) sum += values[from + c];
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new OptionError(
        `a leaf's probabilities sum to ${sum}, not 1; store them in full, without the option leaves`,
      );
    }
  }
}

/** Each row as counts that sum to 255: rounded down, then those with the largest remainders (of equal ones the first) get one more. */
function countsOf(values: Float64Array, width: number): Uint8Array {
  const counts = new Uint8Array(values.length);
  for (let from = 0; from < values.length; from += width) {
    const shares = Array.from(values.subarray(from, from + width), (value) => value * WHOLE);
    let missing = WHOLE;
    shares.forEach((share, c) => {
      counts[from + c] = Math.floor(share);
      missing -= counts[from + c];
    });
    const byRemainder = shares
      .map((share, c) => ({ c, remainder: share - Math.floor(share) }))
      .sort((a, b) => b.remainder - a.remainder || a.c - b.c);
    // A row that sums to a little more than 1 may be whole already.
    for (let i = 0; i < missing; i++) counts[from + byRemainder[i].c]++;
  }
  return counts;
}

/** The leaf table of a state, rows of `width` numbers, in whichever format it is. @throws {ModelFileError} */
export function leafValuesOf(state: ModelState, width: number): Float64Array {
  const { dtype, data } = tensorOf(state, "leafValues", ["F64", "F32", "F16", "U16", "U8"], [-1, width]);
  if (dtype === "F64") return float64Of(state, "leafValues", [-1, width]);
  const values = dtype === "F16" ? Float64Array.from(data, float16Value) : Float64Array.from(data);
  const stray = values.find((value) => !Number.isFinite(value));
  if (stray !== undefined) throw new ModelFileError(`a leaf of the forest holds ${stray}, which is no number`);
  if (dtype === "F32" || (dtype === "F16" && width === 1)) return values;
  if (width > 1) return sharesOf(values, width);
  const [lowest, step] = float64Of(state, "leafScale", [2]);
  if (step < 0) throw new ModelFileError(`the forest's leaves are in steps of ${step}, which must not be negative`);
  return values.map((level) => lowest + level * step);
}

/** Each row divided by its sum. */
function sharesOf(values: Float64Array, width: number): Float64Array {
  for (let from = 0; from < values.length; from += width) {
    let sum = 0;
    for (let c = 0; c < width; c++) {
      if (values[from + c] < 0)
        throw new ModelFileError(`a leaf of the forest holds ${values[from + c]}, which is no probability`);
      sum += values[from + c];
    }
    if (sum === 0) throw new ModelFileError("the numbers of a leaf of the forest sum to 0");
    for (let c = 0; c < width; c++) values[from + c] /= sum;
  }
  return values;
}
