import { outputsOf } from "../core/boost.ts";
import { LeafTable } from "../core/leaf-table.ts";
import { ModelFileError, OptionError } from "../errors.ts";
import { type LeafFormat, leafTensors, leafValuesOf } from "./leaf-format.ts";
import { narrowest } from "./narrowest.ts";
import type { Json, ModelState, Tensor } from "./state.ts";
import { tensorOf } from "./state-reader.ts";

const FORMATS: readonly string[] = ["f16", "u8"] satisfies LeafFormat[];
/** Its leaves are numbers of classes, which must stay what they are. */
const VOTED = "voted-forest";

/** Sums its trees: the changes of its leaves add up. All other trees are averaged. */
const SUMMED = "gradient-boosting";

/** A state in fewer bytes. */
export interface CompactState {
  readonly state: ModelState;
  /** By how much a number of a leaf changed at most, which is also the most for a mean of trees. */
  readonly largestChange: number;
  /** By how much a margin of boosted trees, the sum of a leaf of each round, can change; 0 without such trees. */
  readonly largestMarginChange: number;
}

/**
 * The state with the leaves of all its trees in `format`, also those of members of ensembles. Leaves that have become alike are stored once.
 * @throws {OptionError} an unknown format, no trees, or leaves that the format cannot hold
 */
export function compactLeaves(state: ModelState, format: LeafFormat): CompactState {
  if (!FORMATS.includes(format)) throw new OptionError(`leaves is "${format}"; it must be ${FORMATS.join(" or ")}`);
  const forests = forestsIn(state.kind, state.config, "").filter(({ prefix }) =>
    Object.hasOwn(state.tensors, `${prefix}leafValues`),
  );
  if (forests.length === 0) {
    throw new OptionError(`the model (${state.kind}) has no trees whose leaves could be stored as ${format}`);
  }
  const tensors = { ...state.tensors };
  let largestChange = 0;
  let largestMarginChange = 0;
  for (const { prefix, rounds } of forests) {
    const names = ["leaf", "leafValues", "leafScale"].filter((name) => Object.hasOwn(tensors, prefix + name));
    const own = { ...state, tensors: Object.fromEntries(names.map((name) => [name, tensors[prefix + name]])) };
    const compact = compactTable(own, format);
    for (const name of names) if (!Object.hasOwn(compact.tensors, name)) delete tensors[prefix + name];
    for (const [name, tensor] of Object.entries(compact.tensors)) tensors[prefix + name] = tensor;
    largestChange = Math.max(largestChange, compact.largestChange);
    largestMarginChange = Math.max(largestMarginChange, rounds * compact.largestChange);
  }
  return { state: { ...state, tensors }, largestChange, largestMarginChange };
}

/** Trees whose leaves are numbers: the prefix of their tensors' names, and how many of them are summed for one output (0: they are averaged). */
interface Trees {
  readonly prefix: string;
  readonly rounds: number;
}

/** The trees of a model and of all that it holds. */
function forestsIn(kind: Json, config: Json, prefix: string): Trees[] {
  if (!isObject(config)) return [];
  const parts = isObject(config.parts) ? Object.entries(config.parts) : [];
  const inner = parts.flatMap(([name, part]) =>
    isObject(part) ? forestsIn(part.kind, part.config, `${prefix}${name}.`) : [],
  );
  return kind === VOTED ? inner : [{ prefix, rounds: kind === SUMMED ? roundsOf(config) : 0 }, ...inner];
}

function roundsOf({ trees, classes }: { readonly [key: string]: Json }): number {
  return typeof trees === "number" && Array.isArray(classes) ? trees / outputsOf(classes.length) : 0;
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
