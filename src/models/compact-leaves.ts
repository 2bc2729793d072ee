import { LeafTable } from "../core/leaf-table.ts";
import { ModelFileError, OptionError } from "../errors.ts";
import { type LeafFormat, leafTensors, leafValuesOf } from "./leaf-format.ts";
import { narrowest } from "./narrowest.ts";
import type { Json, ModelState, Tensor } from "./state.ts";
import { tensorOf } from "./state-reader.ts";

const FORMATS: readonly string[] = ["f16", "u8"] satisfies LeafFormat[];
/** Its leaves are numbers of classes, which must stay what they are. */
const VOTED = "voted-forest";

/** A state in fewer bytes, and by how much a number of a leaf changed at most. */
export interface CompactState {
  readonly state: ModelState;
  readonly largestChange: number;
}

/**
 * The state with the leaves of all its trees in `format`, also those of members of ensembles. Leaves that have become alike are stored once.
 * @throws {OptionError} an unknown format, no trees, or leaves that the format cannot hold
 */
export function compactLeaves(state: ModelState, format: LeafFormat): CompactState {
  if (!FORMATS.includes(format)) throw new OptionError(`leaves is "${format}"; it must be ${FORMATS.join(" or ")}`);
  const prefixes = forestsIn(state.kind, state.config, "").filter((prefix) =>
    Object.hasOwn(state.tensors, `${prefix}leafValues`),
  );
  if (prefixes.length === 0) {
    throw new OptionError(`the model (${state.kind}) has no trees whose leaves could be stored as ${format}`);
  }
  const tensors = { ...state.tensors };
  let largestChange = 0;
  for (const prefix of prefixes) {
    const names = ["leaf", "leafValues", "leafScale"].filter((name) => Object.hasOwn(tensors, prefix + name));
    const own = { ...state, tensors: Object.fromEntries(names.map((name) => [name, tensors[prefix + name]])) };
    const compact = compactTable(own, format);
    for (const name of names) if (!Object.hasOwn(compact.tensors, name)) delete tensors[prefix + name];
    for (const [name, tensor] of Object.entries(compact.tensors)) tensors[prefix + name] = tensor;
    largestChange = Math.max(largestChange, compact.largestChange);
  }
  return { state: { ...state, tensors }, largestChange };
}

/** The prefixes of the tensors of a model, and of all that it holds, whose leaves are numbers. */
function forestsIn(kind: Json, config: Json, prefix: string): string[] {
  if (!isObject(config)) return [];
  const parts = isObject(config.parts) ? Object.entries(config.parts) : [];
  const inner = parts.flatMap(([name, part]) =>
    isObject(part) ? forestsIn(part.kind, part.config, `${prefix}${name}.`) : [],
  );
  return kind === VOTED ? inner : [prefix, ...inner];
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Leaves that would take hardly less (a tenth) stay as they are, without a loss. */
function compactTable(own: ModelState, format: LeafFormat) {
  const [, width] = own.tensors.leafValues.shape;
  const { rows, values: before } = rowsInUse(leafValuesOf(own, width), leafRowsOf(own), width);
  const stored = leafTensors(before, width, format);
  const after = leafValuesOf({ ...own, tensors: stored }, width);
  const largestChange = before.reduce((most, value, i) => Math.max(most, Math.abs(value - after[i])), 0);
  const { dtype, data } = stored.leafValues;
  const { rows: leaf, values: distinct } = rowsInUse(Float64Array.from(data), rows, width);
  const shape = [distinct.length / width, width];
  const tensors: Record<string, Tensor> = {
    ...stored,
    leaf: { ...narrowest(leaf, shape[0] - 1), shape: [leaf.length] },
    leafValues: { dtype, shape, data: dtype === "F16" ? Uint16Array.from(distinct) : Uint8Array.from(distinct) },
  };
  const bytesOf = (all: Iterable<Tensor>) => [...all].reduce((sum, tensor) => sum + tensor.data.byteLength, 0);
  const saves = bytesOf(Object.values(tensors)) < 0.9 * bytesOf(Object.values(own.tensors));
  return saves ? { tensors, largestChange } : { tensors: own.tensors, largestChange: 0 };
}

/** Where each leaf's row is in the leaf table. @throws {ModelFileError} */
function leafRowsOf(own: ModelState): Int32Array {
  const rows = own.tensors.leafValues.shape[0];
  const leaf = Int32Array.from(tensorOf(own, "leaf", ["U8", "U16", "I32"], [-1]).data);
  const stray = leaf.find((row) => row < 0 || row >= rows);
  if (stray !== undefined) throw new ModelFileError(`a leaf points to row ${stray} of ${rows} leaf values`);
  return leaf;
}

/** The rows of a table that leaves refer to, each once. A row of no leaf, as growing may leave, would widen the range of the numbers. */
function rowsInUse(values: Float64Array, leaf: Int32Array, width: number) {
  const table = new LeafTable(width);
  const rows = leaf.map((row) => table.add(values, row * width));
  return { rows, values: table.toArray() };
}
