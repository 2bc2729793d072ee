import { AudioError } from "../errors.ts";
import { type BitReader, powerOfTwo } from "./bit-reader.ts";

// The fixed predictors of orders 0 to 4 as linear prediction, the latest sample's coefficient first (RFC 9639, table 20).
const FIXED_COEFFICIENTS = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

/**
 * Decodes one channel of a FLAC frame. Sums of products stay below 2^53, so that doubles hold them exactly.
 * Source: RFC 9639, section 9.2.
 *
 * @param reader stands at the subframe's header
 * @param bits of a sample, with the extra bit of a side channel
 * @param out receives one integer a sample; its length is the block size
 * @throws {AudioError} when the data break the format.
 */
export function decodeSubframe(reader: BitReader, bits: number, out: Float64Array): void {
  if (reader.unsigned(1) !== 0) throw new AudioError("damaged FLAC file: a subframe does not begin with 0");
  const type = reader.unsigned(6);
  const wasted = reader.unsigned(1) === 1 ? reader.unary() + 1 : 0;
  const width = bits - wasted;
  if (width < 1) throw new AudioError("damaged FLAC file: a subframe has no bits");
  if (type === 0) {
    out.fill(reader.signed(width));
  } else if (type === 1) {
    for (let i = 0; i < out.length; i++) out[i] = reader.signed(width);
  } else if (type >= 8 && type <= 12) {
    readWarmUp(reader, type - 8, width, out);
    readResidual(reader, type - 8, out);
    predict(FIXED_COEFFICIENTS[type - 8], 1, out);
  } else if (type >= 32) {
    const order = type - 31;
    readWarmUp(reader, order, width, out);
    const precision = reader.unsigned(4) + 1;
    const shift = reader.signed(5);
    if (precision === 16 || shift < 0) throw new AudioError("damaged FLAC file: a predictor is invalid");
    const coefficients = Array.from({ length: order }, () => reader.signed(precision));
    readResidual(reader, order, out);
    predict(coefficients, powerOfTwo(shift), out);
  } else {
    throw new AudioError(`damaged FLAC file: subframe type ${type} is reserved`);
  }
  if (wasted > 0) for (let i = 0; i < out.length; i++) out[i] *= powerOfTwo(wasted);
}

function readWarmUp(reader: BitReader, order: number, width: number, out: Float64Array): void {
  if (order > out.length) throw new AudioError("damaged FLAC file: a predictor is longer than its block");
  for (let i = 0; i < order; i++) out[i] = reader.signed(width);
}

// Partitioned Rice codes, written over `out` from `order` on.
function readResidual(reader: BitReader, order: number, out: Float64Array): void {
  const method = reader.unsigned(2);
  if (method > 1) throw new AudioError("damaged FLAC file: a residual's coding is reserved");
  const parameterBits = method === 0 ? 4 : 5;
  const partitions = powerOfTwo(reader.unsigned(4));
  const size = out.length / partitions;
  if (!Number.isInteger(size) || size < order) throw new AudioError("damaged FLAC file: a residual's parts do not fit");
  for (let p = 0, i = order; p < partitions; p++) {
    const end = (p + 1) * size;
    const parameter = reader.unsigned(parameterBits);
    if (parameter === powerOfTwo(parameterBits) - 1) {
      const width = reader.unsigned(5);
      for (; i < end; i++) out[i] = width === 0 ? 0 : reader.signed(width);
    } else {
      const scale = powerOfTwo(parameter);
      for (; i < end; i++) {
        const folded = reader.unary() * scale + reader.unsigned(parameter);
        out[i] = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      }
    }
  }
}

function predict(coefficients: readonly number[], divisor: number, out: Float64Array): void {
  const order = coefficients.length;
  for (let i = order; i < out.length; i++) {
    let sum = 0;
    for (let j = 0; j < order; j++) sum += coefficients[j] * out[i - 1 - j];
    out[i] += Math.floor(sum / divisor);
  }
}
