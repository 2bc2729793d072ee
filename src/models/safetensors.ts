import { ModelFileError } from "../errors.ts";
import type { Tensor, TensorData } from "./state.ts";

/** What a safetensors file holds. */
export interface TensorFile {
  readonly tensors: { readonly [name: string]: Tensor };
  readonly metadata: { readonly [key: string]: string };
}

/** The longest header that is read, in bytes: that of the reference implementation. */
const MAX_HEADER = 100_000_000;
const METADATA = "__metadata__";

const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const;

const sizeOf = (dtype: Tensor["dtype"]) => ARRAYS[dtype].BYTES_PER_ELEMENT;
const elements = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/**
 * Writes a safetensors file (https://huggingface.co/docs/safetensors): 8 bytes with the header's length, a JSON header, the tensors'
 * bytes without gaps, all little-endian. Tensors with wide elements come first, so that every one is aligned; the same input gives the same bytes.
 *
 * @throws {RangeError} when a tensor's data and shape do not agree, or it is named `__metadata__` (defects of the caller).
 *
 * @example
 * const bytes = writeSafetensors({ tensors: { w: { dtype: "F32", shape: [2], data: new Float32Array([1, 2]) } }, metadata: {} });
 * readSafetensors(bytes).tensors.w.data; // Float32Array [1, 2]
 */
export function writeSafetensors({ tensors, metadata }: TensorFile): Uint8Array<ArrayBuffer> {
  const names = Object.keys(tensors);
  const ordered = names
    .map((name, i) => ({ name, i, size: sizeOf(tensors[name].dtype) }))
    .sort((a, b) => b.size - a.size || a.i - b.i);
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push([METADATA, metadata]);
  let end = 0;
  for (const { name, size } of ordered) {
    const { dtype, shape, data } = tensors[name];
    if (name === METADATA) throw new RangeError(`a tensor cannot be named ${METADATA}`);
    if (data.length !== elements(shape) || data.BYTES_PER_ELEMENT !== size) {
      throw new RangeError(`tensor "${name}": ${data.length} elements for the shape ${shape.join(" x ")}`);
    }
    entries.push([name, { dtype, shape, data_offsets: [end, end + data.byteLength] }]);
    end += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(bytes.buffer).setUint32(0, start - 8, true);
  bytes.set(json, 8);
  let at = start;
  for (const { name } of ordered) {
    const { data } = tensors[name];
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file. The tensors are copies.
 * @throws {ModelFileError} that says what is wrong: cut, no JSON where it should be, sizes, gaps, overlaps, unknown element types.
 */
export function readSafetensors(bytes: Uint8Array): TensorFile {
  const { header, start } = readHeader(bytes);
  const data = bytes.subarray(start);
  const tensors: [string, Tensor][] = [];
  const spans: { name: string; from: number; to: number }[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) {
      metadata = readMetadata(value);
      continue;
    }
    const { dtype, shape, from, to } = readEntry(name, value, data.length);
    spans.push({ name, from, to });
    tensors.push([name, { dtype, shape, data: readElements(new Uint8Array(data.subarray(from, to)), dtype) }]);
  }
  checkSpans(spans, data.length);
  return { tensors: Object.fromEntries(tensors), metadata };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8)
    throw new ModelFileError(`the model file is cut: ${bytes.length} bytes, not even a header's length`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 4294967296;
  if (length > MAX_HEADER) throw new ModelFileError(`not a model file: its header would be ${length} bytes long`);
  if (8 + length > bytes.length) {
    throw new ModelFileError(`the model file is cut: a header of ${length} bytes in a file of ${bytes.length}`);
  }
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length));
    header = JSON.parse(text);
  } catch {
    throw new ModelFileError("not a model file: its header is not JSON");
  }
  if (!isRecord(header)) throw new ModelFileError("not a model file: its header is not a JSON object");
  checkKeys(text, header);
  return { header, start: 8 + length };
}

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [BRACE, END_BRACE, BRACKET, END_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/** JSON.parse keeps the last of two equal keys and says nothing; the colons outside of texts count them all. */
function checkKeys(text: string, header: Record<string, unknown>): void {
  let colons = 0;
  let depth = 0;
  // Character by character: a header may hold texts of megabytes, at which regular expressions run out of stack.
  for (let i = 0, quoted = false; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === BACKSLASH) i++;
    else if (char === QUOTE) quoted = !quoted;
    else if (quoted) continue;
    else if (char === COLON) colons++;
    else if (char === BRACE || char === BRACKET) depth++;
    else if (char === END_BRACE || char === END_BRACKET) depth--;
    if (depth > 3) throw new ModelFileError("not a model file: its header is nested too deep");
  }
  let keys = Object.keys(header).length;
  for (const value of Object.values(header)) if (isRecord(value)) keys += Object.keys(value).length;
  if (keys !== colons)
    throw new ModelFileError("the model file's header has two entries of the same name, or one too deep");
}

const isCount = (n: unknown): n is number => typeof n === "number" && Number.isSafeInteger(n) && n >= 0;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value) || !Object.values(value).every((text) => typeof text === "string")) {
    throw new ModelFileError("the model file's metadata must be texts by name");
  }
  return value as Record<string, string>;
}

function readEntry(name: string, value: unknown, available: number) {
  if (!isRecord(value)) throw new ModelFileError(`the tensor "${name}" is described by no object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(ARRAYS, dtype)) {
    throw new ModelFileError(`the tensor "${name}" has elements of an unknown type`);
  }
  if (!Array.isArray(shape) || shape.length > 8 || !shape.every(isCount)) {
    throw new ModelFileError(`the tensor "${name}" has no sound shape`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1]) {
    throw new ModelFileError(`the tensor "${name}" has no sound data_offsets`);
  }
  const [from, to] = offsets as [number, number];
  if (to > available) {
    throw new ModelFileError(`the model file is cut: the tensor "${name}" ends at byte ${to} of ${available}`);
  }
  if (elements(shape) * sizeOf(dtype as Tensor["dtype"]) !== to - from) {
    throw new ModelFileError(
      `the tensor "${name}" has ${to - from} bytes, which is not ${shape.join(" x ")} of ${dtype}`,
    );
  }
  return { dtype: dtype as Tensor["dtype"], shape: shape as number[], from, to };
}

/** `bytes` is a copy with a buffer of its own, and so aligned. */
function readElements(bytes: Uint8Array<ArrayBuffer>, dtype: Tensor["dtype"]): TensorData {
  return new ARRAYS[dtype](bytes.buffer, 0, bytes.byteLength / sizeOf(dtype));
}

/** The tensors must fill the data: no byte belongs to two, and none to nobody. */
function checkSpans(spans: { name: string; from: number; to: number }[], length: number): void {
  let end = 0;
  for (const { name, from, to } of spans.sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < end) throw new ModelFileError(`the tensor "${name}" overlaps another in the model file`);
    if (from > end)
      throw new ModelFileError(
        `the model file has ${from - end} bytes before the tensor "${name}" that belong to none`,
      );
    end = to;
  }
  if (end !== length) throw new ModelFileError(`the model file has ${length - end} bytes after its last tensor`);
}
