import { ModelFileError } from "../../errors.ts";

// The wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/), as far as ONNX needs it: messages as plain
// objects, by schemas that name the fields which are read and written; others are skipped. Whole numbers are exact up to 2^53.

type Scalar = "int" | "float" | "double" | "text" | "bytes";
/** By field number: name, type, and whether the field may stand there many times. */
export interface Schema {
  readonly [field: number]: readonly [name: string, type: Scalar | Schema, repeated?: true];
}
export type Message = { [name: string]: unknown };

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

const wireOf = (type: Scalar | Schema): number =>
  type === "int" ? VARINT : type === "float" ? FIXED32 : type === "double" ? FIXED64 : DELIMITED;

/** A message as an object: repeated fields as lists, empty when absent; of others the last. @throws {ModelFileError} */
export function decode(bytes: Uint8Array, schema: Schema): Message {
  const reader = new Reader(bytes);
  const message: Message = {};
  for (const [name, , repeated] of Object.values(schema)) if (repeated) message[name] = [];
  while (!reader.ended) {
    const tag = reader.varint();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    const entry = Object.hasOwn(schema, field) ? schema[field] : undefined;
    if (!entry || field < 1) {
      reader.skip(wire);
      continue;
    }
    const [name, type, repeated] = entry;
    if (repeated && wire === DELIMITED && wireOf(type) !== DELIMITED) {
      const list = message[name] as unknown[];
      const packed = new Reader(reader.delimited());
      while (!packed.ended) list.push(packed.scalar(type as Scalar));
      continue;
    }
    if (wire !== wireOf(type))
      throw new ModelFileError(`the field "${name}" has the wire type ${wire}, which is not its own`);
    const value = typeof type === "object" ? decode(reader.delimited(), type) : reader.scalar(type);
    if (repeated) (message[name] as unknown[]).push(value);
    else message[name] = value;
  }
  return message;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** A signed whole number of up to 64 bits. */
  varint(): number {
    // Three parts of 28, 28 and 8 bits: each is exact, and so is their sum up to 2^53.
    const parts = [0, 0, 0];
    for (let i = 0; i < 10; i++) {
      const byte = this.#bytes[this.#take(1)];
      parts[i >> 2] += (byte & 127) * 2 ** (7 * (i & 3));
      if (byte >= 128) continue;
      const high = (parts[2] & 255) >= 128 ? (parts[2] & 255) - 256 : parts[2] & 255;
      return high * 2 ** 56 + parts[1] * 2 ** 28 + parts[0];
    }
    throw new ModelFileError("the file is no sound protocol buffer: a number does not end");
  }

  delimited(): Uint8Array {
    const length = this.varint();
    const from = this.#take(length);
    return this.#bytes.subarray(from, from + length);
  }

  scalar(type: Scalar): number | string | Uint8Array {
    switch (type) {
      case "int":
        return this.varint();
      case "float":
        return this.#view.getFloat32(this.#take(4), true);
      case "double":
        return this.#view.getFloat64(this.#take(8), true);
      case "bytes":
        return this.delimited();
      case "text":
        return new TextDecoder().decode(this.delimited());
    }
  }

  skip(wire: number): void {
    if (wire === VARINT) this.varint();
    else if (wire === FIXED64) this.#take(8);
    else if (wire === DELIMITED) this.delimited();
    else if (wire === FIXED32) this.#take(4);
    else throw new ModelFileError(`the file is no sound protocol buffer: it has a field of the wire type ${wire}`);
  }

  /** Steps over `length` bytes and returns where they begin. */
  #take(length: number): number {
    const from = this.#at;
    if (!(length >= 0 && from + length <= this.#bytes.length)) {
      throw new ModelFileError("the file is cut, or no sound protocol buffer: a field runs past the end");
    }
    this.#at = from + length;
    return from;
  }
}

/** The bytes of a message, fields in the order of their numbers; fields that are absent or undefined are left out. */
export function encode(message: Message, schema: Schema): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const [number, [name, type, repeated]] of Object.entries(schema)) {
    const value = message[name];
    if (value === undefined) continue;
    const tag = varint(Number(number) * 8 + wireOf(type));
    if (!repeated) parts.push(tag, encodeValue(value, type));
    else if (wireOf(type) === DELIMITED) {
      for (const item of value as readonly unknown[]) parts.push(tag, encodeValue(item, type));
    } else if ((value as readonly unknown[]).length > 0) {
      const packed = join(Array.from(value as ArrayLike<number>, (item) => encodeValue(item, type)));
      parts.push(varint(Number(number) * 8 + DELIMITED), varint(packed.length), packed);
    }
  }
  return join(parts);
}

function encodeValue(value: unknown, type: Scalar | Schema): Uint8Array {
  if (type === "int") return varint(value as number);
  if (type === "float") return new Uint8Array(littleEndian(4, (view) => view.setFloat32(0, value as number, true)));
  if (type === "double") return new Uint8Array(littleEndian(8, (view) => view.setFloat64(0, value as number, true)));
  const bytes =
    typeof type === "object"
      ? encode(value as Message, type)
      : type === "text"
        ? new TextEncoder().encode(value as string)
        : (value as Uint8Array);
  return join([varint(bytes.length), bytes]);
}

function littleEndian(length: number, write: (view: DataView) => void): ArrayBuffer {
  const buffer = new ArrayBuffer(length);
  write(new DataView(buffer));
  return buffer;
}

/** Whole numbers from 0 to 2^53. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
