import { ModelFileError } from "../../errors.ts";
import { decode, encode, type Message, type Schema } from "./protobuf.ts";

// The messages of ONNX (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), as far as models of trees and linear models use them.

const TENSOR: Schema = {
  1: ["dims", "int", true],
  2: ["dataType", "int"],
  4: ["floats", "float", true],
  9: ["raw", "bytes"],
  10: ["doubles", "double", true],
  14: ["location", "int"],
};
const ATTRIBUTE: Schema = {
  1: ["name", "text"],
  2: ["f", "float"],
  3: ["i", "int"],
  4: ["s", "text"],
  5: ["tensor", TENSOR],
  7: ["floats", "float", true],
  8: ["ints", "int", true],
  9: ["strings", "text", true],
  20: ["type", "int"],
};
const NODE: Schema = {
  1: ["inputs", "text", true],
  2: ["outputs", "text", true],
  3: ["name", "text"],
  4: ["op", "text"],
  5: ["attributes", ATTRIBUTE, true],
  7: ["domain", "text"],
};
const DIMENSION: Schema = { 1: ["value", "int"], 2: ["parameter", "text"] };
const SHAPE: Schema = { 1: ["dimensions", DIMENSION, true] };
const TENSOR_TYPE: Schema = { 1: ["elementType", "int"], 2: ["shape", SHAPE] };
const VALUE_INFO: Schema = { 1: ["name", "text"], 2: ["type", { 1: ["tensor", TENSOR_TYPE] }] };
const GRAPH: Schema = {
  1: ["nodes", NODE, true],
  2: ["name", "text"],
  5: ["initializers", { 8: ["name", "text"] }, true],
  11: ["inputs", VALUE_INFO, true],
  12: ["outputs", VALUE_INFO, true],
};
const MODEL: Schema = {
  1: ["irVersion", "int"],
  2: ["producerName", "text"],
  3: ["producerVersion", "text"],
  7: ["graph", GRAPH],
  8: ["opsets", { 1: ["domain", "text"], 2: ["version", "int"] }, true],
  14: ["metadata", { 1: ["key", "text"], 2: ["value", "text"] }, true],
};

export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly dataType?: number;
  readonly floats: readonly number[];
  readonly doubles: readonly number[];
  readonly raw?: Uint8Array;
  readonly location?: number;
}
export interface OnnxAttribute {
  readonly name?: string;
  readonly f?: number;
  readonly i?: number;
  readonly s?: string;
  readonly tensor?: OnnxTensor;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly string[];
}
export interface OnnxNode {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly op?: string;
  readonly domain?: string;
  readonly attributes: readonly OnnxAttribute[];
}
export interface OnnxValueInfo {
  readonly name?: string;
  readonly type?: {
    readonly tensor?: {
      readonly elementType?: number;
      readonly shape?: { readonly dimensions: readonly { readonly value?: number; readonly parameter?: string }[] };
    };
  };
}
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly { readonly name?: string }[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
}
export interface OnnxModel {
  readonly producerName?: string;
  readonly graph: OnnxGraph;
  readonly metadata: readonly { readonly key?: string; readonly value?: string }[];
}

/** @throws {ModelFileError} bytes that are no ONNX model. */
export function readOnnxModel(bytes: Uint8Array): OnnxModel {
  const model = decode(bytes, MODEL);
  if (model.graph === undefined) throw new ModelFileError("the file is no ONNX model: it has no graph");
  return model as unknown as OnnxModel;
}

export const writeOnnxModel = (model: Message): Uint8Array<ArrayBuffer> => encode(model, MODEL);

/** Kinds of attributes, which a file names beside their values. */
const ATTRIBUTE_TYPES = { f: 1, i: 2, s: 3, floats: 6, ints: 7, strings: 8 } as const;

/** An attribute to be written. */
export function attribute(name: string, kind: keyof typeof ATTRIBUTE_TYPES, value: unknown): Message {
  return { name, [kind]: value, type: ATTRIBUTE_TYPES[kind] };
}

/** The attributes of a node by name. */
export class Attributes {
  readonly #op: string;
  readonly #byName: ReadonlyMap<string, OnnxAttribute>;

  constructor({ op, attributes }: OnnxNode) {
    this.#op = op ?? "";
    this.#byName = new Map(attributes.map((item) => [item.name ?? "", item]));
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  text(name: string, otherwise: string): string {
    return this.#byName.get(name)?.s ?? otherwise;
  }

  texts(name: string): readonly string[] {
    return this.#byName.get(name)?.strings ?? [];
  }

  /** Whole numbers. @throws {ModelFileError} when there are not `length`. */
  ints(name: string, length?: number): readonly number[] {
    return this.#sized(name, this.#byName.get(name)?.ints ?? [], length);
  }

  /** Finite numbers; of `name` or of the tensor `name_as_tensor`, which may be float64. @throws {ModelFileError} */
  floats(name: string, length?: number): readonly number[] {
    const tensor = this.#byName.get(`${name}_as_tensor`)?.tensor;
    const numbers = tensor ? elementsOf(tensor, name) : (this.#byName.get(name)?.floats ?? []);
    const bad = numbers.findIndex((number) => !Number.isFinite(number));
    if (bad >= 0)
      throw new ModelFileError(`"${name}" of ${this.#op} holds ${numbers[bad]}; all must be finite numbers`);
    return this.#sized(name, numbers, length);
  }

  #sized<T>(name: string, list: readonly T[], length: number | undefined): readonly T[] {
    if (length === undefined || list.length === length) return list;
    throw new ModelFileError(`"${name}" of ${this.#op} has ${list.length} elements; there must be ${length}`);
  }
}

const FLOAT = 1;
const DOUBLE = 11;

function elementsOf({ dataType, floats, doubles, raw, location }: OnnxTensor, name: string): readonly number[] {
  if (dataType !== FLOAT && dataType !== DOUBLE) {
    throw new ModelFileError(`the tensor "${name}" has elements of the type ${dataType}; float and double are read`);
  }
  if (location) throw new ModelFileError(`the tensor "${name}" lies in another file, which is not read`);
  if (!raw) return dataType === FLOAT ? floats : doubles;
  const size = dataType === FLOAT ? 4 : 8;
  if (raw.length % size !== 0) throw new ModelFileError(`the tensor "${name}" is cut`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: raw.length / size }, (_, i) =>
    dataType === FLOAT ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
  );
}
