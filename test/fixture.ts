import { type DenseMatrix, denseMatrix } from "../src/matrix.ts";

// Reads files of test/fixtures in Node and in the browser (where the test server serves the project's folder).
const inNode = typeof process !== "undefined" && process.versions?.node !== undefined;

export async function fixtureBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  if (inNode) {
    const { readFile } = await import("node:fs/promises");
    return new Uint8Array(await readFile(new URL(`./fixtures/${path}`, import.meta.url)));
  }
  const response = await fetch(`/test/fixtures/${path}`);
  if (!response.ok) throw new Error(`no fixture ${path}`);
  return new Uint8Array(await response.arrayBuffer());
}

// biome-ignore lint/suspicious/noExplicitAny: a fixture's shape is known to its test
export async function fixtureJson(path: string): Promise<any> {
  return JSON.parse(new TextDecoder().decode(await fixtureBytes(path)));
}

/** A float32 little-endian .npy as it lies on disk: row-major over `shape`. */
export async function fixtureNpy(path: string): Promise<{ shape: number[]; data: Float32Array }> {
  const bytes = await fixtureBytes(path);
  const headerLength = new DataView(bytes.buffer).getUint16(8, true);
  const header = new TextDecoder().decode(bytes.subarray(10, 10 + headerLength));
  if (!header.includes("'<f4'")) throw new Error(`${path}: ${header}`);
  const sizes = /'shape': \(([^)]*)\)/.exec(header)?.[1].split(",") ?? [];
  const shape = sizes.filter((size) => size.trim() !== "").map(Number);
  const data = new Float32Array(bytes.slice(10 + headerLength).buffer);
  return header.includes("'fortran_order': True")
    ? { shape, data: transposed(data, shape[1], shape[0]) }
    : { shape, data };
}

/** librosa's features x frames as a matrix with one row a frame. */
export async function fixtureFrames(path: string): Promise<DenseMatrix> {
  const { shape, data } = await fixtureNpy(path);
  const [features, frames] = shape.length === 1 ? [1, shape[0]] : shape;
  return denseMatrix(frames, features, transposed(data, features, frames));
}

function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c];
  return out;
}

/** The largest difference of two rows of numbers; NaN when their lengths differ or any difference is NaN. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.NaN;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

export const largestMagnitude = (a: ArrayLike<number>): number =>
  Array.prototype.reduce.call(a, (m, v) => Math.max(m as number, Math.abs(v as number)), 0) as number;
